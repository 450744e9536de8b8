/** What a login leaves behind, and what its tokens say. */
import { env } from 'cloudflare:workers';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JWK } from 'jose';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  addUser,
  count,
  contractCase,
  contractCases,
  hashOf,
  createTestApp,
} from '../support/test-app.ts';

afterEach(() => vi.useRealTimers());

const { keys } = JSON.parse(env.TOKEN_KEYS) as { keys: JWK[] };
const keySet = createLocalJWKSet({
  keys: keys.map(({ kty, crv, x, kid, alg }) => ({ kty, crv, x, kid, alg }) as JWK),
});
const expected = { issuer: env.ISSUER, audience: env.AUDIENCE };

const tokensIn = (text: string, cookie: string | null) =>
  [...(text + (cookie ?? '')).matchAll(/[\w-]{20,}\.[\w-]+\.[\w-]+/g)].map(([token]) => token);

describe.each(contractCases)('$name', ({ contract, path, body }) => {
  it('grants tokens that verify, typed apart, for a session that is stored', async () => {
    const person = await addUser();
    const answer = await createTestApp().post(path, body(person));
    const tokens = tokensIn(answer.text, answer.headers.get('set-cookie'));
    expect(tokens).toHaveLength(contract.lifetimes.refreshSeconds === undefined ? 1 : 2);
    for (const token of tokens) {
      const { payload, protectedHeader } = await jwtVerify(token, keySet, expected);
      expect(protectedHeader).toMatchObject({ kid: 'test-key', alg: 'EdDSA' });
      const stored = await env.DB.prepare('SELECT * FROM sessions WHERE id = ?')
        .bind(payload['sid'])
        .first();
      expect(stored).toMatchObject({ user_id: person.id, contract: contract.name });
    }
    expect(tokens.map((token) => decodeProtectedHeader(token).typ)).toEqual(
      ['at+jwt', 'rt+jwt'].slice(0, tokens.length),
    );
  });

  it('writes one session, one audit row and the time of the login', async () => {
    const person = await addUser();
    await createTestApp().post(path, body(person), { headers: { 'User-Agent': 'u'.repeat(1000) } });
    expect(await count('sessions', person.id)).toBe(1);
    const audit = await env.DB.prepare('SELECT * FROM audit_events WHERE user_id = ?')
      .bind(person.id)
      .all();
    expect(audit.results).toMatchObject([{ action: 'LOGIN', contract: contract.name }]);
    const user = await env.DB.prepare('SELECT last_login_at_ms FROM users WHERE id = ?')
      .bind(person.id)
      .first<number>('last_login_at_ms');
    expect(user).toBeGreaterThan(0);
  });

  it('takes a password after ten years as on the first day', async () => {
    const person = await addUser();
    const { post } = createTestApp();
    const login = async () => {
      const { status, text } = await post(path, body(person));
      expect(status).toBe(200);
      return tokensIn(text, null)[0] ?? 'no token';
    };
    const first = await login();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10 * 365 * 86_400_000 });
    expect(['no token', first]).not.toContain(await login());
  });
});

it('sets cookies of less than 4,096 bytes for the longest address', async () => {
  const { path, body } = contractCase('email-cookie');
  const email = `${'a'.repeat(64)}@${`${'b'.repeat(60)}.`.repeat(3)}example`;
  const { status, headers } = await createTestApp().post(
    path,
    body({ ...(await addUser({ email })), email }),
  );
  expect([status, headers.getSetCookie().length]).toEqual([200, 2]);
  for (const cookie of headers.getSetCookie()) {
    expect(cookie.split(';')[0]?.length).toBeLessThan(4096);
  }
});

it.each([
  ['a NUL', 'the password', 'the password\u0000'],
  ['a NUL and more', 'the password', 'the password\u0000the password'],
  ['half a character', 'the password\uFFFD', 'the password\uD800'],
  ['another half', 'the password\uD800', 'the password\uDFFF'],
])(
  'takes no password with %s for the one that its hash cannot tell from it',
  async (_, set, typed) => {
    const { path, body } = contractCase('email-cookie');
    const person = { ...(await addUser({ password_hash: await hashOf(set) })), password: typed };
    expect((await createTestApp().post(path, body(person))).status).toBe(401);
  },
);

it('keeps of a refresh token only the SHA-256 of its id', async () => {
  const { path, body } = contractCase('username-pair');
  const person = await addUser();
  const answer = await createTestApp().post(path, body(person));
  const [, refreshToken = ''] = tokensIn(answer.text, null);
  const { payload } = await jwtVerify(refreshToken, keySet, expected);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(payload.jti));
  const stored = await env.DB.prepare('SELECT refresh_hash FROM sessions WHERE user_id = ?')
    .bind(person.id)
    .first<string>('refresh_hash');
  expect(stored).toBe(Buffer.from(digest).toString('base64url'));
});

