import { expect } from 'vitest';
import { faultsOf, test } from './browser.ts';
import { doors } from './people.ts';

test('makes a real login out of the reference, for every contract', async ({ visit }) => {
  const { page } = await visit();
  await page.goto('/docs');
  const select = page.locator('#select');
  await select.waitFor();
  expect(await select.locator('option').allTextContents()).toHaveLength(doors.length);
  for (const { name } of doors) {
    await select.selectOption({ label: name });
    const login = page.locator('#operations-auth-login');
    await login.waitFor();
    await page.locator('.servers select').waitFor();
    expect(await page.locator('.servers select').inputValue()).toBe(`/${name}`);
    await login.locator('.opblock-summary-control').click();
    const answered = page.waitForResponse((response) => response.url().endsWith('/auth/login'));
    await login.locator('button.execute').click();
    const answer = await answered;
    expect([name, answer.status()]).toEqual([name, 200]);
    expect(new URL(answer.url()).pathname.startsWith(`/${name}/`)).toBe(true);
    await login.locator('.live-responses-table').waitFor();
    expect(await login.locator('.live-responses-table').textContent()).toContain('200');
  }
});

test('hands what was granted on to the operations behind it', async ({ visit }) => {
  const { page } = await visit();
  await page.goto('/docs');
  expect(await faultsOf(page)).toEqual([]);
});
