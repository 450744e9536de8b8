/** Browsers with locales or time zones that Intl rejects, and with blocked or full storage. */
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import type { TestUser } from '../support/browser-files.ts';
import { test } from './browser.ts';
import {
  accountShown,
  contractCases,
  loginShown,
  notice,
  signIn,
  signOut,
  submitLogin,
} from './page-objects.ts';

const lastUsedAt = '2026-03-02T09:30:00Z';
const session = {
  id: 'a',
  startedAt: lastUsedAt,
  lastUsedAt,
  contract: 'email-remember',
  address: '203.0.113.7',
  device: 'Firefox on Windows',
  current: true,
};

/** Signs in where the session list has one known entry, and returns its line. */
async function listedSession(page: Page, user: TestUser): Promise<string> {
  await page.route('**/auth/sessions', (route) => route.fulfill({ json: { sessions: [session] } }));
  await signIn(page, 'email-remember', user);
  // Intl separates time and AM by a narrow space.
  return (await page.locator('#sessions .hint').innerText()).replaceAll('\u202f', ' ');
}

describe('times on the signed-in page are formatted', () => {
  test.for([
    [['en-US@posix'], '203.0.113.7 · Last used Mar 2, 2026, 9:30 AM'],
    [['en-US@posix', 'C', '', 'en-GB'], '203.0.113.7 · Last used 2 Mar 2026, 09:30'],
    [['de-DE@euro'], '203.0.113.7 · Last used Mar 2, 2026, 9:30 AM'],
    [undefined, `203.0.113.7 · Last used ${lastUsedAt}`],
  ] as const)(
    'where navigator.languages is %j',
    async ([languages, text], { openBrowser, users }) => {
      const { page, context } = await openBrowser();
      await context.addInitScript((tags) => {
        Object.defineProperty(navigator, 'languages', { get: () => tags });
      }, languages);
      expect(await listedSession(page, users.ada)).toBe(text);
    },
  );

  test('as they were sent where Intl rejects the time zone', async ({
    openBrowser,
    users: { ada },
  }) => {
    const { page, context } = await openBrowser();
    await context.addInitScript(() => {
      Intl.DateTimeFormat = function reject() {
        throw new RangeError('Invalid time zone specified: Etc/Unknown');
      } as unknown as typeof Intl.DateTimeFormat;
    });
    expect(await listedSession(page, ada)).toBe(`203.0.113.7 · Last used ${lastUsedAt}`);
  });
});

/** Makes storage throw, as in a browser that blocks site data. Runs in the page. */
function blockStorage(): void {
  function reject(): never {
    throw new DOMException('The operation is insecure.', 'SecurityError');
  }
  for (const name of ['localStorage', 'sessionStorage']) {
    Object.defineProperty(globalThis, name, { get: reject });
  }
  globalThis.BroadcastChannel = reject as unknown as typeof BroadcastChannel;
}

test.for(contractCases)(
  'with blocked storage, the pages of $name load, and sign in only with a cookie',
  async ({ name, inCookie }, { openBrowser, users: { ada } }) => {
    const { page, context, expectStatus } = await openBrowser();
    await context.addInitScript(blockStorage);
    for (const path of ['register', 'verify', 'forgot', 'reset#token=a']) {
      await page.goto(`/${name}/${path}`);
      await page.waitForSelector('button[type=submit]:not([disabled])');
    }
    if (inCookie) expectStatus(401);
    await page.goto(`/${name}/`);
    await loginShown(page, name);
    let requests = 0;
    page.on('request', (request) => (requests += request.url().endsWith('/auth/login') ? 1 : 0));
    await submitLogin(page, ada);
    if (inCookie) {
      await accountShown(page);
      await signOut(page, name);
      return;
    }
    expect(await notice(page)).toContain('Your browser keeps no data for this site');
    // No session is created that this browser could not use.
    expect(requests).toBe(0);
  },
);

test('reports full storage and disabled cookies', async ({ openBrowser, users: { ada } }) => {
  for (const [name, block] of [
    [
      'email-remember',
      () => {
        Storage.prototype.setItem = () => {
          throw new DOMException('Full.', 'QuotaExceededError');
        };
      },
    ],
    [
      'email-cookie',
      () => Object.defineProperty(Navigator.prototype, 'cookieEnabled', { get: () => false }),
    ],
  ] as const) {
    const { page, context } = await openBrowser();
    await context.addInitScript(block);
    await page.goto(`/${name}/login`);
    await submitLogin(page, ada);
    expect(await notice(page)).toContain('Your browser keeps no data for this site');
  }
});

test('treats corrupt storage as signed out', async ({ openBrowser }) => {
  const { page, context } = await openBrowser();
  await context.addInitScript(() =>
    sessionStorage.setItem('gatehouse:tokens:email-remember', '{"access":'),
  );
  await page.goto('/email-remember/');
  await loginShown(page, 'email-remember');
});

test('loads the API reference with blocked storage and an invalid locale', async ({
  openBrowser,
}) => {
  const { page, context } = await openBrowser();
  await context.addInitScript(blockStorage);
  await context.addInitScript(() => {
    Object.defineProperty(navigator, 'languages', { get: () => ['en-US@posix'] });
  });
  await page.goto('/docs');
  await page.locator('#operations-auth-login').waitFor();
});
