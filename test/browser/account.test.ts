/** The pages beside the sign-in page, against answers as contracts give them. */
import type { Page, Route } from 'playwright-core';
import { describe, expect } from 'vitest';
import { test } from './browser.ts';

const granted = { user: {}, token: 'x', expiresAt: '2030-01-01T00:00:00Z' };
const refusal = (code: string, details?: object[]) => ({
  error: { code, message: '<img src=x> raw words of the server', details },
});

/** What an operation answers from now on, and what it was asked. */
async function answering(page: Page, operation: string, answer: Parameters<Route['fulfill']>[0]) {
  const asked: unknown[] = [];
  await page.route(`**/api/v1/auth/${operation}`, (route) => {
    asked.push(route.request().postDataJSON());
    return route.fulfill(answer);
  });
  return asked;
}

const focused = (page: Page) => page.evaluate(() => document.activeElement?.id);
const submit = (page: Page) => page.click('button[type=submit]');

describe('registering', () => {
  test('leads to the code, and from there signs in', async ({ visit }) => {
    const { page } = await visit();
    const registered = await answering(page, 'register', { status: 202, json: {} });
    const verified = await answering(page, 'verify-email', { status: 200, json: {} });
    const signedIn = await answering(page, 'login', { status: 200, json: granted });
    await page.goto('/email-remember/register');
    await page.fill('#name', 'Ada');
    await page.fill('#email', 'ada@example.com');
    await page.fill('#password', 'a good long one');
    await submit(page);
    await page.waitForURL('**/email-remember/verify');
    expect(registered).toEqual([
      { name: 'Ada', email: 'ada@example.com', password: 'a good long one' },
    ]);
    await page.waitForFunction(
      () => document.querySelector<HTMLInputElement>('#identifier')?.value === 'ada@example.com',
    );
    await page.fill('#password', 'a good long one');
    await page.fill('#code', '12345');
    await submit(page);
    expect(await page.textContent('#code-error')).toContain('six digits');
    await page.route('**/email-remember/', (route) => route.fulfill({ body: 'home' }));
    await page.fill('#code', '123456');
    await submit(page);
    await page.waitForURL('**/email-remember/');
    const credentials = { email: 'ada@example.com', password: 'a good long one' };
    expect(verified).toEqual([{ ...credentials, code: '123456' }]);
    expect(signedIn).toEqual([{ ...credentials, rememberMe: false }]);
  });

  test('asks username contracts for both names, and blames the taken one', async ({ visit }) => {
    const { page, expectStatus } = await visit();
    expectStatus(409);
    const asked: unknown[] = [];
    await page.route('**/api/auth/register', (route) => {
      asked.push(route.request().postDataJSON());
      return route.fulfill({ status: 409, json: { error: 'ConflictError', message: 'taken' } });
    });
    await page.goto('/username-pair/register');
    await page.fill('#username', 'ada');
    await page.fill('#email', 'ada@example.com');
    await page.fill('#password', 'a good long one');
    await submit(page);
    await page.waitForSelector('#username[aria-invalid=true]');
    expect(await page.textContent('#username-error')).toContain('taken');
    expect(await focused(page)).toBe('username');
    expect(asked).toEqual([
      { username: 'ada', email: 'ada@example.com', password: 'a good long one' },
    ]);
  });

  test('says so where the rules refuse the password', async ({ visit }) => {
    const { page, expectStatus } = await visit();
    expectStatus(422);
    const details = [{ field: 'password', message: 'Password is too common' }];
    await answering(page, 'register', { status: 422, json: refusal('VALIDATION_ERROR', details) });
    await page.goto('/email-remember/register');
    await page.fill('#email', 'ada@example.com');
    await page.fill('#password', 'short');
    await submit(page);
    expect(await page.textContent('#password-error')).toContain('at least 8');
    await page.fill('#password', 'password123');
    await submit(page);
    await page.waitForFunction(() => document.activeElement?.id === 'password');
    await page.waitForSelector('#password[aria-invalid=true]');
    expect(await page.textContent('#password-error')).toContain('too easy to guess');
  });
});

describe('the code page', () => {
  test('blames a code that is not right, and sends a new one', async ({ visit }) => {
    const { page, expectStatus } = await visit();
    expectStatus(400);
    await answering(page, 'verify-email', { status: 400, json: refusal('INVALID_CODE') });
    const sent = await answering(page, 'verify-email/send', { status: 202, json: {} });
    await page.goto('/email-remember/verify');
    await page.click('#again');
    expect(await focused(page)).toBe('identifier');
    await page.fill('#identifier', 'ada@example.com');
    await page.fill('#password', 'a good long one');
    await page.fill('#code', '000000');
    await submit(page);
    await page.waitForSelector('#code[aria-invalid=true]');
    expect(await page.textContent('#code-error')).toContain('not right, or no longer good');
    await page.click('#again');
    await page.waitForSelector('#notice:not([hidden])');
    expect(await page.textContent('#notice')).toContain('on its way');
    expect(sent).toEqual([{ email: 'ada@example.com' }]);
  });
});

describe('a forgotten password', () => {
  test('gets the same answer whoever asks', async ({ visit }) => {
    const { page } = await visit();
    const asked = await answering(page, 'forgot-password', { status: 202, json: {} });
    await page.goto('/email-remember/forgot');
    await page.fill('#identifier', 'ada@example.com');
    await submit(page);
    await page.waitForSelector('#notice:not([hidden])');
    expect(await page.textContent('#notice')).toContain('If there is such an account');
    expect(asked).toEqual([{ email: 'ada@example.com' }]);
  });

  test('takes a username or an address where there are both', async ({ visit }) => {
    const { page } = await visit();
    const asked: unknown[] = [];
    await page.route('**/api/auth/forgot-password', (route) => {
      asked.push(route.request().postDataJSON());
      return route.fulfill({ status: 202, json: {} });
    });
    for (const identifier of ['ada', 'ada@example.com']) {
      await page.goto('/username-coded/forgot');
      await page.fill('#identifier', identifier);
      await submit(page);
      await page.waitForSelector('#notice:not([hidden])');
    }
    expect(asked).toEqual([{ username: 'ada' }, { email: 'ada@example.com' }]);
  });

  test('is reset with the token behind the #, which leaves the address at once', async ({
    visit,
  }) => {
    const { page } = await visit();
    const asked = await answering(page, 'reset-password', { status: 200, json: {} });
    await page.goto('/email-remember/reset#token=the-token');
    await page.waitForSelector('button[type=submit]:not([disabled])');
    expect(new URL(page.url()).hash).toBe('');
    await page.fill('#password', 'a good long one');
    await submit(page);
    await page.waitForSelector('#notice:not([hidden])');
    expect(await page.textContent('#notice')).toContain('new password is set');
    expect(asked).toEqual([{ token: 'the-token', password: 'a good long one' }]);
  });

  test('says so where the link is no longer good, or never was one', async ({ visit }) => {
    const { page, expectStatus } = await visit();
    expectStatus(400);
    await page.goto('/email-remember/reset');
    await page.waitForSelector('#notice:not([hidden])');
    expect(await page.textContent('#notice')).toContain('no longer good');
    await answering(page, 'reset-password', { status: 400, json: refusal('INVALID_TOKEN') });
    await page.goto('/email-remember/forgot');
    await page.goto('/email-remember/reset#token=old');
    await page.fill('#password', 'a good long one');
    await submit(page);
    await page.waitForSelector('#notice:not([hidden])');
    expect(await page.textContent('#notice')).toContain('no longer good');
  });
});
