/** The admin API: searches and shows users, ends their sessions and lifts their locks. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { insertRows } from '../fixtures/rows.ts';
import { factorRowsOf } from '../support/factor-rows.ts';
import { addUser, count, contractCases, createTestApp } from '../support/test-app.ts';
import { eventsOf, operator } from '../support/operator.ts';
import { passkeyRow } from '../support/passkey-rows.ts';
import { client, tokensOf } from '../support/session.ts';

const app = createTestApp();
const { call, json } = operator(app);
const pair = client(app, 'username-pair');

type NewUser = Awaited<ReturnType<typeof addUser>>;
const fail = async (user: NewUser, times: number, { login } = pair) => {
  for (let n = 0; n < times; n += 1) await login({ ...user, password: 'a wrong one' });
};

describe('searching users', () => {
  it('pages in the order of their numbers, a user added meanwhile last', async () => {
    for (let n = 0; n < 5; n += 1) await addUser({ username_key: `pager-${n}` });
    const seen: number[] = [];
    for (let next: number | null = 0; next !== null;) {
      const page = await json(`GET /users?username=pager-&limit=2&cursor=${next}`);
      seen.push(...page.users.map(({ id }: { id: number }) => id));
      ({ next } = page as { next: number | null });
      if (seen.length === 2) await addUser({ username_key: 'pager-0a' });
    }
    expect(seen).toHaveLength(6);
    expect(seen).toEqual([...new Set(seen)].toSorted((one, other) => one - other));
  });

  it('finds by the beginning of a name or address, in any case, and by status', async () => {
    const one = await addUser({ email: 'find.me@example.com', username_key: 'findable' });
    const other = await addUser({ email: 'find.you@example.com', status: 'inactive' });
    for (const [query, expected] of [
      ['email=Find.', [one.id, other.id]],
      ['email=find.you@example.com', [other.id]],
      ['username=FINDAB', [one.id]],
      ['username=indable', []],
      ['email=find.&status=inactive', [other.id]],
      ['email=find.&status=active', [one.id]],
      ['email=%25', []],
    ] as const) {
      const { users } = await json(`GET /users?${query}`);
      expect([query, users.map(({ id }: { id: number }) => id)]).toEqual([query, expected]);
    }
  });

  it('shows the fields that contracts show, and no password hash', async () => {
    const { text } = await call('GET /users?email=brackly');
    expect(JSON.parse(text)).toMatchObject({
      users: [{ publicId: 'user-admin-001', role: { id: 'role-admin', name: 'Admin' } }],
      next: null,
    });
    expect(text).not.toMatch(/hash|gh-pbkdf2/i);
  });
});

describe('a user with second factors', () => {
  it.each([
    ['none', false, []],
    ['an unconfirmed one', false, ['pending']],
    ['a confirmed one', true, ['pending', 'totp']],
  ] as const)('is shown with %s as secondFactor: %s, and nothing else of it', async (...given) => {
    const [, secondFactor, kinds] = given;
    const { id } = await addUser();
    const factors = factorRowsOf(`user-${id}`, id).filter(({ id: name }) =>
      kinds.some((kind) => name.endsWith(kind)),
    );
    await insertRows(
      env.DB,
      factors.map((columns) => ({ table: 'factors', columns })),
    );
    const { user } = await json(`GET /users/${id}`);
    expect(user.secondFactor).toBe(secondFactor);
    const keys = Object.keys(user).filter((key) => /factor|recovery/i.test(key));
    expect(keys).toEqual(['secondFactor']);
  });
});

describe('a user with passkeys', () => {
  it.each([
    [0, 'hash', ['password']],
    [2, 'hash', ['password', 'passkey']],
    [1, null, ['passkey']],
    [0, null, []],
  ])('is shown with %i, and what signs in, and nothing else of them', async (...given) => {
    const [passkeys, password_hash, signInMethods] = given;
    const { id } = await addUser({ password_hash });
    await insertRows(
      env.DB,
      Array.from({ length: passkeys }, (_, n) => ({
        table: 'passkeys',
        columns: passkeyRow(`c4n4ry-${n}-of-${id}`, id, { name: 'c4n4ry' }),
      })),
    );
    const { text } = await call(`GET /users/${id}`);
    expect(JSON.parse(text)).toMatchObject({ user: { passkeys }, signInMethods });
    expect(text).not.toMatch(/c4n4ry|handle/i);
  });
});

describe('one user', () => {
  it('is found by number and by public id, with lockout and live sessions', async () => {
    const user = await addUser({ public_id: 'somebody-public' });
    await pair.login(user);
    await fail(user, 2);
    const state = await json(`GET /users/${user.id}`);
    expect(state).toMatchObject({
      user: { id: user.id, publicId: 'somebody-public', status: 'active' },
      guard: { failures: 2, failuresInARow: 2, lockedUntil: null, stopped: false, ticketsOut: 0 },
      liveSessions: 1,
      signInMethods: ['password'],
    });
    expect(await json('GET /users/somebody-public')).toEqual(state);
    expect(JSON.stringify(state)).not.toMatch(/hash|gh-pbkdf2/i);
  });

  it.each(['999999999', 'nobody-at-all'])('is 404 for every operation at %s', async (id) => {
    const body = { role: null };
    expect((await call(`GET /users/${id}`)).status).toBe(404);
    expect((await call(`DELETE /users/${id}`)).status).toBe(404);
    for (const change of [
      'deactivate',
      'activate',
      'unlock',
      'reset-factors',
      'end-sessions',
      'role',
    ]) {
      expect((await call(`POST /users/${id}/${change}`, { body })).status).toBe(404);
    }
  });
});

describe.each(contractCases)(
  'a deactivated user of $name',
  ({ name, contract, status, statusAt }) => {
    it('loses every session at once, and has none after activation', async () => {
      const user = await addUser();
      const { login, profile, refresh } = client(app, name);
      const { access, refresh: token } = tokensOf(await login(user));
      expect((await profile(access)).status).toBe(status.granted);

      const done = await json(`POST /users/${user.id}/deactivate`);
      expect(done).toMatchObject({ changed: true, sessionsEnded: 1, user: { status: 'inactive' } });
      expect((await profile(access)).status).toBe(status.unauthenticated);
      if (contract.refresh !== null)
        expect((await refresh(token)).status).toBe(statusAt('refresh').unauthenticated);
      expect((await login(user)).status).toBe(status.inactive);
      expect(await count('sessions', user.id)).toBe(0);

      expect(await json(`POST /users/${user.id}/activate`)).toMatchObject({ changed: true });
      expect((await profile(access)).status).toBe(status.unauthenticated);
      expect((await login(user)).status).toBe(status.granted);
    });
  },
);

it.each([
  { lock: 'a lock', settings: {}, failures: 5, guard: { lockedUntil: expect.any(String) } },
  {
    lock: 'the final stop',
    settings: { LOCKOUT: { threshold: 2, lockSeconds: 1, stopAfterFailures: 2 } },
    failures: 2,
    guard: { stopped: true },
  },
])('lifts $lock', async ({ settings, failures, guard }) => {
  const user = await addUser();
  const other = createTestApp(settings);
  const { json } = operator(other);
  const clientOf = client(other, 'username-pair');
  await fail(user, failures, clientOf);
  expect((await clientOf.login(user)).status).toBe(429);
  expect((await json(`GET /users/${user.id}`)).guard).toMatchObject(guard);

  expect(await json(`POST /users/${user.id}/unlock`)).toMatchObject({ changed: true });
  expect((await json(`GET /users/${user.id}`)).guard).toMatchObject({
    stopped: false,
    lockedUntil: null,
    failuresInARow: 0,
  });
  expect((await clientOf.login(user)).status).toBe(200);
  expect((await eventsOf(user.id)).map(({ action }) => action)).toContain('ADMIN_UNLOCKED');
});

it('ends all sessions over all contracts, and leaves the user active', async () => {
  const user = await addUser();
  const one = tokensOf(await pair.login(user));
  const cookie = client(app, 'email-cookie');
  const other = tokensOf(await cookie.login(user));
  expect(await json(`POST /users/${user.id}/end-sessions`)).toMatchObject({ sessionsEnded: 2 });
  expect((await pair.profile(one.access)).status).toBe(401);
  expect((await cookie.refresh(other.refresh)).status).toBe(401);
  expect((await pair.login(user)).status).toBe(200);
});
