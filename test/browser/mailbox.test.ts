/** From nothing to signed in and back, with the real operations and the mail that they write. */
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { faultsOf, origin, test } from './browser.ts';
import { contractCase, contractCases, fillIn } from './users.ts';

const SECRET = 'seven purple hats in a row';
const NEXT = 'nine quiet boats at sea';

/** What /dev/mail shows of the newest mail to someone. */
async function newestMail(page: Page, to: string) {
  const mail = page.locator('article', { hasText: to }).first();
  await expect
    .poll(async () => {
      await page.goto('/dev/mail');
      return mail.count();
    })
    .toBeGreaterThan(0);
  return mail;
}

async function register(page: Page, name: string, username: string): Promise<void> {
  await page.goto(`/${name}/login`);
  await page.click('a[href$="/register"]');
  if (contractCase(name).contract.identifier === 'username') await page.fill('#username', username);
  else await page.fill('#name', 'Ada Example');
  await page.fill('#email', `${username}@example.org`);
  await page.fill('#password', SECRET);
  await page.click('button[type=submit]');
  await page.waitForURL(`**/${name}/verify`);
}

async function signIn(page: Page, name: string, [who, secret]: [string, string]): Promise<void> {
  await page.goto(`/${name}/login`);
  await fillIn(page, contractCase(name), [who, secret]);
  await page.click('button[type=submit]');
}

describe.each(contractCases)('$name', ({ name, of }) => {
  test('registers, confirms the address, forgets the password, and signs in again', async ({
    visit,
  }) => {
    const { page, tab, expectStatus } = await visit();
    const username = `ada-${name}`;
    const email = `${username}@example.org`;
    const who = of({ username, email });
    await register(page, name, username);
    const mailbox = await tab();
    const code = (await (await newestMail(mailbox, email)).locator('.code').textContent()) ?? '';
    await page.waitForFunction(
      (who) => document.querySelector<HTMLInputElement>('#identifier')?.value === who,
      who,
    );
    expectStatus(400, 422);
    await page.fill('#password', SECRET);
    await page.fill('#code', code === '000000' ? '111111' : '000000');
    await page.click('button[type=submit]');
    await page.waitForSelector('#code[aria-invalid=true]');
    await page.fill('#code', code);
    await page.click('button[type=submit]');
    await page.waitForSelector('#private:not([hidden])');
    expect(await page.textContent('#profile')).toContain(who);
    await page.click('#sign-out');
    await page.waitForURL('**/login');

    await page.click('a[href$="/forgot"]');
    await page.fill('#identifier', who);
    await page.click('button[type=submit]');
    await page.waitForSelector('#notice:not([hidden])');
    const link = mailbox
      .locator('article', { hasText: email })
      .first()
      .locator('a[href*="#token="]');
    await expect
      .poll(async () => {
        await mailbox.reload();
        return link.count();
      })
      .toBeGreaterThan(0);
    const address = (await link.getAttribute('href')) ?? '';
    await link.click();
    await mailbox.waitForURL(`**/${name}/reset`);
    // One of the most common there are: the rules refuse it, and the link stays good.
    await mailbox.fill('#password', 'password123');
    await mailbox.click('button[type=submit]');
    await mailbox.waitForSelector('#password[aria-invalid=true]');
    await mailbox.fill('#password', NEXT);
    await mailbox.click('button[type=submit]');
    await mailbox.waitForSelector('#notice:not([hidden])');
    expect(await mailbox.textContent('#notice')).toContain('new password is set');

    await mailbox.goto('/docs');
    await mailbox.goto(address);
    await mailbox.fill('#password', SECRET);
    await mailbox.click('button[type=submit]');
    await mailbox.waitForSelector('#notice:not([hidden])');
    expect(await mailbox.textContent('#notice')).toContain('no longer good');

    await signIn(page, name, [who, NEXT]);
    await page.waitForSelector('#private:not([hidden])');
  });
});

test('confirms the address while strangers have locked the name and used up its tries', async ({
  visit,
}) => {
  const { page, tab } = await visit();
  const email = 'besieged@example.org';
  await register(page, 'email-cookie', 'besieged');
  const mailbox = await tab();
  const code = (await (await newestMail(mailbox, email)).locator('.code').textContent()) ?? '';
  const guess = { email, password: SECRET, code: code === '000000' ? '111111' : '000000' };
  const statuses = [];
  for (let n = 0; n < 6; n += 1) {
    const { status } = await fetch(`${origin}/email-cookie/api/v1/auth/verify-email`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'CF-Connecting-IP': '198.19.0.1' },
      body: JSON.stringify(guess),
    });
    statuses.push(status);
  }
  expect(statuses).toEqual([400, 400, 400, 400, 400, 429]);
  await page.fill('#password', SECRET);
  await page.fill('#code', code);
  await page.click('button[type=submit]');
  await page.waitForSelector('#private:not([hidden])');
  expect(await page.textContent('#profile')).toContain(email);
});

test('changes the password of who is signed in, and keeps this session', async ({ visit }) => {
  const { page, tab, expectStatus } = await visit();
  expectStatus(401, 422);
  const email = 'changer@example.org';
  await register(page, 'email-remember', 'changer');
  const mailbox = await tab();
  const code = (await (await newestMail(mailbox, email)).locator('.code').textContent()) ?? '';
  await page.fill('#password', SECRET);
  await page.fill('#code', code);
  await page.click('button[type=submit]');
  await page.waitForSelector('#private:not([hidden])');
  await page.click('summary');
  const change = async (current: string, next: string) => {
    await page.fill('#currentPassword', current);
    await page.fill('#newPassword', next);
    await page.click('#form button[type=submit]');
    await page.waitForSelector('#form[aria-busy=false]');
  };
  await change('not the one', NEXT);
  expect(await page.textContent('#currentPassword-error')).toContain('not right');
  await change(SECRET, 'password123');
  expect(await page.textContent('#newPassword-error')).toContain('too easy to guess');
  await change(SECRET, NEXT);
  expect(await page.textContent('#notice')).toContain('is changed');
  await page.reload();
  await page.waitForSelector('#private:not([hidden])');
  await page.click('#sign-out');
  await page.waitForURL('**/login');
  await signIn(page, 'email-remember', [email, SECRET]);
  await page.waitForSelector('#notice:not([hidden])');
  await signIn(page, 'email-remember', [email, NEXT]);
  await page.waitForSelector('#private:not([hidden])');
});

test('says that a username is taken, and what usernames may be', async ({
  visit,
  people: { ada },
}) => {
  const { page, expectStatus } = await visit();
  expectStatus(400, 409);
  for (const [name, username, said] of [
    ['username-pair', ada.username, 'taken'],
    ['username-coded', ada.username.toUpperCase(), 'taken'],
    ['username-pair', 'a b', '3 to 32'],
    ['username-coded', 'a b', '3 to 32'],
  ] as const) {
    await page.goto(`/${name}/register`);
    await page.fill('#username', username);
    await page.fill('#email', 'somebody@example.org');
    await page.fill('#password', SECRET);
    await page.click('button[type=submit]');
    await page.waitForSelector('#username[aria-invalid=true]');
    expect(await page.textContent('#username-error')).toContain(said);
  }
});

test('the mail view is as readable as the rest', async ({ visit }) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await visit({ colorScheme, width: 320 });
    await page.goto('/dev/mail');
    expect(await faultsOf(page)).toEqual([]);
  }
});
