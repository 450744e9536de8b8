import { describe, expect } from 'vitest';
import { axeViolations, test } from './browser.ts';
import {
  accountShown,
  contractCases,
  focusedId,
  notice,
  signIn,
  submit,
  submitLogin,
} from './page-objects.ts';
import type { Page } from 'playwright-core';

const forms = ['login', 'register', 'verify', 'forgot', 'reset#token=a', 'revoke#token=a'];

const overflows = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth > innerWidth);

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test('axe finds no violation on any page, before and after an empty form is sent', async ({
    openBrowser,
  }) => {
    const { page, expectStatus } = await openBrowser({ colorScheme, width: 480 });
    expectStatus(400);
    for (const { name } of contractCases) {
      for (const path of forms) {
        await page.goto(`/${name}/${path}`);
        expect(await axeViolations(page), `${name} ${path}`).toEqual([]);
        await submit(page);
        expect(await axeViolations(page), `${name} ${path}`).toEqual([]);
      }
    }
  });

  test('axe finds no violation on the signed-in page', async ({ openBrowser, users: { ada } }) => {
    const { page } = await openBrowser({ colorScheme, width: 480 });
    await signIn(page, 'email-remember', ada);
    for (const summary of await page.locator('#private summary').all()) await summary.click();
    await page.click('#show-activity');
    await page.click('#add-factor');
    await page.waitForSelector('#enrolment:not([hidden])');
    expect(await axeViolations(page)).toEqual([]);
  });
});

test('fits into 320 pixels', async ({ openBrowser, users: { ada, unregistered } }) => {
  const { page, expectStatus } = await openBrowser({ width: 320 });
  expectStatus(401);
  for (const path of forms) {
    await page.goto(`/username-pair/${path}`);
    expect(await overflows(page), path).toBe(false);
  }
  await page.goto('/login');
  await submitLogin(page, unregistered);
  await notice(page);
  expect(await overflows(page)).toBe(false);
  await signIn(page, 'email-remember', ada);
  for (const summary of await page.locator('#private summary').all()) await summary.click();
  await page.click('#show-activity');
  await page.waitForSelector('#activity li');
  expect(await overflows(page)).toBe(false);
});

test('every link, button and input is at least 44 pixels high', async ({ openBrowser }) => {
  const { page } = await openBrowser({ width: 320 });
  for (const path of forms) {
    await page.goto(`/email-remember/${path}`);
    const small = await page
      .locator('a, button, input:not([type=checkbox]), label.check')
      .evaluateAll((elements) =>
        elements
          .filter((element) => (element as HTMLElement).offsetParent !== null)
          .filter((element) => element.getBoundingClientRect().height < 44)
          .map((element) => element.outerHTML),
      );
    expect(small, path).toEqual([]);
  }
});

test.for([
  ['de-AT', 'de', 'Anmelden', 'E-Mail oder Passwort ist falsch.'],
  ['nn-NO', 'en', 'Sign in', 'Wrong e-mail or password.'],
] as const)(
  'a browser set to %s gets the pages in "%s"',
  async ([locale, language, title, message], { openBrowser, users: { unregistered } }) => {
    const { page, expectStatus } = await openBrowser({ locale, width: 480 });
    expectStatus(401);
    await page.goto('/login');
    expect(await page.getAttribute('html', 'lang')).toBe(language);
    expect(await page.textContent('h1')).toBe(title);
    await submitLogin(page, unregistered);
    expect(await notice(page)).toBe(message);
    expect(await focusedId(page)).toBe('notice');
    expect(await page.isEnabled('button[type=submit]')).toBe(true);
    expect(await axeViolations(page)).toEqual([]);
  },
);

test('animates nothing where the user prefers reduced motion', async ({ openBrowser }) => {
  const { page } = await openBrowser({ reducedMotion: 'reduce' });
  await page.goto('/login');
  const animated = await page
    .locator('*')
    .evaluateAll(
      (elements) =>
        elements
          .map((element) => getComputedStyle(element))
          .filter((style) => style.transitionDuration !== '0s' || style.animationName !== 'none')
          .length,
    );
  expect(animated).toBe(0);
});

test('loads with one request each for page, style and scripts, and is usable by keyboard alone', async ({
  openBrowser,
  users: { ada },
}) => {
  const { page } = await openBrowser();
  const requests: string[] = [];
  page.on('request', (request) => {
    const name = request.url().replace(/.*\//, '').replace(/\..*/, '');
    requests.push(`${request.resourceType()} ${name}`);
  });
  await page.goto('/login', { waitUntil: 'networkidle' });
  // The icon is asked for by some builds of Chromium alone.
  expect(requests.filter((request) => !request.endsWith(' mark'))).toEqual([
    'document login',
    'stylesheet page',
    'script page',
    'script passkeys',
    'fetch options',
  ]);
  await page.keyboard.press('Tab');
  await page.keyboard.type(ada.email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(ada.password);
  await page.keyboard.press('Enter');
  await accountShown(page);
});

test('supports password managers: autocomplete names, and no maxlength', async ({
  openBrowser,
}) => {
  const { page } = await openBrowser();
  for (const [path, names] of [
    ['login', { username: 'username webauthn', password: 'current-password' }],
    ['register', { email: 'email', password: 'new-password' }],
    ['verify', { code: 'one-time-code' }],
    ['forgot', {}],
    ['reset', {}],
  ] as const) {
    await page.goto(`/username-pair/${path}`);
    for (const [id, name] of Object.entries(names)) {
      expect(await page.getAttribute(`#${id}`, 'autocomplete'), `${path} ${id}`).toBe(name);
    }
    expect(await page.locator('[maxlength]').count(), path).toBe(0);
  }
});
