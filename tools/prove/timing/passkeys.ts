/** Sign-ins with passkeys that are all refused alike, each for a reason of its own. */
import type { AssertionCredential } from '../../../src/flows/model/passkey.ts';
import type { Contract } from '../../../src/contracts/contract.ts';
import type { InputOf } from '../../../src/flows/operations.ts';
import type { AccountKind, Person } from '../../../test/fixtures/account-kinds.ts';
import type { PasskeyAuthenticator } from '../../../test/support/passkey-authenticator.ts';
import { givePasskeys, newAuthenticator, signIn } from '../../passkey-accounts.ts';

const OTHER_OWNER = 'right signature, other owner';

export const PASSKEY_KINDS: readonly AccountKind[] = [
  { name: 'unknown credential' },
  { name: 'wrong signature', user: {} },
  { name: 'wrong signature, inactive', user: { status: 'inactive' } },
  { name: OTHER_OWNER, user: {} },
];

const authenticators = new Map<string, PasskeyAuthenticator>();
const otherOwners = new Set<string>();
const stranger = newAuthenticator();

/** `users`: by the name of their kind. */
export async function preparePasskeys(
  database: D1Database,
  users: ReadonlyMap<string, readonly Person[]>,
): Promise<void> {
  const emails = PASSKEY_KINDS.flatMap(({ name, user }) =>
    user === undefined ? [] : (users.get(name) ?? []).map(({ email }) => email),
  );
  const given = await givePasskeys(database, emails);
  for (const [n, email] of emails.entries()) {
    authenticators.set(email, given[n] as PasskeyAuthenticator);
  }
  for (const { email } of users.get(OTHER_OWNER) ?? []) otherOwners.add(email);
}

export async function passkeyInput(
  { name }: Contract,
  { email }: Person,
): Promise<InputOf<'passkey-login'>> {
  const own = authenticators.get(email);
  return { credential: await credentialFor(name, email, own), remember: false };
}

async function credentialFor(
  contract: string,
  email: string,
  own: PasskeyAuthenticator = newAuthenticator(),
): Promise<AssertionCredential> {
  const credential = await signIn(contract, own);
  if (otherOwners.has(email)) return { ...credential, userHandle: OTHER_HANDLE };
  const { signature } = await signIn(contract, stranger);
  return { ...credential, signature, userHandle: credential.userHandle ?? OTHER_HANDLE };
}

/** As long as every handle. */
const OTHER_HANDLE = 'q9xT3mJ0kX8vT5yN7bRgw1cZz3v0mJq8kX1cT5yN7bQ';
