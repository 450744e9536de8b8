/** What expires goes, a bounded piece at a time, and nothing else does. */
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCleanup } from '../../src/scheduled.ts';
import worker from '../../src/worker.ts';
import { addUser, count, createTestApp } from '../support/test-app.ts';
import { client, held } from '../support/session.ts';
import { interceptBindings } from '../fixtures/intercept-bindings.ts';

const DAY_MS = 86_400_000;
const pair = client(createTestApp(), 'username-pair');

let lines: Record<string, any>[] = [];
beforeEach(() => {
  lines = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(JSON.parse(line)));
});
afterEach(() => vi.restoreAllMocks());

const lastRun = () => lines.findLast(({ event }) => event === 'cleanup') ?? {};
const rowsIn = async (table: string) =>
  (await env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>('n')) ?? 0;

async function addSessions(userId: number, expiries: readonly number[], version = 1) {
  const insert = env.DB.prepare(
    'INSERT INTO sessions (id, user_id, contract, created_at_ms, last_used_at_ms, expires_at_ms, credential_version, refresh_generation, refreshed_at_ms, address) VALUES (?, ?, ?, 0, 0, ?, ?, 0, 0, ?)',
  );
  await env.DB.batch(
    expiries.map((at) => insert.bind(crypto.randomUUID(), userId, 'email-cookie', at, version, '')),
  );
}

const addEvents = (atMs: number, times: number) =>
  env.DB.batch(
    Array.from({ length: times }, () =>
      env.DB.prepare(
        "INSERT INTO audit_events (at_ms, action, reason, subject, contract, address, trace_id) VALUES (?, 'LOGIN', '', '', '', '', '')",
      ).bind(atMs),
    ),
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
  expect(lastRun()).toMatchObject({
    removed: { sessions: 1, challenges: 0, registrations: 0, audit_events: 0 },
    finished: true,
  });
});

describe('a session', () => {
  it('goes when it has expired; a live one is refreshed on', async () => {
    const person = await addUser();
    const { access, refresh } = held(await pair.login(person));
    await addSessions(person.id, [0, Date.now() - 1]);
    await runCleanup(env);
    expect(await count('sessions', person.id)).toBe(1);
    expect((await pair.profile(access)).status).toBe(200);
    expect((await pair.refresh(refresh)).status).toBe(200);
  });

  it('goes when nobody could use it any more', async () => {
    const later = Date.now() + DAY_MS;
    const changed = await addUser({ credential_version: 2 });
    await addSessions(changed.id, [later]);
    await addSessions(changed.id, [later], 2);
    const inactive = await addUser({ status: 'inactive' });
    await addSessions(inactive.id, [later]);
    await runCleanup(env);
    expect(await count('sessions', changed.id)).toBe(1);
    expect(await count('sessions', inactive.id)).toBe(0);
  });
});

it('forgets challenges and registrations that were not proven in time, and keeps the others', async () => {
  const { id } = await addUser();
  const later = Date.now() + DAY_MS;
  const registration = env.DB.prepare(
    'INSERT INTO registrations (id, email, password_hash, created_at_ms, expires_at_ms) VALUES (?, ?, ?, 0, ?)',
  );
  const challenge = env.DB.prepare(
    'INSERT INTO challenges (id, user_id, registration_id, purpose, secret_hash, expires_at_ms) VALUES (?, ?, ?, ?, ?, ?)',
  );
  await env.DB.batch([
    registration.bind('old', 'old@example.com', '', 1),
    registration.bind('new', 'new@example.com', '', later),
    challenge.bind('a', id, null, 'verify-email', 'a', 1),
    challenge.bind('b', id, null, 'reset-password', 'b', later),
    challenge.bind('c', null, 'old', 'verify-email', 'c', later),
    challenge.bind('d', null, 'new', 'verify-email', 'd', later),
    challenge.bind('e', null, null, 'verify-email', 'e', later),
  ]);
  await runCleanup(env);
  const left = async (table: string) =>
    (await env.DB.prepare(`SELECT id FROM ${table} ORDER BY id`).all<{ id: string }>()).results.map(
      ({ id }) => id,
    );
  expect(await left('registrations')).toEqual(['new']);
  expect(await left('challenges')).toEqual(['b', 'd']);
});

describe('the audit', () => {
  it('is kept for 400 days', async () => {
    await addEvents(Date.now() - 400 * DAY_MS - 1, 3);
    await addEvents(Date.now() - 399 * DAY_MS, 2);
    await runCleanup(env);
    expect(await rowsIn('audit_events')).toBe(2);
  });

  it('is kept for as long as the setting says', async () => {
    await addEvents(Date.now() - 31 * DAY_MS, 3);
    await addEvents(Date.now() - 29 * DAY_MS, 2);
    await runCleanup({ ...env, AUDIT_RETENTION_DAYS: 30 } as never);
    expect(await rowsIn('audit_events')).toBe(2);
  });

  it('goes in bounded pieces, the oldest first', async () => {
    await addEvents(1, 10);
    await runCleanup(env, { rows: 3, perRun: 2 });
    expect(await rowsIn('audit_events')).toBe(4);
    expect(lastRun()).toMatchObject({ removed: { audit_events: 6 }, finished: false });
    await runCleanup(env, { rows: 3, perRun: 2 });
    expect(await rowsIn('audit_events')).toBe(0);
    expect(lastRun()).toMatchObject({ finished: true });
  });
});

describe('a run', () => {
  it('looks at a bounded number of rows, and the next goes on where it stopped', async () => {
    const { id } = await addUser();
    const later = Date.now() + DAY_MS;
    // Live ones come first: what has expired is found only by going on.
    await addSessions(id, [...Array.from({ length: 6 }, () => later), 1, 1, 1, later, 1]);
    const left = [];
    for (let run = 0; run < 4; run += 1) {
      await runCleanup(env, { rows: 2, perRun: 2 });
      left.push([await count('sessions', id), lastRun().finished]);
    }
    expect(left).toEqual([
      [11, false],
      [9, false],
      [7, false],
      [7, true],
    ]);
  });

  it('finds in the next round what expired behind it', async () => {
    const { id } = await addUser();
    const later = Date.now() + DAY_MS;
    await addSessions(id, [later, later, later]);
    await runCleanup(env, { rows: 2, perRun: 1 });
    await env.DB.prepare('UPDATE sessions SET expires_at_ms = 1').run();
    for (let run = 0; run < 3; run += 1) await runCleanup(env, { rows: 2, perRun: 1 });
    await runCleanup(env, { rows: 2, perRun: 1 });
    expect(await count('sessions', id)).toBe(0);
  });

  it('takes two runs at once for one', async () => {
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
    expect(lines).toContainEqual(
      expect.objectContaining({
        event: 'failure',
        during: 'housekeeping of sessions',
        known: 'Network connection lost',
      }),
    );
    expect(lastRun()).toMatchObject({ removed: { audit_events: 1 }, finished: false });
    await runCleanup(env);
    expect(await count('sessions', id)).toBe(0);
  });
});
