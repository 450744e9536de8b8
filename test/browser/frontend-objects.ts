/** Frontends of other origins, made of the code in docs/from-your-frontend.md. */
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { SignJWT } from 'jose';
import type { Page, Route } from 'playwright-core';
import { expect, inject } from 'vitest';
import type { TestUser } from '../support/browser-files.ts';
import { frontendFile, frontendOrigins, unlistedOrigin } from '../support/frontend-server.ts';
import { origin, type OpenBrowser } from './browser.ts';

const port = inject('frontendPort');
export const origins = { ...frontendOrigins(port), unlisted: unlistedOrigin(port) };

export interface Frontend {
  page: Page;
  openTab(): Promise<Page>;
  /** The paths of the requests to the API since the last call, without preflights. */
  asked(): string[];
  expectErrors(...patterns: RegExp[]): void;
}

export type FrontendContract = 'email-cookie' | 'username-coded';

/** Opens the document's frontend in a browser of its own, served at `at`. */
export async function openFrontend(
  openBrowser: OpenBrowser,
  contract: FrontendContract,
  { at = origins.sameSite, errors = [] }: { at?: string; errors?: RegExp[] } = {},
): Promise<Frontend> {
  // An added header would make each request one that needs a preflight which the contract refuses.
  const options = { extraHTTPHeaders: {}, others: [at] };
  const { context, page, expectStatus, expectErrors } = await openBrowser(options);
  expectStatus(400, 401, 429);
  expectErrors(...errors);
  const address = `${at}/${contract}/`;
  // As text: Vitest would replace the import.
  await context.addInitScript({
    content: 'globalThis.load = (name) => import(new URL(name, location.href).href);',
  });
  // No server has a certificate. What is answered here is answered to all preflights, too.
  if (at === origins.otherScheme) {
    // A page that no server has sent counts as one of the internet.
    await context.grantPermissions(['local-network-access'], { origin: at });
    await context.route(`${at}/**`, async (route) => {
      const file = frontendFile(new URL(route.request().url()).pathname, origin);
      await route.fulfill({ contentType: file?.type ?? 'text/plain', body: file?.body ?? '' });
    });
  }
  let asked: string[] = [];
  context.on('request', (request) => {
    const prefix = `${origin}/${contract}/`;
    if (request.url().startsWith(prefix)) {
      asked.push(`${request.method()} ${request.url().slice(prefix.length)}`);
    }
  });
  const show = async (tab: Page) => {
    await tab.goto(address);
    await expect.poll(() => tab.getByRole('status').textContent()).not.toBe('');
    return tab;
  };
  await show(page);
  return {
    page,
    openTab: async () => show(await context.newPage()),
    expectErrors,
    asked: () => {
      const before = asked;
      asked = [];
      return before;
    },
  };
}

declare global {
  /** Imports a file of the frontend; in its page alone. */
  function load(
    name: 'session.js' | 'return.js',
  ): Promise<Record<string, (...args: unknown[]) => unknown>>;
  function load(name: 'tokens.js'): Promise<{
    API: string;
    read(): { access: string; refreshToken?: string };
    keep(body: object): void;
  }>;
}

/** An outcome of a function of session.js. */
export interface Called {
  status?: number;
  body?: unknown;
  /** Of an error that was thrown. */
  message?: string;
}

/** Calls a function of session.js several times at once. */
export const callAtOnce = (page: Page, ...calls: (readonly [name: string, ...args: unknown[]])[]) =>
  page.evaluate(async (calls) => {
    const session = await load('session.js');
    return Promise.all(
      calls.map(async ([name, ...args]): Promise<Called> => {
        try {
          const result = await session[name]?.(...args);
          const { status, answer } = result as { status: number; answer: unknown };
          return answer === null ? { status } : { status, body: answer };
        } catch (error) {
          return { message: (error as Error).message };
        }
      }),
    );
  }, calls);

export const callOnce = async (page: Page, name: string, ...args: unknown[]): Promise<Called> =>
  (await callAtOnce(page, [name, ...args]))[0] ?? {};

export const credentialsOf = (contract: FrontendContract, user: TestUser) =>
  contract === 'email-cookie'
    ? { email: user.email, password: user.password }
    : { username: user.username, password: user.password };

/** Puts an expired token of the same session in the place of the tab's access token. */
export async function expireAccess(page: Page): Promise<void> {
  const tokens = (expired: string | null) =>
    page.evaluate(async (expired) => {
      const { keep, read } = await load('tokens.js');
      const { access, refreshToken } = read();
      if (expired === null) return access as string;
      keep({ token: expired, data: { tokens: { accessToken: expired, refreshToken } } });
      return expired;
    }, expired);
  const token = await tokens(null);
  const [header, claims] = token
    .split('.')
    .slice(0, 2)
    .map(
      (part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>,
    );
  const { keys } = JSON.parse(parseEnv(readFileSync('.dev.vars', 'utf8'))['TOKEN_KEYS'] ?? '') as {
    keys: { kid: string }[];
  };
  const jwk = keys.find(({ kid }) => kid === header?.['kid']);
  if (jwk === undefined) throw new Error('no key of .dev.vars has signed the token');
  const expired = new SignJWT({ ...claims, exp: Number(claims?.['iat']) - 60 })
    .setProtectedHeader(header as { alg: string })
    .sign(createPrivateKey({ key: jwk, format: 'jwk' }));
  await tokens(await expired);
}

/** The status of a refresh right after a login; null: the login's answer cannot be read. */
export async function refreshAfterLogin(page: Page, credentials: object): Promise<number | null> {
  const login = await callOnce(page, 'login', credentials);
  if (login.status === undefined) return null;
  return page.evaluate(async () => {
    const { API, read } = await load('tokens.js');
    const { refreshToken } = read();
    const json = { 'Content-Type': 'application/json' };
    const { status } = await fetch(`${API}/auth/refresh`, {
      method: 'POST',
      credentials: 'include',
      ...(refreshToken && { headers: json, body: JSON.stringify({ refreshToken }) }),
    });
    return status;
  });
}

/** The number of requests for the session's lock that wait for another. */
export const waitingForLock = (page: Page): Promise<number | undefined> =>
  page.evaluate(async () => (await navigator.locks.query()).pending?.length);

/** Holds the next request of an address back from the time when it `arrived` until its `release`. */
export async function holdOnce(
  page: Page,
  address: string,
): Promise<{ arrived: Promise<void>; release(): void }> {
  const [arrived, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const hold = async (route: Route) => {
    arrived.resolve();
    await released.promise;
    await route.continue();
  };
  await page.route(address, hold, { times: 1 });
  return { arrived: arrived.promise, release: released.resolve };
}
