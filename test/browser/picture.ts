/**
 * Pictures of the pages for the README: taken on the way by the tests, and written only where
 * PICTURES=1 asks for them, so that a test run leaves the repository as it was.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { root } from '../../tools/install.mjs';

const wanted = process.env['PICTURES'] === '1';
const directory = join(root, 'docs', 'images');

export async function picture(page: Page, name: string): Promise<void> {
  if (!wanted) return;
  mkdirSync(directory, { recursive: true });
  await page.screenshot({ path: join(directory, `${name}.png`), animations: 'disabled' });
}
