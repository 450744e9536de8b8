/** Passkeys on the pages: offered, added, used to sign in, renamed and removed. */
import { expect } from 'vitest';
import { axeViolations, test } from './browser.ts';
import { overflows, shown } from './factor-objects.ts';
import { accountShown, focusedId, signIn, signOut } from './page-objects.ts';
import { addAuthenticator, addPasskey, namePasskey, passkeyRows } from './passkey-objects.ts';

test.for([
  ['email-cookie', 'ada'],
  ['username-pair', 'ben'],
  ['email-envelope', 'cleo'],
  ['gotrue', 'dora'],
] as const)(
  'at %s a passkey is added, and signs in by the button and among the suggestions',
  async ([name, userName], { openBrowser, users }) => {
    const user = users[userName];
    const { page } = await openBrowser();
    const authenticator = await addAuthenticator(page);
    await signIn(page, name, user);
    await shown(page, 'passkey-offer');
    await page.click('#accept-passkey');
    await shown(page, 'passkey-naming');
    expect(await focusedId(page)).toBe('passkey-name');
    await namePasskey(page, 'Laptop');
    await expect.poll(() => page.textContent('#page-notice')).toBe('The passkey is added.');
    expect(await page.isHidden('#passkey-offer')).toBe(true);
    expect(await page.isHidden('#passkey-naming')).toBe(true);
    const [row = ''] = await passkeyRows(page).allInnerTexts();
    expect(row).toMatch(/^Laptop\nAdded .* · never used · can be on several devices\n/);

    await authenticator.setPresence(false);
    await signOut(page, name);
    await shown(page, 'passkey-sign-in');
    expect(
      await page.getAttribute(
        `input[name=${name === 'username-pair' ? 'username' : 'email'}]`,
        'autocomplete',
      ),
    ).toBe('username webauthn');
    await authenticator.setPresence(true);
    await page.click('#passkey-sign-in');
    await accountShown(page);
    await expect.poll(() => passkeyRows(page).innerText()).toContain('Last used');

    await authenticator.setPresence(false);
    await signOut(page, name);
    await authenticator.setPresence(true);
    await page.reload();
    await accountShown(page);
  },
);
