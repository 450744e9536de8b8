/** Two tabs of one browser: which of them a session's end reaches. */
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { test } from './browser.ts';
import { contractCases, fillIn, signIn } from './users.ts';

const isSignedIn = (page: Page) => page.isVisible('#private');

/** Listens to what the tabs of a contract tell each other, as another tab would. */
async function overhear(page: Page, name: string) {
  await page.evaluate((channel) => {
    const heard: unknown[] = [];
    new BroadcastChannel(channel).addEventListener('message', ({ data }) => heard.push(data));
    Object.assign(globalThis, { heard });
  }, `gatehouse:${name}`);
  return () => page.evaluate(() => (globalThis as unknown as { heard: unknown[] }).heard);
}

/** What is said before this arrives before it. */
const tellTabs = (page: Page, name: string, message: string) =>
  page.evaluate(
    ([channel, said]) => {
      const tabs = new BroadcastChannel(channel ?? '');
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window.
      tabs.postMessage(said);
    },
    [`gatehouse:${name}`, message],
  );

describe.each(contractCases)('$name', ({ name, inCookie, of, ...fields }) => {
  test('a new tab leaves the first one signed in', async ({ visit, people: { ada } }) => {
    const { page, tab, expectStatus } = await visit();
    expectStatus(401);
    await signIn(page, name, ada);
    const heard = await overhear(page, name);
    const second = await tab();
    await second.goto(`/${name}/`);
    if (inCookie) await second.waitForSelector('#private:not([hidden])');
    else await second.waitForURL(`**/${name}/login`);
    await tellTabs(second, name, 'marker');
    await expect.poll(heard).toEqual(['marker']);
    // The marker makes the first tab check its session, which is as good as before.
    await page.waitForSelector('#private:not([hidden])');
    await page.reload();
    await page.waitForSelector('#private:not([hidden])');
  });

  test('signing out everywhere in one tab is noticed in the other', async ({
    visit,
    people: { ada },
  }) => {
    const { page, tab, expectStatus } = await visit();
    expectStatus(401);
    await signIn(page, name, ada);
    const second = await tab();
    await signIn(second, name, ada);
    expect([await isSignedIn(page), await isSignedIn(second)]).toEqual([true, true]);
    await second.click('#sign-out-everywhere');
    await second.waitForURL(`**/${name}/login`);
    await page.waitForURL(`**/${name}/login`);
    expect(await page.content()).not.toContain(of(ada));
  });

  test('signing out in one tab reaches those that share its session, and no other', async ({
    visit,
    people: { ada },
  }) => {
    const { page, tab, expectStatus } = await visit();
    expectStatus(401);
    await page.goto(`/${name}/login`);
    await fillIn(page, fields, [of(ada), ada.password]);
    if (!inCookie) await page.check('#remember');
    await page.click('button[type=submit]');
    await page.waitForSelector('#private:not([hidden])');
    const sharing = await tab();
    await sharing.goto(`/${name}/`);
    await sharing.waitForSelector('#private:not([hidden])');
    await page.click('#sign-out');
    await page.waitForURL(`**/${name}/login`);
    await sharing.waitForURL(`**/${name}/login`);
    if (inCookie) return;

    await signIn(page, name, ada);
    await signIn(sharing, name, ada);
    const heard = await overhear(sharing, name);
    await page.click('#sign-out');
    await page.waitForURL(`**/${name}/login`);
    await expect.poll(heard).toEqual(['ended']);
    await sharing.waitForSelector('#private:not([hidden])');
    await sharing.reload();
    await sharing.waitForSelector('#private:not([hidden])');
  });
});
