/** The page for operators: access, search, a user's state, changes, and their proof. */
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { axeViolations, test } from './browser.ts';
import { enrol, nextCode, overflows } from './factor-objects.ts';
import { accountShown, focusedId, signIn, submitLogin } from './page-objects.ts';
import type { TestUser } from '../support/browser-files.ts';

/** The first contract with bearer tokens, at which operators sign in. */
const name = 'email-remember';

const noticeText = (page: Page) => page.textContent('#page-notice');
const opened = (page: Page) => page.waitForSelector('#private:not([hidden])');
const inUser = (page: Page) => page.waitForSelector('#user:not([hidden]) #user-fields dd');

/** Signs in, sets up an app, and opens the page; returns the app's secret. */
async function open(page: Page, user: TestUser): Promise<string> {
  await signIn(page, name, user);
  const { secret } = await enrol(page);
  await page.goto('/admin');
  await opened(page);
  return secret;
}

async function find(page: Page, { email }: TestUser): Promise<void> {
  await page.fill('#search-text', email);
  await page.click('#form button[type=submit]');
  await page.click(`#users a[aria-label="Show the user: ${email}"]`);
  await inUser(page);
}

async function confirm(page: Page, action: string): Promise<void> {
  await page.click(`[data-action=${action}]`);
  await page.waitForSelector('#confirm[open]');
  await page.click('#confirm-submit');
}

describe.each(['light', 'dark'] as const)('in the %s', (colorScheme) => {
  const user = colorScheme === 'light' ? 'operator' : 'reader';

  test('fits into 320 pixels, and axe finds no violation in any of its states', async ({
    openBrowser,
    users,
  }) => {
    const { page } = await openBrowser({ width: 320, colorScheme });
    await page.route('**/admin/overview', async (route) => {
      const response = await route.fetch();
      const overview = (await response.json()) as { events: object };
      const events = { byAction: { RECOVERY_CODES_REPLACED: 12 }, isComplete: true };
      await route.fulfill({ response, json: { ...overview, events } });
    });
    await open(page, users[user]);
    await find(page, users.ben);
    expect([await overflows(page), await axeViolations(page)]).toEqual([false, []]);
    await page.goBack();
    await page.waitForSelector('#directory:not([hidden]) #overview dd');
    expect([await overflows(page), await axeViolations(page)]).toEqual([false, []]);
    if (user === 'reader') return;
    await find(page, users.ben);
    await page.click('[data-action=delete]');
    expect([await overflows(page), await axeViolations(page)]).toEqual([false, []]);
  });
});

test('leads to the sign-in, asks for a second factor, and turns others away', async ({
  openBrowser,
  users: { operator, ada },
}) => {
  const { page, expectStatus } = await openBrowser();
  expectStatus(401, 403);
  await page.goto('/admin#user=1');
  await page.waitForURL(`**/${name}/login?return_to=%2Fadmin%23user%3D1`);
  await submitLogin(page, ada);
  await expect.poll(() => noticeText(page)).toContain('This account is not an operator.');
  expect(await page.isHidden('#private')).toBe(true);
  await page.click('#sign-out');
  await page.waitForURL(`**/${name}/login?**`);
  expect(operator.email).not.toBe(ada.email);
});

test('an operator without a second factor is sent to set one up', async ({
  openBrowser,
  users: { newOperator },
}) => {
  const { page, expectStatus } = await openBrowser();
  expectStatus(401, 403);
  await page.goto('/admin');
  await page.waitForURL(`**/${name}/login?**`);
  await submitLogin(page, newOperator);
  await expect.poll(() => noticeText(page)).toContain('Operators need a second factor.');
  await page.click('nav a');
  await accountShown(page);
  await enrol(page);
  await page.goto('/admin');
  await opened(page);
  expect(await page.textContent('#operator')).toContain('(may read and change)');
});

