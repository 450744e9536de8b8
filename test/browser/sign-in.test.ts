import { describe, expect } from 'vitest';
import { axeViolations, test } from './browser.ts';
import {
  accountShown,
  allCases,
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

describe.each(allCases)('$name', ({ name, identifier, inCookie }) => {
  test('signs in, shows the profile, and signs out', async ({ openBrowser, users: { ada } }) => {
    const { page, expectStatus } = await openBrowser();
    await signIn(page, name, ada);
    expect(new URL(page.url()).pathname).toBe(`/${name}/`);
    expect(await page.textContent('#profile')).toContain(ada[identifier]);
    expect(await page.textContent('#sessions')).toContain('This device');
    await signOut(page, name);
    // With a cookie the page has to ask, and is refused.
    if (inCookie) expectStatus(401);
    await page.goto(`/${name}/`);
    await loginShown(page, name);
  });
});

test('stores tokens beyond the tab only for "Keep me signed in", until sign-out', async ({
  openBrowser,
  users: { ada },
}) => {
  const { page, openTab } = await openBrowser();
  await signIn(page, 'email-remember', ada);
  const stored = () => page.evaluate(() => [localStorage.length, sessionStorage.length]);
  expect(await stored()).toEqual([0, 1]);
  await signOut(page, 'email-remember');
  const sent = page.waitForRequest('**/auth/login');
  await page.check('#remember');
  await submitLogin(page, ada);
  expect((await sent).postDataJSON()).toMatchObject({ rememberMe: true });
  await accountShown(page);
  expect(await stored()).toEqual([1, 0]);

  const other = await openTab();
  await other.goto('/email-remember/');
  await accountShown(other);
  await signOut(other, 'email-remember');
  await loginShown(page, 'email-remember');
  expect(await stored()).toEqual([0, 0]);
});

test('stores no token of email-cookie where a script could read it', async ({
  openBrowser,
  users: { ada },
}) => {
  const { page } = await openBrowser();
  await signIn(page, 'email-cookie', ada);
  const stored = await page.evaluate(() => [{ ...localStorage }, { ...sessionStorage }]);
  expect(stored).toEqual([{ 'gatehouse:signed-in:email-cookie': '' }, {}]);
  expect(await page.evaluate(() => document.cookie)).toBe('');
  await page.reload();
  await accountShown(page);
});

test('shows nothing private on Back and Forward after a sign-out', async ({
  openBrowser,
  users: { ada },
}) => {
  for (const name of ['email-cookie', 'email-remember']) {
    const { page, expectStatus } = await openBrowser();
    expectStatus(401);
    await page.goto('/docs');
    await signIn(page, name, ada);
    await signOut(page, name);
    await page.goBack();
    expect(await page.content()).not.toContain(ada.email);
    await page.goForward();
    await loginShown(page, name);
    expect(await page.content()).not.toContain(ada.email);
  }
});

test('counts down a lock, disables the button meanwhile, and says when it is over', async ({
  openBrowser,
  users: { ada },
}) => {
  const { page, expectStatus } = await openBrowser();
  expectStatus(423);
  await page.clock.install();
  await page.goto('/email-remember/login');
  await stubOperation(page, 'login', {
    status: 423,
    headers: { 'Retry-After': '90' },
    json: { error: { code: 'ACCOUNT_LOCKED', message: '<b>text of the server</b>' } },
  });
  await submitLogin(page, ada);
  await page.waitForSelector('#timer:not([hidden])');
  const message = await notice(page);
  expect(message).toMatch(/locked.*in 2 minutes/);
  expect(message).not.toContain('text of the server');
  expect(await page.textContent('#timer')).toMatch(/^01:(30|29)$/);
  expect(await page.getAttribute('button[type=submit]', 'aria-disabled')).toBe('true');
  expect(await axeViolations(page)).toEqual([]);
  await page.clock.runFor(30_000);
  expect(await page.textContent('#timer')).toMatch(/^(01:00|00:59)$/);
  expect(await notice(page)).toBe(message);
  await page.clock.runFor(61_000);
  expect(await page.isHidden('#timer')).toBe(true);
  expect(await notice(page)).toBe('You can try again now.');
  expect(await page.getAttribute('button[type=submit]', 'aria-disabled')).toBe('false');
});

test('reports a lost connection, and signs in once it is back', async ({
  openBrowser,
  users: { ada },
}) => {
  const { page, context, errors } = await openBrowser();
  await page.goto('/login');
  await context.setOffline(true);
  await submitLogin(page, ada);
  expect(await notice(page)).toContain('check your connection');
  expect(errors.splice(0).every((text) => text.includes('ERR_INTERNET_DISCONNECTED'))).toBe(true);
  await context.setOffline(false);
  await submit(page);
  await accountShown(page);
});

test('sends a form once, however often it is submitted', async ({
  openBrowser,
  users: { ada },
}) => {
  const { page } = await openBrowser();
  let sent = 0;
  const submitted = Promise.withResolvers<void>();
  await page.route('**/auth/login', async (route) => {
    sent += 1;
    await submitted.promise;
    await route.continue();
  });
  await page.goto('/login');
  await submitLogin(page, ada);
  expect(await page.getAttribute('form', 'aria-busy')).toBe('true');
  await page.click('button[type=submit]', { force: true, noWaitAfter: true });
  await page.press('#password', 'Enter');
  submitted.resolve();
  await accountShown(page);
  expect(sent).toBe(1);
});

test('follows return_to on this origin, and never to another one', async ({
  openBrowser,
  users: { ada },
}) => {
  for (const [returnTo, location] of [
    ['/email-remember/?from=here', '/email-remember/?from=here'],
    ['//evil.example/', '/email-remember/'],
    ['https://evil.example/', '/email-remember/'],
    ['/\\evil.example', '/email-remember/'],
  ] as const) {
    const { page } = await openBrowser();
    await page.goto(`/email-remember/login?return_to=${encodeURIComponent(returnTo)}`);
    await submitLogin(page, ada);
    await accountShown(page);
    const { pathname, search } = new URL(page.url());
    expect(pathname + search).toBe(location);
  }
});

test('checks the fields before sending, and shows a password only while asked to', async ({
  openBrowser,
}) => {
  const { page } = await openBrowser();
  await page.goto('/login');
  await fill(page, { email: 'no address' });
  await submit(page);
  expect(await fieldError(page, 'email')).toContain('e-mail address');
  expect(await fieldError(page, 'password')).toContain('fill this in');
  expect(await focusedId(page)).toBe('email');
  await fill(page, { email: 'a@example.com' });
  expect(await page.getAttribute('#email', 'aria-invalid')).toBe(null);

  await fill(page, { password: 'a secret' });
  await page.click('[data-reveal=password]');
  expect(await page.getAttribute('#password', 'type')).toBe('text');
  expect(await page.getAttribute('[data-reveal]', 'aria-pressed')).toBe('true');
  await page.click('[data-reveal=password]');
  expect(await page.getAttribute('#password', 'type')).toBe('password');
});
