/** Cookies of email-cookie: sign-in without scripts, plain fetch, and the device cookie. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { origin, test } from './browser.ts';
import { newestCode, notice, signIn, signOut, submitLogin } from './page-objects.ts';

const BASE = '/email-cookie/api/v1/auth';

test('signs in with scripts off', async ({ openBrowser, users: { ada } }) => {
  const { page, context } = await openBrowser({ javaScriptEnabled: false });
  await page.goto('/email-cookie/login');
  await submitLogin(page, ada);
  await page.waitForURL('**/email-cookie/');
  expect(await page.textContent('noscript')).toContain('You are signed in');
  const [refreshCookie] = await context.cookies(`${page.url()}api/v1/auth/refresh`);
  expect(refreshCookie).toMatchObject({
    name: 'refreshToken',
    path: '/email-cookie/api/v1/auth',
    httpOnly: true,
    secure: true,
    sameSite: 'Strict',
  });
});

test('reports a wrong password with scripts off, and keeps the address', async ({
  openBrowser,
  users: { unregistered },
}) => {
  const { page, expectStatus } = await openBrowser({ javaScriptEnabled: false });
  expectStatus(401);
  await page.goto('/email-cookie/login');
  await submitLogin(page, unregistered);
  expect(await notice(page)).toBe('Wrong e-mail or password.');
  expect(await page.inputValue('#email')).toBe(unregistered.email);
});

test('other contracts and pages say that they need scripts', async ({ openBrowser }) => {
  for (const path of ['/email-remember/login', '/email-remember/', '/username-pair/register']) {
    const { page } = await openBrowser({ javaScriptEnabled: false });
    await page.goto(path);
    expect(await page.textContent('noscript')).toContain('needs JavaScript');
  }
});

/** Sends a POST from the page, with the cookies that the browser adds, and returns the status. */
const post = (page: Page, operation: string, body?: object) =>
  page.evaluate(
    async ([url, json]) => {
      const declared = { headers: { 'Content-Type': 'application/json' }, body: json ?? null };
      const { status } = await fetch(String(url), {
        method: 'POST',
        credentials: 'include',
        ...(json === undefined ? {} : declared),
      });
      return status;
    },
    [`${BASE}/${operation}`, body && JSON.stringify(body)],
  );

test('refreshes and signs out with plain fetch, and from the API reference', async ({
  openBrowser,
}) => {
  const { page, openTab, expectStatus } = await openBrowser();
  const account = { email: 'cookie-client@example.org', password: 'three green lamps at noon' };
  await page.goto('/docs');
  await page.locator('#select').waitFor();
  expect(await post(page, 'register', account)).toBe(202);
  const code = await newestCode(await openTab(), account.email);
  expect(await post(page, 'verify-email', { ...account, code })).toBe(204);

  expect(await post(page, 'login', account)).toBe(200);
  expect(await post(page, 'refresh')).toBe(200);
  expect(await post(page, 'logout')).toBe(204);
  expectStatus(401);
  expect(await post(page, 'refresh')).toBe(401);

  expect(await post(page, 'login', account)).toBe(200);
  await page.locator('#select').selectOption({ label: 'email-cookie' });
  await page.locator('.info a[href$="/openapi/email-cookie.json"]').waitFor();
  for (const [operation, status] of [
    ['refresh', 200],
    ['logout', 204],
    ['refresh', 401],
  ] as const) {
    const block = page.locator(`#operations-auth-${operation}`);
    await block.locator('.opblock-control-arrow').click();
    const response = page.waitForResponse((each) => each.url().endsWith(`/${operation}`));
    await block.locator('button.execute').click();
    expect((await response).status(), operation).toBe(status);
    await block.locator('.opblock-control-arrow').click();
    await block.locator('button.execute').waitFor({ state: 'detached' });
  }
});

test('a known device signs in while strangers keep the account locked', async ({
  openBrowser,
  users: { ben },
}) => {
  const { page, context } = await openBrowser();
  await signIn(page, 'email-cookie', ben);
  const cookie = (await context.cookies()).find(({ name }) => name === '__Host-gh-device');
  expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Strict', path: '/' });
  await signOut(page, 'email-cookie');

  const stranger = await openBrowser();
  stranger.expectStatus(401, 429);
  for (let n = 0; n < 5; n += 1) {
    await stranger.context.request.post(`${origin}${BASE}/login`, {
      headers: { 'CF-Connecting-IP': `192.0.2.${n}` },
      data: { email: ben.email, password: `guess ${n}` },
    });
  }
  await stranger.page.goto('/email-cookie/login');
  await submitLogin(stranger.page, ben);
  expect(await notice(stranger.page)).toContain('This account is locked');

  await signIn(page, 'email-cookie', ben);
  expect(await page.textContent('#profile')).toContain(ben.email);
});
