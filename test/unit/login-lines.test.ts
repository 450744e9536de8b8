/** The logins that `npm start` prints. */
import { expect, it } from 'vitest';
import type { AnyRoute } from '../../src/contracts/contract.ts';
import { emailCookie } from '../../src/contracts/email-cookie.ts';
import { curlLine, loginLines } from '../../tools/login-lines.ts';
import { madeUp } from '../fixtures/made-up-contract.ts';

const address = 'http://localhost:3000';
const withLogin = (change: (login: AnyRoute) => Partial<AnyRoute>) => ({
  ...madeUp,
  routes: madeUp.routes
    .filter(({ operation, path }) => operation === 'login' && path.endsWith('/token'))
    .slice(0, 1)
    .map((login) => ({ ...login, ...change(login) }) as AnyRoute),
});

it.each([
  [
    'JSON',
    emailCookie,
    `'${address}/email-cookie/api/v1/auth/login' -H 'Content-Type: application/json' -d '{"email":"user@example.com","password":"SecurePass123!"}'`,
  ],
  [
    'nested JSON',
    madeUp,
    `'${address}/made-up/users/login' -H 'Content-Type: application/json' -d '{"user":{"email":"user@example.com","password":"SecurePass123!"}}'`,
  ],
  [
    'a form, with the parameter of its path',
    withLogin(() => ({})),
    `'${address}/made-up/realms/gatehouse/token' -H 'Content-Type: application/x-www-form-urlencoded' -d 'grant_type=password&user=user%40example.com&password=SecurePass123%21'`,
  ],
  [
    'PUT with a query and a header',
    withLogin(() => ({
      method: 'PUT',
      when: { query: { grant_type: 'password' }, header: { 'X-Target': "it's" } },
    })),
    `-X PUT '${address}/made-up/realms/gatehouse/token?grant_type=password' -H 'X-Target: it'\\''s' -H 'Content-Type: application/x-www-form-urlencoded' -d 'user=user%40example.com&password=SecurePass123%21'`,
  ],
])('signs in with %s', (_, contract, options) => {
  expect(curlLine(contract, address)).toBe(`curl -i ${options}`);
});

it('has a line for each contract, wherever its login stands', () => {
  expect(loginLines([emailCookie, madeUp], address)).toEqual([
    'email-cookie  POST http://localhost:3000/email-cookie/api/v1/auth/login',
    'made-up       POST http://localhost:3000/made-up/users/login',
  ]);
});
