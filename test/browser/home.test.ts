import { expect } from 'vitest';
import { test } from './browser.ts';
import { signIn } from './users.ts';

test('ends another session, and leaves this one', async ({ visit, people: { ben } }) => {
  const two = await visit();
  await signIn(two.page, 'email-envelope', ben);
  const one = await visit();
  await signIn(one.page, 'email-envelope', ben);
  expect(await one.page.locator('.badge').count()).toBe(1);
  expect(await one.page.locator('#sessions li').count()).toBe(2);
  await one.page.click('#sessions button');
  await expect.poll(() => one.page.locator('#sessions li').count()).toBe(1);
  expect(await one.page.textContent('#said')).toBe('The session has ended.');
  expect(await one.page.locator('.badge').count()).toBe(1);
  two.expectStatus(401);
  await two.page.reload();
  await two.page.waitForURL('**/email-envelope/login');
});

test('signs out everywhere, with the cookie too', async ({ visit, people: { ben } }) => {
  const other = await visit();
  await signIn(other.page, 'email-remember', ben);
  const { page, context, expectStatus } = await visit();
  await signIn(page, 'email-cookie', ben);
  await page.click('#sign-out-everywhere');
  await page.waitForURL('**/email-cookie/login');
  // What opens nothing may stay: the browser's device cookie, void by now.
  const left = (await context.cookies()).map(({ name }) => name);
  expect(left).toEqual(['__Host-gh-device']);
  expectStatus(401);
  other.expectStatus(401);
  await page.goto('/email-cookie/');
  await page.waitForURL('**/email-cookie/login');
  await other.page.reload();
  await other.page.waitForURL('**/email-remember/login');
});

test('renews an access token that has expired, once for all that ask', async ({
  visit,
  people: { ada },
}) => {
  const { page, expectStatus } = await visit();
  expectStatus(401);
  await signIn(page, 'username-coded', ada);
  await page.evaluate(() => {
    const key = 'gatehouse:tokens:username-coded';
    const kept = JSON.parse(sessionStorage.getItem(key) ?? '{}') as object;
    sessionStorage.setItem(key, JSON.stringify({ ...kept, access: 'expired' }));
  });
  let renewed = 0;
  page.on('request', (request) => (renewed += request.url().endsWith('/refresh') ? 1 : 0));
  await page.reload();
  await page.waitForSelector('#private:not([hidden])');
  expect(renewed).toBe(1);
});

test('changes a password, and says what is wrong with one', async ({ visit, people: { ada } }) => {
  const { page, expectStatus } = await visit();
  expectStatus(400, 401);
  await signIn(page, 'username-pair', ada);
  await page.click('summary');
  const change = async (answer: { status: number; json: object }) => {
    await page.unrouteAll();
    const asked: unknown[] = [];
    await page.route('**/api/auth/change-password', (route) => {
      asked.push(route.request().postDataJSON());
      return route.fulfill(answer);
    });
    await page.fill('#currentPassword', 'the old one');
    await page.fill('#newPassword', 'the new one');
    await page.click('#form button[type=submit]');
    await page.waitForSelector('#form[aria-busy=false]');
    return asked;
  };
  await change({ status: 401, json: { error: 'UnauthorizedError', message: 'x' } });
  expect(await page.textContent('#currentPassword-error')).toContain('not right');
  await change({ status: 400, json: { error: 'ValidationError', message: 'Password is common' } });
  expect(await page.textContent('#newPassword-error')).toContain('too easy to guess');
  const asked = await change({ status: 200, json: { success: true } });
  expect(await page.textContent('#notice')).toContain('is changed');
  expect(asked).toEqual([{ currentPassword: 'the old one', newPassword: 'the new one' }]);
  expect(await page.inputValue('#newPassword')).toBe('');
});

test('says so where nobody answers, and keeps what it has', async ({ visit, people: { ada } }) => {
  const { page, context, troubles } = await visit();
  await signIn(page, 'email-remember', ada);
  await context.setOffline(true);
  await page.click('#sign-out');
  await page.waitForSelector('#said:not([hidden])');
  expect(await page.textContent('#said')).toContain('check your connection');
  expect(troubles.splice(0).every((said) => said.includes('ERR_INTERNET_DISCONNECTED'))).toBe(true);
  await context.setOffline(false);
  await page.click('#sign-out');
  await page.waitForURL('**/login');
});

test('leaves nothing in a page that the browser keeps for Back, and fetches it anew', async ({
  visit,
  people: { ada },
}) => {
  const { page } = await visit();
  await signIn(page, 'email-remember', ada);
  // Chromium under test keeps no pages; what it would tell one is told by hand.
  const turn = (name: string) =>
    page.evaluate(
      (name) => dispatchEvent(new PageTransitionEvent(name, { persisted: true })),
      name,
    );
  await turn('pagehide');
  expect(await page.content()).not.toContain(ada.email);
  await turn('pageshow');
  await page.waitForSelector('#private:not([hidden])');
  await turn('pagehide');
  await page.evaluate(() => sessionStorage.clear());
  await turn('pageshow');
  await page.waitForURL('**/email-remember/login');
});
