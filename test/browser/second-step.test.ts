/** The step after the password: at foreign wires, without scripts, where a factor has to be set up, and refused. */
import { expect } from 'vitest';
import { codeAt } from '../support/authenticator.ts';
import { axeViolations, test } from './browser.ts';
import {
  codesOn,
  enrol,
  enterCode,
  nextCode,
  overflows,
  secretOn,
  shown,
} from './factor-objects.ts';
import {
  accountShown,
  fieldError,
  focusedId,
  notice,
  signIn,
  signOut,
  stubOperation,
  submitLogin,
} from './page-objects.ts';

test('keycloak takes the code beside the password, and tells no step', async ({
  openBrowser,
  users: { cleo },
}) => {
  const { page, expectStatus } = await openBrowser({ width: 320 });
  expectStatus(401);
  await page.goto('/keycloak/login');
  expect(await page.getAttribute('#code', 'autocomplete')).toBe('one-time-code');
  expect(await axeViolations(page)).toEqual([]);
  await submitLogin(page, cleo);
  await accountShown(page);
  await shown(page, 'factors');
  const { secret, codes } = await enrol(page);
  await signOut(page, 'keycloak');
  await submitLogin(page, cleo);
  expect(await notice(page)).toBe('Wrong e-mail or password.');
  await page.fill('#code', nextCode(secret));
  await submitLogin(page, cleo);
  await accountShown(page);
  await signOut(page, 'keycloak');
  await page.fill('#code', codes[0] ?? '');
  await submitLogin(page, cleo);
  await accountShown(page);

  // Supabase answers a step like a session, Auth0's dialect has a grant for it.
  for (const [name, recoveryCode] of [
    ['gotrue', codes[1]],
    ['oauth2', codes[2]],
  ] as const) {
    const other = await openBrowser();
    other.expectStatus(400, 401, 403, 422);
    await other.page.goto(`/${name}/login`);
    await submitLogin(other.page, cleo);
    await shown(other.page, 'code-step');
    await enterCode(other.page, codeAt(secret, 0));
    expect(await fieldError(other.page, 'factor-code')).toContain('not right');
    await other.page.click('#other-way');
    await enterCode(other.page, recoveryCode ?? '');
    await accountShown(other.page);
  }
});

test('a form without scripts asks for the code, in German too', async ({
  openBrowser,
  users: { dora },
}) => {
  const { page } = await openBrowser();
  await signIn(page, 'email-cookie', dora);
  await shown(page, 'factors');
  const { secret, codes } = await enrol(page);
  for (const [locale, useRecovery, label, wrong] of [
    ['en-GB', false, 'Code from the authenticator app', 'This code is not right'],
    ['de-DE', true, 'Wiederherstellungscode', 'Der Code stimmt nicht'],
  ] as const) {
    const off = await openBrowser({ javaScriptEnabled: false, locale, width: 320 });
    off.expectStatus(401, 403);
    await off.page.goto('/email-cookie/login');
    await submitLogin(off.page, dora);
    await off.page.waitForSelector('#factor-code:visible');
    expect(off.page.url()).not.toContain('?');
    if (useRecovery) {
      await off.page.click('button[name=other-way]');
      await off.page.waitForSelector('#factor-code[autocomplete=off]');
    }
    expect(await off.page.textContent('label[for=factor-code]')).toBe(label);
    const mode = await off.page.getAttribute('#factor-code', 'inputmode');
    expect(mode).toBe(useRecovery ? null : 'numeric');
    await enterCode(off.page, useRecovery ? 'AAAA-AAAA' : codeAt(secret, 0));
    expect(await fieldError(off.page, 'factor-code')).toContain(wrong);
    expect(await off.page.textContent('label[for=factor-code]')).toBe(label);
    await enterCode(off.page, useRecovery ? (codes[0] ?? '') : nextCode(secret));
    await off.page.waitForURL('**/email-cookie/');
  }
});

test('an account that needs a second factor sets it up at the sign-in, in German at 320 pixels', async ({
  openBrowser,
  users: { admin },
}) => {
  const { page, expectStatus } = await openBrowser({ locale: 'de-DE', width: 320 });
  expectStatus(401, 403);
  await page.goto('/email-remember/login?return_to=%2Femail-remember%2F%3Ffrom%3Dhere');
  await submitLogin(page, admin);
  await shown(page, 'enrolment');
  expect(await page.textContent('#enrolment-title')).toBe('Anmeldung in zwei Schritten einrichten');
  expect(await focusedId(page)).toBe('new-code');
  expect(await overflows(page)).toBe(false);
  expect(await axeViolations(page)).toEqual([]);
  const secret = await secretOn(page);
  await page.keyboard.type(codeAt(secret, 0));
  await page.keyboard.press('Enter');
  expect(await fieldError(page, 'new-code')).toContain('Der Code stimmt nicht');
  await page.fill('#new-code', codeAt(secret));
  await page.keyboard.press('Enter');
  await shown(page, 'recovery');
  expect(await codesOn(page)).toHaveLength(10);
  expect(await overflows(page)).toBe(false);
  expect(await axeViolations(page)).toEqual([]);
  await page.click('#codes-kept');
  await accountShown(page);
  expect(new URL(page.url()).search).toBe('?from=here');
  await shown(page, 'factors');
  expect(await page.textContent('#codes-left')).toBe('Übrige Wiederherstellungscodes: 10');
  expect(await overflows(page)).toBe(false);
  expect(await axeViolations(page)).toEqual([]);
});

