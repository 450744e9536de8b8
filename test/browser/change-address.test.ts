/** The change of the address on the signed-in page, at three kinds of contracts. */
import { expect } from 'vitest';
import { axeViolations, test } from './browser.ts';
import { overflows } from './factor-objects.ts';
import {
  accountShown,
  fieldError,
  fill,
  formNotice,
  newestCode,
  openSection,
  pageNotice,
  sendForm,
  signIn,
  signOut,
  submitLogin,
  wrongCode,
} from './page-objects.ts';

const refusals = [400, 401, 403, 422];
const cases = [
  { name: 'username-coded', user: 'ada', refusals },
  { name: 'email-envelope', user: 'ben', refusals },
  { name: 'email-cookie', user: 'cleo', refusals },
] as const;

test.for(cases)(
  '$name changes the address with a proof and the code, and signs in with it',
  async ({ name, user, refusals }, { openBrowser, users }) => {
    const account = users[user];
    const { page, openTab, expectStatus } = await openBrowser({ width: 320 });
    expectStatus(...refusals);
    await signIn(page, name, account);
    const email = `account-${name}@moved.example`;
    await openSection(page, 'Change e-mail address');
    await fill(page, { 'new-email': 'no address' });
    await sendForm(page, 'email-form');
    expect(await fieldError(page, 'new-email')).toContain('e-mail address');
    const current = (await page.locator('#profile dd').last().textContent()) ?? '';
    await fill(page, { 'new-email': ` ${current.toUpperCase()} ` });
    await sendForm(page, 'email-form');
    expect(await fieldError(page, 'new-email')).toBe('This is your address already.');
    await fill(page, { 'new-email': email });
    await sendForm(page, 'email-form');
    expect(await formNotice(page, 'email-code-form')).toContain('a code is on its way');
    expect(await overflows(page)).toBe(false);
    expect(await axeViolations(page)).toEqual([]);
    const code = await newestCode(await openTab(), email);
    // Phones drop a page whose user looks into the mailbox.
    await page.reload();
    await accountShown(page);
    await openSection(page, 'Change e-mail address');
    await fill(page, { 'email-code': wrongCode(code) });
    await sendForm(page, 'email-code-form');
    expect(await fieldError(page, 'email-code')).toContain('not right, or no longer good');
    await fill(page, { 'email-code': `${code.slice(0, 3)} ${code.slice(3)}` });
    await sendForm(page, 'email-code-form');
    expect(await pageNotice(page)).toBe('Your e-mail address is changed.');
    expect(await page.textContent('#profile')).toContain(email);
    expect(await page.inputValue('#email-code')).toBe('');
    await signOut(page, name);
    await submitLogin(page, { ...account, email });
    await accountShown(page);
  },
);
