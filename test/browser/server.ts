/**
 * Starts what `npm start` starts, with data of its own, once for all browser tests; and finds a
 * browser: the one that npm brought, or one of this machine.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { environment, root } from '../../tools/install.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    origin: string;
    /** Null: a browser of this machine. */
    browserPath: string | null;
  }
}

const state = mkdtempSync(join(tmpdir(), 'gatehouse-browser-'));
let server: ChildProcess | null = null;

export async function setup(project: TestProject): Promise<void> {
  const port = await freePort();
  const [path] = await Promise.all([unpackBrowser(), start(port)]);
  project.provide('browserPath', path);
  // By name: browsers keep `Secure` cookies of it over plain http.
  project.provide('origin', `http://localhost:${port}`);
}

export async function teardown(): Promise<void> {
  if (server?.pid !== undefined && server.exitCode === null) {
    const ended = new Promise((resolve) => server?.once('exit', resolve));
    process.kill(-server.pid, 'SIGTERM');
    const late = setTimeout(() => process.kill(-(server?.pid ?? 0), 'SIGKILL'), 20_000);
    await ended;
    clearTimeout(late);
  }
  rmSync(state, { recursive: true, force: true });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function start(port: number): Promise<void> {
  const argv = [join(root, 'tools', 'dev.ts'), '--port', String(port), '--persist-to', state];
  // A group of its own, so that all of it ends with the tests and nothing else does.
  const child = spawn('node', argv, {
    cwd: root,
    env: environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  server = child;
  let printed = '';
  return new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      printed += chunk.toString();
      if (/^ {2}curl .*\n/m.test(printed)) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', () => reject(new Error(`the server ended:\n${printed}`)));
  });
}

/** npm's Chromium is for x64 Linux; its libraries come with it where it believes to be on Lambda. */
async function unpackBrowser(): Promise<string | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  process.env['AWS_EXECUTION_ENV'] ??= 'AWS_Lambda_nodejs22.x';
  const { default: chromium } = await import('@sparticuz/chromium');
  return chromium.executablePath();
}