test('a step that has ended leads back to the password, and a lock is counted down', async ({
  openBrowser,
  users: { elsa },
}) => {
  const { page, expectStatus } = await openBrowser();
  expectStatus(401, 403, 423);
  await signIn(page, 'email-remember', elsa);
  await shown(page, 'factors');
  // By keyboard alone.
  await page.focus('#add-factor');
  await page.keyboard.press('Enter');
  await shown(page, 'enrolment');
  const secret = await secretOn(page);
  await page.keyboard.press('Tab');
  expect(await focusedId(page)).toBe('open-app');
  await page.keyboard.press('Tab');
  await page.keyboard.type(codeAt(secret));
  await page.keyboard.press('Enter');
  await shown(page, 'recovery');
  for (const id of ['download', 'copy', 'print', 'codes-kept']) {
    await page.keyboard.press('Tab');
    expect(await focusedId(page)).toBe(id);
  }
  await page.keyboard.press('Enter');
  expect(await focusedId(page)).toBe('new-codes');
  await signOut(page, 'email-remember');

  await page.route(
    '**/login/second-factor',
    (route) => {
      const { code } = route.request().postDataJSON() as { code: string };
      return route.continue({ postData: JSON.stringify({ challenge: 'not ours', code }) });
    },
    { times: 1 },
  );
  await submitLogin(page, elsa);
  await shown(page, 'code-step');
  await enterCode(page, '123456');
  expect(await notice(page)).toContain('That took too long');
  expect(await page.isHidden('#second')).toBe(true);
  expect(await page.inputValue('#password')).toBe('');

  // The step begins anew with the password.
  await page.route(
    '**/login/second-factor',
    (route) =>
      route.fulfill({
        status: 423,
        headers: { 'Retry-After': '90' },
        json: { error: { code: 'ACCOUNT_LOCKED', message: 'locked' } },
      }),
    { times: 1 },
  );
  await page.clock.install();
  await submitLogin(page, elsa);
  await shown(page, 'code-step');
  await enterCode(page, '123456');
  await page.waitForSelector('#code-form-timer:not([hidden])');
  expect(await page.textContent('#code-form-notice')).toMatch(/locked.*in 2 minutes/);
  expect(await page.getAttribute('#code-form button', 'aria-disabled')).toBe('true');
  await page.clock.runFor(91_000);
  expect(await page.textContent('#code-form-notice')).toBe('You can try again now.');
  await enterCode(page, nextCode(secret));
  await accountShown(page);
});

test('reports scripts that cannot be loaded, and shows the rest of the account', async ({
  openBrowser,
  users: { ada },
}) => {
  const { page, errors } = await openBrowser();
  await page.route('**/assets/{factors,security}.*', (route) => route.abort());
  await signIn(page, 'email-remember', ada);
  expect(await page.textContent('#profile')).toContain(ada.email);
  expect(await page.isHidden('#factors')).toBe(true);
  await page.unroute('**/assets/{factors,security}.*');
  await page.route('**/assets/factors.*', (route) => route.abort());
  await page.reload();
  await shown(page, 'factors');
  await page.click('#add-factor');
  await expect.poll(() => page.textContent('#page-notice')).toContain('We cannot be reached');
  expect(await page.isHidden('#enrolment')).toBe(true);
  await signOut(page, 'email-remember');
  const error = { code: 'SECOND_FACTOR_REQUIRED', message: '', challenge: 'a', methods: ['totp'] };
  await stubOperation(page, 'login', { json: { error } });
  await submitLogin(page, ada);
  expect(await notice(page)).toContain('We cannot be reached');
  expect(errors.splice(0).every((text) => text.includes('ERR_FAILED'))).toBe(true);
});

test('offers no set-up where the deployment has none', async ({ openBrowser, users: { ben } }) => {
  const { page } = await openBrowser();
  await page.route('**/email-remember/', async (route) => {
    const response = await route.fetch();
    const html = await response.text();
    const body = html.replace('offersSecondFactor&quot;:true', 'offersSecondFactor&quot;:false');
    await route.fulfill({ response, body });
  });
  await signIn(page, 'email-remember', ben);
  expect(await page.isHidden('#factors')).toBe(true);
});
