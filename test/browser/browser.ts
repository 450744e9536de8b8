/**
 * Test fixtures: a Chromium for each test file, and browser profiles that fail the test on a
 * violation of the Content Security Policy, a console error or a request to another origin.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test as base } from 'vitest';
import { addressOf, usersOf, type TestUsers } from '../support/browser-files.ts';

export const origin = inject('origin');
/** An allowed origin; its pages are the test's own. */
export const APP_ORIGIN = 'https://app.example';
const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

let browser: Browser;

beforeAll(async () => {
  const executablePath = inject('browserPath');
  if (executablePath === null) {
    browser = await chromium.launch({ channel: 'chrome' });
    return;
  }
  // npm's build has no sandbox of its own, and no GPU to look for.
  const args = ['--no-sandbox', '--disable-setuid-sandbox', '--no-zygote', '--disable-gpu'];
  browser = await chromium.launch({ executablePath, args });
});

afterAll(() => browser?.close());

/** A browser profile with one tab. */
interface Profile {
  context: BrowserContext;
  page: Page;
  /** Unexpected console errors and violations so far. */
  errors: string[];
  /** Allows responses of these statuses: Chromium logs each of them as an error. */
  expectStatus(...statuses: number[]): void;
  /** Allows other console errors. */
  expectErrors(...patterns: RegExp[]): void;
  openTab(): Promise<Page>;
}

interface ProfileOptions extends BrowserContextOptions {
  width?: number;
  height?: number;
  /** Origins that are asked besides the server's. */
  others?: readonly string[];
}

async function createProfile(options: ProfileOptions, address: string): Promise<Profile> {
  const { width = 1024, height = 800, others = [], ...rest } = options;
  const context = await browser.newContext({
    baseURL: origin,
    locale: 'en-GB',
    timezoneId: 'UTC',
    viewport: { width, height },
    extraHTTPHeaders: { 'CF-Connecting-IP': address },
    ...rest,
  });
  context.setDefaultTimeout(60_000);
  const errors: string[] = [];
  const expected = new Set<number>();
  const patterns: RegExp[] = [];
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
      console.error(`CSP: ${violatedDirective} ${blockedURI} ${sample}`);
    });
  });
  context.on('console', (message) => {
    if (message.type() !== 'error') return;
    const status = /the server responded with a status of (\d+)/.exec(message.text())?.[1];
    if (status !== undefined && expected.has(Number(status))) return;
    if (patterns.some((pattern) => pattern.test(message.text()))) return;
    errors.push(`${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (error) => errors.push(String(error.error())));
  context.on('request', (request) => {
    const url = request.url();
    const isKnown = [origin, APP_ORIGIN, ...others].some((known) => url.startsWith(`${known}/`));
    if (!isKnown && !url.startsWith('data:')) errors.push(`request to ${url}`);
  });
  const openTab = () => context.newPage();
  return {
    context,
    page: await openTab(),
    errors,
    expectErrors: (...expected) => void patterns.push(...expected),
    expectStatus: (...statuses) => statuses.forEach((status) => expected.add(status)),
    openTab,
  };
}

let profiles = 0;

export type OpenBrowser = (options?: ProfileOptions) => Promise<Profile>;

interface Fixtures {
  /** The accounts of this file. */
  users: TestUsers;
  /** Opens a profile with a client address of its own, so that no limit is shared. */
  openBrowser: OpenBrowser;
}

export const test = base.extend<Fixtures>({
  users: ({ task }, use) => use(usersOf(task.file.filepath)),
  openBrowser: async ({ task }, use) => {
    const opened: Profile[] = [];
    await use(async (options = {}) => {
      profiles += 1;
      const profile = await createProfile(options, addressOf(task.file.filepath, profiles));
      opened.push(profile);
      return profile;
    });
    await Promise.all(opened.map(({ context }) => context.close()));
    expect(opened.flatMap(({ errors }) => errors)).toEqual([]);
  },
});

/** Axe's rules for WCAG alone; by default axe also checks its best practices. */
export const WCAG = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] };

/** Runs axe in an isolated world, where the page's CSP does not apply, and returns its violations. */
export async function axeViolations(page: Page, options: object = {}): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  const { executionContextId: contextId } = await session.send('Page.createIsolatedWorld', {
    frameId: frameTree.frame.id,
  });
  const run = async (expression: string) => {
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      expression,
      contextId,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? 'axe failed');
    return result.value as unknown;
  };
  await run(`${axeSource}; undefined`);
  const found =
    await run(`axe.run(${JSON.stringify(options)}).then(({ violations }) => violations.map(
    ({ id, nodes }) => id + ': ' + nodes.map(({ target, failureSummary }) => target + ' ' + failureSummary).join('; ')))`);
  // Stays attached: detaching would take the tab's virtual authenticators away.
  return found as string[];
}
