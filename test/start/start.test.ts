/** `npm start`, as a new user runs it: from nothing to a login, and away again without a trace. */
import { execFileSync, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as oidc from 'openid-client';
import { afterAll, expect, it } from 'vitest';
import { environment, root } from '../../tools/install.mjs';
import {
  isAlive,
  killCommands,
  NPM_START,
  startInstance,
  type Instance,
} from '../support/instance.ts';

const state = mkdtempSync(join(tmpdir(), 'gatehouse-'));

afterAll(async () => {
  await killCommands();
  rmSync(state, { recursive: true, force: true });
});

async function stop(child: ChildProcess, how: 'Ctrl-C' | 'SIGTERM'): Promise<void> {
  const ended = once(child, 'exit');
  const { pid = 0 } = child;
  // On Ctrl-C a terminal signals the whole group; a supervisor signals npm alone.
  if (how === 'Ctrl-C') process.kill(-pid, 'SIGINT');
  else process.kill(pid, 'SIGTERM');
  await ended;
  await noneLeft(child);
}

async function noneLeft(child: ChildProcess): Promise<void> {
  await expect.poll(() => isAlive(child), { timeout: 30_000 }).toBe(false);
}

function signIn({ printed }: Instance): string {
  const curl = /^ {2}(curl .*)$/m.exec(printed)?.[1] ?? '';
  return execFileSync('sh', ['-c', `${curl} --silent`], { encoding: 'utf8' });
}

/** The status of a GET whose path is sent as it stands: no client resolves anything in it. */
async function rawStatus(port: number, path: string): Promise<number> {
  const socket = connect(port, 'localhost');
  socket.end(`GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
}

/** Configures a client by discovery alone, and signs a demo account in. */
async function discoverAndSignIn(issuer: string, algorithm: 'oauth2' | 'oidc') {
  const options = { algorithm, execute: [oidc.allowInsecureRequests] };
  const config = await oidc.discovery(new URL(issuer), 'shop', undefined, oidc.None(), options);
  const demo = { username: 'user@example.com', password: 'SecurePass123!' };
  const { access_token: token } = await oidc.genericGrantRequest(config, 'password', demo);
  return oidc.fetchUserInfo(config, token, oidc.skipSubjectCheck);
}

it('starts, says a curl line that works as it is, is found by OAuth clients, stops with no process left, and keeps its data', async () => {
  const first = await startInstance(NPM_START, state);
  expect(first.printed).toContain('Preparing the local database');
  expect(first.printed).toContain(`Gatehouse answers at ${first.url}`);
  expect(first.printed).toMatch(/email-remember +POST http/);
  const answer = signIn(first);
  expect(answer).toMatch(/^HTTP\/1.1 200 OK/);
  expect(answer).toContain('"token":"ey');
  for (const [path, status] of [
    ['/admin/users', 401],
    ['/x/../admin/users', 401],
    ['/%2e%2e/admin/users', 401],
    [String.raw`/x\..\admin\users`, 401],
    ['//admin/users', 404],
    ['/%61dmin/users', 404],
    ['/admin;x/users', 404],
    ['/ADMIN/users', 404],
  ] as const) {
    expect([path, await rawStatus(Number(new URL(first.url).port), path)]).toEqual([path, status]);
  }
  for (const [path, algorithm] of [
    ['', 'oauth2'],
    ['/realms/main', 'oidc'],
  ] as const) {
    const shown = await discoverAndSignIn(first.url + path, algorithm);
    expect(shown.email).toBe('user@example.com');
  }
  await stop(first.child, 'Ctrl-C');

  const second = await startInstance(NPM_START, state);
  expect(second.printed).not.toContain('Preparing the local database');
  expect(signIn(second)).toMatch(/^HTTP\/1.1 200 OK/);
  await stop(second.child, 'SIGTERM');
});

it('names https in the issuer, the links of e-mails and the curl line where it serves https', async () => {
  const { url, printed, child } = await startInstance(
    [...NPM_START, '--local-protocol', 'https'],
    state,
  );
  const origin = url.replace('http:', 'https:');
  expect(printed).toContain(`Gatehouse answers at ${origin}`);
  expect(signIn({ url, printed, child })).toMatch(/^HTTP\/(?:1.1|2) 200/);
  const ask = (...args: string[]) => execFileSync('curl', ['-sk', ...args], { encoding: 'utf8' });
  const metadata = JSON.parse(ask(`${origin}/.well-known/oauth-authorization-server`)) as object;
  expect(metadata).toMatchObject({ issuer: origin });
  const body = JSON.stringify({ email: 'user@example.com' });
  const json = 'Content-Type: application/json';
  ask('-H', json, '-d', body, `${origin}/email-remember/api/v1/auth/forgot-password`);
  await expect
    .poll(() => ask(`${origin}/dev/mail`), { timeout: 30_000 })
    .toContain(`"${origin}/email-remember/reset`);
  await stop(child, 'Ctrl-C');
});

it('lets one instance at a time have a folder, and the next one as soon as that was killed', async () => {
  const first = await startInstance(NPM_START, state);
  const second = spawnSync(
    'node',
    [join(root, 'tools', 'start.mjs'), '--port', '0', '--persist-to', state],
    { env: environment, encoding: 'utf8' },
  );
  expect([second.status, second.stdout]).toEqual([1, '']);
  const [, pid = ''] =
    /is in use by npm start \(process (\d+), (\S+)\): stop that first, .*\n$/.exec(second.stderr) ??
    [];
  expect(second.stderr).toContain(first.url);
  expect(second.stderr.trim().split('\n')).toHaveLength(1);

  process.kill(Number(pid), 'SIGKILL');
  const third = await startInstance(NPM_START, state);
  expect(signIn(third)).toMatch(/^HTTP\/1.1 200 OK/);
  await noneLeft(first.child);
  await stop(third.child, 'SIGTERM');
});
