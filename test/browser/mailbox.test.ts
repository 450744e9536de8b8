/** Accounts from registration to changed password, with the real operations and their e-mails. */
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { axeViolations, origin, test } from './browser.ts';
import {
  accountShown,
  allCases,
  fieldError,
  fill,
  focusedId,
  inNewestMail,
  newestCode,
  notice,
  signOut,
  submit,
  submitLogin,
  wrongCode,
} from './page-objects.ts';

const FIRST = 'seven purple hats in a row';
const SECOND = 'nine quiet boats at sea';
const THIRD = 'eleven soft drums far away';
/** One of the most common ones, which the rules refuse. */
const COMMON = 'password123';

async function register(page: Page, name: string, username: string): Promise<void> {
  await page.goto(`/${name}/login`);
  await page.click('a[href$="/register"]');
  await page.waitForURL(`**/${name}/register`);
  const usesUsername = (await page.locator('#username').count()) > 0;
  await fill(page, {
    ...(usesUsername ? { username } : { name: 'Ada Example' }),
    email: `${username}@example.org`,
    password: FIRST,
  });
  await submit(page);
  await page.waitForURL(`**/${name}/verify`);
}

describe.each(allCases)('$name', ({ name, identifier, refusals }) => {
  test('registers, verifies the address, resets and changes the password', async ({
    openBrowser,
  }) => {
    const { page, openTab, expectStatus } = await openBrowser();
    expectStatus(...refusals);
    const username = `ada-${name}`;
    const email = `${username}@example.org`;
    const user = { username, email };
    await register(page, name, username);
    const mailbox = await openTab();
    const code = await newestCode(mailbox, email);
    await expect.poll(() => page.inputValue('#identifier')).toBe(user[identifier]);
    await fill(page, { password: FIRST, code: wrongCode(code) });
    await submit(page);
    expect(await fieldError(page, 'code')).toContain('not right, or no longer good');
    await fill(page, { code });
    await submit(page);
    await accountShown(page);
    expect(await page.textContent('#profile')).toContain(user[identifier]);
    await signOut(page, name);

    await page.click('a[href$="/forgot"]');
    await fill(page, { identifier: user[identifier] });
    await submit(page);
    expect(await notice(page)).toContain('If there is such an account');
    const link = await inNewestMail(mailbox, email, 'a[href*="#token="]');
    const url = (await link.getAttribute('href')) ?? '';
    await link.click();
    // The script removes the token from the address bar.
    await mailbox.waitForURL(`**/${name}/reset`);
    // A refused password leaves the link valid.
    await fill(mailbox, { password: COMMON });
    await submit(mailbox);
    expect(await fieldError(mailbox, 'password')).toContain('Many people use');
    await fill(mailbox, { password: SECOND });
    await submit(mailbox);
    expect(await notice(mailbox)).toContain('new password is set');
    await mailbox.goto('/docs');
    await mailbox.goto(url);
    await fill(mailbox, { password: FIRST });
    await submit(mailbox);
    expect(await notice(mailbox)).toContain('no longer good');

    // Another address: email-remember admits ten attempts a minute.
    const changing = await openBrowser();
    changing.expectStatus(...refusals);
    await changing.page.goto(`/${name}/login`);
    await submitLogin(changing.page, { ...user, password: SECOND });
    await accountShown(changing.page);
    await changing.page.click('#change summary');
    const change = async (currentPassword: string, newPassword: string) => {
      await fill(changing.page, { currentPassword, newPassword });
      await changing.page.click('#change button[type=submit]');
      await changing.page.waitForSelector('#form[aria-busy=false]');
    };
    await change('not the current one', THIRD);
    expect(await fieldError(changing.page, 'currentPassword')).toContain('not right');
    await change(SECOND, COMMON);
    expect(await fieldError(changing.page, 'newPassword')).toContain('Many people use');
    await change(SECOND, THIRD);
    expect(await notice(changing.page)).toContain('is changed');
    expect(await changing.page.inputValue('#newPassword')).toBe('');
    await changing.page.reload();
    await accountShown(changing.page);
    await signOut(changing.page, name);
    await submitLogin(changing.page, { ...user, password: SECOND });
    expect(await notice(changing.page)).toBe(
      identifier === 'username' ? 'Wrong username or password.' : 'Wrong e-mail or password.',
    );
    await submitLogin(changing.page, { ...user, password: THIRD });
    await accountShown(changing.page);
  });
});

test('verifies an address while strangers have locked its name and used up its attempts', async ({
  openBrowser,
}) => {
  const { page, openTab } = await openBrowser();
  const email = 'attacked@example.org';
  await register(page, 'email-cookie', 'attacked');
  const code = await newestCode(await openTab(), email);
  const statuses = [];
  for (let n = 0; n < 6; n += 1) {
    const { status } = await fetch(`${origin}/email-cookie/api/v1/auth/verify-email`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'CF-Connecting-IP': '198.19.0.1' },
      body: JSON.stringify({ email, password: FIRST, code: wrongCode(code) }),
    });
    statuses.push(status);
  }
  expect(statuses).toEqual([400, 400, 400, 400, 400, 429]);
  await fill(page, { password: FIRST, code });
  await submit(page);
  await accountShown(page);
  expect(await page.textContent('#profile')).toContain(email);
});

test.for([
  ['username-pair', 'ada', 'taken'],
  ['username-coded', 'ADA', 'taken'],
  ['username-pair', 'a b', '3 to 32'],
  ['username-coded', 'a b', '3 to 32'],
] as const)(
  'refuses the registration at %s of %j as %s',
  async ([name, kind, message], { openBrowser, users: { ada } }) => {
    const { page, expectStatus } = await openBrowser();
    expectStatus(400, 409);
    const usernames = { ada: ada.username, ADA: ada.username.toUpperCase(), 'a b': 'a b' };
    await page.goto(`/${name}/register`);
    await fill(page, { username: usernames[kind], email: 'new@example.org', password: FIRST });
    await submit(page);
    expect(await fieldError(page, 'username')).toContain(message);
    expect(await focusedId(page)).toBe('username');
  },
);

test('has an accessible mail page', async ({ openBrowser }) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await openBrowser({ colorScheme, width: 320 });
    await page.goto('/dev/mail');
    expect(await axeViolations(page)).toEqual([]);
  }
});
