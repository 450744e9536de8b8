import { expect } from 'vitest';
import { axeViolations, test, WCAG } from './browser.ts';
import { allCases } from './page-objects.ts';

// The documents' samples are the demo accounts: no other file may use these.

test('signs in from the API reference, for every contract', async ({ openBrowser }) => {
  const { page } = await openBrowser();
  await page.goto('/docs');
  const select = page.locator('#select');
  await select.waitFor();
  const offered = await select.locator('option').allTextContents();
  expect(offered.toSorted()).toEqual(allCases.map(({ name }) => name).toSorted());
  for (const { name } of allCases) {
    await select.selectOption({ label: name });
    const servers = page.locator('.servers select');
    await expect.poll(() => servers.inputValue()).toBe(`/${name}`);
    await page.locator(`.info a[href$="/openapi/${name}.json"]`).waitFor();
    // Several operations may stand at the login's path.
    const login = page.locator('[id^="operations-auth-login"]').first();
    await login.locator('.opblock-control-arrow').click();
    await login.locator('button.execute').waitFor();
    const answered = page.waitForResponse(
      (response) => response.request().method() === 'POST' && response.url().includes(`/${name}/`),
    );
    await login.locator('button.execute').click();
    const answer = await answered;
    expect(answer.status(), name).toBe(200);
    expect(new URL(answer.url()).pathname.startsWith(`/${name}/`)).toBe(true);
    const shown = login.locator('.live-responses-table');
    await shown.waitFor();
    expect(await shown.textContent()).toContain('x-request-id');
    await login.locator('.opblock-control-arrow').click();
    await login.locator('button.execute').waitFor({ state: 'detached' });
  }
});

test('authorizes the reference with the token of a login', async ({
  openBrowser,
  users: { ada },
}) => {
  const { page } = await openBrowser();
  const login = await page.request.post('/email-remember/api/v1/auth/login', {
    data: { email: ada.email, password: ada.password },
  });
  const { token } = (await login.json()) as { token: string };
  await page.goto('/docs');
  await page.locator('.btn.authorize').first().click();
  await page.locator('.auth-container input').fill(token);
  await page.locator('.auth-container button.authorize').click();
  await page.locator('.auth-container button.btn-done').click();
  const profile = page.locator('#operations-auth-profile');
  await profile.locator('.opblock-control-arrow').click();
  const answered = page.waitForResponse('**/api/v1/profile');
  await profile.locator('button.execute').click();
  expect((await answered).status()).toBe(200);
});

test('axe finds no WCAG violation in the reference, light and dark', async ({ openBrowser }) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await openBrowser({ colorScheme, reducedMotion: 'reduce' });
    await page.goto('/docs');
    // Several operations may stand at the login's path.
    const login = page.locator('[id^="operations-auth-login"]').first();
    await login.waitFor();
    expect(await axeViolations(page, WCAG), colorScheme).toEqual([]);
    await login.locator('.opblock-control-arrow').click();
    await login.locator('button.execute').click();
    await login.locator('.live-responses-table').waitFor();
    expect(await axeViolations(page, WCAG), colorScheme).toEqual([]);
  }
});
