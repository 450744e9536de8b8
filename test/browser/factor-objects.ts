/** Page objects of second factors. */
import type { Page } from 'playwright-core';
import { codeAt } from '../support/authenticator.ts';

const STEP_MS = 30_000;
export const overflows = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
export const shown = (page: Page, id: string) => page.waitForSelector(`#${id}:not([hidden])`);
export const secretOn = async (page: Page) =>
  ((await page.textContent('#secret')) ?? '').replaceAll(' ', '');
export const codesOn = (page: Page) => page.locator('#recovery-codes code').allTextContents();
/** Each code is good once: the first two of an account are this step's and the next one's. */
export const nextCode = (secret: string) => codeAt(secret, Date.now() + STEP_MS);

/** Sets up an app on the signed-in page, and returns its secret and the recovery codes. */
export async function enrol(page: Page): Promise<{ secret: string; codes: string[] }> {
  await page.click('#add-factor');
  await shown(page, 'enrolment');
  const secret = await secretOn(page);
  await page.fill('#new-code', codeAt(secret));
  await page.click('#enrolment-form button[type=submit]');
  await shown(page, 'recovery');
  const codes = await codesOn(page);
  await page.click('#codes-kept');
  return { secret, codes };
}

export async function enterCode(page: Page, code: string): Promise<void> {
  await page.fill('#factor-code', code);
  await page.click('#code-form button[type=submit]');
}
