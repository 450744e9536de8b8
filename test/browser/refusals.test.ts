/** What the pages say of refusals: what a contract's document wants, and which field is wrong. */
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { test } from './browser.ts';
import { contractCase, contractCases, fillIn } from './users.ts';

const envelope = (code: string) => ({
  success: false,
  message: 'raw words of the server',
  code,
  errors: {},
  trace_id: '00000000-0000-4000-8000-000000000000',
});

/** The document's table of errors, as it wants a frontend to handle them. */
const table = [
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
    'nach zu vielen Fehlversuchen gesperrt. Setze das Passwort zurück, oder wende dich an den Support.',
  ],
  [
    'INTERNAL_ERROR',
    { status: 500, headers: { 'Retry-After': '5' } },
    'Please try again, or ask support for help.',
    'Bitte versuche es noch einmal oder wende dich an den Support.',
  ],
] as const;

async function notice(page: Page): Promise<string> {
  await page.waitForSelector('#notice:not([hidden])');
  return (await page.textContent('#notice')) ?? '';
}

describe('email-envelope, whose document says what its page does', () => {
  const fields = contractCase('email-envelope');

  test.for(table)('says of %s %o', async ([code, answer, english, german], { visit, people }) => {
    for (const [locale, said] of [
      ['en-GB', english],
      ['de-DE', german],
    ] as const) {
      const { page, expectStatus } = await visit({ locale });
      expectStatus(answer.status);
      await page.route('**/auth/login', (route) =>
        route.fulfill({ ...answer, json: envelope(code) }),
      );
      await page.goto('/email-envelope/login');
      await fillIn(page, fields, [people.nobody.email, 'some password']);
      await page.click('button[type=submit]');
      expect(await notice(page)).toContain(said);
    }
  });

  test('asks for the code that an unverified address needs, and signs in with it', async ({
    visit,
    people: { unverified },
  }) => {
    const { page, tab, expectStatus } = await visit();
    expectStatus(403);
    const sent: unknown[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/verify-email/send')) sent.push(request.postDataJSON());
    });
    await page.goto('/email-envelope/login');
    await fillIn(page, fields, [unverified.email, unverified.password]);
    await page.click('button[type=submit]');
    await page.waitForURL('**/email-envelope/verify');
    expect(await notice(page)).toContain('We have asked for a code to be sent');
    expect(await page.inputValue('#identifier')).toBe(unverified.email);
    const mailbox = await tab();
    const code = mailbox.locator('article', { hasText: unverified.email }).locator('.code');
    await expect
      .poll(async () => {
        await mailbox.goto('/dev/mail');
        return code.count();
      })
      .toBe(1);
    // Asked for by the sign-in alone: not by whoever loads the page.
    await page.reload();
    await page.waitForSelector('button[type=submit]:not([disabled])');
    expect(sent).toEqual([{ email: unverified.email }]);
    await page.fill('#identifier', unverified.email);
    await page.fill('#password', unverified.password);
    await page.fill('#code', (await code.textContent()) ?? '');
    await page.click('button[type=submit]');
    await page.waitForSelector('#private:not([hidden])');
  });

  test('says that no code was sent where the limit says so, and offers to ask again', async ({
    visit,
    people: { nobody },
  }) => {
    const { page, expectStatus } = await visit();
    expectStatus(403, 429);
    await page.route('**/auth/login', (route) =>
      route.fulfill({ status: 403, json: envelope('EMAIL_NOT_VERIFIED') }),
    );
    await page.route('**/verify-email/send', (route) =>
      route.fulfill({
        status: 429,
        headers: { 'Retry-After': '50', RateLimit: '"address";r=0;t=50' },
        json: envelope('RATE_LIMITED'),
      }),
    );
    await page.goto('/email-envelope/login');
    await fillIn(page, fields, [nobody.email, 'some password']);
    await page.click('button[type=submit]');
    await page.waitForURL('**/email-envelope/verify');
    expect(await notice(page)).toBe(
      'No code was sent. Too many attempts from your network. You can try again in less than a minute.',
    );
    await page.unroute('**/verify-email/send');
    await page.click('#again');
    await expect.poll(() => notice(page)).toContain('a new one is on its way');
  });
});

test('a lock that only a reset opens has no countdown', async ({ visit, people: { nobody } }) => {
  const { page, expectStatus } = await visit();
  expectStatus(423);
  await page.route('**/auth/login', (route) =>
    route.fulfill({
      status: 423,
      headers: { 'Retry-After': '900' },
      json: {
        error: {
          code: 'ACCOUNT_LOCKED',
          message:
            'Account locked due to too many failed attempts. Reset your password to unlock it.',
        },
      },
    }),
  );
  await page.goto('/email-remember/login');
  await fillIn(page, contractCase('email-remember'), [nobody.email, 'some password']);
  await page.click('button[type=submit]');
  expect(await notice(page)).toBe(
    'This account is locked after too many failed attempts. Reset the password to open it, or ask support for help.',
  );
  expect(await page.isHidden('#timer')).toBe(true);
});

describe.each(contractCases)('$name', ({ name, contract, ...fields }) => {
  /** What is said at a field; null where nothing is wrong with it. */
  async function faultAt(page: Page, id: string): Promise<string | null> {
    if ((await page.getAttribute(`#${id}`, 'aria-invalid')) !== 'true') return null;
    const described = (await page.getAttribute(`#${id}`, 'aria-describedby')) ?? '';
    expect(described.split(' ')).toContain(`${id}-error`);
    return page.textContent(`#${id}-error`);
  }

  test('says at each field that a refusal names what is wrong with it', async ({ visit }) => {
    const { page, expectStatus } = await visit();
    expectStatus(400, 422);
    const isNamed = contract.identifier === 'username';
    // The page takes it for an address, the API does not.
    const address = 'a..b@example.com';
    const notAnAddress = 'This does not look like an e-mail address.';
    const submit = async (path: string) => {
      const answered = page.waitForResponse(`**/auth/${path}`);
      await page.click('button[type=submit]');
      await answered;
      await page.waitForSelector('form:not([aria-busy=true])');
      expect(await page.isHidden('#notice')).toBe(true);
    };

    await page.goto(`/${name}/register`);
    if (isNamed) await page.fill('#username', 'a b');
    await page.fill('#email', address);
    await page.fill('#password', 'a good long one');
    await submit('register');
    if (isNamed) {
      expect(await faultAt(page, 'username')).toContain('3 to 32 letters');
      // This contract's refusals name one fault alone.
      expect(await faultAt(page, 'email')).toBe(name === 'username-pair' ? null : notAnAddress);
    } else expect(await faultAt(page, 'email')).toBe(notAnAddress);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe(
      isNamed ? 'username' : 'email',
    );
    expect(await faultAt(page, 'password')).toBe(null);

    await page.goto(`/${name}/forgot`);
    await page.fill('#identifier', address);
    await submit('forgot-password');
    expect(await faultAt(page, 'identifier')).toBe(notAnAddress);
    if (isNamed) return;

    await page.goto(`/${name}/verify`);
    await page.fill('#identifier', address);
    await page.fill('#password', 'a good long one');
    await page.fill('#code', '123456');
    await submit('verify-email');
    expect(await faultAt(page, 'identifier')).toBe(notAnAddress);
    expect(await faultAt(page, 'code')).toBe(null);

    await page.goto(`/${name}/login`);
    await fillIn(page, fields, [address, 'short']);
    await submit('login');
    expect(await faultAt(page, 'email')).toBe(notAnAddress);
    expect(await faultAt(page, 'password')).toBe(
      name === 'email-envelope' ? 'Please check what you entered.' : null,
    );
  });
});
