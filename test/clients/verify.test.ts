/**
 * `gatehouse/verify` as it is packed, against a running instance: the module, and the example services
 * of docs/examples, a Node server in a process of its own and a Worker in workerd.
 */
import { spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contracts } from '../../src/contracts/index.ts';
import { encodeRequest } from '../../src/contracts/routes.ts';
import { textAt } from '../../src/pages/json-path.ts';
import type * as Verify from '../../src/verify/index.ts';
import { environment } from '../../tools/install.mjs';
import { newAddress, startClientServer, type ClientServer } from '../support/client-server.ts';
import {
  AUDIENCE,
  current,
  foreign,
  forged,
  former,
  ofGotrue,
  REFUSED,
} from '../support/forged-access.ts';
import { exampleWorker, installVerify, startExampleServer } from '../support/services-behind.ts';

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-verify-'));
let verify: typeof Verify;
let server: ClientServer;
let nodeServer: { origin: string; child: ChildProcess };

const settings = (origin: string) => ({ ISSUER: origin, AUDIENCE, CONTRACT: 'username-pair' });

beforeAll(async () => {
  const module = await installVerify(directory);
  verify = (await import(module)) as typeof Verify;
  const worker = await exampleWorker(module, settings);
  server = await startClientServer(
    {
      CONTRACTS: contracts.map(({ name }) => name),
      AUDIENCE,
      TOKEN_KEYS: JSON.stringify({ keys: [current, ofGotrue, former] }),
    },
    (origin) => [worker(origin)],
  );
  nodeServer = await startExampleServer(directory, settings(server.origin));
});

afterAll(async () => {
  nodeServer?.child.kill();
  await server?.close();
  rmSync(directory, { recursive: true, force: true });
});

const contractOf = (name: string) => {
  const found = contracts.find((contract) => contract.name === name);
  if (found === undefined) throw new Error(`no contract ${name}`);
  return found;
};

async function send(name: string, ...[operation, values]: [string, object]) {
  const request = encodeRequest(contractOf(name), operation as 'login', values as never);
  const { method, headers, body } = request;
  const address = newAddress();
  return fetch(`${server.origin}/${name}${request.path}`, {
    method,
    headers: { ...headers, ...address },
    body,
  });
}

/** Signs a new user in, and returns the tokens. */
async function signIn(name: string) {
  const { identifier: kind, paths } = contractOf(name);
  const user = await server.createUser();
  const identifier = { kind, value: kind === 'email' ? user.email : user.username };
  const input = { identifier, password: user.password, remember: false, code: null };
  const answer = await send(name, 'login', { input });
  const body: unknown = await answer.json();
  const cookie = /refreshToken=([^;]+)/.exec(answer.headers.get('Set-Cookie') ?? '')?.[1];
  return {
    access: textAt(body, paths.login.access) ?? '',
    refresh: textAt(body, paths.login.refresh) ?? cookie ?? null,
  };
}

const signOut = (name: string, { access, refresh }: Awaited<ReturnType<typeof signIn>>) =>
  send(name, 'logout', {
    token: access,
    refreshToken: refresh,
    input: { token: access, refreshToken: refresh },
  });

const ISSUERS: Record<string, string> = { keycloak: '/realms/main', gotrue: '/auth/v1' };

const verifierOf = (name: string, options: Partial<Verify.VerifierOptions> = {}) =>
  verify.createVerifier({
    issuer: server.origin + (ISSUERS[name] ?? ''),
    audience: name === 'gotrue' ? 'authenticated' : AUDIENCE,
    contract: name as Verify.ContractName,
    ...options,
  });

