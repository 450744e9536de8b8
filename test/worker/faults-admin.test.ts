/** The admin API, the scheduled cleanup and `/healthz` with each fault at each of their calls. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { runCleanup } from '../../src/scheduled.ts';
import { insertRows } from '../fixtures/rows.ts';
import { factorRowsOf } from '../support/factor-rows.ts';
import { interceptBindings } from '../fixtures/intercept-bindings.ts';
import { failOnUnhandled } from '../support/captured-console.ts';
import { changesIn, clearSnapshot, readSnapshot } from '../support/database-snapshot.ts';
import type { Flow } from '../support/fault-invariants.ts';
import { testFlows } from '../support/fault-scenario.ts';
import { callNames, failing, faults, injectFault, mainFaults } from '../support/faults.ts';
import { operator } from '../support/operator.ts';
import { client } from '../support/session.ts';
import { addSession, addUser, createTestApp, type TestUser } from '../support/test-app.ts';

const unhandled = failOnUnhandled();

type Route = Parameters<ReturnType<typeof operator>['call']>[0];
type Before = (user: TestUser & { id: number }) => Promise<unknown>;

const flow = (
  name: string,
  route: (id: number) => Route,
  { body, before, ...rest }: Partial<Flow> & { body?: object; before?: Before } = {},
): Flow => ({
  name,
  contract: null,
  prepare: async () => {
    const user = await addUser();
    await addSession(user.id);
    await before?.(user);
    const init = body === undefined ? {} : { body };
    return { user, send: (app) => operator(app).call(route(user.id), init) };
  },
  status: 200,
  repeated: 200,
  ...rest,
});

/** One failure is enough for a lockout to be cleared. */
const fail: Before = (user) => client(createTestApp(), 'username-pair').fail(user, 1);

describe('the admin API', () => {
  testFlows(
    unhandled,
    [
      flow('a search', () => 'GET /users'),
      flow('a user', (id) => `GET /users/${id}`),
      flow('the audit log', () => 'GET /audit'),
      flow('the overview', () => 'GET /overview'),
      flow('the sessions of a user', (id) => `GET /users/${id}/sessions`),
    ],
    mainFaults,
  );
  testFlows(unhandled, [
    flow('a deactivation', (id) => `POST /users/${id}/deactivate`),
    flow('an activation', (id) => `POST /users/${id}/activate`, {
      before: ({ id }) => operator(createTestApp()).call(`POST /users/${id}/deactivate`),
    }),
    flow('an unlock', (id) => `POST /users/${id}/unlock`, {
      before: fail,
      // The audit row is written first: there is no unlock without a record.
      mayRemain: ['audit_events + ADMIN_UNLOCKED done admin'],
    }),
    flow('a reset of second factors', (id) => `POST /users/${id}/reset-factors`, {
      before: ({ id }) =>
        insertRows(
          env.DB,
          factorRowsOf(`user-${id}`, id).map((columns) => ({ table: 'factors', columns })),
        ),
      unawaited: ['mail send 1'],
    }),
    flow('the end of all sessions', (id) => `POST /users/${id}/end-sessions`),
    flow('a change of role', (id) => `POST /users/${id}/role`, {
      body: { role: 'role-ops', name: 'Operations' },
    }),
    flow('a deletion', (id) => `DELETE /users/${id}`, {
      before: fail,
      status: 204,
      repeated: 404,
      storedButRefused: 'refused',
      unawaited: [1, 2, 3].map((n) => `limits clear ${n}`),
    }),
  ]);
});

describe('the cleanup', () => {
  const prepare = async () => {
    await clearSnapshot();
    const { id } = await addUser();
    await env.DB.batch([
      env.DB.prepare(
        "INSERT INTO sessions (id, user_id, contract, created_at_ms, last_used_at_ms, expires_at_ms, credential_version, refresh_generation, refreshed_at_ms, address) VALUES ('old', ?, '', 0, 0, 1, 1, 0, 0, '')",
      ).bind(id),
      env.DB.prepare(
        "INSERT INTO registrations (id, email, password_hash, created_at_ms, expires_at_ms) VALUES ('old', 'old@example.com', '', 0, 1)",
      ),
      env.DB.prepare(
        "INSERT INTO audit_events (at_ms, action, reason, subject, contract, address, trace_id) VALUES (1, 'LOGIN', '', '', '', '', '')",
      ),
    ]);
    return readSnapshot();
  };

  it.each(faults.filter(({ bindings }) => bindings.includes('database')))(
    'is finished by the next run where a call $name',
    async (fault) => {
      const calls: string[] = [];
      const nameOf = callNames();
      const before = await prepare();
      await runCleanup(
        interceptBindings(env, (call, proceed) => (calls.push(nameOf(call)), proceed())),
      );
      const deleted = changesIn(before, await readSnapshot());
      expect(deleted).toHaveLength(3);
      for (const name of calls) {
        const prepared = await prepare();
        unhandled.begin();
        const { intercept, struck } = injectFault(fault, name, () => runCleanup(env));
        await runCleanup(interceptBindings(env, intercept));
        // Two runs: where a batch was done and its answer lost, the cursor is behind it.
        await runCleanup(env);
        await runCleanup(env);
        expect(struck(), name).toBe(true);
        expect(changesIn(prepared, await readSnapshot()), name).toEqual(deleted);
        expect(await unhandled.leaks([]), name).toEqual([]);
      }
    },
  );
});

/** Its interval, and the age of a kept answer: test/unit/health.test.ts. */
describe('/healthz', () => {
  it('answers 200 when the database and the limits answer', async () => {
    const calls: string[] = [];
    const app = createTestApp({}, (call, proceed) => (calls.push(call.to), proceed()));
    const { status, text } = await app.fetch('/healthz');
    expect([status, text]).toEqual([200, '{"status":"ok"}']);
    expect(calls.toSorted()).toEqual(['database', 'limits', 'limits']);
  });

  it.each(['database', 'limits'])('answers 503 when the %s does not answer', async (binding) => {
    const app = createTestApp(
      {},
      failing(({ to }) => to === binding),
    );
    const { status, text } = await app.fetch('/healthz');
    expect([status, text]).toEqual([503, '{"status":"unavailable"}']);
  });

  it('answers 503 when the schema is missing', async () => {
    const empty = { prepare: () => env.DB.prepare('SELECT id FROM no_such_table') };
    expect((await createTestApp({ DB: empty }).fetch('/healthz')).status).toBe(503);
  });
});
