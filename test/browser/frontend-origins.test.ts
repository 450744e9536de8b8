/** Cookies and CORS of frontends at other origins: the tables of docs/from-your-frontend.md. */
import { expect } from 'vitest';
import { origin, test } from './browser.ts';
import { credentialsOf, openFrontend, origins, refreshAfterLogin } from './frontend-objects.ts';

test('keeps no cookie of a login without credentials', async ({ openBrowser, users: { ada } }) => {
  const { page } = await openFrontend(openBrowser, 'email-cookie');
  const statuses = await page.evaluate(
    async (user) => {
      const { API } = await load('tokens.js');
      const post = { method: 'POST', headers: { 'Content-Type': 'application/json' } };
      const login = await fetch(`${API}/auth/login`, { ...post, body: JSON.stringify(user) });
      const refresh = await fetch(`${API}/auth/refresh`, { ...post, credentials: 'include' });
      return [login.status, refresh.status];
    },
    credentialsOf('email-cookie', ada),
  );
  expect(statuses).toEqual([200, 401]);
});

test('shows no answer to a page without an origin', async ({ openBrowser }) => {
  const { page, expectErrors } = await openBrowser();
  expectErrors(/from origin 'null' has been blocked by CORS policy/, /net::ERR_FAILED/);
  const read = (api: string) => fetch(api).then(({ status }) => status, String);
  const outcome = await page.evaluate(read, `${origin}/email-cookie/api/v1/profile`);
  expect(outcome).toBe('TypeError: Failed to fetch');
});

test.for([
  ['email-cookie', 'sameSite', 200],
  ['email-cookie', 'otherHost', 401],
  ['email-cookie', 'otherScheme', 401],
  ['email-cookie', 'unlisted', null],
  ['username-coded', 'sameSite', 200],
  ['username-coded', 'otherHost', 200],
  ['username-coded', 'otherScheme', 200],
  ['username-coded', 'unlisted', null],
] as const)(
  '%s from an origin %s: %s',
  async ([contract, at, expected], { openBrowser, users }) => {
    const errors = [/blocked by CORS policy/, /net::ERR_FAILED/];
    const { page } = await openFrontend(openBrowser, contract, { at: origins[at], errors });
    expect(await refreshAfterLogin(page, credentialsOf(contract, users.ada))).toBe(expected);
  },
);
