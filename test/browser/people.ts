/** Demo accounts, and how each contract's sign-in page is used. */
import type { Page } from 'playwright-core';
import { contracts } from '../../src/contracts/index.ts';
import { shapeOf } from '../../src/pages/shape.ts';
import { demoAccounts } from '../../tools/demo-accounts.ts';

interface Account {
  username?: string;
  email: string;
  password: string;
}

export function demo(email: string) {
  const found = demoAccounts.find((account) => account.email === email);
  if (found === undefined) throw new Error(`no demo account ${email}`);
  return found;
}

/** One that every contract admits. */
export const john = { ...demo('john@example.com'), username: 'johndoe' };

export const doors = contracts.map((contract) => {
  const { login } = shapeOf(contract);
  return {
    name: contract.name,
    contract,
    identifier: `#${login.identifier}`,
    password: `#${login.password}`,
    of: (account: Omit<Account, 'password'>) =>
      login.kind === 'email' ? account.email : (account.username ?? ''),
    inCookie: contract.refresh?.in === 'cookie',
  };
});

export function door(name: string) {
  const found = doors.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no contract ${name}`);
  return found;
}

export async function fillIn(
  page: Page,
  { identifier, password }: { identifier: string; password: string },
  [who, secret]: readonly [string, string],
): Promise<void> {
  await page.fill(identifier, who);
  await page.fill(password, secret);
}

/** Signs a demo account in, and waits until its profile is there. */
export async function signIn(page: Page, name: string, account: Account = john): Promise<void> {
  const { of, ...fields } = door(name);
  await page.goto(`/${name}/login`);
  await fillIn(page, fields, [of(account), account.password]);
  await page.click('button[type=submit]');
  await page.waitForSelector('#private:not([hidden])');
}
