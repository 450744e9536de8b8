/** Two tabs of one browser: the tabs that the end of a session reaches. */
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { test } from './browser.ts';
import {
  accountShown,
  contractCases,
  loginShown,
  signIn,
  signOut,
  submitLogin,
} from './page-objects.ts';

/** Records the messages between the tabs of a contract, as another tab would receive them. */
async function recordMessages(page: Page, name: string) {
  await page.evaluate((channel) => {
    const messages: unknown[] = [];
    new BroadcastChannel(channel).addEventListener('message', ({ data }) => messages.push(data));
    Object.assign(globalThis, { messages });
  }, `gatehouse:${name}`);
  return () => page.evaluate(() => (globalThis as unknown as { messages: unknown[] }).messages);
}

/** Sends a message to the other tabs. It arrives after all earlier ones. */
const sendMessage = (page: Page, name: string, message: string) =>
  page.evaluate(
    ([channel, text]) => {
      const tabs = new BroadcastChannel(channel ?? '');
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window.
      tabs.postMessage(text);
    },
    [`gatehouse:${name}`, message],
  );

describe.each(contractCases)('$name', ({ name, identifier, inCookie }) => {
  test('a new tab leaves the first one signed in', async ({ openBrowser, users: { ada } }) => {
    const { page, openTab, expectStatus } = await openBrowser();
    expectStatus(401);
    await signIn(page, name, ada);
    const messages = await recordMessages(page, name);
    const second = await openTab();
    await second.goto(`/${name}/`);
    await (inCookie ? accountShown(second) : loginShown(second, name));
    await sendMessage(second, name, 'marker');
    await expect.poll(messages).toEqual(['marker']);
    // The marker makes the first tab check its session, which is still valid.
    await accountShown(page);
    await page.reload();
    await accountShown(page);
  });

  test('signing out everywhere in one tab signs out the other', async ({
    openBrowser,
    users: { ada },
  }) => {
    const { page, openTab, expectStatus } = await openBrowser();
    expectStatus(401);
    await signIn(page, name, ada);
    const second = await openTab();
    // A cookie is every tab's: the sign-in page would lead on.
    if (inCookie) await second.goto(`/${name}/`);
    else await signIn(second, name, ada);
    await accountShown(second);
    expect(await page.isVisible('#private')).toBe(true);
    await second.click('#sign-out-everywhere');
    await loginShown(second, name);
    await loginShown(page, name);
    expect(await page.content()).not.toContain(ada[identifier]);
  });

  test('signing out in one tab signs out those that share its session, and no other', async ({
    openBrowser,
    users: { ada },
  }) => {
    const { page, openTab, expectStatus } = await openBrowser();
    expectStatus(401);
    await page.goto(`/${name}/login`);
    if (!inCookie) await page.check('#remember');
    await submitLogin(page, ada);
    await accountShown(page);
    const sharing = await openTab();
    await sharing.goto(`/${name}/`);
    await accountShown(sharing);
    await signOut(page, name);
    await loginShown(sharing, name);
    if (inCookie) return;

    await signIn(page, name, ada);
    await signIn(sharing, name, ada);
    const messages = await recordMessages(sharing, name);
    await signOut(page, name);
    await expect.poll(messages).toEqual(['ended']);
    await accountShown(sharing);
    await sharing.reload();
    await accountShown(sharing);
  });
});
