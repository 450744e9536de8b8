/** Names, codes and passwords as users type them, on their way through the pages. */
import { describe, expect } from 'vitest';
import { test } from './browser.ts';
import {
  accountShown,
  contractCases,
  fieldError,
  fill,
  focusedId,
  loginShown,
  notice,
  signIn,
  signOut,
  stubOperation,
  submit,
  submitLogin,
} from './page-objects.ts';

const cases = contractCases.filter(({ name }) =>
  ['username-coded', 'email-remember', 'email-cookie'].includes(name),
);

describe.each(cases)('$name', ({ name, identifier, inCookie }) => {
  test('sends names without blanks around them, and codes without spaces and dashes in ASCII digits', async ({
    openBrowser,
    users: { ada },
  }) => {
    const { page, expectStatus } = await openBrowser();
    expectStatus(500);
    await page.goto(`/${name}/login`);
    await submitLogin(page, { ...ada, username: ` ${ada.username} `, email: ` ${ada.email} ` });
    await accountShown(page);
    await signOut(page, name);

    const sent = await stubOperation(page, 'verify-email', { status: 500, json: {} });
    await page.goto(`/${name}/verify`);
    for (const code of ['123 456', '123-456', ' 12\u00a034\u201156 ', '۱۲۳ ۴۵۶']) {
      await fill(page, { identifier: ` ${ada[identifier]}`, password: ' kept ', code });
      await submit(page);
      await notice(page);
      expect(sent.pop()).toEqual({
        [identifier]: ada[identifier],
        password: ' kept ',
        code: '123456',
      });
    }
  });

  test('names the rule that a new password breaks', async ({ openBrowser }) => {
    const { page, expectStatus } = await openBrowser();
    expectStatus(400, 422);
    await page.goto(`/${name}/register`);
    const usesUsername = (await page.locator('#username').count()) > 0;
    const names = { ...(usesUsername && { username: 'griselda' }), email: 'griselda@example.com' };
    for (const [password, message] of [
      ['seven77', 'This password is too short. Minimum length: 8.'],
      ['x'.repeat(257), 'This password is too long. Maximum length: 256.'],
      ['password123', 'Many people use this password. Please choose another.'],
      ['griselda1', 'This password is like your name, your address or the name of this service.'],
    ] as const) {
      await fill(page, { ...names, password });
      await submit(page);
      expect(await fieldError(page, 'password')).toContain(message);
      await fill(page, { password: '' });
    }
  });

  test('goes on where the browser is signed in, and asks anew with prompt=login', async ({
    openBrowser,
    users: { ada },
  }) => {
    const { page, openTab, expectStatus } = await openBrowser();
    await signIn(page, name, ada);
    await page.goto(`/${name}/login?return_to=/${name}/?from=login`);
    await page.waitForURL(`**/${name}/?from=login`);
    await accountShown(page);
    // Sent back at once, it asks: an application that does not know the session must not loop.
    await page.goto(`/${name}/login`);
    await page.waitForLoadState('networkidle');
    expect(new URL(page.url()).pathname).toBe(`/${name}/login`);
    await page.evaluate(() => sessionStorage.removeItem('gatehouse:went-on'));
    await page.goto(`/${name}/login?prompt=login`);
    await page.waitForLoadState('networkidle');
    expect(new URL(page.url()).pathname).toBe(`/${name}/login`);

    await page.goto(`/${name}/`);
    await accountShown(page);
    await signOut(page, name);
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.reload({ waitUntil: 'networkidle' });
    expect(requests.filter((url) => /refresh|profile/.test(url))).toEqual([]);
    if (!inCookie) return;
    // A session that ended elsewhere is found out once.
    const other = await openTab();
    await signIn(other, name, ada);
    await page.context().clearCookies();
    expectStatus(401);
    await page.goto(`/${name}/login`, { waitUntil: 'networkidle' });
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
  });

  test('carries the name from the sign-in to the forgotten password', async ({
    openBrowser,
    users: { ada },
  }) => {
    const { page } = await openBrowser();
    await page.goto(`/${name}/login?return_to=/docs`);
    await fill(page, { [identifier]: ada[identifier], password: 'forgotten' });
    await page.press('#password', 'Tab');
    await page.keyboard.press('Tab');
    expect(await focusedId(page)).toBe('forgot');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/${name}/forgot?return_to=%2Fdocs`);
    expect(await page.inputValue('#identifier')).toBe(ada[identifier]);
    await page.click('nav a');
    await page.waitForURL(`**/${name}/login?return_to=%2Fdocs`);
    expect(await page.inputValue(`#${identifier}`)).toBe(ada[identifier]);
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  });
});