test('an operator changes a user by keyboard, and deletes one after typing the name', async ({
  openBrowser,
  users: { writer, cleo, dora },
}) => {
  const { page, expectStatus } = await openBrowser();
  expectStatus(400, 401, 403, 409);
  const secret = await open(page, writer);
  const statusText = () => page.textContent('#user-fields');
  await page.focus('#search-text');
  await page.keyboard.type(cleo.email);
  await page.keyboard.press('Enter');
  const link = page.locator(`#users a[aria-label="Show the user: ${cleo.email}"]`);
  await link.waitFor();
  await link.focus();
  await page.keyboard.press('Enter');
  await inUser(page);

  // The safe choice has the focus.
  await page.focus('[data-action=deactivate]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#confirm[open]');
  expect(await focusedId(page)).toBe('cancel-confirm');
  await page.keyboard.press('Enter');
  expect(await page.locator('#confirm[open]').count()).toBe(0);
  expect(await statusText()).not.toContain('inactive');
  await confirm(page, 'deactivate');
  await expect.poll(() => noticeText(page)).toBe('Done.');
  expect(await statusText()).toContain('inactive');
  expect(await page.textContent('#events')).toContain('ADMIN_DEACTIVATED');
  await page.click('[data-action=activate]');
  await expect.poll(statusText).not.toContain('inactive');
  await page.click('[data-action=unlock]');
  await expect.poll(() => noticeText(page)).toBe('Nothing had to change.');

  // A proof that is too old: the server asks for another one.
  await page.route('**/admin/users/*/role', (route) => route.fulfill(STALE), { times: 1 });
  await page.fill('#role', 'role-unknown');
  await page.click('#role-form button');
  await page.click('#confirm-submit');
  await page.waitForSelector('#proof[open]');
  expect(await axeViolations(page)).toEqual([]);
  await page.fill('#proof-code', nextCode(secret));
  await page.click('#proof-form button[type=submit]');
  await expect.poll(() => noticeText(page)).toBe('There is no such role.');

  await page.goto('/admin');
  await opened(page);
  await find(page, dora);
  await page.click('[data-action=delete]');
  await page.fill('#confirm-name', cleo.email);
  await page.click('#confirm-submit');
  await page.waitForSelector('#confirm-name[aria-invalid=true]');
  await page.fill('#confirm-name', dora.email);
  await page.click('#confirm-submit');
  await expect.poll(() => noticeText(page)).toBe('The account is deleted.');
  await page.fill('#search-text', dora.email);
  await page.click('#form button[type=submit]');
  await page.waitForSelector('#no-users:not([hidden])');

  await find(page, writer);
  await confirm(page, 'deactivate');
  await expect.poll(() => noticeText(page)).toContain('You cannot do this to your own account.');
});

test('Back restores a search, a mistake leads on, and a notice goes with the next request', async ({
  openBrowser,
  users: { searcher, ada, ben },
}) => {
  const { page, expectStatus } = await openBrowser();
  expectStatus(400, 401, 403, 404);
  await open(page, searcher);
  expect(await page.textContent('#operator')).toBe(
    `Signed in as ${searcher.email} (may read and change)`,
  );
  const found = () => page.locator('#users strong').allTextContents();
  let overviews = 0;
  page.on('request', (request) => (overviews += Number(request.url().endsWith('/overview'))));
  await find(page, ben);
  await expect.poll(() => focusedId(page)).toBe('user-title');
  expect(await page.locator('#events a').count()).toBe(0);
  await page.fill('#search-text', ada.email, { force: true });
  await page.goBack();
  await expect.poll(found).toEqual([ben.email]);
  expect(overviews).toBe(1);

  await page.selectOption('#search-by', 'id');
  await page.fill('#search-text', 'no-such-id');
  await page.click('#form button[type=submit]');
  await expect.poll(() => noticeText(page)).toBe('There is no such user.');
  await page.click('#back');
  await page.waitForSelector('#events a');
  expect(await noticeText(page)).toBe('');
  await page.selectOption('#search-by', 'email');
  await page.fill('#search-text', 'a'.repeat(257));
  await page.click('#form button[type=submit]');
  await expect.poll(() => noticeText(page)).toBe('The server takes no such value.');
  await find(page, ada);
  expect(await noticeText(page)).toBe('');

  // The answer of a proxy or a captive portal, which is none of the API's.
  const portal = { status: 200, contentType: 'text/html', body: '<h1>Log in</h1>' };
  await page.route('**/admin/users/*/unlock', (route) => route.fulfill(portal), { times: 1 });
  await page.click('[data-action=unlock]');
  await expect.poll(() => noticeText(page)).toContain('The server could not be reached.');
  await page.click('[data-action=unlock]');
  await expect.poll(() => noticeText(page)).toBe('Nothing had to change.');
});

const STALE = {
  status: 403,
  contentType: 'application/json',
  body: '{"error":"reauthentication_required","details":{"methods":["totp","recovery-code"]}}',
};

test('an operator who may read is offered no change, and leaves nothing behind', async ({
  openBrowser,
  users: { auditor, ben },
}) => {
  const { page, expectStatus } = await openBrowser();
  expectStatus(401);
  await open(page, auditor);
  expect(await page.textContent('#operator')).toContain('(may read)');
  await find(page, ben);
  for (const id of ['#user-actions', '#role-form']) {
    expect([id, await page.isHidden(id)]).toEqual([id, true]);
  }
  await page.click('#sign-out');
  await page.waitForURL(`**/${name}/login?**`);
  await page.goBack();
  await page.waitForURL(`**/${name}/login?**`);
  expect(await page.content()).not.toContain(ben.email);
});
