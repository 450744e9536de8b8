/** The rows that a login stores, its tokens' claims, and the attempts of an address. */
import { env } from 'cloudflare:workers';
import { decodeJwt, importJWK, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import type { TokenKey } from '../../src/crypto/keys.ts';
import { client, messageOf, moveClock, tokensOf, WRONG } from '../support/session.ts';
import {
  addUser,
  contractCases,
  count,
  createTestApp,
  deployed,
  hashOf,
  newUser,
} from '../support/test-app.ts';

const { keys } = JSON.parse(env.TOKEN_KEYS) as { keys: [TokenKey, ...TokenKey[]] };

/** `typ` and `aud` by kind of token, as each wire's document has them. */
const TOKENS = {
  iss: env.ISSUER as string,
  access: ['at+jwt', env.AUDIENCE],
  refresh: ['rt+jwt', env.AUDIENCE],
};
const OTHER_TOKENS: Record<string, Partial<typeof TOKENS>> = {
  gotrue: {
    iss: `${env.ISSUER}/auth/v1`,
    access: ['JWT', 'authenticated'],
    refresh: ['rt+jwt', `${env.ISSUER}/auth/v1`],
  },
  keycloak: { iss: `${env.ISSUER}/realms/main`, access: ['JWT', env.AUDIENCE] },
};

const userColumn = (column: string, id: number) =>
  env.DB.prepare(`SELECT ${column} FROM users WHERE id = ?`).bind(id).first(column);

describe.each(contractCases)('$name', ({ name, contract, status, attemptsPerMinute }) => {
  it('grants tokens that verify, typed apart, for a session that is stored', async () => {
    const user = await addUser();
    const answer = await client(createTestApp(), name).login(user);
    const { d: _, ...key } = keys.find(({ contracts }) => contracts?.includes(name)) ?? keys[0];
    const verifyingKey = await importJWK(key as TokenKey, key.alg);
    const { access, refresh } = tokensOf(answer);
    expect(refresh === '').toBe(contract.refresh === null);
    const facts = { ...TOKENS, ...OTHER_TOKENS[name] };
    for (const [token, [typ, aud]] of [
      [access, facts.access],
      [refresh, facts.refresh],
    ] as const) {
      if (token === '') continue;
      const { payload, protectedHeader } = await jwtVerify(token, verifyingKey);
      expect(protectedHeader).toEqual({ alg: key.alg, kid: key.kid, typ });
      expect([payload.iss, payload.aud]).toEqual([facts.iss, aud]);
      const stored = await env.DB.prepare('SELECT user_id, contract FROM sessions WHERE id = ?')
        .bind(payload['sid'])
        .first();
      expect(stored).toEqual({ user_id: user.id, contract: name });
    }
  });

  it('writes one session, one audit row and the time of the login', async () => {
    const user = await addUser();
    const headers = { 'User-Agent': 'u'.repeat(1000) };
    await client(createTestApp(), name).login(user, { headers });
    expect(await count('sessions', user.id)).toBe(1);
    const audit = await env.DB.prepare('SELECT * FROM audit_events WHERE user_id = ?')
      .bind(user.id)
      .all();
    expect(audit.results).toMatchObject([{ action: 'LOGIN', contract: name }]);
    expect(await userColumn('last_login_at_ms', user.id)).toBe(Date.now());
  });

  it('takes a password after ten years as on the first day', async () => {
    const user = await addUser();
    const { login } = client(createTestApp(), name);
    expect((await login(user)).status).toBe(status.granted);
    moveClock(10 * 365 * 86_400_000);
    expect((await login(user)).status).toBe(status.granted);
  });

  it('refuses plain http outside local development, and does not redirect', async () => {
    const { login } = client(createTestApp(deployed), name);
    const user = await addUser();
    const origin = 'http://gatehouse.example';
    for (const headers of [{}, { 'X-Forwarded-Proto': 'https' }]) {
      const answer = await login(user, { origin, headers });
      expect(answer.status).toBe(status.insecure);
      expect(messageOf(answer)).toBe('HTTPS is required');
    }
  });

  it('refuses more attempts from one address than its limit, whatever it forwards', async () => {
    const { login } = client(createTestApp(), name);
    const address = `192.0.2.${contractCases.findIndex((one) => one.name === name)}`;
    const statuses: number[] = [];
    for (let n = 0; n < attemptsPerMinute + 1; n += 1) {
      const from = { address, headers: { 'X-Forwarded-For': `198.51.100.${n}` } };
      statuses.push((await login(newUser(), from)).status);
    }
    expect(statuses).toEqual([
      ...Array<number>(attemptsPerMinute).fill(status.invalid),
      status.limited,
    ]);
  });
});

const { login, fail } = client(createTestApp(), 'email-cookie');

it('sets cookies of less than 4,096 bytes for the longest address', async () => {
  const email = `${'a'.repeat(64)}@${`${'b'.repeat(60)}.`.repeat(3)}example`;
  const { status, headers } = await login({ ...(await addUser({ email })), email });
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
  'refuses a password with %s that its hash cannot tell from the right one',
  async (_, set, typed) => {
    const user = await addUser({ password_hash: await hashOf(set) });
    expect((await login({ ...user, password: typed })).status).toBe(401);
  },
);

it('keeps of a refresh token only the SHA-256 of its id', async () => {
  const user = await addUser();
  const { refresh } = tokensOf(await client(createTestApp(), 'username-pair').login(user));
  const { jti } = decodeJwt(refresh);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(jti));
  const stored = await env.DB.prepare('SELECT refresh_hash FROM sessions WHERE user_id = ?')
    .bind(user.id)
    .first<string>('refresh_hash');
  expect(stored).toBe(Buffer.from(digest).toString('base64url'));
});

it('records failures with their precise reason, and no identifier', async () => {
  const strict = client(createTestApp(), 'email-envelope');
  const inactive = await addUser({ status: 'inactive' });
  const unverified = await addUser({ email_verified: 0 });
  const passwordless = await addUser({ password_hash: null });
  for (const user of [{ ...inactive, password: WRONG }, inactive, unverified, passwordless]) {
    await strict.login(user);
  }
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
  const user = await addUser();
  for (let round = 0; round < 3; round += 1) {
    await fail(user, 4);
    expect((await login(user)).status).toBe(200);
  }
});

describe('a hash made with weaker parameters', () => {
  it('is renewed by a right login, in the batch that stores the session', async () => {
    const password = 'the password';
    const weak = await hashOf(password, { iterations: 50, rounds: 1 });
    const user = { ...(await addUser({ password_hash: weak })), password };
    const batches: number[] = [];
    const app = createTestApp({}, (call, proceed) => {
      if (call.method === 'batch') batches.push(call.what.length);
      return proceed();
    });
    expect((await client(app, 'email-cookie').login(user)).status).toBe(200);
    expect(await userColumn('password_hash', user.id)).toMatch(/^\$gh-pbkdf2-sha256\$i=100,n=6\$/);
    expect(await userColumn('credential_version', user.id)).toBe(1);
    expect(batches).toEqual([5]);
    expect((await login(user)).status).toBe(200);
  });

  it('stays as it is after a wrong one', async () => {
    const weak = await hashOf('the password', { iterations: 50, rounds: 1 });
    const user = await addUser({ password_hash: weak });
    await login({ ...user, password: WRONG });
    expect(await userColumn('password_hash', user.id)).toBe(weak);
  });
});
