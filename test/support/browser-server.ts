/**
 * Starts what `npm start` starts, with data of its own, once for all browser tests; and finds a
 * browser: the one that npm brought, or one of this machine.
 */
import type { ChildProcess } from 'node:child_process';
import type { Server } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { root } from '../../tools/install.mjs';
import { localSettings, prepareDatabase } from '../../tools/local.ts';
import { makeSecrets } from '../../tools/local-secrets.ts';
import { demoAccounts } from '../fixtures/demo-accounts.ts';
import { accounts, OPERATOR_ROLES } from './browser-files.ts';
import { frontendOrigins, startFrontendServer } from './frontend-server.ts';
import { startInstance } from './instance.ts';

/** Cheap: what pages do with an answer does not depend on how long its hash took. */
const PASSWORD_COST = { iterations: 100, rounds: 6 };
const OPERATORS = { readRole: OPERATOR_ROLES.read.id, writeRole: OPERATOR_ROLES.write.id };
const state = mkdtempSync(join(tmpdir(), 'gatehouse-browser-'));
let server: ChildProcess | null = null;
let frontends: Server | null = null;
let origin = '';

export async function setup(project: TestProject): Promise<void> {
  const started = await startFrontendServer(() => origin);
  frontends = started.server;
  const allowed = JSON.stringify([
    'https://app.example',
    ...Object.values(frontendOrigins(started.port)),
  ]);
  const overrides = [
    'SECOND_FACTOR:required-for-admins',
    `ALLOWED_ORIGINS:${allowed}`,
    `OPERATORS:${JSON.stringify(OPERATORS)}`,
    `PASSWORD_COST:${JSON.stringify(PASSWORD_COST)}`,
  ];
  const [path, url] = await Promise.all([unpackBrowser(), start(overrides)]);
  origin = url;
  project.provide('frontendPort', started.port);
  project.provide('browserPath', path);
  // By name: browsers keep `Secure` cookies of it over plain http.
  project.provide('origin', origin);
}

/** Lines of the instance that say why a page got no answer, for the report of a run. */
const failures: string[] = [];
const isFailure = (line: string): boolean => /"event":"failure"|ERROR|Reloading/.test(line);

export async function teardown(): Promise<void> {
  if (failures.length > 0) console.error(`The instance logged:\n${failures.join('\n')}`);
  frontends?.close();
  if (server?.pid !== undefined && server.exitCode === null) {
    const ended = new Promise((resolve) => server?.once('exit', resolve));
    process.kill(-server.pid, 'SIGTERM');
    const late = setTimeout(() => process.kill(-(server?.pid ?? 0), 'SIGKILL'), 20_000);
    await ended;
    clearTimeout(late);
  }
  rmSync(state, { recursive: true, force: true });
}

async function start(overrides: string[]): Promise<string> {
  makeSecrets();
  const { passwords, ...settings } = localSettings();
  const cheap = { ...settings, passwords: { ...passwords, cost: PASSWORD_COST } };
  // `npm start` leaves a prepared database as it is.
  await prepareDatabase(cheap, state, [...demoAccounts, ...accounts]);
  const command = ['node', join(root, 'tools', 'dev.ts')] as const;
  const variables = overrides.flatMap((setting) => ['--var', setting]);
  const { child, url } = await startInstance([...command, ...variables], state);
  server = child;
  child.stdout?.on('data', (chunk: Buffer) => {
    failures.push(...chunk.toString().split('\n').filter(isFailure));
  });
  return url;
}

/** npm's Chromium is for x64 Linux; its libraries come with it where it believes to be on Lambda. */
async function unpackBrowser(): Promise<string | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  process.env['AWS_EXECUTION_ENV'] ??= 'AWS_Lambda_nodejs22.x';
  const { default: chromium } = await import('@sparticuz/chromium');
  return chromium.executablePath();
}