it('records failures with their precise reason, and no identifier', async () => {
  const { path, body } = contractCase('email-envelope');
  const inactive = await addUser({ status: 'inactive' });
  const unverified = await addUser({ email_verified: 0 });
  const passwordless = await addUser({ password_hash: null });
  const { post } = createTestApp();
  await post(path, body({ ...inactive, password: 'a wrong one' }));
  await post(path, body(inactive));
  await post(path, body(unverified));
  await post(path, body(passwordless));
  const { results } = await env.DB.prepare(
    "SELECT reason, user_id FROM audit_events WHERE action = 'LOGIN_FAILED' AND user_id IN (?, ?, ?) ORDER BY id",
  )
    .bind(inactive.id, unverified.id, passwordless.id)
    .all<{ reason: string; user_id: number }>();
  expect(results.map(({ user_id, reason }) => [user_id, reason])).toEqual([
    [inactive.id, 'wrong-password'],
    [inactive.id, 'inactive'],
    [unverified.id, 'unverified'],
    [passwordless.id, 'no-password'],
  ]);
  const everything = await env.DB.prepare('SELECT * FROM audit_events').all();
  expect(JSON.stringify(everything.results)).not.toContain('@');
});

it('gives the failures back after a success', async () => {
  const { path, body } = contractCase('email-remember');
  const person = await addUser();
  const { post } = createTestApp();
  for (let round = 0; round < 3; round += 1) {
    for (let n = 0; n < 4; n += 1) await post(path, body({ ...person, password: 'wrong' }));
    expect((await post(path, body(person))).status).toBe(200);
  }
});

it('counts failures at a name over all contracts that take it, in whatever case', async () => {
  const person = await addUser();
  const wrong = { ...person, password: 'a wrong one' };
  const { post } = createTestApp();
  const loud = {
    ...wrong,
    email: wrong.email.toUpperCase(),
    username: wrong.username.toUpperCase(),
  };
  for (const kind of ['email', 'username'] as const) {
    const taking = contractCases.filter(({ contract }) => contract.identifier === kind);
    const statuses = [];
    for (let n = 0; n < 5; n += 1) {
      const { path, body } = taking[n % taking.length] as (typeof contractCases)[number];
      statuses.push((await post(path, body(n % 2 ? wrong : loud))).status);
    }
    expect([kind, ...statuses]).toEqual([kind, 401, 401, 401, 401, 401]);
    for (const { name, path, body, contract } of taking) {
      const { status, headers } = await post(path, body(person));
      const locked = contract.errors.answers.locked.status;
      expect([name, status]).toEqual([name, locked]);
      expect(Number(headers.get('Retry-After'))).toBeGreaterThan(890);
    }
  }
});

it('locks for an account what another account does not feel', async () => {
  const { path, body } = contractCase('username-coded');
  const [one, other] = [await addUser(), await addUser()];
  const { post } = createTestApp();
  for (let n = 0; n < 5; n += 1) await post(path, body({ ...one, password: 'wrong' }));
  expect((await post(path, body(one))).status).toBe(429);
  expect((await post(path, body(other))).status).toBe(200);
});

describe('a hash made with weaker parameters', () => {
  it('is renewed by a right login, within its batch', async () => {
    const weak = await hashOf('the password', { iterations: 50, rounds: 1 });
    const person = { ...(await addUser({ password_hash: weak })), password: 'the password' };
    const { path, body } = contractCase('email-cookie');
    const batches: number[] = [];
    const { post } = createTestApp({}, (call, proceed) => {
      if (call.method === 'batch') batches.push(call.what.length);
      return proceed();
    });
    expect((await post(path, body(person))).status).toBe(200);
    const stored = await env.DB.prepare(
      'SELECT password_hash, credential_version FROM users WHERE id = ?',
    )
      .bind(person.id)
      .first<{ password_hash: string; credential_version: number }>();
    expect(stored?.password_hash).toMatch(/^\$gh-pbkdf2-sha256\$i=100,n=6\$/);
    expect(stored?.credential_version).toBe(1);
    expect(batches).toEqual([5]);
    expect((await post(path, body(person))).status).toBe(200);
  });

  it('stays as it is after a wrong one', async () => {
    const weak = await hashOf('the password', { iterations: 50, rounds: 1 });
    const person = await addUser({ password_hash: weak });
    const { path, body } = contractCase('email-cookie');
    await createTestApp().post(path, body({ ...person, password: 'not the password' }));
    const stored = await env.DB.prepare('SELECT password_hash FROM users WHERE id = ?')
      .bind(person.id)
      .first<string>('password_hash');
    expect(stored).toBe(weak);
  });
});

it('waits for the network twice: guard and user together, then one batch', async () => {
  const { path, body } = contractCase('email-remember');
  const person = await addUser();
  const open = new Set<object>();
  const rounds: string[][] = [];
  const { post } = createTestApp({}, async (call, proceed) => {
    const name = `${call.to} ${call.method}`;
    // The account's guard travels beside the hash; its settling comes after the response.
    if (name === 'limits reserve' || name === 'limits settle') return proceed();
    if (open.size === 0) rounds.push([]);
    rounds.at(-1)?.push(name);
    open.add(call);
    return proceed().finally(() => open.delete(call));
  });
  await post(path, body(person));
  expect(rounds.map((round) => round.toSorted())).toEqual([
    ['database all', 'limits consume'],
    ['database batch'],
  ]);
});
