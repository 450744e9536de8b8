/** Browsers with locales and time zones that Intl refuses, and with storage that is blocked. */
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { test } from './browser.ts';
import { contractCase, contractCases, fillIn, signIn } from './users.ts';

const lastUsedAt = '2026-03-02T09:30:00Z';
const listed = {
  id: 'a',
  startedAt: lastUsedAt,
  lastUsedAt,
  contract: 'email-remember',
  address: '203.0.113.7',
  device: 'Firefox on Windows',
  current: true,
};

/** What the signed-in page shows of a session that was last used at a known time. */
async function shownSession(page: Page): Promise<string> {
  await page.waitForSelector('#private:not([hidden])');
  // Between time and AM, Intl has a narrow space.
  return (await page.locator('#sessions .hint').innerText()).replaceAll('\u202f', ' ');
}

const withListedSession = (page: Page) =>
  page.route('**/auth/sessions', (route) => route.fulfill({ json: { sessions: [listed] } }));

describe('the signed-in page shows times', () => {
  test.for([
    [['en-US@posix'], '203.0.113.7 · Last used Mar 2, 2026, 9:30 AM'],
    [['en-US@posix', 'C', '', 'en-GB'], '203.0.113.7 · Last used 2 Mar 2026, 09:30'],
    [['de-DE@euro'], '203.0.113.7 · Last used Mar 2, 2026, 9:30 AM'],
    [undefined, `203.0.113.7 · Last used ${lastUsedAt}`],
  ] as const)('where navigator.languages is %j', async ([languages, shown], { visit, people }) => {
    const { page, context } = await visit();
    await context.addInitScript((tags) => {
      Object.defineProperty(navigator, 'languages', { get: () => tags });
    }, languages);
    await withListedSession(page);
    await signIn(page, 'email-remember', people.ada);
    expect(await shownSession(page)).toBe(shown);
  });

  test('as they were sent where Intl refuses the time zone', async ({ visit, people: { ada } }) => {
    const { page, context } = await visit();
    await context.addInitScript(() => {
      Intl.DateTimeFormat = function refuse() {
        throw new RangeError('Invalid time zone specified: Etc/Unknown');
      } as unknown as typeof Intl.DateTimeFormat;
    });
    await withListedSession(page);
    await signIn(page, 'email-remember', ada);
    expect(await shownSession(page)).toBe(`203.0.113.7 · Last used ${lastUsedAt}`);
  });
});

/** As a browser does that blocks the data of a site. */
function blockStorage(): void {
  function refuse(): never {
    throw new DOMException('The operation is insecure.', 'SecurityError');
  }
  for (const name of ['localStorage', 'sessionStorage']) {
    Object.defineProperty(globalThis, name, { get: refuse });
  }
  globalThis.BroadcastChannel = refuse as unknown as typeof BroadcastChannel;
}

describe.each(contractCases)('with blocked storage, $name', ({ name, of, inCookie, ...fields }) => {
  test('has pages that work, and signs in only where it can keep it', async ({
    visit,
    people: { ada },
  }) => {
    const { page, context, expectStatus } = await visit();
    await context.addInitScript(blockStorage);
    for (const path of ['register', 'verify', 'forgot', 'reset']) {
      await page.goto(`/${name}/${path}`);
      await page.waitForSelector('button[type=submit]:not([disabled])');
    }
    if (inCookie) expectStatus(401);
    await page.goto(`/${name}/`);
    await page.waitForURL(`**/${name}/login`);
    let asked = 0;
    page.on('request', (request) => (asked += request.url().endsWith('/auth/login') ? 1 : 0));
    await fillIn(page, fields, [of(ada), ada.password]);
    await page.click('button[type=submit]');
    if (inCookie) {
      await page.waitForSelector('#private:not([hidden])');
      await page.click('#sign-out');
      await page.waitForURL(`**/${name}/login`);
      return;
    }
    await page.waitForSelector('#notice:not([hidden])');
    expect(await page.textContent('#notice')).toContain('Your browser keeps no data for this site');
    // No session is opened that nobody could use.
    expect(asked).toBe(0);
  });
});

test('says so where storage is full, or cookies are off', async ({ visit, people: { ada } }) => {
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
    const { page, context } = await visit();
    await context.addInitScript(block);
    await page.goto(`/${name}/login`);
    await fillIn(page, contractCase(name), [ada.email, ada.password]);
    await page.click('button[type=submit]');
    await page.waitForSelector('#notice:not([hidden])');
    expect(await page.textContent('#notice')).toContain('Your browser keeps no data for this site');
  }
});

test('treats what it cannot read in its storage as nothing', async ({ visit }) => {
  const { page, context } = await visit();
  await context.addInitScript(() =>
    sessionStorage.setItem('gatehouse:tokens:email-remember', '{"access":'),
  );
  await page.goto('/email-remember/');
  await page.waitForURL('**/email-remember/login');
});

test('the API reference loads all the same', async ({ visit }) => {
  const { page, context } = await visit();
  await context.addInitScript(blockStorage);
  await context.addInitScript(() => {
    Object.defineProperty(navigator, 'languages', { get: () => ['en-US@posix'] });
  });
  await page.goto('/docs');
  await page.locator('#operations-auth-login').waitFor();
});
