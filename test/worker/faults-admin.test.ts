/** What operators and the platform's clock do, with any fault at any of the calls; and `/healthz`. */
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { runCleanup } from '../../src/scheduled.ts';
import { addUser, createTestApp, type TestUser } from '../support/test-app.ts';
import { operator } from '../support/operator.ts';
import { client } from '../support/session.ts';
import { interceptBindings } from '../fixtures/intercept-bindings.ts';
import { injectFault, faults, mainFaults, named } from '../support/faults.ts';
import { changesIn, clearSnapshot, readSnapshot } from '../support/database-snapshot.ts';
import type { Flow } from '../support/fault-scenario.ts';
import { holdFlows } from '../support/fault-scenarios.ts';
import { heard, failOnUnhandled } from '../support/fail-on-unhandled.ts';

failOnUnhandled();

type Change = Parameters<ReturnType<typeof operator>['call']>;

const asking = (
  about: string,
  [of, rest = {}]: [of: (id: number) => Change[0], rest?: Partial<Flow>],
  {
    body,
    before,
  }: { body?: unknown; before?: (person: TestUser & { id: number }) => Promise<unknown> } = {},
): Flow => ({
  name: about,
  contract: null,
  stage: async () => {
    const person = await addUser();
    await client(createTestApp(), 'username-pair').login(person);
    await before?.(person);
    const init = body === undefined ? {} : { body };
    return { person, ask: (here) => operator(here).call(of(person.id), init) };
  },
  again: 200,
  ...rest,
});

const lock = async (person: TestUser) => {
  const { login } = client(createTestApp(), 'username-pair');
  for (let n = 0; n < 5; n += 1) await login({ ...person, password: 'a wrong one' });
};

describe('an operator’s', () => {
  holdFlows(
    [
      asking('search', [() => 'GET /users']),
      asking('look at a user', [(id) => `GET /users/${id}`]),
      asking('look at the audit', [() => 'GET /audit']),
    ],
    mainFaults,
  );
  holdFlows([
    asking('deactivation', [(id) => `POST /users/${id}/deactivate`]),
    asking('activation', [(id) => `POST /users/${id}/activate`], {
      before: ({ id }) => operator(createTestApp()).call(`POST /users/${id}/deactivate`),
    }),
    asking(
      'unlocking',
      [
        (id) => `POST /users/${id}/unlock`,
        // It is written down first: never an unlock without a record.
        { mayRemain: ['audit_events + ADMIN_UNLOCKED done admin'] },
      ],
      { before: lock },
    ),
    asking('end of all sessions', [(id) => `POST /users/${id}/end-sessions`]),
    asking('choice of a role', [(id) => `POST /users/${id}/role`], {
      body: { role: 'role-ops', name: 'Operations' },
    }),
    asking(
      'deletion',
      [
        (id) => `DELETE /users/${id}`,
        { again: 404, isGone: true, behind: [1, 2, 3].map((n) => `limits clear ${n}`) },
      ],
      {
        before: lock,
      },
    ),
  ]);
});

describe('the housekeeping', () => {
  const stage = async () => {
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

  it.each(faults.filter(({ hits }) => hits.includes('database')))(
    'leaves to the next run what a call that $name kept it from',
    async (fault) => {
      const calls: string[] = [];
      const nameOf = named();
      const before = await stage();
      await runCleanup(
        interceptBindings(env, (call, proceed) => (calls.push(nameOf(call)), proceed())),
      );
      const cleared = changesIn(before, await readSnapshot());
      expect(cleared).toHaveLength(3);
      for (const at of calls) {
        const staged = await stage();
        const ear = heard();
        const { intercept, struck } = injectFault(fault, at, () => runCleanup(env));
        await runCleanup(interceptBindings(env, intercept));
        expect(struck()).toBe(true);
        // Twice: where a piece was done and its answer lost, the place is behind it.
        await runCleanup(env);
        await runCleanup(env);
        expect([at, changesIn(staged, await readSnapshot())]).toEqual([at, cleared]);
        expect([at, await ear([])]).toEqual([at, []]);
      }
    },
  );
});

describe('/healthz', () => {
  it('answers 200 when the database and the guard answer', async () => {
    const { status, text } = await createTestApp().fetch('/healthz');
    expect([status, text]).toEqual([200, '{"status":"ok"}']);
  });

  it.each(['database', 'limits'])('answers 503 when the %s does not', async (part) => {
    const { fetch } = createTestApp({}, (call, proceed) =>
      call.to === part ? Promise.reject(new Error('Network connection lost.')) : proceed(),
    );
    const { status, text } = await fetch('/healthz');
    expect([status, text]).toEqual([503, '{"status":"unavailable"}']);
  });

  it('answers 503 when the schema is missing', async () => {
    const empty = { prepare: () => env.DB.prepare('SELECT id FROM no_such_table') };
    const { status } = await createTestApp({ DB: empty }).fetch('/healthz');
    expect(status).toBe(503);
  });

  it('asks database and guard once in five seconds, whoever calls and however often', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const calls: string[] = [];
    const { fetch } = createTestApp({}, (call, proceed) => {
      calls.push(call.to);
      return proceed();
    });
    try {
      await Promise.all(Array.from({ length: 10 }, () => fetch('/healthz')));
      await fetch('/healthz');
      expect(calls.toSorted()).toEqual(['database', 'limits', 'limits']);
      vi.setSystemTime(Date.now() + 5_000);
      await fetch('/healthz');
      expect(calls).toHaveLength(6);
    } finally {
      vi.useRealTimers();
    }
  });

  it('keeps a failure for five seconds, with one line of the log', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    let broken = true;
    const { fetch } = createTestApp({}, (call, proceed) =>
      broken && call.to === 'database' ? Promise.reject(new Error('lost')) : proceed(),
    );
    try {
      const statuses = [];
      for (let n = 0; n < 10; n += 1) statuses.push((await fetch('/healthz')).status);
      broken = false;
      vi.setSystemTime(Date.now() + 4_999);
      statuses.push((await fetch('/healthz')).status);
      expect(statuses).toEqual(Array.from({ length: 11 }, () => 503));
      expect(log).toHaveBeenCalledTimes(1);
      expect(String(log.mock.calls[0])).toContain('"during":"healthz"');
      vi.setSystemTime(Date.now() + 1);
      expect((await fetch('/healthz')).status).toBe(200);
    } finally {
      vi.useRealTimers();
      log.mockRestore();
    }
  });
});
