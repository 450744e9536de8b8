/**
 * Takes the screenshots of docs/pages.md; only with PICTURES=1, so that a test run changes no file.
 * Times and ids are replaced, so that unchanged pages give unchanged pictures.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { root } from '../../tools/install.mjs';
import { test } from './browser.ts';
import { signIn, stubOperation, submitLogin } from './page-objects.ts';

const directory = join(root, 'docs', 'images');
const pictures = test.runIf(process.env['PICTURES'] === '1');

async function take(page: Page, name: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  await page.screenshot({ path: join(directory, `${name}.png`), animations: 'disabled' });
}

const session = (device: string, startedAt: string, current: boolean) => ({
  id: crypto.randomUUID(),
  startedAt,
  lastUsedAt: startedAt,
  contract: 'email-remember',
  address: current ? '203.0.113.7' : '198.51.100.23',
  device,
  current,
});

pictures('the sign-in page, light and dark', async ({ openBrowser }) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await openBrowser({ colorScheme, width: 480 });
    await page.goto('/email-remember/login');
    await page.waitForSelector('#passkey-sign-in:not([hidden])');
    await take(page, `sign-in-${colorScheme}`);
  }
});

pictures('a locked account', async ({ openBrowser }) => {
  const { page, expectStatus } = await openBrowser({ width: 480, height: 860 });
  expectStatus(423);
  await page.clock.install({ time: 0 });
  await page.goto('/email-remember/login');
  await page.clock.pauseAt(60_000);
  await stubOperation(page, 'login', {
    status: 423,
    headers: { 'Retry-After': '900' },
    json: { error: { code: 'ACCOUNT_LOCKED', message: '' } },
  });
  await submitLogin(page, { username: '', email: 'brackly@griot.com', password: 'a guess' });
  await page.waitForSelector('#timer:not([hidden])');
  await take(page, 'locked');
});

pictures('the signed-in page', async ({ openBrowser, users: { ada } }) => {
  const { page } = await openBrowser({ width: 480 });
  await stubOperation(page, 'sessions', {
    json: {
      sessions: [
        session('Firefox on Windows', '2026-03-02T09:30:00Z', true),
        session('Safari on iPhone', '2026-02-27T18:04:00Z', false),
      ],
    },
  });
  await page.route('**/api/v1/profile', (route) =>
    route.fulfill({ json: { user: { name: 'Brackly Murunga', email: 'brackly@griot.com' } } }),
  );
  await signIn(page, 'email-remember', ada);
  await take(page, 'signed-in');
});

pictures('the API reference', async ({ openBrowser }) => {
  const { page } = await openBrowser({ width: 1000, reducedMotion: 'reduce' });
  await page.goto('/docs');
  await page.locator('#operations-auth-login').waitFor();
  await take(page, 'reference');
});