describe('the module', () => {
  it('comes with types that a consumer compiles with', () => {
    const consumer = join(directory, 'consumer.ts');
    writeFileSync(
      consumer,
      `import { createVerifier, type Claims } from 'gatehouse/verify';
const verifier = createVerifier({ issuer: 'https://a.b', audience: 'c', contract: 'oauth2' });
export const claims: Promise<Claims> = verifier.verify('');
// @ts-expect-error: no such contract
createVerifier({ issuer: 'https://a.b', audience: 'c', contract: 'saml' });
`,
    );
    const argv = '--ignoreConfig --noEmit --strict --module nodenext --lib es2022,dom --types';
    const options = { cwd: directory, env: environment, encoding: 'utf8' } as const;
    const { stdout } = spawnSync('tsc', [...argv.split(' '), '', consumer], options);
    expect(stdout).toBe('');
  });

  it.each(REFUSED)('refuses %s as %s', async (...[, code, token]) => {
    const verifier = verifierOf('username-pair');
    const sent = await token(server.origin);
    await expect(verifier.verify(sent)).rejects.toMatchObject({
      name: 'VerifyError',
      code,
      status: 401,
    });
    expect(await verifier.isSessionLive(sent)).toBe(false);
  });

  it.each(contracts.map(({ name }) => name))(
    'knows the tokens, the keys and the profile of %s',
    async (name) => {
      const verifier = verifierOf(name);
      const tokens = await signIn(name);
      const claims = await verifier.verify(tokens.access);
      expect(claims).toMatchObject({ sub: expect.stringMatching(/./) });
      expect(await verifier.isSessionLive(tokens.access)).toBe(true);
      if (tokens.refresh !== null) {
        await expect(verifier.verify(tokens.refresh)).rejects.toMatchObject({ code: 'wrong-kind' });
        expect(await verifier.isSessionLive(tokens.refresh)).toBe(false);
      }
      expect((await signOut(name, tokens)).ok).toBe(true);
      expect(await verifier.isSessionLive(tokens.access)).toBe(false);
      expect(await verifier.verify(tokens.access)).toEqual(claims);
    },
  );

  it('accepts a token with the longest profile', async () => {
    const user_metadata = { name: '名'.repeat(100), avatar_url: `https://${'名'.repeat(2_040)}` };
    const token = await forged(server.origin, { claims: { user_metadata } });
    expect(await verifierOf('username-pair').verify(token)).toMatchObject({ user_metadata });
  });

  /** A fetch that counts, and answers for keys what `keys` returns, if anything. */
  function counting(keys: (n: number) => Response | null) {
    const asked: string[] = [];
    return {
      asked,
      fetch: async (url: string, init: RequestInit) => {
        asked.push(url);
        return (url.includes('/jwks.json') ? keys(asked.length) : null) ?? fetch(url, init);
      },
    };
  }

  it('asks again for the keys once a token names one that it does not know', async () => {
    const { asked, fetch } = counting((n) => (n === 1 ? Response.json({ keys: [] }) : null));
    const verifier = verifierOf('username-pair', { fetch, cooldownSeconds: 0 });
    expect(await verifier.verify(await forged(server.origin, { key: former }))).toMatchObject({
      sub: 'u',
    });
    await Promise.all([1, 2, 3].map(async () => verifier.verify(await forged(server.origin))));
    expect(asked).toHaveLength(2);
  });

  it('asks no more than once in the cool-down, whatever keys tokens name', async () => {
    const { asked, fetch } = counting(() => null);
    const verifier = verifierOf('username-pair', { fetch });
    await verifier.verify(await forged(server.origin));
    for (let n = 0; n < 20; n += 1) {
      const sent = forged(server.origin, { key: { ...foreign, kid: `unknown-${n}` } });
      await expect(verifier.verify(await sent)).rejects.toMatchObject({ code: 'unknown-key' });
    }
    expect(asked).toHaveLength(1);
  });

  it.each<[string, NonNullable<Verify.VerifierOptions['fetch']>]>([
    ['cannot be reached', () => Promise.reject(new TypeError('fetch failed'))],
    ['fails', async () => new Response('', { status: 500 })],
    // To a page, which answers 200.
    [
      'redirects',
      async (_, { redirect }) => new Response('', { status: redirect === 'manual' ? 302 : 200 }),
    ],
    ['is another service', async () => new Response('', { status: 404 })],
  ])('says that it cannot say where Gatehouse %s', async (_, fetch) => {
    const unavailable = { code: 'unavailable', status: 503 };
    const token = await forged(server.origin);
    const without = verifierOf('username-pair', { fetch });
    await expect(without.verify(token)).rejects.toMatchObject(unavailable);
    await expect(without.isSessionLive(token)).rejects.toMatchObject(unavailable);
    const keysAlone = verifierOf('username-pair', {
      fetch: (url, init) => (url.includes('/jwks.json') ? globalThis.fetch : fetch)(url, init),
    });
    await expect(keysAlone.isSessionLive(token)).rejects.toMatchObject(unavailable);
  });

  it.each([
    ['plain http', { issuer: 'http://login.example.com' }],
    ['an unknown contract', { contract: 'toString' as 'oauth2' }],
    ['no audience', { audience: '' }],
  ])('is not made with %s', (_, options) => {
    expect(() => verifierOf('username-pair', options)).toThrow(TypeError);
  });
});

describe.each(['node-server', 'worker'])('the example %s', (example) => {
  const ask = async (method: 'GET' | 'POST', token?: string) => {
    const origin = example === 'worker' ? server.originOf('service') : nodeServer.origin;
    const headers: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {};
    const response = await fetch(origin, { method, headers });
    return [response.status, await response.json()] as const;
  };

  it('refuses a refresh token', async () => {
    const { refresh } = await signIn('username-pair');
    expect(await ask('GET', refresh ?? '')).toEqual([401, { error: 'wrong-kind' }]);
  });

  it('serves a signed-in user until the session has ended', async () => {
    const tokens = await signIn('username-pair');
    const user = { user: expect.stringMatching(/./) };
    expect(await ask('GET', tokens.access)).toEqual([200, user]);
    expect(await ask('POST', tokens.access)).toEqual([200, user]);
    await signOut('username-pair', tokens);
    expect(await ask('GET', tokens.access)).toEqual([200, user]);
    expect(await ask('POST', tokens.access)).toEqual([401, { error: 'session-ended' }]);
  });

  it('takes tokens of a key that signs no more', async () => {
    expect(await ask('GET', await forged(server.origin, { key: former }))).toEqual([
      200,
      { user: 'u' },
    ]);
  });

  it('refuses a request without a token', async () => {
    expect(await ask('GET')).toEqual([401, { error: 'missing' }]);
  });

  it.each(REFUSED)('refuses %s as %s', async (...[, code, token]) => {
    expect(await ask('GET', await token(server.origin))).toEqual([401, { error: code }]);
  });
});
