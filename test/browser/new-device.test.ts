/** The e-mail about a sign-in on a new device: one click ends that session and leads to a new password. */
import { describe, expect } from 'vitest';
import { axeViolations, test } from './browser.ts';
import { overflows } from './factor-objects.ts';
import {
  accountShown,
  fill,
  inNewestMail,
  loginShown,
  notice,
  signIn,
  submit,
  submitLogin,
} from './page-objects.ts';

const cases = [
  { name: 'username-coded', user: 'ada' },
  { name: 'email-envelope', user: 'ben' },
  { name: 'email-cookie', user: 'cleo' },
] as const;
const PASSWORD = 'nine quiet boats at sea';

describe.each(cases)('$name', ({ name, user }) => {
  test('ends the session of the e-mail after a click, and sets a new password', async ({
    openBrowser,
    users,
  }) => {
    const account = users[user];
    const own = await openBrowser({ width: 320 });
    await signIn(own.page, name, account);
    const thief = await openBrowser();
    await signIn(thief.page, name, account);

    const link = await inNewestMail(
      await own.openTab(),
      account.email,
      'a[href*="/revoke#token="]',
    );
    const url = (await link.getAttribute('href')) ?? '';
    const { page } = own;
    const sent: string[] = [];
    page.on('request', (request) => {
      if (request.method() !== 'GET') sent.push(new URL(request.url()).pathname);
      expect(request.url()).not.toContain('token=');
    });
    await page.goto(url);
    await page.waitForSelector('button[type=submit]:not([disabled])');
    expect(new URL(page.url()).hash).toBe('');
    expect([await overflows(page), await axeViolations(page)]).toEqual([false, []]);
    // Nothing happens before the click.
    expect(sent).toEqual([]);
    await thief.page.reload();
    await accountShown(thief.page);

    await page.reload();
    await page.waitForSelector('button[type=submit]:not([disabled])');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/${name}/reset`);
    await notice(page);
    await page.reload();
    expect(await notice(page)).toBe('That session has ended. Now choose a new password.');
    thief.expectStatus(401);
    await thief.page.reload();
    await loginShown(thief.page, name);
    await fill(page, { password: PASSWORD });
    await submit(page);
    await expect.poll(() => notice(page)).toContain('Your new password is set');
    await page.reload();
    expect(await notice(page)).toContain('no longer good');
    // The reset ended every session, this browser's as well.
    own.expectStatus(401);
    await page.goto(`/${name}/login?prompt=login`);
    await submitLogin(page, { ...account, password: PASSWORD });
    await accountShown(page);

    own.expectStatus(400, 422);
    await page.goto(url);
    await submit(page);
    expect(await notice(page)).toContain('no longer good');
    expect(await page.locator('button.main:visible').count()).toBe(0);
    await page.click('nav a >> nth=0');
    await accountShown(page);
  });
});

test('has no button without a token', async ({ openBrowser }) => {
  const { page } = await openBrowser();
  await page.goto('/email-remember/revoke');
  expect(await notice(page)).toContain('no longer good');
  expect(await page.locator('button.main:visible').count()).toBe(0);
});
