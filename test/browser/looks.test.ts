import { describe, expect } from 'vitest';
import { english } from '../../src/pages/languages/english.ts';
import { german } from '../../src/pages/languages/german.ts';
import { faultsOf, isOverflowing, test } from './browser.ts';
import { contractCases, fillIn, contractCase, signIn } from './users.ts';

const beside = ['login', 'register', 'verify', 'forgot', 'reset'];

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test('axe finds nothing on any page, at rest and with faults', async ({ visit }) => {
    const { page } = await visit({ colorScheme, width: 480 });
    for (const { name } of contractCases) {
      for (const path of beside) {
        await page.goto(`/${name}/${path}`);
        expect([name, path, await faultsOf(page)]).toEqual([name, path, []]);
        await page.click('button[type=submit]');
        expect([name, path, await faultsOf(page)]).toEqual([name, path, []]);
      }
    }
  });

  test('axe finds nothing on the signed-in page', async ({ visit, people: { ada } }) => {
    const { page } = await visit({ colorScheme, width: 480 });
    await signIn(page, 'email-remember', ada);
    await page.click('summary');
    expect(await faultsOf(page)).toEqual([]);
  });
});

test('fits into 320 pixels', async ({ visit, people: { ada, nobody } }) => {
  const { page, expectStatus } = await visit({ width: 320 });
  expectStatus(401);
  for (const path of beside) {
    await page.goto(`/username-pair/${path}`);
    expect([path, await isOverflowing(page)]).toEqual([path, false]);
  }
  await page.goto('/login');
  await fillIn(page, contractCase('email-remember'), [nobody.email, 'wrong']);
  await page.click('button[type=submit]');
  await page.waitForSelector('#notice:not([hidden])');
  expect(await isOverflowing(page)).toBe(false);
  await signIn(page, 'email-remember', ada);
  await page.click('summary');
  expect(await isOverflowing(page)).toBe(false);
});

test('everything to be pressed is 44 pixels high', async ({ visit }) => {
  const { page } = await visit({ width: 320 });
  for (const path of beside) {
    await page.goto(`/email-remember/${path}`);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('a, button, input:not([type=checkbox]), label.check')]
        .filter((one) => (one as HTMLElement).offsetParent !== null)
        .filter((one) => one.getBoundingClientRect().height < 44)
        .map((one) => one.outerHTML),
    );
    expect([path, small]).toEqual([path, []]);
  }
});

test('speaks German to who asks for it, and English to who asks for neither', async ({
  visit,
  people: { nobody },
}) => {
  for (const [locale, tag, words, wrong] of [
    ['de-AT', 'de', german, 'E-Mail oder Passwort ist falsch.'],
    ['fr-FR', 'en', english, 'Wrong e-mail or password.'],
  ] as const) {
    const { page, expectStatus } = await visit({ locale, width: 480 });
    expectStatus(401);
    await page.goto('/login');
    expect(await page.getAttribute('html', 'lang')).toBe(tag);
    expect(await page.textContent('h1')).toBe(words.login.title);
    await fillIn(page, contractCase('email-remember'), [nobody.email, 'wrong']);
    await page.click('button[type=submit]');
    await page.waitForSelector('#notice:not([hidden])');
    expect(await page.textContent('#notice')).toBe(wrong);
    expect(await faultsOf(page)).toEqual([]);
  }
});

test('moves nothing for who wants no motion', async ({ visit }) => {
  const { page } = await visit({ reducedMotion: 'reduce' });
  await page.goto('/login');
  const moving = await page.evaluate(
    () =>
      [...document.querySelectorAll('*')]
        .map((one) => getComputedStyle(one))
        .filter(
          ({ transitionDuration, animationName }) =>
            transitionDuration !== '0s' || animationName !== 'none',
        ).length,
  );
  expect(moving).toBe(0);
});

test('needs one request each for page, style and script, and is usable by keyboard alone', async ({
  visit,
  people: { ada },
}) => {
  const { page } = await visit();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.resourceType()));
  await page.goto('/login', { waitUntil: 'networkidle' });
  expect(asked.filter((type) => type === 'document')).toHaveLength(1);
  expect(asked.filter((type) => type === 'stylesheet')).toHaveLength(1);
  expect(asked.filter((type) => type === 'script')).toHaveLength(1);
  await page.keyboard.press('Tab');
  await page.keyboard.type(ada.email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(ada.password);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#private:not([hidden])');
});

test('lets password managers do their work', async ({ visit }) => {
  const { page } = await visit();
  const autocomplete = (id: string) => page.getAttribute(`#${id}`, 'autocomplete');
  await page.goto('/username-pair/login');
  expect(await autocomplete('username')).toBe('username');
  expect(await autocomplete('password')).toBe('current-password');
  await page.goto('/username-pair/register');
  expect(await autocomplete('email')).toBe('email');
  expect(await autocomplete('password')).toBe('new-password');
  await page.goto('/username-pair/verify');
  expect(await autocomplete('code')).toBe('one-time-code');
  for (const path of beside) {
    await page.goto(`/username-pair/${path}`);
    expect(await page.locator('[maxlength]').count()).toBe(0);
  }
});
