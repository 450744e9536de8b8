/** What was verified is what is granted: users that change mid-login, and replicas that lag. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import type { BindingInterceptor } from '../fixtures/intercept-bindings.ts';
import { addUser, count, contractCase, hashOf, createTestApp } from '../support/test-app.ts';

const { path, body } = contractCase('email-envelope');

/** Changes the user just before the session is stored; `times` 2 changes it again. */
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

describe('a user who changes between read and commit', () => {
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
    const person = await addUser();
    const answer = await createTestApp({}, changing(sql, person.id)).post(path, body(person));
    expect(answer.status).toBe(status);
    expect(await count('sessions', person.id)).toBe(0);
    const logins = await env.DB.prepare(
      "SELECT * FROM audit_events WHERE user_id = ? AND action = 'LOGIN'",
    )
      .bind(person.id)
      .all();
    expect(logins.results).toEqual([]);
  });

  it('keeps the new password: the old one, just verified, is not renewed over it', async () => {
    const weak = await hashOf('the old password', { iterations: 50, rounds: 1 });
    const person = await addUser({ password_hash: weak });
    const taken =
      "UPDATE users SET credential_version = 2, password_hash = 'the new one' WHERE id = ?";
    const { post } = createTestApp({}, changing(taken, person.id));
    const answer = await post(path, body({ ...person, password: 'the old password' }));
    expect(answer.status).toBe(401);
    const stored = await env.DB.prepare(
      'SELECT password_hash, last_login_at_ms FROM users WHERE id = ?',
    )
      .bind(person.id)
      .first();
    expect(stored).toEqual({ password_hash: 'the new one', last_login_at_ms: null });
  });

  it('is let in where the password is still right', async () => {
    const person = await addUser();
    const bump = 'UPDATE users SET credential_version = credential_version + 1 WHERE id = ?';
    const answer = await createTestApp({}, changing(bump, person.id)).post(path, body(person));
    expect(answer.status).toBe(200);
    expect(await count('sessions', person.id)).toBe(1);
  });

  it('is told of a failure of ours when that happens twice in one login', async () => {
    const person = await addUser();
    const bump = 'UPDATE users SET credential_version = credential_version + 1 WHERE id = ?';
    const answer = await createTestApp({}, changing(bump, person.id, 2)).post(path, body(person));
    expect(answer.status).toBe(500);
    expect(await count('sessions', person.id)).toBe(0);
  });
});

describe('a replica that lags', () => {
  type Row = Record<string, unknown>;

  /** Answers look-ups on the nearest copy with an older state of the row. */
  const lagging =
    (older: (row: Row) => Row | null, reads: string[]): BindingInterceptor =>
    async (call, proceed) => {
      const answer = await proceed();
      if (call.session === null) return answer;
      reads.push(call.session);
      if (call.session !== 'first-unconstrained') return answer;
      const { results, meta } = answer as D1Result<Row>;
      const rows = results.map((row) => older({ ...row })).filter((row) => row !== null);
      return { results: rows, meta: { ...meta, served_by_primary: false }, success: true } as never;
    };

  /** How many failures the guards of this user's names have counted, all in all. */
  async function failures(): Promise<number> {
    let sum = 0;
    for (const name of guards) {
      const state = await runInDurableObject(
        env.ACCOUNT_LOCKOUT.getByName(name),
        (_, { storage }) => storage.kv.get<{ failures: number; tickets: unknown[] }>('state'),
      );
      expect(state?.tickets).toEqual([]);
      sum += state?.failures ?? 0;
    }
    return sum;
  }
  const guards = new Set<string>();
  const noting =
    (intercept: BindingInterceptor): BindingInterceptor =>
    (call, proceed) => {
      if (call.method === 'reserve') guards.add(call.what[0] ?? '');
      return intercept(call, proceed);
    };

  it.each<[string, (row: Row) => Row | null]>([
    ['does not know the user yet', () => null],
    ['has an older password', (row) => ({ ...row, passwordHash: null, credentialVersion: 0 })],
    ['still has the user inactive', (row) => ({ ...row, status: 'inactive' })],
    ['still has the address unverified', (row) => ({ ...row, emailVerified: 0 })],
  ])('%s: the primary is asked, and no failure is counted', async (_, older) => {
    guards.clear();
    const reads: string[] = [];
    const person = await addUser();
    const { post } = createTestApp({}, noting(lagging(older, reads)));
    expect((await post(path, body(person))).status).toBe(200);
    expect(reads).toEqual(['first-unconstrained', 'first-primary']);
    expect(await failures()).toBe(0);
  });

  it('does not delay a right password', async () => {
    const reads: string[] = [];
    const person = await addUser();
    const { post } = createTestApp(
      {},
      lagging((row) => row, reads),
    );
    expect((await post(path, body(person))).status).toBe(200);
    expect(reads).toEqual(['first-unconstrained']);
  });

  it('has a wrong password confirmed by the primary, and counts it once', async () => {
    guards.clear();
    const reads: string[] = [];
    const person = await addUser();
    const { post } = createTestApp({}, noting(lagging((row) => row, reads)));
    expect((await post(path, body({ ...person, password: 'a wrong one' }))).status).toBe(401);
    expect(reads).toEqual(['first-unconstrained', 'first-primary']);
    expect(await failures()).toBe(1);
  });

  it('cannot let an old password in: the fence refuses what the replica granted', async () => {
    const person = await addUser({
      password_hash: await hashOf('the new password'),
      credential_version: 2,
    });
    const old = await hashOf('the old password');
    const { post } = createTestApp(
      {},
      lagging((row) => ({ ...row, passwordHash: old, credentialVersion: 1 }), []),
    );
    expect((await post(path, body({ ...person, password: 'the old password' }))).status).toBe(401);
    expect(await count('sessions', person.id)).toBe(0);
  });
});

describe('a ticket that expires before its verdict is told', () => {
  /** Half a minute passes after the first call that `method` names. */
  const slow = (method: string): BindingInterceptor => {
    return async (call, proceed) => {
      const answer = await proceed();
      if (call.method === method) vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 30_000 });
      return answer;
    };
  };

  it.each([
    ['the right password, while its session is stored', 'batch', {}],
    ['the right password of an inactive account', 'reserve', { status: 'inactive' }],
    ['a wrong password', 'reserve', { password_hash: null }],
  ])('gives none on %s, and leaves no session', async (_, method, columns) => {
    const person = await addUser(columns);
    const { post } = createTestApp({}, slow(method));
    const answer = await post(path, body(person)).finally(() => vi.useRealTimers());
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([429, '1']);
    expect(await count('sessions', person.id)).toBe(0);
  });
});
