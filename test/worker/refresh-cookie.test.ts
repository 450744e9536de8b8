/** The refresh cookie of email-cookie: which requests may spend it, against CSRF, and when it is cleared. */
import { expect, it } from 'vitest';
import { addUser, count, createTestApp, freshAddress } from '../support/test-app.ts';
import { client, tokensOf } from '../support/session.ts';

const app = createTestApp({ ALLOWED_ORIGINS: ['https://app.example.com'] });
const { login, contract } = client(app, 'email-cookie');
const base = `/email-cookie${contract.base}`;
const JSON_TYPE = { 'Content-Type': 'application/json' };
const OTHER_TYPES = [
  {},
  { 'Content-Type': '' },
  { 'Content-Type': 'text/plain' },
  { 'Content-Type': 'application/x-www-form-urlencoded' },
];

/** Sends the cookie alone, without a body. */
const post = (operation: string, token: string, headers: Record<string, string>) =>
  app.fetch(`${base}/${operation}`, {
    method: 'POST',
    headers: {
      Cookie: `refreshToken=${token}`,
      'CF-Connecting-IP': freshAddress(),
      ...headers,
    },
  });

it.each([
  ['the same origin', { Origin: 'https://gatehouse.example' }],
  ['an allowed origin', { Origin: 'https://app.example.com' }],
  ['an allowed origin', { Origin: 'https://app.example.com', 'Sec-Fetch-Site': 'same-site' }],
  ['the same origin, by Sec-Fetch-Site', { 'Sec-Fetch-Site': 'same-origin' }],
])('is accepted from %s with any content type', async (_, headers) => {
  const user = await addUser();
  let { refresh } = tokensOf(await login(user));
  for (const type of [JSON_TYPE, ...OTHER_TYPES]) {
    const answer = await post('refresh', refresh, { ...headers, ...type });
    expect(answer.status, JSON.stringify(type)).toBe(200);
    ({ refresh } = tokensOf({ ...answer, contract }));
  }
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
  expect((await post('logout', refresh, { ...headers, ...form })).status).toBe(204);
  expect(await count('sessions', user.id)).toBe(0);
});

it.each([
  ['another origin', { Origin: 'https://evil.example' }],
  ['an opaque origin', { Origin: 'null' }],
  ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
  ['another origin on the same site', { 'Sec-Fetch-Site': 'same-site' }],
  [
    'another origin that claims to be the same',
    { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'same-origin' },
  ],
])('is refused from %s with any content type', async (_, headers) => {
  const user = await addUser();
  const { refresh } = tokensOf(await login(user));
  for (const type of [JSON_TYPE, ...OTHER_TYPES]) {
    for (const operation of ['refresh', 'logout']) {
      const { status } = await post(operation, refresh, { ...headers, ...type });
      expect(status, operation + JSON.stringify(type)).toBe(403);
    }
  }
  expect(await count('sessions', user.id)).toBe(1);
  expect((await post('refresh', refresh, JSON_TYPE)).status).toBe(200);
});

it('is refused unless declared as JSON when no header states the origin', async () => {
  const user = await addUser();
  const { refresh, access } = tokensOf(await login(user));
  for (const type of OTHER_TYPES) {
    for (const operation of ['refresh', 'logout']) {
      const { status } = await post(operation, refresh, type);
      expect(status, operation + JSON.stringify(type)).toBe(400);
    }
  }
  expect(await count('sessions', user.id)).toBe(1);
  expect((await post('refresh', refresh, JSON_TYPE)).status).toBe(200);
  // No browser sends a bearer token by itself.
  const bearer = { Authorization: `Bearer ${access}` };
  expect((await post('logout', refresh, bearer)).status).toBe(204);
  expect(await count('sessions', user.id)).toBe(0);
});

it('does not log out beside an invalid bearer token', async () => {
  const user = await addUser();
  const { refresh } = tokensOf(await login(user));
  expect((await post('logout', refresh, { Authorization: 'Bearer x.y.z' })).status).toBe(401);
  expect(await count('sessions', user.id)).toBe(1);
});

it('is cleared by a logout, which needs only the cookie', async () => {
  const user = await addUser();
  const { refresh } = tokensOf(await login(user));
  const answer = await post('logout', refresh, { ...JSON_TYPE, Authorization: '' });
  expect(answer.status).toBe(204);
  expect(answer.headers.get('Set-Cookie')).toBe(
    'refreshToken=; HttpOnly; Secure; SameSite=Strict; Max-Age=0',
  );
  expect(await count('sessions', user.id)).toBe(0);
});
