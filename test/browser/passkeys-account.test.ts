/** Passkeys beside the rest of an account: proofs of identity, second factors, and no password. */
import { expect } from 'vitest';
import { axeViolations, test } from './browser.ts';
import { codesOn, enrol, enterCode, nextCode, overflows, shown } from './factor-objects.ts';
import { accountShown, fill, focusedId, notice, signIn, submitLogin } from './page-objects.ts';
import { addAuthenticator, addPasskey, askForProof, passkeyRows } from './passkey-objects.ts';

const name = 'email-envelope';

test('the password is removed after a proof by passkey, and never the last way in', async ({
  openBrowser,
  users: { ada },
}) => {
  const { page, expectStatus } = await openBrowser({ width: 320 });
  expectStatus(401, 403, 409);
  const noticeText = () => page.textContent('#page-notice');
  const authenticator = await addAuthenticator(page);
  await signIn(page, name, ada);
  await shown(page, 'passkeys');
  expect(await page.isHidden('#passwordless')).toBe(true);
  expect(await page.isHidden('#new-codes')).toBe(true);
  await addPasskey(page, 'Laptop');
  await page.click('#remove-password');
  await expect.poll(noticeText).toContain('You could not sign in without it.');
  // Another device.
  await authenticator.clear();
  await addPasskey(page, 'Phone');

  // The password that is to be removed proves nothing here.
  await page.click('#remove-password');
  await page.waitForSelector('#proof[open]');
  expect(await focusedId(page)).toBe('proof-by-passkey');
  for (const id of ['#proof-password', '#proof-code', '#proof-form button[type=submit]']) {
    expect([id, await page.isHidden(id)]).toEqual([id, true]);
  }
  expect(await overflows(page)).toBe(false);
  expect(await axeViolations(page)).toEqual([]);
  await authenticator.setUserVerified(false);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#proof-form-notice:not([hidden])');
  expect(await page.textContent('#proof-form-notice')).toContain('cancelled');
  await authenticator.setUserVerified(true);
  await page.click('#proof-by-passkey');
  await expect.poll(noticeText).toContain('Your password is removed');
  expect(await page.locator('#proof[open]').count()).toBe(0);
  expect(await page.isHidden('#passwordless')).toBe(true);

  const remove = (passkey: string) =>
    page.getByRole('button', { name: `Remove the passkey: ${passkey}` }).click();
  await remove('Laptop');
  await expect.poll(noticeText).toContain('You could not sign in without it.');
  await page.click('#new-codes');
  await shown(page, 'recovery');
  const codes = await codesOn(page);
  expect(codes).toHaveLength(10);
  await page.click('#codes-kept');
  expect(await page.textContent('#factors-state')).toContain('On');
  expect(await page.textContent('#codes-left')).toBe('Recovery codes left: 10');
  await remove('Laptop');
  await expect.poll(noticeText).toContain('The passkey is removed.');
  expect(await page.isHidden('#passwordless')).toBe(true);
  await remove('Phone');
  await expect.poll(noticeText).toContain('You could not sign in without it.');
  expect(await passkeyRows(page).count()).toBe(1);

  await authenticator.signOut(name);
  await submitLogin(page, ada);
  expect(await notice(page)).toBe('Wrong e-mail or password.');
  await page.click('#passkey-sign-in');
  await accountShown(page);

  // A new password needs none before it.
  await page.click('#change summary');
  expect(await page.textContent('#currentPassword-hint')).toContain('Leave it empty');
  const password = 'seven green lamps by the river';
  await fill(page, { newPassword: password });
  await page.click('#change button[type=submit]');
  expect(await notice(page)).toBe('Your password is changed.');
  await authenticator.signOut(name);
  await submitLogin(page, { ...ada, password });
  // Without an app the step asks for a recovery code at once.
  await shown(page, 'code-step');
  expect(await page.textContent('label[for=factor-code]')).toBe('Recovery code');
  expect(await page.isHidden('#other-way')).toBe(true);
  await enterCode(page, codes[0] ?? '');
  await accountShown(page);
});

test('an account with an app and a passkey proves itself by either, and signs in by either', async ({
  openBrowser,
  users: { ben },
}) => {
  const { page, expectStatus } = await openBrowser();
  expectStatus(401, 403);
  const authenticator = await addAuthenticator(page);
  await signIn(page, name, ben);
  await addPasskey(page, 'Laptop');
  const { secret } = await (async () => {
    const other = await openBrowser();
    await signIn(other.page, name, ben);
    await shown(other.page, 'factors');
    return enrol(other.page);
  })();
  // This session has never proven the app: a change asks for it.
  await page.reload();
  await shown(page, 'passkeys');
  await page.click('#passkey-list button:last-child');
  await page.waitForSelector('#proof[open]');
  expect(await focusedId(page)).toBe('proof-code');
  expect(await page.isHidden('#proof-password')).toBe(true);
  expect(await page.isVisible('#proof-by-passkey')).toBe(true);
  expect(await axeViolations(page)).toEqual([]);
  await page.click('#cancel-proof');
  expect(await passkeyRows(page).count()).toBe(1);
  await page.click('#new-codes');
  await page.waitForSelector('#proof[open]');
  await page.click('#proof-by-passkey');
  await shown(page, 'recovery');
  await page.click('#codes-kept');

  await authenticator.signOut(name);
  await submitLogin(page, ben);
  await shown(page, 'code-step');
  expect(await axeViolations(page)).toEqual([]);
  await authenticator.setUserVerified(false);
  await page.click('#step-by-passkey');
  await page.waitForSelector('#code-form-notice:not([hidden])');
  expect(await page.textContent('#code-form-notice')).toContain('cancelled');
  await authenticator.setUserVerified(true);
  await page.click('#step-by-passkey');
  await accountShown(page);
  await page.click('#passkey-list button:last-child');
  await expect.poll(() => passkeyRows(page).count()).toBe(0);
  await authenticator.signOut(name);
  await submitLogin(page, ben);
  await shown(page, 'code-step');
  expect(await page.isHidden('#step-by-passkey')).toBe(true);
  await enterCode(page, nextCode(secret));
  await accountShown(page);
});

test('a proof is by password or passkey where there is no app', async ({
  openBrowser,
  users: { cleo },
}) => {
  const { page, expectStatus } = await openBrowser();
  expectStatus(403);
  await addAuthenticator(page);
  await signIn(page, 'email-remember', cleo);
  await addPasskey(page, 'Laptop');
  const options = '**/auth/passkeys/options';
  await askForProof(page, options, ['password', 'passkey']);
  await page.click('#add-passkey');
  await page.click('#passkey-form button[type=submit]');
  await page.waitForSelector('#proof[open]');
  expect(await focusedId(page)).toBe('proof-password');
  await page.click('#proof-by-passkey');
  // The refusal of what follows is shown in the form again.
  await page.waitForSelector('#passkey-form-notice:not([hidden])');
  expect(await page.textContent('#passkey-form-notice')).toContain('already');
  expect(await page.locator('#proof[open]').count()).toBe(0);

  const other = await openBrowser();
  other.expectStatus(403);
  await other.context.addInitScript(
    () => delete (globalThis as { PublicKeyCredential?: unknown }).PublicKeyCredential,
  );
  await signIn(other.page, 'email-remember', cleo);
  await shown(other.page, 'passkeys');
  await askForProof(other.page, '**/auth/remove-password', ['passkey']);
  await other.page.click('#remove-password');
  await other.page.waitForSelector('#proof-form-notice:not([hidden])');
  expect(await other.page.textContent('#proof-form-notice')).toContain('does not support passkeys');
  await other.page.click('#cancel-proof');
});
