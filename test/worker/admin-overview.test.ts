/** The overview of the admin API, and a user's sessions. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { insertRows } from '../fixtures/rows.ts';
import { operator } from '../support/operator.ts';
import { client, moveClock, sessionsIn, tokensOf } from '../support/session.ts';
import { addSession, addUser, createTestApp } from '../support/test-app.ts';

const app = createTestApp();
const { call, json } = operator(app);
const run = (sql: string) => env.DB.prepare(sql).run();

const events = (rows: readonly [action: string, ageMs: number][]) =>
  insertRows(
    env.DB,
    rows.map(([action, ageMs]) => ({
      table: 'audit_events',
      columns: {
        at_ms: Date.now() - ageMs,
        action,
        reason: 'done',
        subject: 's',
        contract: 'email-cookie',
        address: '192.0.2.1',
        trace_id: 't',
      },
    })),
  );

/** Adds rows by the thousand: `n` counts them. */
const many = (count: number, insert: string) =>
  run(
    `WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ${count}) ${insert}`,
  );

describe('the overview', () => {
  beforeEach(async () => {
    for (const table of ['sessions', 'audit_events', 'users']) await run(`DELETE FROM ${table}`);
  });

  it('counts nothing in an empty directory', async () => {
    const none = { count: 0, isComplete: true };
    expect(await json('GET /overview')).toEqual({
      operator: { name: 'token:OPERATOR_TOKEN', scope: 'write', email: null },
      users: none,
      inactiveUsers: none,
      liveSessions: none,
      events: {
        since: new Date(Date.now() - 86_400_000).toISOString(),
        byAction: {},
        isComplete: true,
      },
      metrics: {},
    });
  });

  it('counts users, live sessions, and the events of a day', async () => {
    const { id } = await addUser();
    await addUser({ status: 'inactive' });
    await addSession(id);
    moveClock(86_400_001);
    await addSession(id);
    await events([
      ['LOGIN', 0],
      ['LOGIN', 86_400_000],
      ['LOGIN', 86_400_001],
      ['LOGIN_FAILED', 5],
    ]);
    expect(await json('GET /overview')).toMatchObject({
      users: { count: 2, isComplete: true },
      inactiveUsers: { count: 1, isComplete: true },
      liveSessions: { count: 1, isComplete: true },
      events: { byAction: { LOGIN: 2, LOGIN_FAILED: 1 }, isComplete: true },
    });
  });

  it('looks at ten thousand rows, and says that there are more', async () => {
    await many(
      10_001,
      `INSERT INTO users (public_id, email, status, created_at_ms) SELECT 'many-' || n, 'many-' || n || '@example.com', 'active', 0 FROM counted`,
    );
    await many(
      10_001,
      `INSERT INTO audit_events (at_ms, action, reason, subject, contract, address, trace_id) SELECT ${Date.now()}, 'LOGIN', 'granted', 's', 'c', '', 't' FROM counted`,
    );
    expect(await json('GET /overview')).toMatchObject({
      users: { count: 10_000, isComplete: false },
      inactiveUsers: { count: 0, isComplete: true },
      events: { byAction: { LOGIN: 10_000 }, isComplete: false },
    });
  });

  it('adds up the counters over their labels, and leaves durations out', async () => {
    const sums = new Map([
      ['auth_login_success_total{contract="a"}', [2]],
      ['auth_login_success_total{contract="b"}', [3]],
      ['auth_login_duration_ms{contract="a"}', [1, 0, 7]],
    ]);
    const read = async () => sums;
    const METRICS_AGGREGATOR = { getByName: () => ({ add: async () => {}, read }) };
    const measured = operator(createTestApp({ METRICS_AGGREGATOR }));
    expect((await measured.json('GET /overview')).metrics).toEqual({ auth_login_success_total: 5 });
  });

  it('is shown without the counters where they cannot be read', async () => {
    const read = () => Promise.reject(new Error('Network connection lost.'));
    const METRICS_AGGREGATOR = { getByName: () => ({ add: async () => {}, read }) };
    const broken = operator(createTestApp({ METRICS_AGGREGATOR }));
    expect(await broken.json('GET /overview')).toMatchObject({ metrics: null });
  });
});

describe('the sessions of a user', () => {
  it('are those that the user sees, over all contracts, without tokens', async () => {
    const user = await addUser();
    await addSession((await addUser()).id);
    const pair = client(app, 'username-pair');
    const { access } = tokensOf(await pair.login(user, { headers: { 'User-Agent': 'curl/8' } }));
    await client(app, 'email-cookie').login(user);
    const { sessions } = await json(`GET /users/${user.id}/sessions`);
    const ids = sessionsIn(await pair.sessions(access)).map(({ id }) => id);
    expect(sessions.map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(sessions.map(({ contract }: { contract: string }) => contract).toSorted()).toEqual([
      'email-cookie',
      'username-pair',
    ]);
    expect(Object.keys(sessions[0]).toSorted()).toEqual([
      'address',
      'contract',
      'device',
      'id',
      'lastUsedAt',
      'name',
      'startedAt',
    ]);
  });

  it('are 404 of no user', async () => {
    expect((await call('GET /users/999999999/sessions')).status).toBe(404);
  });
});
