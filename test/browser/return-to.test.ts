/** A sign-in page that an application sends its users to, and that leads back with a code. */
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { contracts } from '../../src/contracts/index.ts';
import { encodeRequest } from '../../src/contracts/routes.ts';
import { APP_ORIGIN, axeViolations, origin, test } from './browser.ts';
import { accountShown, loginShown, notice, submitLogin } from './page-objects.ts';

const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
/** RFC 7636, Appendix B. */
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const RETURN_TO = `${APP_ORIGIN}/callback?from=here`;
const STATE = 'a b&c=d';
const query = new URLSearchParams({
  return_to: RETURN_TO,
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
  state: STATE,
}).toString();

const serveApp = (page: Page) =>
  page.route(`${APP_ORIGIN}/**`, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<title>The application</title>' }),
  );

/** The application's own request, with the code in the address. */
async function exchange(name: string, code: string): Promise<Response> {
  const contract = contracts.find((one) => one.name === name);
  if (contract === undefined) throw new Error(`no contract ${name}`);
  const input = { code, codeVerifier: VERIFIER, returnTo: RETURN_TO };
  const { method, path, headers, body } = encodeRequest(contract, 'exchange-authorization-code', {
    input,
  });
  // Its own: the other requests of this machine are counted at another address.
  const own = { ...headers, 'CF-Connecting-IP': '2001:db8:77::1' };
  return fetch(`${origin}/${name}${path}`, { method, headers: own, body });
}

const tokensKept = (page: Page) => page.evaluate(() => localStorage.length + sessionStorage.length);

describe.each(['username-pair', 'email-remember', 'gotrue'])('%s', (name) => {
  test('leads back with a code that is good for the session', async ({
    openBrowser,
    users: { ada },
  }) => {
    const { page } = await openBrowser();
    await serveApp(page);
    await page.goto(`/${name}/login?${query}`);
    expect(await axeViolations(page)).toEqual([]);
    await submitLogin(page, ada);
    await page.waitForURL(`${APP_ORIGIN}/**`);
    const { pathname, searchParams } = new URL(page.url());
    expect(pathname).toBe('/callback');
    expect(searchParams.get('from')).toBe('here');
    expect(searchParams.get('state')).toBe(STATE);

    const code = searchParams.get('code') ?? '';
    expect((await exchange(name, code)).status).toBe(200);
    expect((await exchange(name, code)).status).not.toBe(200);
    // The session is the application's now, and the page asks for a sign-in.
    await page.goto(`/${name}/`);
    await loginShown(page, name);
    expect(await tokensKept(page)).toBe(0);
  });
});

test('keeps the application’s parameters on the way through the other pages', async ({
  openBrowser,
}) => {
  const { page } = await openBrowser();
  await page.goto(`/username-pair/login?${query}`);
  await page.click('a[href^="/username-pair/register"]');
  await page.waitForURL('**/register?**');
  const { searchParams } = new URL(page.url());
  expect(Object.fromEntries(searchParams)).toEqual({
    return_to: RETURN_TO,
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    state: STATE,
  });
});

test.for([
  ['no code challenge', `return_to=${encodeURIComponent(RETURN_TO)}`, 'needs code_challenge'],
  [
    'a plain code challenge',
    `return_to=${encodeURIComponent(RETURN_TO)}&code_challenge=${CHALLENGE}`,
    'needs code_challenge',
  ],
  ['another origin', 'return_to=https%3A%2F%2Fevil.example%2F', 'ALLOWED_ORIGINS'],
] as const)(
  'says why it does not lead back: %s',
  async ([, search, reason], { openBrowser, users: { ada } }) => {
    const { page } = await openBrowser();
    await page.goto(`/username-pair/login?${search}`);
    expect(await notice(page)).toContain(reason);
    await submitLogin(page, ada);
    await accountShown(page);
    expect(new URL(page.url()).origin).toBe(origin);
    // A user who is signed in is told as well, in place of being led on.
    await page.goto(`/username-pair/login?${search}`, { waitUntil: 'networkidle' });
    expect(await notice(page)).toContain(reason);
  },
);

test('leads back without a code where cookies carry the session', async ({
  openBrowser,
  users: { ada },
}) => {
  const { page } = await openBrowser();
  await serveApp(page);
  await page.goto(`/email-cookie/login?return_to=${encodeURIComponent(RETURN_TO)}`);
  await submitLogin(page, ada);
  await page.waitForURL(`${APP_ORIGIN}/**`);
  expect(page.url()).toBe(RETURN_TO);
});

test('stays on the page where the code cannot be had', async ({ openBrowser, users: { ada } }) => {
  const { page, expectStatus } = await openBrowser();
  await page.route('**/authorization-code', (route) => route.fulfill({ status: 500, json: {} }));
  expectStatus(500);
  await page.goto(`/username-pair/login?${query}`);
  await submitLogin(page, ada);
  expect(await notice(page)).toContain('went wrong on our side');
  // The session is still the page's.
  await page.goto('/username-pair/');
  await accountShown(page);
});
