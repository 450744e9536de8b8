/** The offer of a passkey after a sign-in, and the suggestions of passkeys on the sign-in page. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { test } from './browser.ts';
import { shown } from './factor-objects.ts';
import {
  accountShown,
  focusedId,
  notice,
  signIn,
  signOut,
  stubOperation,
  submitLogin,
} from './page-objects.ts';
import { addAuthenticator, addPasskey } from './passkey-objects.ts';

const name = 'email-remember';

/** Counts the challenges that a tab asks for from now on. */
function countChallenges(page: Page): () => number {
  let count = 0;
  page.on('request', (request) => (count += request.url().endsWith('/login/options') ? 1 : 0));
  return () => count;
}

test('a "not now" is kept in this browser, for this account, without its name', async ({
  openBrowser,
  users: { ada, ben },
}) => {
  const { page, context } = await openBrowser();
  const stored = () =>
    context
      .storageState()
      .then(({ origins }) => origins.flatMap(({ localStorage }) => localStorage));
  await addAuthenticator(page);
  // On the way to another page nothing is asked.
  await page.goto(`/${name}/login?return_to=%2F${name}%2Fverify`);
  await submitLogin(page, ada);
  await page.waitForURL('**/verify');
  await page.goto(`/${name}/`);
  await shown(page, 'passkey-offer');
  await page.click('#decline-passkey');
  expect(await focusedId(page)).toBe('profile-title');
  await expect.poll(stored).toEqual([
    {
      name: `gatehouse:no-passkey:${name}`,
      value: expect.stringMatching(/^\d{1,5}$/) as string,
    },
  ]);
  await page.reload();
  await shown(page, 'passkeys');
  expect(await page.isHidden('#passkey-offer')).toBe(true);
  await signOut(page, name);
  await signIn(page, name, ben);
  await shown(page, 'passkey-offer');

  const without = await openBrowser();
  await signIn(without.page, name, ben);
  await shown(without.page, 'passkeys');
  expect(await without.page.isHidden('#passkey-offer')).toBe(true);
});

test('suggestions wait beside the password, and give way to the button', async ({
  openBrowser,
  users: { cleo },
}) => {
  const { page } = await openBrowser();
  const authenticator = await addAuthenticator(page);
  await signIn(page, name, cleo);
  await addPasskey(page, 'Laptop');
  const challenges = countChallenges(page);
  await authenticator.signOut(name);
  expect(challenges()).toBe(1);
  await submitLogin(page, cleo);
  await accountShown(page);
  await authenticator.signOut(name);
  expect(challenges()).toBe(2);
  await page.click('#passkey-sign-in');
  await accountShown(page);
  expect(challenges()).toBe(3);
});

test('a challenge is replaced before it expires, and asked for again where it was too late', async ({
  openBrowser,
  users: { dora },
}) => {
  const { page, expectStatus } = await openBrowser();
  expectStatus(401);
  const authenticator = await addAuthenticator(page);
  await signIn(page, name, dora);
  await addPasskey(page, 'Laptop');
  await authenticator.signOut(name);
  await authenticator.setPresence(false);
  await page.clock.install();
  const challenges = countChallenges(page);
  await page.goto(`/${name}/login`);
  await authenticator.suggested(1);
  await page.clock.runFor(239_000);
  expect(challenges()).toBe(1);
  await page.clock.runFor(2_000);
  await authenticator.suggested(2);
  expect(challenges()).toBe(2);
  const setHidden = (isHidden: boolean) =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
      document.dispatchEvent(new Event('visibilitychange'));
    }, isHidden);
  await setHidden(true);
  await page.clock.runFor(900_000);
  expect(challenges()).toBe(2);
  await setHidden(false);
  await authenticator.suggested(3);
  // Chromium under test has no back/forward cache: its event is dispatched by hand.
  await page.evaluate(() =>
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })),
  );
  await authenticator.suggested(4);

  const error = { code: 'PASSKEY_CHALLENGE_EXPIRED', message: '' };
  await authenticator.setPresence(true);
  const refused = await stubOperation(page, 'passkeys/login', { status: 401, json: { error } });
  await page.click('#passkey-sign-in');
  expect(await notice(page)).toBe('That took too long. Please try again.');
  expect(refused).toHaveLength(2);
  expect(refused[0]).not.toEqual(refused[1]);
  await page.unroute('**/auth/passkeys/login');
  await page.route(
    '**/auth/passkeys/login',
    (route) => route.fulfill({ status: 401, json: { error } }),
    { times: 1 },
  );
  await page.click('#passkey-sign-in');
  await accountShown(page);
});

test('keeps the session in the browser where the user asked to be remembered', async ({
  openBrowser,
  users: { elsa },
}) => {
  const { page, openTab } = await openBrowser();
  const authenticator = await addAuthenticator(page);
  await signIn(page, name, elsa);
  await addPasskey(page, 'Laptop');
  await authenticator.signOut(name);
  await page.check('#remember');
  const sent = page.waitForRequest('**/passkeys/login');
  await page.click('#passkey-sign-in');
  expect((await sent).postDataJSON()).toMatchObject({ rememberMe: true });
  await accountShown(page);
  const other = await openTab();
  await other.goto(`/${name}/`);
  await accountShown(other);
});
