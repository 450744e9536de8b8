/** Page objects: actions on the pages and their visible state, the same for every contract. */
import type { Page, Route } from 'playwright-core';
import { expect } from 'vitest';
import type { TestUser } from '../support/browser-files.ts';

interface ContractCase {
  name: string;
  /** The login's identifier, and the id of its input. */
  identifier: 'username' | 'email';
  /** The refresh token is a cookie; otherwise the script stores the tokens. */
  inCookie: boolean;
  /** The statuses of wrong codes, links and passwords. */
  refusals: readonly number[];
}

const refusals = [400, 401, 422];

export const contractCases: readonly ContractCase[] = [
  { name: 'username-coded', identifier: 'username', inCookie: false, refusals },
  { name: 'username-pair', identifier: 'username', inCookie: false, refusals },
  { name: 'email-envelope', identifier: 'email', inCookie: false, refusals },
  { name: 'email-remember', identifier: 'email', inCookie: false, refusals },
  { name: 'email-cookie', identifier: 'email', inCookie: true, refusals },
];

/** Contracts that others wrote: forms, nested bodies, several operations at one path, other statuses. */
const foreignCases: readonly ContractCase[] = [
  { name: 'realworld', identifier: 'email', inCookie: false, refusals },
  { name: 'oauth2', identifier: 'email', inCookie: false, refusals },
  { name: 'keycloak', identifier: 'email', inCookie: false, refusals },
  { name: 'gotrue', identifier: 'email', inCookie: false, refusals: [...refusals, 403] },
  { name: 'strapi', identifier: 'email', inCookie: false, refusals },
];

export const allCases = [...contractCases, ...foreignCases];

/** The contract of the bare paths. */
export const DEFAULT_CONTRACT = 'email-remember';

export const submit = (page: Page) => page.click('button[type=submit]');
export const focusedId = (page: Page) => page.evaluate(() => document.activeElement?.id);
export const accountShown = (page: Page) => page.waitForSelector('#private:not([hidden])');
/** Survives a second navigation to the same page, which aborts a wait for the first one's load. */
export const loginShown = (page: Page, name: string) =>
  page.waitForFunction(
    (path) => location.pathname + location.search === path && document.readyState === 'complete',
    `/${name}/login`,
  );

/** Waits for the form's notice and returns its text. */
export async function notice(page: Page): Promise<string> {
  await page.waitForSelector('#notice:not([hidden])');
  return (await page.textContent('#notice')) ?? '';
}

/** Waits for a notice about the signed-in page as a whole and returns its text. */
export async function pageNotice(page: Page): Promise<string> {
  await page.waitForSelector('#page-notice:not([hidden])');
  return (await page.textContent('#page-notice')) ?? '';
}

/** Waits for the notice of one of several forms and returns its text. */
export async function formNotice(page: Page, id: string): Promise<string> {
  await page.waitForSelector(`#${id}-notice:not([hidden])`);
  return (await page.textContent(`#${id}-notice`)) ?? '';
}

/** Opens a section of the signed-in page by its title. */
export const openSection = (page: Page, title: string) => page.click(`summary:text-is("${title}")`);
export const sendForm = (page: Page, id: string) => page.click(`#${id} button[type=submit]`);

/** Waits until a field is marked as invalid and returns its message. */
export async function fieldError(page: Page, id: string): Promise<string> {
  await page.waitForSelector(`#${id}[aria-invalid=true]`);
  expect((await page.getAttribute(`#${id}`, 'aria-describedby'))?.split(' ')).toContain(
    `${id}-error`,
  );
  return (await page.textContent(`#${id}-error`)) ?? '';
}

/** Fills fields by id. */
export async function fill(page: Page, values: Record<string, string>): Promise<void> {
  for (const [id, value] of Object.entries(values)) await page.fill(`#${id}`, value);
}

/** Fills in and submits the sign-in form of the page that is open. */
export async function submitLogin(
  page: Page,
  { username, email, password }: Pick<TestUser, 'username' | 'email' | 'password'>,
): Promise<void> {
  const usesEmail = (await page.locator('#email').count()) > 0;
  await fill(page, { ...(usesEmail ? { email } : { username }), password });
  await submit(page);
}

/** Signs a user in and waits for the account page. */
export async function signIn(page: Page, name: string, user: TestUser): Promise<void> {
  await page.goto(`/${name}/login`);
  await submitLogin(page, user);
  await accountShown(page);
}

export async function signOut(page: Page, name: string): Promise<void> {
  await page.click('#sign-out');
  await loginShown(page, name);
}

/** Answers an operation of any contract with `answer`, and returns the bodies that it receives. */
export async function stubOperation(
  page: Page,
  operation: string,
  answer: Parameters<Route['fulfill']>[0],
): Promise<unknown[]> {
  const received: unknown[] = [];
  await page.route(`**/auth/${operation}`, (route) => {
    received.push(route.request().postDataJSON());
    return route.fulfill(answer);
  });
  return received;
}

/** Reloads /dev/mail until the newest e-mail to an address has such an element. */
export async function inNewestMail(mailbox: Page, to: string, selector: string) {
  const element = mailbox.locator('article', { hasText: to }).first().locator(selector);
  await expect
    .poll(async () => {
      await mailbox.goto('/dev/mail');
      return element.count();
    })
    .toBeGreaterThan(0);
  return element;
}

export const newestCode = async (mailbox: Page, to: string) =>
  (await (await inNewestMail(mailbox, to, '.code')).textContent()) ?? '';

export const wrongCode = (code: string) => (code === '000000' ? '111111' : '000000');
