/**
 * A browser for a test file, and visits in it that tolerate nothing: a violation of the Content
 * Security Policy, an error in the console or a request to anywhere else fails the test.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test as base } from 'vitest';
import { addressOf, peopleOf, type People } from '../support/browser-files.ts';

export const origin = inject('origin');
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

export interface VisitOptions {
  javaScriptEnabled?: boolean;
  colorScheme?: 'light' | 'dark';
  locale?: string;
  reducedMotion?: 'reduce';
  width?: number;
  height?: number;
}

export interface Visit {
  context: BrowserContext;
  page: Page;
  /** What the console said that nobody expected, and every violation. */
  troubles: string[];
  /** Statuses that this test is about: Chromium logs every refused request as an error. */
  expectStatus(...statuses: number[]): void;
  /** Another tab of the same browser profile, watched like the first. */
  tab(): Promise<Page>;
}

async function open(options: VisitOptions, address: string): Promise<Visit> {
  const { width = 1024, height = 800, ...rest } = options;
  const context = await browser.newContext({
    baseURL: origin,
    locale: 'en-GB',
    timezoneId: 'UTC',
    viewport: { width, height },
    extraHTTPHeaders: { 'CF-Connecting-IP': address },
    ...rest,
  });
  context.setDefaultTimeout(60_000);
  const troubles: string[] = [];
  const expected = new Set<number>();
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
      console.error(`CSP: ${violatedDirective} ${blockedURI} ${sample}`);
    });
  });
  context.on('console', (message) => {
    if (message.type() !== 'error') return;
    const status = /the server responded with a status of (\d+)/.exec(message.text())?.[1];
    if (status !== undefined && expected.has(Number(status))) return;
    troubles.push(`${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (error) => troubles.push(String(error.error())));
  context.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !url.startsWith('data:'))
      troubles.push(`asked for ${url}`);
  });
  const tab = () => context.newPage();
  return {
    context,
    page: await tab(),
    troubles,
    expectStatus: (...statuses) => statuses.forEach((status) => expected.add(status)),
    tab,
  };
}

let visits = 0;

interface Fixtures {
  /** The accounts of this file. */
  people: People;
  /** Each visit has an address of its own, which attempts and letters count against. */
  visit(options?: VisitOptions): Promise<Visit>;
}

export const test = base.extend<Fixtures>({
  people: ({ task }, use) => use(peopleOf(task.file.filepath)),
  visit: async ({ task }, use) => {
    const opened: Visit[] = [];
    await use(async (options = {}) => {
      visits += 1;
      const visit = await open(options, addressOf(task.file.filepath, visits));
      opened.push(visit);
      return visit;
    });
    await Promise.all(opened.map(({ context }) => context.close()));
    expect(opened.flatMap(({ troubles }) => troubles)).toEqual([]);
  },
});

/** By WCAG alone; without them, by what axe holds to be good practice too. */
export const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What axe finds on a page. It runs in a world of its own, where the page's policy does not hold. */
export async function faultsOf(page: Page, tags?: readonly string[]): Promise<string[]> {
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
    await run(`axe.run(${JSON.stringify(tags ? { runOnly: tags } : {})}).then(({ violations }) => violations.map(
    ({ id, nodes }) => id + ': ' + nodes.map(({ target, failureSummary }) => target + ' ' + failureSummary).join('; ')))`);
  await session.detach();
  return found as string[];
}

export const isOverflowing = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
