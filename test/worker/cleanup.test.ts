/** Runs of the cleanup, and after failures (batches: unit/flows/cleanup; rows: store-cleanup). */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { runCleanup } from '../../src/scheduled.ts';
import worker from '../../src/worker.ts';
import { insertRows } from '../fixtures/rows.ts';
import { captureConsole, type CapturedConsole } from '../support/captured-console.ts';
import { addUser, count } from '../support/test-app.ts';
import { interceptBindings } from '../fixtures/intercept-bindings.ts';

const DAY_MS = 86_400_000;

let captured: CapturedConsole;
beforeEach(() => {
  captured = captureConsole();
});

const records = () => captured.take().map((line): unknown => JSON.parse(line));
const rowsIn = async (table: string) =>
  (await env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>('n')) ?? 0;

const addSessions = (userId: number, expiries: readonly number[]) =>
  insertRows(
    env.DB,
    expiries.map((expires_at_ms) => ({
      table: 'sessions',
      columns: {
        id: crypto.randomUUID(),
        user_id: userId,
        contract: 'email-cookie',
        created_at_ms: 0,
        last_used_at_ms: 0,
        expires_at_ms,
        credential_version: 1,
        refresh_generation: 0,
        refreshed_at_ms: 0,
        address: '',
      },
    })),
  );

const addEvents = (atMs: number, times: number) =>
  insertRows(
    env.DB,
    Array.from({ length: times }, () => ({
      table: 'audit_events',
      columns: {
        at_ms: atMs,
        action: 'LOGIN',
        reason: '',
        subject: '',
        contract: '',
        address: '',
        trace_id: '',
      },
    })),
  );

beforeEach(async () => {
  for (const table of ['sessions', 'challenges', 'registrations', 'audit_events', 'housekeeping']) {
    await env.DB.prepare(`DELETE FROM ${table}`).run();
  }
});

it('is started by the platform’s clock', async () => {
  const { id } = await addUser();
  await addSessions(id, [0]);
  await worker.scheduled();
  expect(await count('sessions', id)).toBe(0);
  expect(records().at(-1)).toMatchObject({
    event: 'cleanup',
    removed: { sessions: 1, challenges: 0, registrations: 0, used_challenges: 0, audit_events: 0 },
    finished: true,
  });
});

it.each([
  [400, {}],
  [30, { AUDIT_RETENTION_DAYS: 30 }],
])('keeps the audit log for %i days with %o', async (days, settings) => {
  await addEvents(Date.now() - days * DAY_MS - 1, 3);
  await addEvents(Date.now() - (days - 1) * DAY_MS, 2);
  await runCleanup({ ...env, ...settings } as never);
  expect(await rowsIn('audit_events')).toBe(2);
});

describe('a run', () => {
  it('finds in the next round the rows that expired behind its cursor', async () => {
    const { id } = await addUser();
    const later = Date.now() + DAY_MS;
    await addSessions(id, [later, later, later]);
    await runCleanup(env, { rows: 2, perRun: 1 });
    await env.DB.prepare('UPDATE sessions SET expires_at_ms = 1').run();
    for (let run = 0; run < 3; run += 1) await runCleanup(env, { rows: 2, perRun: 1 });
    await runCleanup(env, { rows: 2, perRun: 1 });
    expect(await count('sessions', id)).toBe(0);
  });

  it('deletes each row once when two runs overlap', async () => {
    const { id } = await addUser();
    const later = Date.now() + DAY_MS;
    await addSessions(
      id,
      Array.from({ length: 20 }, (_, n) => (n % 2 ? 1 : later)),
    );
    await Promise.all([runCleanup(env, { rows: 3, perRun: 100 }), runCleanup(env)]);
    expect(await count('sessions', id)).toBe(10);
  });

  it('logs what fails, does the rest, and leaves it to the next', async () => {
    const { id } = await addUser();
    await addSessions(id, [1]);
    await addEvents(1, 1);
    const failing = interceptBindings(env, (call, proceed) =>
      call.what.some((sql) => sql.includes('"sessions"'))
        ? Promise.reject(new Error('Network connection lost.'))
        : proceed(),
    );
    await runCleanup(failing);
    const known = 'Network connection lost';
    expect(records()).toMatchObject([
      { event: 'failure', during: 'cleanup of sessions', known },
      { event: 'cleanup', removed: { audit_events: 1 }, finished: false },
    ]);
    await runCleanup(env);
    expect(await count('sessions', id)).toBe(0);
  });
});
