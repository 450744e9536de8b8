/** Requests and messages of the account pages that mailbox.test.ts does not show. */
import { describe, expect } from 'vitest';
import { test } from './browser.ts';
import {
  accountShown,
  fieldError,
  fill,
  focusedId,
  loginShown,
  newestCode,
  notice,
  pageNotice,
  signIn,
  stubOperation,
  submit,
} from './page-objects.ts';

test('checks a new password and a code before sending', async ({ openBrowser }) => {
  const { page } = await openBrowser();
  await page.goto('/email-remember/register');
  await fill(page, { email: 'ada@example.com', password: 'short' });
  await submit(page);
  expect(await fieldError(page, 'password')).toContain('Minimum length: 8.');
  await page.goto('/email-remember/verify');
  await fill(page, { identifier: 'ada@example.com', password: 'a good long one', code: '12345' });
  await submit(page);
  expect(await fieldError(page, 'code')).toContain('six digits');
});

test('signs in with a confirmed address, though the first sign-in after the code fails', async ({
  openBrowser,
}) => {
  const { page, openTab, expectStatus } = await openBrowser();
  const account = { email: 'confirmed-once@example.org', password: 'three green lamps at noon' };
  await page.goto('/email-remember/register');
  await fill(page, account);
  await submit(page);
  await page.waitForURL('**/email-remember/verify');
  const code = await newestCode(await openTab(), account.email);
  expectStatus(503);
  await stubOperation(page, 'login', { status: 503, json: {} });
  await fill(page, { password: account.password, code });
  await submit(page);
  expect(await notice(page)).toContain('Something went wrong on our side.');
  await page.unroute('**/auth/login');
  await submit(page);
  await accountShown(page);
});

test('sends one new code for a double click, once the address is filled in', async ({
  openBrowser,
}) => {
  const { page } = await openBrowser();
  const sent = await stubOperation(page, 'verify-email/send', { status: 202, json: {} });
  await page.goto('/email-remember/verify');
  await page.click('#again');
  expect(await focusedId(page)).toBe('identifier');
  await fill(page, { identifier: 'ada@example.com' });
  await page.locator('#again').evaluate((button: HTMLElement) => {
    for (let n = 0; n < 2; n += 1) button.click();
  });
  expect(await notice(page)).toContain('on its way');
  expect(sent).toEqual([{ email: 'ada@example.com' }]);
});

test('accepts the e-mail address for a forgotten password where accounts have usernames', async ({
  openBrowser,
}) => {
  const { page } = await openBrowser();
  const sent = await stubOperation(page, 'forgot-password', { status: 202, json: {} });
  await page.goto('/username-coded/forgot');
  await fill(page, { identifier: 'ada@example.com' });
  await submit(page);
  expect(await notice(page)).toContain('If there is such an account');
  expect(sent).toEqual([{ email: 'ada@example.com' }]);
});

test('refuses to reset a password without a token', async ({ openBrowser }) => {
  const { page } = await openBrowser();
  await page.goto('/email-remember/reset');
  expect(await notice(page)).toContain('no longer good');
});

describe('the signed-in page', () => {
  test('ends another session, and leaves this one', async ({ openBrowser, users: { ben } }) => {
    const other = await openBrowser();
    await signIn(other.page, 'email-envelope', ben);
    const { page } = await openBrowser();
    await signIn(page, 'email-envelope', ben);
    expect(await page.locator('.badge').count()).toBe(1);
    expect(await page.locator('#sessions li').count()).toBe(2);
    await page.click('#sessions button:text-is("End")');
    await expect.poll(() => page.locator('#sessions li').count()).toBe(1);
    expect(await page.textContent('#page-notice')).toBe('The session has ended.');
    expect(await page.locator('.badge').count()).toBe(1);
    other.expectStatus(401);
    await other.page.reload();
    await loginShown(other.page, 'email-envelope');
  });

  test('signs out everywhere, and deletes the refresh cookie', async ({
    openBrowser,
    users: { ben },
  }) => {
    const other = await openBrowser();
    await signIn(other.page, 'email-remember', ben);
    const { page, context, expectStatus } = await openBrowser();
    await signIn(page, 'email-cookie', ben);
    await page.click('#sign-out-everywhere');
    await loginShown(page, 'email-cookie');
    // The device cookie stays, but no longer identifies a known device.
    expect((await context.cookies()).map(({ name }) => name)).toEqual(['__Host-gh-device']);
    expectStatus(401);
    other.expectStatus(401);
    await page.goto('/email-cookie/');
    await loginShown(page, 'email-cookie');
    await other.page.reload();
    await loginShown(other.page, 'email-remember');
  });

  test('refreshes an expired access token once for all requests', async ({
    openBrowser,
    users: { ada },
  }) => {
    const { page, expectStatus } = await openBrowser();
    expectStatus(401);
    await signIn(page, 'username-coded', ada);
    await page.evaluate(() => {
      const key = 'gatehouse:tokens:username-coded';
      const tokens = JSON.parse(sessionStorage.getItem(key) ?? '{}') as object;
      sessionStorage.setItem(key, JSON.stringify({ ...tokens, access: 'expired' }));
    });
    let refreshes = 0;
    page.on('request', (request) => (refreshes += request.url().endsWith('/refresh') ? 1 : 0));
    await page.reload();
    await accountShown(page);
    expect(refreshes).toBe(1);
  });

  test('stays signed in where a sign-out does not reach the server', async ({
    openBrowser,
    users: { ada },
  }) => {
    const { page, context, errors } = await openBrowser();
    await signIn(page, 'email-remember', ada);
    await context.setOffline(true);
    await page.click('#sign-out');
    await page.waitForSelector('#page-notice:not([hidden])');
    expect(await page.textContent('#page-notice')).toContain('check your connection');
    expect(errors.splice(0).every((text) => text.includes('ERR_INTERNET_DISCONNECTED'))).toBe(true);
    await context.setOffline(false);
    await page.click('#sign-out');
    await loginShown(page, 'email-remember');
  });

  test.for([
    ['refresh', 429, 'We cannot be reached.'],
    ['refresh', 503, 'We cannot be reached.'],
    ['sessions', 500, 'Something went wrong on our side.'],
  ] as const)(
    'stays signed in where %s answers %d',
    async ([operation, status, text], { openBrowser, users: { ada } }) => {
      const { page, expectStatus } = await openBrowser();
      await signIn(page, 'email-cookie', ada);
      expectStatus(status);
      await stubOperation(page, operation, { status, json: {} });
      await page.reload();
      expect(await pageNotice(page)).toContain(text);
      await page.unroute(`**/auth/${operation}`);
      await page.reload();
      await accountShown(page);
    },
  );

  test('leaves nothing private in the back/forward cache, and loads anew', async ({
    openBrowser,
    users: { ada },
  }) => {
    const { page } = await openBrowser();
    await signIn(page, 'email-remember', ada);
    // Chromium under test has no back/forward cache: its events are dispatched by hand.
    const dispatch = (event: 'pagehide' | 'pageshow') =>
      page.evaluate(
        (type) => dispatchEvent(new PageTransitionEvent(type, { persisted: true })),
        event,
      );
    await dispatch('pagehide');
    expect(await page.content()).not.toContain(ada.email);
    await dispatch('pageshow');
    await accountShown(page);
    await dispatch('pagehide');
    await page.evaluate(() => sessionStorage.clear());
    await dispatch('pageshow');
    await loginShown(page, 'email-remember');
  });
});
