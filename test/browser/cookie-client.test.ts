/** What a browser sends by itself is enough to use the refresh cookie of `email-cookie`. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { test } from './browser.ts';

const BASE = '/email-cookie/api/v1/auth';
const account = { email: 'cookie-client@example.org', password: 'three green lamps at noon' };

/** The status of a request that the page's own script sends. */
const send = (page: Page, path: string, body?: object) =>
  page.evaluate(
    async ([url, json]) => {
      const declared = { headers: { 'Content-Type': 'application/json' }, body: json ?? null };
      const init = json === undefined ? {} : declared;
      const { status } = await fetch(String(url), {
        method: 'POST',
        credentials: 'include',
        ...init,
      });
      return status;
    },
    [path, body === undefined ? undefined : JSON.stringify(body)],
  );

async function register(page: Page, mailbox: Page): Promise<void> {
  expect(await send(page, `${BASE}/register`, account)).toBe(202);
  const code = mailbox.locator('article', { hasText: account.email }).first().locator('.code');
  await expect
    .poll(async () => {
      await mailbox.goto('/dev/mail');
      return code.count();
    })
    .toBeGreaterThan(0);
  const verified = { ...account, code: await code.textContent() };
  expect(await send(page, `${BASE}/verify-email`, verified)).toBe(204);
}

test('refreshes and signs out with plain fetch, and out of the reference', async ({ visit }) => {
  const { page, tab, expectStatus } = await visit();
  await page.goto('/docs');
  await page.locator('#select').waitFor();
  await register(page, await tab());

  expect(await send(page, `${BASE}/login`, account)).toBe(200);
  expect(await send(page, `${BASE}/refresh`)).toBe(200);
  expect(await send(page, `${BASE}/logout`)).toBe(204);
  expectStatus(401);
  expect(await send(page, `${BASE}/refresh`)).toBe(401);

  expect(await send(page, `${BASE}/login`, account)).toBe(200);
  await page.locator('#select').selectOption({ label: 'email-cookie' });
  await page.locator('.info a[href$="/openapi/email-cookie.json"]').waitFor();
  for (const [operation, status] of [
    ['refresh', 200],
    ['logout', 204],
    ['refresh', 401],
  ] as const) {
    const block = page.locator(`#operations-auth-${operation}`);
    await block.locator('.opblock-control-arrow').click();
    const answered = page.waitForResponse((response) => response.url().endsWith(`/${operation}`));
    await block.locator('button.execute').click();
    expect([operation, (await answered).status()]).toEqual([operation, status]);
    await block.locator('.opblock-control-arrow').click();
    await block.locator('button.execute').waitFor({ state: 'detached' });
  }
});
