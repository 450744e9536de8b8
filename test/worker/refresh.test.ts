/** Refresh tokens rotate: one successor each, ten seconds of grace, and reuse ends the session. */
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { addUser, count, contractCases, createTestApp } from '../support/test-app.ts';
import { client, held } from '../support/session.ts';
import type { BindingInterceptor } from '../fixtures/intercept-bindings.ts';

const DAY_MS = 86_400_000;
const refreshing = contractCases.filter(({ contract }) => contract.refresh !== null);
const moveClock = (byMs: number) => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + byMs });
};
afterEach(() => {
  vi.useRealTimers();
});

async function actions(userId: number): Promise<unknown[]> {
  const { results } = await env.DB.prepare(
    'SELECT action FROM audit_events WHERE user_id = ? ORDER BY id',
  )
    .bind(userId)
    .all<{ action: string }>();
  return results.map(({ action }) => action);
}

const jtiOf = (token: string) =>
  (
    JSON.parse(atob(token.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? '')) as {
      jti: string;
    }
  ).jti;

describe.each(refreshing)('$name', ({ name, contract }) => {
  const { login, refresh, profile } = client(createTestApp(), name);
  const lifetimeMs = (contract.lifetimes.refreshSeconds ?? 0) * 1000;

  it('gives new tokens that work, for the same session', async () => {
    const person = await addUser();
    const first = held(await login(person));
    const answer = await refresh(first.refresh);
    expect(answer.status).toBe(200);
    const second = held(answer);
    expect(second.refresh).not.toBe(first.refresh);
    expect((await profile(second.access)).status).toBe(200);
    expect((await profile(first.access)).status).toBe(200);
    expect(await count('sessions', person.id)).toBe(1);
    expect((await refresh(second.refresh)).status).toBe(200);
  });

  it('keeps 20 parallel tabs signed in, with one live successor', async () => {
    const person = await addUser();
    const { refresh: token } = held(await login(person));
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(token)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    const successors = new Set(answers.map((answer) => jtiOf(held(answer).refresh)));
    expect(successors.size).toBe(1);
    const row = await env.DB.prepare('SELECT refresh_generation FROM sessions WHERE user_id = ?')
      .bind(person.id)
      .first<number>('refresh_generation');
    expect(row).toBe(1);
  });

  it('takes the previous token for 10 seconds more, and leads it to the same successor', async () => {
    const { refresh: old } = held(await login(await addUser()));
    const successor = held(await refresh(old)).refresh;
    moveClock(9_900);
    const again = await refresh(old);
    expect(again.status).toBe(200);
    expect(jtiOf(held(again).refresh)).toBe(jtiOf(successor));
  });

  it('ends the session on reuse after that, for both who hold it, and audits it', async () => {
    const person = await addUser();
    const { refresh: old } = held(await login(person));
    const { refresh: successor, access } = held(await refresh(old));
    moveClock(10_000);
    expect((await refresh(old)).status).toBe(401);
    expect((await refresh(successor)).status).toBe(401);
    expect((await profile(access)).status).toBe(401);
    expect(await count('sessions', person.id)).toBe(0);
    expect(await actions(person.id)).toEqual(['LOGIN', 'REFRESH_REUSED']);
  });

  it('ends the session on a token two generations old, at once', async () => {
    const person = await addUser();
    const { refresh: old } = held(await login(person));
    const second = held(await refresh(old)).refresh;
    await refresh(second);
    expect((await refresh(old)).status).toBe(401);
    expect(await count('sessions', person.id)).toBe(0);
  });

  it('ends by itself when it was not used for the lifetime of its token', async () => {
    // Tokens count whole seconds: from the start of one, their lifetime is exact.
    vi.useFakeTimers({ toFake: ['Date'], now: Math.ceil(Date.now() / 1000) * 1000 });
    const { refresh: token } = held(await login(await addUser()));
    moveClock(lifetimeMs - 1);
    const next = await refresh(token);
    expect(next.status).toBe(200);
    moveClock(1);
    const latest = await refresh(held(next).refresh);
    expect(latest.status).toBe(200);
    moveClock(lifetimeMs);
    expect((await refresh(held(latest).refresh)).status).toBe(401);
  });

  it('ends after 90 days, however often it was refreshed', async () => {
    let { refresh: token } = held(await login(await addUser()));
    for (let days = 0; days < 88; days += 4) {
      moveClock(4 * DAY_MS);
      const answer = await refresh(token);
      expect([days, answer.status]).toEqual([days, 200]);
      token = held(answer).refresh;
    }
    moveClock(3 * DAY_MS);
    expect((await refresh(token)).status).toBe(401);
  });

  it.each([
    ['deactivated', "UPDATE users SET status = 'inactive' WHERE id = ?"],
    ['given another password', 'UPDATE users SET credential_version = 2 WHERE id = ?'],
    ['deleted', 'DELETE FROM users WHERE id = ?'],
  ])('refuses the refresh of a user who was %s', async (_, sql) => {
    const person = await addUser();
    const { refresh: token, access } = held(await login(person));
    await env.DB.prepare(sql).bind(person.id).run();
    expect((await refresh(token)).status).toBe(401);
    expect((await profile(access)).status).toBe(401);
  });

  it('keeps the old token good where the database fails, before and after', async () => {
    const { refresh: token } = held(await login(await addUser()));
    const before: BindingInterceptor = (call, proceed) =>
      call.method === 'batch' ? Promise.reject(new Error('lost')) : proceed();
    const after: BindingInterceptor = async (call, proceed) => {
      const answer = await proceed();
      if (call.method === 'batch') throw new Error('lost');
      return answer;
    };
    for (const intercept of [before, after]) {
      const answer = await client(createTestApp({}, intercept), name).refresh(token);
      expect([answer.status, answer.headers.get('Retry-After')]).toEqual([500, '5']);
      expect(answer.headers.get('Set-Cookie')).toBeNull();
    }
    expect((await refresh(token)).status).toBe(200);
  });

  it('is one round trip to the database, and none to the guard', async () => {
    const calls: string[] = [];
    const { refresh: token } = held(await login(await addUser()));
    const intercept: BindingInterceptor = (call, proceed) => (
      calls.push(`${call.to} ${call.method}`),
      proceed()
    );
    await client(createTestApp({}, intercept), name).refresh(token);
    expect(calls).toEqual(['database batch']);
  });

  it('takes no access token, and no token of another contract', async () => {
    const person = await addUser();
    const other = refreshing.find((candidate) => candidate.name !== name)?.name ?? '';
    const { access } = held(await login(person));
    const foreign = held(await client(createTestApp(), other).login(person));
    for (const token of [access, foreign.refresh, 'a.b.c', 'x', `${access}x`]) {
      const answer = await refresh(token);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('WWW-Authenticate')).toBe('Bearer error="invalid_token"');
    }
    expect(await count('sessions', person.id)).toBe(2);
    expect(await actions(person.id)).toEqual(['LOGIN', 'LOGIN']);
  });
});

describe.each(refreshing.filter(({ contract }) => contract.refresh?.in === 'body'))(
  'a refresh of $name',
  ({ name, contract }) => {
    const { login, refresh, base } = client(createTestApp(), name);

    it.each([
      ['no JSON', '{'],
      ['a list', '[]'],
      ['nothing', ''],
      ['no token', {}],
      ['an empty token', { refreshToken: '' }],
      ['a number for a token', { refreshToken: 7 }],
      ['more than fits', { refreshToken: 'x'.repeat(20_000) }],
    ])('with %s is refused as malformed, and changes nothing', async (_, body) => {
      const { refresh: token } = held(await login(await addUser()));
      const told = contract.errors.answers['missing-field'];
      const answer = await createTestApp().post(`${base}/refresh`, body);
      expect(answer.status).toBe(told.status);
      expect(answer.text).not.toContain('Username');
      expect((await refresh(token)).status).toBe(200);
    });
  },
);

it.each(contractCases.filter(({ contract }) => contract.refresh === null))(
  '$name has no refresh',
  async ({ name, contract }) => {
    const answer = await createTestApp().post(`/${name}${contract.base}/refresh`, {
      refreshToken: 'x',
    });
    expect(answer.status).toBe(404);
  },
);
