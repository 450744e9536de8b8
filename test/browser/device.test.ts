/** A browser that somebody has signed in on stays open to them, whatever strangers do elsewhere. */
import { expect } from 'vitest';
import { origin, test } from './browser.ts';
import { contractCase, fillIn, signIn } from './users.ts';

const { contract, ...fields } = contractCase('email-cookie');

test('lets in who has signed in here before while strangers lock the account', async ({
  visit,
  people: { ada },
}) => {
  const { page, context } = await visit();
  await signIn(page, 'email-cookie', ada);
  const cookie = (await context.cookies()).find(({ name }) => name === '__Host-gh-device');
  expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Strict', path: '/' });
  await page.click('#sign-out');
  await page.waitForURL('**/email-cookie/login');

  const stranger = await visit();
  stranger.expectStatus(401, 429);
  const login = `${origin}/email-cookie${contract.base}/login`;
  for (let n = 0; n < 5; n += 1) {
    await stranger.context.request.post(login, {
      headers: { 'CF-Connecting-IP': `192.0.2.${n}` },
      data: { email: ada.email, password: `guess ${n}` },
    });
  }
  await stranger.page.goto('/email-cookie/login');
  await fillIn(stranger.page, fields, [ada.email, ada.password]);
  await stranger.page.click('button[type=submit]');
  await stranger.page.waitForSelector('#notice:not([hidden])');
  expect(await stranger.page.textContent('#notice')).toContain('This account is locked');

  await signIn(page, 'email-cookie', ada);
  expect(await page.textContent('#profile')).toContain(ada.email);
});
