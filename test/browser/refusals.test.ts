/** Messages of the pages for refusals, and the fields that a refusal names. */
import { describe, expect } from 'vitest';
import { test } from './browser.ts';
import {
  accountShown,
  contractCases,
  fieldError,
  fill,
  focusedId,
  newestCode,
  notice,
  stubOperation,
  submit,
  submitLogin,
} from './page-objects.ts';

const envelope = (code: string) => ({
  success: false,
  message: 'text of the server',
  code,
  errors: {},
  trace_id: '00000000-0000-4000-8000-000000000000',
});

describe('email-envelope', () => {
  /** The document's table of errors, as it wants a frontend to handle them. */
  test.for([
    [
      'INVALID_CREDENTIALS',
      { status: 401, headers: {} },
      'Wrong e-mail or password.',
      'E-Mail oder Passwort ist falsch.',
    ],
    [
      'ACCOUNT_INACTIVE',
      { status: 403, headers: {} },
      'Please ask support for help.',
      'Bitte wende dich an den Support.',
    ],
    [
      'ACCOUNT_INACTIVE',
      { status: 403, headers: { 'Retry-After': '900' } },
      'locked after too many failed attempts. Reset the password, or ask support for help.',
      'nach zu vielen Fehlversuchen gesperrt. Setze das Passwort zurück oder wende dich an den Support.',
    ],
    [
      'INTERNAL_ERROR',
      { status: 500, headers: { 'Retry-After': '5' } },
      'Please try again, or ask support for help.',
      'Bitte versuche es noch einmal oder wende dich an den Support.',
    ],
  ] as const)(
    'shows the message for %s %o in English and German',
    async ([code, answer, english, german], { openBrowser, users: { unregistered } }) => {
      for (const [locale, message] of [
        ['en-GB', english],
        ['de-DE', german],
      ] as const) {
        const { page, expectStatus } = await openBrowser({ locale });
        expectStatus(answer.status);
        await stubOperation(page, 'login', { ...answer, json: envelope(code) });
        await page.goto('/email-envelope/login');
        await submitLogin(page, unregistered);
        expect(await notice(page)).toContain(message);
      }
    },
  );

  test('requests a code for an unverified address on sign-in, and signs in with it', async ({
    openBrowser,
    users: { unverified },
  }) => {
    const { page, openTab, expectStatus } = await openBrowser();
    expectStatus(403);
    const sent: unknown[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/verify-email/send')) sent.push(request.postDataJSON());
    });
    await page.goto('/email-envelope/login');
    await submitLogin(page, unverified);
    await page.waitForURL('**/email-envelope/verify');
    expect(await notice(page)).toContain('We have asked for a code to be sent');
    expect(await page.inputValue('#identifier')).toBe(unverified.email);
    const code = await newestCode(await openTab(), unverified.email);
    // Loading the page again requests no further code.
    await page.reload();
    await page.waitForSelector('button[type=submit]:not([disabled])');
    expect(sent).toEqual([{ email: unverified.email }]);
    await fill(page, { identifier: unverified.email, password: unverified.password, code });
    await submit(page);
    await accountShown(page);
  });

  test('says that no code was sent where a limit refused it, and offers to send one again', async ({
    openBrowser,
    users: { unregistered },
  }) => {
    const { page, expectStatus } = await openBrowser();
    expectStatus(403, 429);
    await stubOperation(page, 'login', { status: 403, json: envelope('EMAIL_NOT_VERIFIED') });
    await stubOperation(page, 'verify-email/send', {
      status: 429,
      headers: { 'Retry-After': '50', RateLimit: '"address";r=0;t=50' },
      json: envelope('RATE_LIMITED'),
    });
    await page.goto('/email-envelope/login');
    await submitLogin(page, unregistered);
    await page.waitForURL('**/email-envelope/verify');
    expect(await notice(page)).toBe(
      'No code was sent. Too many attempts from your network. You can try again in 1 minute.',
    );
    await page.unroute('**/auth/verify-email/send');
    await page.click('#again');
    await expect.poll(() => notice(page)).toContain('a new one is on its way');
  });
});

test('shows no countdown for a lock that only a password reset ends', async ({
  openBrowser,
  users: { unregistered },
}) => {
  const { page, expectStatus } = await openBrowser();
  expectStatus(423);
  await stubOperation(page, 'login', {
    status: 423,
    headers: { 'Retry-After': '900' },
    json: {
      error: {
        code: 'ACCOUNT_LOCKED',
        message:
          'Account locked due to too many failed attempts. Reset your password to unlock it.',
      },
    },
  });
  await page.goto('/email-remember/login');
  await submitLogin(page, unregistered);
  expect(await notice(page)).toBe(
    'This account is locked after too many failed attempts. Reset the password to open it, or ask support for help.',
  );
  expect(await page.isHidden('#timer')).toBe(true);
});

test.for(contractCases)(
  '$name shows an error at each field that a refusal names, and at no other',
  async ({ name, identifier }, { openBrowser }) => {
    const { page, expectStatus } = await openBrowser();
    expectStatus(400, 422);
    // The page takes it for an address, the API does not.
    const email = 'a..b@example.com';
    const password = 'a good long one';
    const notAnAddress = 'This does not look like an e-mail address.';
    const submitForm = async (path: string, values: Record<string, string>) => {
      await page.goto(`/${name}/${path}`);
      await fill(page, values);
      const response = page.waitForResponse('**/auth/*');
      await submit(page);
      await response;
      await page.waitForSelector('form:not([aria-busy=true])');
      expect(await page.isHidden('#notice')).toBe(true);
      return page
        .locator('[aria-invalid=true]')
        .evaluateAll((inputs) => inputs.map((input) => input.id));
    };

    const usesUsername = identifier === 'username';
    expect(
      await submitForm('register', { ...(usesUsername && { username: 'a b' }), email, password }),
      // The refusals of username-pair name one field only.
    ).toEqual(
      name === 'username-pair' ? ['username'] : usesUsername ? ['username', 'email'] : ['email'],
    );
    if (usesUsername) expect(await fieldError(page, 'username')).toContain('3 to 32 letters');
    if (name !== 'username-pair') expect(await fieldError(page, 'email')).toBe(notAnAddress);
    expect(await focusedId(page)).toBe(identifier);

    expect(await submitForm('forgot', { identifier: email })).toEqual(['identifier']);
    expect(await fieldError(page, 'identifier')).toBe(notAnAddress);
    if (usesUsername) return;

    const verify = { identifier: email, password, code: '123456' };
    expect(await submitForm('verify', verify)).toEqual(['identifier']);
    expect(await fieldError(page, 'identifier')).toBe(notAnAddress);

    // email-envelope also refuses the short password.
    const login = await submitForm('login', { email, password: 'short' });
    expect(login).toEqual(name === 'email-envelope' ? ['email', 'password'] : ['email']);
    expect(await fieldError(page, 'email')).toBe(notAnAddress);
    if (name !== 'email-envelope') return;
    expect(await fieldError(page, 'password')).toBe('Please check what you entered.');
  },
);
