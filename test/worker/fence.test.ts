/** A login grants what it verified: users that change meanwhile, and replicas that lag. */
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import type { Reservation } from '../../src/flows/ports/limits.ts';
import type { BindingInterceptor, Call } from '../fixtures/intercept-bindings.ts';
import { actionsOf } from '../support/operator.ts';
import { client, moveClock } from '../support/session.ts';
import { addUser, count, createTestApp, hashOf, type TestUser } from '../support/test-app.ts';

const login = (user: TestUser, intercept: BindingInterceptor) =>
  client(createTestApp({}, intercept), 'email-envelope').login(user);

describe('a user who changes between read and commit', () => {
  /** Changes the user just before the session is stored, at the first `times` attempts. */
  function changing(sql: string, userId: number, times = 1): BindingInterceptor {
    let left = times;
    return async (call, proceed) => {
      if (call.method === 'batch' && left > 0) {
        left -= 1;
        await env.DB.prepare(sql).bind(userId).run();
      }
      return proceed();
    };
  }
  const newVersion = 'UPDATE users SET credential_version = credential_version + 1 WHERE id = ?';

  it.each([
    [
      'gets another password',
      'UPDATE users SET credential_version = credential_version + 1, password_hash = NULL WHERE id = ?',
      401,
    ],
    ['is deactivated', "UPDATE users SET status = 'inactive' WHERE id = ?", 403],
    ['is no longer verified', 'UPDATE users SET email_verified = 0 WHERE id = ?', 403],
    ['is deleted', 'DELETE FROM users WHERE id = ?', 401],
  ])('%s: is caught by the fence, and no session is stored', async (_, sql, status) => {
    const user = await addUser();
    expect((await login(user, changing(sql, user.id))).status).toBe(status);
    expect(await count('sessions', user.id)).toBe(0);
    expect(await actionsOf(user.id)).not.toContain('LOGIN');
  });

  it('keeps the new password: the old one, just verified, is not renewed over it', async () => {
    const password = 'the old password';
    const weak = await hashOf(password, { iterations: 50, rounds: 1 });
    const user = await addUser({ password_hash: weak });
    const taken =
      "UPDATE users SET credential_version = 2, password_hash = 'the new one' WHERE id = ?";
    const { status } = await login({ ...user, password }, changing(taken, user.id));
    expect(status).toBe(401);
    const stored = await env.DB.prepare(
      'SELECT password_hash, last_login_at_ms FROM users WHERE id = ?',
    )
      .bind(user.id)
      .first();
    expect(stored).toEqual({ password_hash: 'the new one', last_login_at_ms: null });
  });

  it('is let in where the password is still right', async () => {
    const user = await addUser();
    expect((await login(user, changing(newVersion, user.id))).status).toBe(200);
    expect(await count('sessions', user.id)).toBe(1);
  });

  it('is answered 500 when that happens two times in one login', async () => {
    const user = await addUser();
    expect((await login(user, changing(newVersion, user.id, 2))).status).toBe(500);
    expect(await count('sessions', user.id)).toBe(0);
  });
});

describe('a replica that lags', () => {
  type Row = Record<string, unknown>;

  /** Answers reads of the nearest replica with an older row; lists reads and lockouts. */
  function lagging(older: (row: Row) => Row | null) {
    const reads: string[] = [];
    const lockouts = new Set<string>();
    const intercept: BindingInterceptor = async (call, proceed) => {
      if (call.method === 'reserve') lockouts.add(call.what[0] ?? '');
      const answer = await proceed();
      if (call.session === null) return answer;
      reads.push(call.session);
      if (call.session !== 'first-unconstrained') return answer;
      const { results, meta } = answer as D1Result<Row>;
      const rows = results.map((row) => older({ ...row })).filter((row) => row !== null);
      const stale = { results: rows, meta: { ...meta, served_by_primary: false }, success: true };
      return stale as typeof answer;
    };
    const rules = { threshold: 5, lockSeconds: 900, growth: 1, stopAfterFailures: 50 };
    /** The failures at the names that were asked about, where no ticket is out. */
    const failures = async () => {
      let sum = 0;
      for (const name of lockouts) {
        const view = await env.ACCOUNT_LOCKOUT.getByName(name).view(rules);
        expect(view.ticketsOut).toBe(0);
        sum += view.failures;
      }
      return sum;
    };
    return { reads, intercept, failures };
  }
  const bothReads = ['first-unconstrained', 'first-primary'];

  it.each<[string, (row: Row) => Row | null]>([
    ['does not know the user yet', () => null],
    ['has an older password', (row) => ({ ...row, passwordHash: null, credentialVersion: 0 })],
    ['still has the user inactive', (row) => ({ ...row, status: 'inactive' })],
    ['still has the address unverified', (row) => ({ ...row, emailVerified: 0 })],
  ])('%s: the primary is asked, and no failure is counted', async (_, older) => {
    const { reads, intercept, failures } = lagging(older);
    expect((await login(await addUser(), intercept)).status).toBe(200);
    expect(reads).toEqual(bothReads);
    expect(await failures()).toBe(0);
  });

  it('cannot let an old password in: the fence refuses what the replica granted', async () => {
    const password = 'the old password';
    const passwordHash = await hashOf(password);
    const columns = { password_hash: await hashOf('the new password'), credential_version: 2 };
    const user = await addUser(columns);
    const { intercept } = lagging((row) => ({ ...row, passwordHash, credentialVersion: 1 }));
    expect((await login({ ...user, password }, intercept)).status).toBe(401);
    expect(await count('sessions', user.id)).toBe(0);
  });
});

describe('a ticket that expires before its verdict', () => {
  it.each([
    ['the right password, while its session is stored', 'batch', {}],
    ['the right password of an inactive account', 'reserve', { status: 'inactive' }],
    ['a wrong password', 'reserve', { password_hash: null }],
  ])('gives none on %s, and leaves no session', async (_, method, columns) => {
    const user = await addUser(columns);
    const { status, headers } = await login(user, async (call, proceed) => {
      const answer = await proceed();
      if (call.method === method) moveClock(30_000);
      return answer;
    });
    expect([status, headers.get('Retry-After')]).toEqual([429, '1']);
    expect(await count('sessions', user.id)).toBe(0);
  });
});

describe('a verdict that is known before there is a ticket', () => {
  const untilMs = Date.now() + 60_000;
  const queued: Reservation = { state: 'queued', lockBegan: null };

  it.each<[string, Record<string, Reservation>, number]>([
    ['while the queue is full', { reserve: queued, wait: { state: 'busy', lockBegan: null } }, 429],
    [
      'once the account is locked',
      { reserve: { state: 'locked', untilMs, untilReset: false, lockBegan: null } },
      403,
    ],
  ])('is not given %s', async (_, answers, status) => {
    const derive = vi.spyOn(crypto.subtle, 'deriveBits');
    const user = await addUser();
    derive.mockClear();
    const answer = await login(user, async <T>(call: Call, proceed: () => Promise<T>) => {
      const reservation = answers[call.method];
      if (reservation === undefined) return proceed();
      // Longer than the whole hash takes.
      for (let turn = 0; turn < 50; turn += 1) await scheduler.wait(0);
      return reservation as T;
    });
    expect(answer.status).toBe(status);
    expect(derive).toHaveBeenCalledTimes(6);
    expect(await count('sessions', user.id)).toBe(0);
  });
});
