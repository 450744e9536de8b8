/** Passkeys on the pages: offered, added, and used to sign in. */
import { expect } from 'vitest';
import { axeViolations, test } from './browser.ts';
import { overflows, shown } from './factor-objects.ts';
import { accountShown, fieldError, focusedId, signIn } from './page-objects.ts';
import { addAuthenticator, namePasskey, passkeyRows } from './passkey-objects.ts';

test.for([
  ['email-cookie', 'ada'],
  ['username-pair', 'ben'],
  ['email-envelope', 'cleo'],
  ['gotrue', 'dora'],
] as const)(
  'at %s a passkey is added, and signs in by the button and among the suggestions',
  async ([name, userName], { openBrowser, users }) => {
    const { page } = await openBrowser();
    const authenticator = await addAuthenticator(page);
    await signIn(page, name, users[userName]);
    await shown(page, 'passkey-offer');
    await page.click('#accept-passkey');
    await shown(page, 'passkey-naming');
    expect(await focusedId(page)).toBe('passkey-name');
    await namePasskey(page, 'Laptop');
    await expect.poll(() => page.textContent('#page-notice')).toBe('The passkey is added.');
    expect(await page.isHidden('#passkey-offer')).toBe(true);
    expect(await page.isHidden('#passkey-naming')).toBe(true);
    expect(await passkeyRows(page).locator('strong').allTextContents()).toEqual(['Laptop']);
    const facts = passkeyRows(page).locator('.hint');
    expect(await facts.textContent()).toMatch(
      /^Added .* · never used · can be on several devices$/,
    );

    await authenticator.signOut(name);
    await shown(page, 'passkey-sign-in');
    const field = page.locator('#first input').first();
    expect(await field.getAttribute('autocomplete')).toBe('username webauthn');
    await page.click('#passkey-sign-in');
    await accountShown(page);
    expect(await facts.textContent()).toContain('Last used');

    await authenticator.signOut(name);
    await page.reload();
    await accountShown(page);
  },
);

test('by keyboard alone, in German at 320 pixels', async ({ openBrowser, users: { elsa } }) => {
  const { page, expectStatus } = await openBrowser({ locale: 'de-DE', width: 320 });
  expectStatus(400, 422);
  const authenticator = await addAuthenticator(page, { isSyncable: false });
  await signIn(page, 'email-remember', elsa);
  await shown(page, 'passkey-offer');
  expect(await page.textContent('#passkey-offer p')).toContain('Bildschirmsperre');
  expect(await overflows(page)).toBe(false);
  expect(await axeViolations(page)).toEqual([]);
  await page.focus('#add-passkey');
  await page.keyboard.press('Enter');
  expect(await page.textContent('#naming-title')).toBe('Passkey hinzufügen');
  expect(await overflows(page)).toBe(false);
  expect(await axeViolations(page)).toEqual([]);
  // Without a name.
  await page.keyboard.press('Enter');
  await expect.poll(() => page.textContent('#page-notice')).toBe('Der Passkey wurde hinzugefügt.');
  const row = passkeyRows(page);
  expect(await row.locator('strong').textContent()).toBe('Passkey');
  expect(await row.locator('.hint').textContent()).toMatch(
    /nie benutzt · bleibt auf seinem Gerät$/,
  );
  expect(await overflows(page)).toBe(false);
  expect(await axeViolations(page)).toEqual([]);

  await page.getByRole('button', { name: 'Passkey umbenennen: Passkey' }).focus();
  await page.keyboard.press('Enter');
  expect(await page.textContent('#naming-title')).toBe('Passkey umbenennen');
  await page.keyboard.press('Enter');
  expect(await fieldError(page, 'passkey-name')).toBe('Bitte fülle das aus.');
  await page.keyboard.type('n'.repeat(65));
  await page.keyboard.press('Enter');
  expect(await fieldError(page, 'passkey-name')).toBe('Ein Name hat höchstens 64 Zeichen.');
  await page.click('#cancel-passkey');
  expect(await focusedId(page)).toBe('passkeys-title');
  await page.getByRole('button', { name: 'Passkey umbenennen: Passkey' }).click();
  expect(await page.getAttribute('#passkey-name', 'aria-invalid')).toBe(null);
  await page.fill('#passkey-name', ' Küche <b> ');
  await page.keyboard.press('Enter');
  await expect.poll(() => row.locator('strong').textContent()).toBe('Küche <b>');
  expect(await page.textContent('#page-notice')).toBe('Der Passkey wurde umbenannt.');

  await authenticator.signOut('email-remember');
  expect(await overflows(page)).toBe(false);
  expect(await axeViolations(page)).toEqual([]);
  await page.focus('#passkey-sign-in');
  await page.keyboard.press('Enter');
  await accountShown(page);
  await page.getByRole('button', { name: 'Passkey entfernen: Küche <b>' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => row.count()).toBe(0);
  await expect
    .poll(() => page.textContent('#page-notice'))
    .toContain('Der Passkey wurde entfernt.');
});