test('keeps the address on the page for the code, until the sign-in', async ({
  openBrowser,
  users: { unverified },
}) => {
  const { page, expectStatus } = await openBrowser();
  expectStatus(403);
  await page.goto('/email-envelope/login');
  await submitLogin(page, unverified);
  await page.waitForURL('**/email-envelope/verify');
  await page.reload();
  await expect.poll(() => page.inputValue('#identifier')).toBe(unverified.email);
});

test('locks the button for the account that is locked, and for no other', async ({
  openBrowser,
  users: { ada, ben },
}) => {
  const { page, expectStatus } = await openBrowser();
  expectStatus(423);
  await page.clock.install();
  await page.goto('/email-remember/login');
  await stubOperation(page, 'login', {
    status: 423,
    headers: { 'Retry-After': '90' },
    json: { error: { code: 'ACCOUNT_LOCKED', message: '' } },
  });
  await submitLogin(page, ada);
  expect(await notice(page)).toContain('locked');
  const isDisabled = () => page.getAttribute('button[type=submit]', 'aria-disabled');
  expect(await isDisabled()).toBe('true');
  await fill(page, { email: ben.email });
  expect(await isDisabled()).toBe('false');
  expect([await page.isHidden('#notice'), await page.isHidden('#timer')]).toEqual([true, true]);
  await fill(page, { email: ada.email });
  expect(await isDisabled()).toBe('true');
  expect(await notice(page)).toContain('locked');
  expect(await page.isVisible('#timer')).toBe(true);
  await page.unroute('**/auth/login');
  await submitLogin(page, ben);
  await accountShown(page);
});

test('locks the button for every account where the network is limited', async ({
  openBrowser,
  users: { ada, ben },
}) => {
  const { page, expectStatus } = await openBrowser();
  expectStatus(429);
  await page.goto('/email-remember/login');
  await stubOperation(page, 'login', {
    status: 429,
    headers: { 'Retry-After': '90', RateLimit: '"address";r=0;t=90' },
    json: { error: { code: 'RATE_LIMITED', message: '' } },
  });
  await submitLogin(page, ada);
  await notice(page);
  await fill(page, { email: ben.email });
  expect(await page.getAttribute('button[type=submit]', 'aria-disabled')).toBe('true');
  expect(await page.isVisible('#timer')).toBe(true);
});

test('shows one notice at a time', async ({ openBrowser, users: { ben } }) => {
  const { page, expectStatus } = await openBrowser();
  expectStatus(500);
  await signIn(page, 'email-remember', ben);
  const notices = () => page.locator('.notices .notice:visible, #page-notice:visible').count();
  await page.click('#change summary');
  await fill(page, { currentPassword: ben.password, newPassword: 'another good long one' });
  await stubOperation(page, 'change-password', { status: 500, json: {} });
  await page.click('#change button[type=submit]');
  expect(await notice(page)).toContain('Something went wrong');
  expect(await notices()).toBe(1);
  await stubOperation(page, 'logout-all', { status: 500, json: {} });
  await page.click('#sign-out-everywhere');
  await page.waitForSelector('#page-notice:not([hidden])');
  expect(await notices()).toBe(1);
});

describe('a link that is over', () => {
  test.for(['', '#token=used'])('has no form: /reset%s', async (hash, { openBrowser }) => {
    const { page, expectStatus } = await openBrowser();
    expectStatus(400);
    await page.goto(`/email-remember/reset${hash}`);
    if (hash !== '') {
      await fill(page, { password: 'a good long one' });
      await submit(page);
    }
    expect(await notice(page)).toContain('no longer good');
    expect(await page.locator('.field:visible, button.main:visible').count()).toBe(0);
    await page.click('nav a >> nth=0');
    await page.waitForURL('**/email-remember/forgot');
  });
});

test('a link is not found again on the way back', async ({ openBrowser }) => {
  const { page } = await openBrowser();
  await page.goto('/email-remember/reset#token=t0k3n');
  await page.waitForSelector('button.main:not([disabled])');
  await page.goto('/email-remember/login');
  await page.goBack();
  expect(await notice(page)).toContain('no longer good');
  await page.reload();
  expect(await notice(page)).toContain('no longer good');
});

test('a tab that signs out is asked for a name again', async ({ openBrowser, users: { ada } }) => {
  const { page } = await openBrowser();
  await signIn(page, 'email-remember', ada);
  await signOut(page, 'email-remember');
  await loginShown(page, 'email-remember');
  expect(await page.inputValue('#email')).toBe('');
});
