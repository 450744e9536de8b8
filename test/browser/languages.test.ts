/** Every page in every language, and the switch between them. */
import { expect } from 'vitest';
import { allMessages } from '../fixtures/messages.ts';
import { axeViolations, test } from './browser.ts';
import { accountShown, signIn } from './page-objects.ts';
import type { Page } from 'playwright-core';

const paths = ['login', 'register', 'verify', 'forgot', 'reset', 'revoke', 'not-found'];

/** Elements that reach beyond the window, where the page can be scrolled sideways. */
const overflowing = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    return [...document.querySelectorAll('*')]
      .filter((element) => {
        const { left, right } = element.getBoundingClientRect();
        return left < 0 || right > clientWidth;
      })
      .map((element) => element.outerHTML.slice(0, 200));
  });

/** The rules that a text can break; markup and colours are the same in all languages (accessibility.test.ts). */
const RULES = {
  runOnly: [
    'aria-dialog-name',
    'button-name',
    'document-title',
    'empty-heading',
    'html-has-lang',
    'html-lang-valid',
    'label',
    'label-content-name-mismatch',
    'link-in-text-block',
    'link-name',
    'summary-name',
    'target-size',
    'valid-lang',
  ],
};

const flaws = async (page: Page): Promise<string[]> => [
  ...(await overflowing(page)),
  ...(await axeViolations(page, RULES)),
];

test('fit into 320 pixels, and axe finds no violation', async ({ openBrowser, users: { ada } }) => {
  const { page, expectStatus } = await openBrowser({ width: 320 });
  expectStatus(404);
  await signIn(page, 'email-remember', ada);
  for (const { tag, dir, name } of allMessages) {
    for (const path of paths) {
      await page.goto(`/username-pair/${path}?lang=${tag}#token=a`);
      const html = page.locator('html');
      expect([await html.getAttribute('lang'), await html.getAttribute('dir')]).toEqual([tag, dir]);
      await page.click('#languages summary');
      expect(await flaws(page), `${path} in ${name}`).toEqual([]);
    }
    await page.goto('/email-remember/');
    await accountShown(page);
    expect(await page.getAttribute('html', 'lang')).toBe(tag);
    for (const summary of await page.locator('summary').all()) await summary.click();
    expect(await flaws(page), `the account in ${name}`).toEqual([]);
  }
});

test('change by the switch, for this page and those that follow', async ({ openBrowser }) => {
  const { page } = await openBrowser({ locale: 'fr-FR', width: 320 });
  await page.goto('/email-cookie/login?return_to=%2Fdocs%3Fa%3Db%26c');
  expect(await page.textContent('#languages summary')).toBe('Langue · Français');
  await page.click('#languages summary');
  await page.click('#languages [hreflang=ar]');
  expect(new URL(page.url()).search).toBe('?return_to=%2Fdocs%3Fa%3Db%26c&lang=ar');
  expect(await page.inputValue('[name=return_to]')).toBe('/docs?a=b&c');
  expect(await page.getAttribute('[aria-current]', 'hreflang')).toBe('ar');
  await page.goto('/username-pair/register');
  expect(await page.getAttribute('html', 'lang')).toBe('ar');
});

test('keep the token of a link, which stands in no address before', async ({ openBrowser }) => {
  const { page, expectStatus } = await openBrowser();
  expectStatus(400);
  await page.goto('/email-cookie/reset#token=t0k3n');
  const language = page.locator('#languages [hreflang=de]');
  await page.click('#languages summary');
  expect(await language.getAttribute('href')).toBe('?lang=de');
  const [request] = await Promise.all([
    page.waitForRequest(/\/reset/),
    page.waitForEvent('framenavigated'),
    language.click(),
  ]);
  expect(new URL(request.url()).search).toBe('?lang=de');
  await page.fill('#password', 'a long pass phrase of mine');
  const [sent] = await Promise.all([
    page.waitForRequest((each) => each.method() === 'POST'),
    page.click('button[type=submit]'),
  ]);
  expect(sent.postData()).toContain('t0k3n');
  expect(sent.headers()['accept-language']).toBe('de');
});

test('change without scripts', async ({ openBrowser }) => {
  const { page } = await openBrowser({ javaScriptEnabled: false });
  await page.goto('/email-cookie/login');
  await page.click('#languages summary');
  await page.click('#languages [hreflang=he]');
  expect(await page.getAttribute('html', 'dir')).toBe('rtl');
});
