import { expect } from 'vitest';
import { test } from './browser.ts';
import { contractCase, fillIn } from './users.ts';

const cookie = contractCase('email-cookie');

test('signs in to the cookie contract with scripts off', async ({ visit, people: { ada } }) => {
  const { page, context } = await visit({ javaScriptEnabled: false });
  await page.goto('/email-cookie/login');
  await fillIn(page, cookie, [ada.email, ada.password]);
  await page.click('button[type=submit]');
  await page.waitForURL('**/email-cookie/');
  expect(await page.textContent('noscript')).toContain('You are signed in');
  const [kept] = await context.cookies(`${page.url()}api/v1/auth/refresh`);
  expect(kept).toMatchObject({
    name: 'refreshToken',
    path: '/email-cookie/api/v1/auth',
    httpOnly: true,
    secure: true,
    sameSite: 'Strict',
  });
});

test('says what went wrong with scripts off, and keeps who it was', async ({
  visit,
  people: { nobody },
}) => {
  const { page, expectStatus } = await visit({ javaScriptEnabled: false });
  expectStatus(401);
  await page.goto('/email-cookie/login');
  await fillIn(page, cookie, ['"<b>nobody</b>"@example.com', 'wrong']);
  await fillIn(page, cookie, [nobody.email, 'wrong']);
  await page.click('button[type=submit]');
  expect(await page.textContent('#notice')).toBe('Wrong e-mail or password.');
  expect(await page.inputValue('#email')).toBe(nobody.email);
});

test('says that it needs scripts where there is no cookie', async ({ visit }) => {
  for (const path of ['/email-remember/login', '/email-remember/', '/username-pair/register']) {
    const { page } = await visit({ javaScriptEnabled: false });
    await page.goto(path);
    expect(await page.textContent('noscript')).toContain('needs JavaScript');
  }
});
