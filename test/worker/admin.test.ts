/** What an operator sees of users, and does about them, over HTTP. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { addUser, count, contractCases, freshAddress, createTestApp } from '../support/test-app.ts';
import { eventsOf, operator, operatorToken } from '../support/operator.ts';
import { client, held } from '../support/session.ts';

const here = createTestApp();
const { call, json } = operator(here);
const pair = client(here, 'username-pair');

async function lock(person: Awaited<ReturnType<typeof addUser>>): Promise<void> {
  for (let n = 0; n < 5; n += 1) await pair.login({ ...person, password: 'a wrong one' });
}

describe('searching users', () => {
  it('pages in the order of their numbers, and who comes in meanwhile comes last, once', async () => {
    for (let n = 0; n < 5; n += 1) await addUser({ username_key: `pager-${n}` });
    const seen: number[] = [];
    const path = '/users?username=pager-&limit=2' as const;
    for (let next: number | null = 0; next !== null;) {
      const page = await json(`GET ${path}&cursor=${next}`);
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
    const found = async (query: string) =>
      (await json(`GET /users?${query}`)).users.map(({ id }: { id: number }) => id);
    expect(await found('email=Find.')).toEqual([one.id, other.id]);
    expect(await found('email=find.you@example.com')).toEqual([other.id]);
    expect(await found('username=FINDAB')).toEqual([one.id]);
    expect(await found('username=indable')).toEqual([]);
    expect(await found('email=find.&status=inactive')).toEqual([other.id]);
    expect(await found('email=find.&status=active')).toEqual([one.id]);
    expect(await found('status=inactive&limit=100')).toContain(other.id);
    expect(await found('status=inactive&limit=100')).not.toContain(one.id);
    expect(await found('email=%25')).toEqual([]);
  });

  it('shows what contracts show, and no password hash', async () => {
    const { call } = operator(here);
    const { text } = await call('GET /users?email=brackly');
    expect(JSON.parse(text)).toMatchObject({
      users: [{ publicId: 'user-admin-001', role: { id: 'role-admin', name: 'Admin' } }],
      next: null,
    });
    expect(text).not.toMatch(/hash|gh-pbkdf2/i);
  });
});

describe('one user', () => {
  it('is found by number and by public id, with the guard’s state and live sessions', async () => {
    const person = await addUser({ public_id: 'somebody-public' });
    await pair.login(person);
    for (let n = 0; n < 2; n += 1) await pair.login({ ...person, password: 'a wrong one' });
    const state = await json(`GET /users/${person.id}`);
    expect(state).toMatchObject({
      user: { id: person.id, publicId: 'somebody-public', status: 'active' },
      guard: { failures: 2, failuresInARow: 2, lockedUntil: null, stopped: false, ticketsOut: 0 },
      liveSessions: 1,
    });
    expect(await json('GET /users/somebody-public')).toEqual(state);
    expect(JSON.stringify(state)).not.toMatch(/hash|gh-pbkdf2/i);
  });

  it('is not there: 404, whatever is asked', async () => {
    for (const id of ['999999999', 'nobody-at-all']) {
      expect((await call(`GET /users/${id}`)).status).toBe(404);
      expect((await call(`DELETE /users/${id}`)).status).toBe(404);
      for (const change of ['deactivate', 'activate', 'unlock', 'end-sessions']) {
        expect((await call(`POST /users/${id}/${change}`)).status).toBe(404);
      }
      expect((await call(`POST /users/${id}/role`, { body: { role: null } })).status).toBe(404);
    }
  });
});

describe.each(contractCases)('a deactivated user of $name', ({ name, contract }) => {
  it('has no session from that moment on, and comes back without one', async () => {
    const person = await addUser();
    const { login, profile, refresh } = client(here, name);
    const { access, refresh: token } = held(await login(person));
    expect((await profile(access)).status).toBe(200);

    const done = await json(`POST /users/${person.id}/deactivate`);
    expect(done).toMatchObject({ changed: true, sessionsEnded: 1, user: { status: 'inactive' } });
    expect((await profile(access)).status).toBe(401);
    if (contract.refresh !== null) expect((await refresh(token)).status).toBe(401);
    expect((await login(person)).status).toBe(403);
    expect(await count('sessions', person.id)).toBe(0);

    expect(await json(`POST /users/${person.id}/activate`)).toMatchObject({ changed: true });
    expect((await profile(access)).status).toBe(401);
    expect((await login(person)).status).toBe(200);
  });
});

it('revives no session of a user who was deactivated past us', async () => {
  const person = await addUser();
  const { access } = held(await pair.login(person));
  await env.DB.prepare("UPDATE users SET status = 'inactive' WHERE id = ?").bind(person.id).run();
  expect(await json(`POST /users/${person.id}/activate`)).toMatchObject({ sessionsEnded: 1 });
  expect((await pair.profile(access)).status).toBe(401);
});

it('unlocks an account that five failures locked', async () => {
  const person = await addUser();
  await lock(person);
  expect((await pair.login(person)).status).toBe(429);
  const { guard } = await json(`GET /users/${person.id}`);
  expect(Date.parse(guard.lockedUntil)).toBeGreaterThan(Date.now());

  expect(await json(`POST /users/${person.id}/unlock`)).toMatchObject({ changed: true });
  expect((await pair.login(person)).status).toBe(200);
  expect((await eventsOf(person.id)).map(({ action }) => action)).toContain('ADMIN_UNLOCKED');
});

it('lifts the final stop, too', async () => {
  const person = await addUser();
  const strict = { LOCKOUT: { threshold: 2, lockSeconds: 1, stopAfterFailures: 2 } };
  const stopping = createTestApp(strict);
  const { login } = client(stopping, 'username-pair');
  const { json } = operator(stopping);
  for (let n = 0; n < 2; n += 1) await login({ ...person, password: 'a wrong one' });
  expect((await json(`GET /users/${person.id}`)).guard).toMatchObject({ stopped: true });
  await json(`POST /users/${person.id}/unlock`);
  expect((await json(`GET /users/${person.id}`)).guard).toMatchObject({
    stopped: false,
    failuresInARow: 0,
  });
  expect((await login(person)).status).toBe(200);
});

it('ends all sessions over all contracts, and leaves the user be', async () => {
  const person = await addUser();
  const one = held(await pair.login(person));
  const cookie = client(here, 'email-cookie');
  const other = held(await cookie.login(person));
  expect(await json(`POST /users/${person.id}/end-sessions`)).toMatchObject({ sessionsEnded: 2 });
  expect((await pair.profile(one.access)).status).toBe(401);
  expect((await cookie.refresh(other.refresh)).status).toBe(401);
  expect((await pair.login(person)).status).toBe(200);
});

it('serves its document to the operator alone, and no cache keeps it', async () => {
  const path = '/openapi/admin.json';
  const as = (token: string | null, settings = {}) =>
    createTestApp(settings).fetch(path, {
      headers: {
        'CF-Connecting-IP': freshAddress(),
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      },
    });
  const { status, text, headers } = await as(operatorToken);
  expect([status, Object.keys(JSON.parse(text).paths)]).toEqual([
    200,
    expect.arrayContaining(['/users/{id}', '/audit']),
  ]);
  expect(headers.get('Cache-Control')).toBe('no-store');
  expect(headers.get('Content-Type')).toBe('application/json');
  for (const token of [null, 'x'.repeat(43)]) {
    const refused = await as(token);
    expect([refused.status, refused.text]).toEqual([401, '{"error":"unauthorized"}']);
  }
  expect((await as(operatorToken, { OPERATOR_TOKEN: undefined })).status).toBe(404);
});
