/** How each contract's sign-in page is used. */
import type { Page } from 'playwright-core';
import { contracts } from '../../src/contracts/index.ts';
import type { Person } from '../support/browser-files.ts';

export const contractCases = contracts.map((contract) => {
  const { fields } = contract.requests.login;
  return {
    name: contract.name,
    contract,
    identifier: `#${fields.identifier}`,
    password: `#${fields.password}`,
    of: ({ username, email }: { username: string; email: string }) =>
      contract.identifier === 'email' ? email : username,
    inCookie: contract.refresh?.in === 'cookie',
  };
});

export function contractCase(name: string) {
  const found = contractCases.find((candidate) => candidate.name === name);
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

/** Signs somebody in, and waits until their profile is there. */
export async function signIn(page: Page, name: string, person: Person): Promise<void> {
  const { of, ...fields } = contractCase(name);
  await page.goto(`/${name}/login`);
  await fillIn(page, fields, [of(person), person.password]);
  await page.click('button[type=submit]');
  await page.waitForSelector('#private:not([hidden])');
}
