/** The code of docs/from-your-frontend.md, in a browser that opens it from another origin. */
import type { Route } from 'playwright-core';
import { describe, expect } from 'vitest';
import { origin, test } from './browser.ts';
import {
  callAtOnce,
  callOnce,
  credentialsOf,
  expireAccess,
  holdOnce,
  openFrontend,
  origins,
  waitingForLock,
  type FrontendContract,
} from './frontend-objects.ts';
import { newestCode, submitLogin } from './page-objects.ts';

const PROFILE = ['call', 'GET', '/profile'] as const;
const UNAUTHENTICATED = expect.objectContaining({
  error: expect.objectContaining({ code: 'UNAUTHENTICATED' }),
});
const refreshes = (asked: string[]) => asked.filter((path) => path.endsWith('/refresh')).length;

const contracts: FrontendContract[] = ['email-cookie', 'username-coded'];

describe.each(contracts)('the frontend of %s', (contract) => {
  test('signs in, stays signed in over a reload, and signs out', async ({
    openBrowser,
    users: { ada },
  }) => {
    const { page } = await openFrontend(openBrowser, contract);
    const status = page.getByRole('status');
    const isShown = async (text: string) => {
      await expect.poll(() => status.textContent()).toContain(text);
    };
    await isShown('Signed out');
    const submit = async (password: string) => {
      await page.fill('[name=name]', contract === 'email-cookie' ? ada.email : ada.username);
      await page.fill('[name=password]', password);
      await page.click('form button');
    };
    await submit('a wrong pass phrase');
    await isShown('Invalid');
    await submit(ada.password);
    await isShown(ada.email);
    await page.reload();
    await isShown(ada.email);
    await page.click('#out');
    await isShown('Signed out');
    await page.reload();
    await isShown('Signed out');
  });

  test('refreshes once for calls that meet an expired token at once, and in all tabs', async ({
    openBrowser,
    users: { ada },
  }) => {
    const { page, openTab, asked } = await openFrontend(openBrowser, contract);
    await callOnce(page, 'login', credentialsOf(contract, ada));
    await expireAccess(page);
    asked();
    const answers = await callAtOnce(page, PROFILE, PROFILE, PROFILE, PROFILE);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(refreshes(asked())).toBe(1);

    const other = await openTab();
    await expect.poll(() => other.getByRole('status').textContent()).toContain(ada.email);
    await expireAccess(page);
    if (contract === 'email-cookie') await expireAccess(other);
    asked();
    const both = await Promise.all([page, other].map((tab) => callAtOnce(tab, PROFILE, PROFILE)));
    expect(both.flat().map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    // A token in a tab's memory is that tab's alone.
    expect(refreshes(asked())).toBe(contract === 'email-cookie' ? 2 : 1);
    expect(await callOnce(other, ...PROFILE)).toMatchObject({ status: 200 });
  });

  test('is told 401 after a logout, in the other tab too, and refreshes once a call', async ({
    openBrowser,
    users: { ben },
  }) => {
    const { page, openTab, asked } = await openFrontend(openBrowser, contract);
    await callOnce(page, 'login', credentialsOf(contract, ben));
    const other = await openTab();
    await expect.poll(() => other.getByRole('status').textContent()).toContain(ben.email);
    await expireAccess(page);
    await callOnce(page, 'logout');
    asked();
    for (const tab of [page, other]) {
      const refused = { status: 401, body: UNAUTHENTICATED };
      expect(await callOnce(tab, ...PROFILE)).toEqual(refused);
      expect(await callOnce(tab, ...PROFILE)).toEqual(refused);
    }
    expect(refreshes(asked())).toBe(4);
  });

  test('sends a wrong password once, and nothing as another user', async ({
    openBrowser,
    users: { cleo, dora },
  }) => {
    const { page, openTab, asked } = await openFrontend(openBrowser, contract);
    await callOnce(page, 'login', credentialsOf(contract, cleo));
    asked();
    const body = { currentPassword: 'a wrong pass phrase', newPassword: 'another pass phrase' };
    const refused = await callOnce(page, 'call', 'POST', '/auth/change-password', body);
    expect(refused.status).toBe(401);
    expect(asked()).toHaveLength(1);

    const other = await openTab();
    await expireAccess(page);
    const profile = await holdOnce(page, '**/profile');
    const late = callOnce(page, ...PROFILE);
    await profile.arrived;
    await callOnce(other, 'login', credentialsOf(contract, dora));
    profile.release();
    expect(await late).toEqual({ status: 401, body: UNAUTHENTICATED });
    expect(JSON.stringify(await callOnce(page, ...PROFILE))).toContain(dora.email);
  });

  test('says when to try again, and repeats nothing', async ({ openBrowser, users: { elsa } }) => {
    const { page, asked } = await openFrontend(openBrowser, contract);
    const wrong = { ...credentialsOf(contract, elsa), password: 'a wrong pass phrase' };
    for (let n = 0; n < 5; n += 1) await callOnce(page, 'login', wrong);
    asked();
    const { message = '' } = await callOnce(page, 'login', wrong);
    const [, text, seconds] = /^(.+) \((\d+) s\)$/.exec(message) ?? [];
    expect(text).toBe('Too many attempts. Try again later.');
    expect(Number(seconds)).toBeGreaterThan(800);
    expect(Number(seconds)).toBeLessThanOrEqual(900);
    expect(asked()).toHaveLength(1);
  });

  test.for([
    ['is not reached', 'abort'],
    ['fails', { status: 500, json: {} }],
    ['fails without an answer of its own', { status: 502, body: '<h1>Bad gateway</h1>' }],
    ['is busy', { status: 503, headers: { 'Retry-After': '1' }, json: { error: {} } }],
  ] as const)(
    'forgets nothing while the server %s',
    async ([, outage], { openBrowser, users: { ada } }) => {
      const { page, expectErrors } = await openFrontend(openBrowser, contract);
      expectErrors(/net::ERR_FAILED/, /status of 50[023]/);
      const readable = {
        'Access-Control-Allow-Origin': origins.sameSite,
        'Access-Control-Allow-Credentials': 'true',
        'Access-Control-Expose-Headers': 'Retry-After',
      };
      const stop = (route: Route) =>
        outage === 'abort'
          ? route.abort()
          : route.fulfill({
              ...outage,
              headers: { ...readable, ...('headers' in outage && outage.headers) },
            });
      await callOnce(page, 'login', credentialsOf(contract, ada));
      await page.route('**/auth/logout', stop);
      expect(await callOnce(page, 'logout')).not.toMatchObject({ status: 204 });
      expect(await callOnce(page, ...PROFILE)).toMatchObject({ status: 200 });
      await expireAccess(page);
      await page.route('**/auth/refresh', stop);
      expect(await callOnce(page, ...PROFILE)).not.toMatchObject({ status: 200 });
      await page.unrouteAll();
      expect(await callOnce(page, ...PROFILE)).toMatchObject({ status: 200 });
    },
  );

  test('signs out its own user alone, when another signs in meanwhile', async ({
    openBrowser,
    users: { ben, dora },
  }) => {
    const { page, openTab } = await openFrontend(openBrowser, contract);
    await callOnce(page, 'login', credentialsOf(contract, ben));
    const other = await openTab();
    const logout = await holdOnce(page, '**/auth/logout');
    const left = callOnce(page, 'logout');
    await logout.arrived;
    const entered = callOnce(other, 'login', credentialsOf(contract, dora));
    await expect.poll(() => waitingForLock(other)).toBe(1);
    logout.release();
    expect((await left).status).toBeLessThan(300);
    expect(await entered).toMatchObject({ status: 200 });
    await expireAccess(other);
    for (const tab of [page, other]) {
      expect(JSON.stringify(await callOnce(tab, ...PROFILE))).toContain(dora.email);
    }
  });
});

test('registers, verifies and signs in', async ({ openBrowser }) => {
  const { page } = await openFrontend(openBrowser, 'email-cookie');
  const account = { email: 'new@frontend.example', password: 'three green lamps at noon' };
  const post = (path: string, body: object) => callOnce(page, 'call', 'POST', path, body);
  expect(await post('/auth/register', account)).toMatchObject({ status: 202 });
  expect(await post('/auth/verify-email', { ...account, code: '000000' })).toMatchObject({
    status: 400,
  });
  const mailbox = await openBrowser();
  const code = await newestCode(mailbox.page, account.email);
  expect(await post('/auth/verify-email', { ...account, code })).toEqual({ status: 204 });
  expect(await callOnce(page, 'login', account)).toMatchObject({ status: 200 });
});

test('sends a user to the sign-in page, and trades the code for tokens', async ({
  openBrowser,
  users: { ben },
}) => {
  const { page } = await openFrontend(openBrowser, 'username-coded');
  const home = page.url();
  const arrive = () => page.evaluate(async () => (await load('return.js'))['arrive']?.());
  const leave = async () => {
    await page.evaluate(async () => void (await load('return.js'))['leave']?.());
    await page.waitForURL(`${origin}/**`);
  };
  await leave();
  // The page's own call is about to find that no user is signed in when the tokens arrive.
  const refresh = await holdOnce(page, '**/auth/refresh');
  await submitLogin(page, ben);
  await page.waitForURL((url) => url.href.startsWith(home) && url.search !== '');
  const returned = page.url();
  await refresh.arrived;
  const arrived = arrive();
  await expect.poll(() => waitingForLock(page)).toBe(1);
  refresh.release();
  expect(await arrived).toBe(true);
  expect(page.url()).toBe(home);
  expect(await callOnce(page, ...PROFILE)).toMatchObject({ status: 200 });
  await page.reload();
  await expect.poll(() => page.getByRole('status').textContent()).toContain(ben.email);

  // The same address once more, and one with a state that was never sent.
  await page.goto(returned);
  expect(await arrive()).toBe(false);
  await leave();
  await submitLogin(page, ben);
  await page.waitForURL((url) => url.href.startsWith(home) && url.search !== '');
  const planted = new URL(page.url());
  planted.searchParams.set('state', 'another');
  await page.goto(planted.href);
  expect(await arrive()).toBe(false);
});

test('is signed in by the refresh cookie after a return', async ({
  openBrowser,
  users: { cleo },
}) => {
  const { page } = await openFrontend(openBrowser, 'email-cookie');
  const home = page.url();
  await page.goto(`${origin}/email-cookie/login?return_to=${encodeURIComponent(home)}`);
  await submitLogin(page, cleo);
  await page.waitForURL(home);
  await page.getByText(cleo.email).waitFor();
});
