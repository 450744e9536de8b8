/** Second factors on the pages: set up, asked for at the sign-in, proven before a change, removed. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { encode } from 'uqr';
import { expect } from 'vitest';
import { codeAt } from '../support/authenticator.ts';
import { axeViolations, test } from './browser.ts';
import { codesOn, enterCode, overflows, nextCode, secretOn, shown } from './factor-objects.ts';
import {
  accountShown,
  fieldError,
  focusedId,
  loginShown,
  signIn,
  signOut,
  submitLogin,
} from './page-objects.ts';

/** The modules of a drawn QR code, dark ones true. */
async function drawnModules(page: Page): Promise<boolean[][]> {
  const svg = page.locator('#qr svg');
  expect(await svg.getAttribute('role')).toBe('img');
  expect(await svg.getAttribute('aria-label')).toBe('QR code with the secret');
  const [, , size = 0] = ((await svg.getAttribute('viewBox')) ?? '').split(' ').map(Number);
  const path = (await svg.locator('path').getAttribute('d')) ?? '';
  const rows = Array.from({ length: size }, () => Array.from({ length: size }, () => false));
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    const row = rows[Number(y)];
    if (row !== undefined) row[Number(x)] = true;
  }
  return rows;
}

test.for([
  ['email-cookie', 'ada'],
  ['username-pair', 'ben'],
] as const)(
  'at %s an app is set up, asked for, and removed after a proof',
  async ([name, userName], { openBrowser, users }) => {
    const user = users[userName];
    const { page, context, expectStatus } = await openBrowser();
    expectStatus(401, 403);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await signIn(page, name, user);
    await shown(page, 'factors');
    expect(await page.textContent('#factors-state')).toContain('Off');
    expect(await page.isHidden('#new-codes')).toBe(true);

    await page.click('#add-factor');
    await shown(page, 'enrolment');
    expect(await focusedId(page)).toBe('enrolment-title');
    const secret = await secretOn(page);
    expect(await page.textContent('#secret')).toMatch(/^(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
    const uri = (await page.getAttribute('#open-app', 'href')) ?? '';
    expect(new URL(uri).searchParams.get('secret')).toBe(secret);
    const modules = await drawnModules(page);
    expect(modules).toEqual(encode(uri, { ecc: 'M', border: 4 }).data);
    for (const edge of [...modules.slice(0, 4), ...modules.slice(-4)])
      expect(edge).not.toContain(true);
    expect(await axeViolations(page)).toEqual([]);
    await page.fill('#new-code', codeAt(secret, 0));
    await page.click('#enrolment-form button[type=submit]');
    expect(await fieldError(page, 'new-code')).toContain('not right');
    await page.fill('#new-code', codeAt(secret));
    await page.click('#enrolment-form button[type=submit]');

    await shown(page, 'recovery');
    expect(await focusedId(page)).toBe('recovery-title');
    expect(await page.locator('#qr svg').count()).toBe(0);
    const codes = await codesOn(page);
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^(?:[0-9A-Z]{4}-){5}[0-9A-Z]{4}$/);
    const text = `Recovery codes for ${new URL(page.url()).host}\n\n${codes.join('\n')}\n`;
    const downloading = page.waitForEvent('download');
    await page.click('#download');
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('localhost-recovery-codes.txt');
    expect(readFileSync(await download.path(), 'utf8')).toBe(text);
    await page.click('#copy');
    await expect.poll(() => page.textContent('#recovery-notice')).toBe('Copied.');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(text);
    expect(await axeViolations(page)).toEqual([]);
    await page.emulateMedia({ media: 'print' });
    expect(await page.isVisible('#recovery-codes')).toBe(true);
    for (const hidden of ['#download', '#sessions', '#factors']) {
      expect([hidden, await page.isVisible(hidden)]).toEqual([hidden, false]);
    }
    await page.emulateMedia({ media: 'screen' });
    await page.click('#codes-kept');
    expect(await page.locator('#recovery-codes li').count()).toBe(0);
    expect(await page.textContent('#factors-state')).toContain('On');
    expect(await page.textContent('#codes-left')).toBe('Recovery codes left: 10');
    expect(await page.isHidden('#others')).toBe(true);
    await signOut(page, name);

    // The handle is in no address, and the code is asked for by itself.
    await submitLogin(page, user);
    await shown(page, 'code-step');
    expect(new URL(page.url()).search + new URL(page.url()).hash).toBe('');
    expect(await focusedId(page)).toBe('factor-code');
    expect(await page.getAttribute('#factor-code', 'inputmode')).toBe('numeric');
    expect(await page.getAttribute('#factor-code', 'autocomplete')).toBe('one-time-code');
    expect(await axeViolations(page)).toEqual([]);
    await enterCode(page, '12 34');
    expect(await fieldError(page, 'factor-code')).toContain('six digits');
    await enterCode(page, codeAt(secret, 0));
    expect(await fieldError(page, 'factor-code')).toContain('not right');
    const code = nextCode(secret);
    await page.evaluate(
      (pasted) => navigator.clipboard.writeText(pasted),
      `${code.slice(0, 3)} ${code.slice(3)} `,
    );
    await page.fill('#factor-code', '');
    await page.focus('#factor-code');
    await page.keyboard.press('ControlOrMeta+V');
    await page.keyboard.press('Enter');
    await accountShown(page);
    await signOut(page, name);

    // A used code is no good; a recovery code is the other way.
    await submitLogin(page, user);
    await shown(page, 'code-step');
    await enterCode(page, code);
    expect(await fieldError(page, 'factor-code')).toContain('has been used');
    await page.click('#other-way');
    expect(await focusedId(page)).toBe('factor-code');
    expect(await page.inputValue('#factor-code')).toBe('');
    expect(await page.getAttribute('#factor-code', 'inputmode')).toBe('text');
    expect(await page.textContent('label[for=factor-code]')).toBe('Recovery code');
    await enterCode(page, codes[0]?.toLowerCase().replaceAll('-', ' ') ?? '');
    await accountShown(page);
    await shown(page, 'factors');
    expect(await page.textContent('#codes-left')).toBe('Recovery codes left: 9');

    // As after five minutes, the removal asks for a proof, and goes on with what was asked.
    const other = await openBrowser();
    other.expectStatus(403);
    await other.page.goto(`/${name}/login`);
    await submitLogin(other.page, user);
    await other.page.click('#other-way');
    await enterCode(other.page, codes[1] ?? '');
    await accountShown(other.page);
    const isSnakeCase = name === 'username-pair';
    await page.route(
      '**/auth/factors/*',
      (route) => {
        const message = 'Prove your identity again';
        const methods = ['totp', 'recovery-code'];
        const error = { code: 'REAUTHENTICATION_REQUIRED', message, methods };
        const json = isSnakeCase ? { error: 'ForbiddenError', message, methods } : { error };
        return route.fulfill({ status: 403, json });
      },
      { times: 1 },
    );
    await page.click('#factor-list button');
    await page.waitForSelector('#proof[open]');
    expect(await focusedId(page)).toBe('proof-code');
    expect(await page.isHidden('#proof-password')).toBe(true);
    await page.setViewportSize({ width: 320, height: 600 });
    expect(await overflows(page)).toBe(false);
    expect(await axeViolations(page)).toEqual([]);
    await page.fill('#proof-code', code);
    await page.click('#proof-form button[type=submit]');
    expect(await fieldError(page, 'proof-code')).toContain('has been used');
    await page.click('#proof-other-way');
    await page.fill('#proof-code', codes[2] ?? '');
    await page.click('#proof-form button[type=submit]');
    await expect.poll(() => page.textContent('#page-notice')).toContain('is removed');
    expect(await page.locator('#proof[open]').count()).toBe(0);
    expect(await page.textContent('#factors-state')).toContain('Off');
    expect(await page.locator('#factor-list li').count()).toBe(0);

    // The other session can be ended.
    await shown(page, 'others');
    await page.click('#end-others');
    await expect.poll(() => page.textContent('#page-notice')).toContain('have ended');
    expect(await page.locator('#sessions li').count()).toBe(1);
    other.expectStatus(401);
    await other.page.reload();
    await loginShown(other.page, name);
  },
);
