/** Lets the passkeys of accounts sign challenges, and makes new ones. */
import { env } from 'cloudflare:workers';
import type {
  AssertionCredential,
  CreationOptions,
  RegistrationCredential,
} from '../../../src/flows/model/passkey.ts';
import { createAuthenticator } from '../passkey-authenticator.ts';
import { addPasskey, PAGES_ORIGIN, registrationOf, type HeldPasskey } from '../passkeys.ts';
import { at, change, granted, open, partOf, plain, signIn, type Account } from './accounts.ts';
import type { Wire } from './all-wires.ts';

type Flaws = Parameters<HeldPasskey['sign']>[1];

/** The challenge of a sign-in at the contract. */
export async function challengeAt({ contract }: Wire): Promise<string> {
  const request = { contract, operation: 'passkey-login-options', input: {} } as const;
  return String(partOf(await granted(plain.app, request), 'challenge'));
}

/** Signs a new challenge of the account's contract, or another one, with its first passkey. */
export async function sign(
  { wire, passkeys: [passkey] }: Account,
  changed: Flaws & { challenge?: string } = {},
): Promise<AssertionCredential> {
  if (passkey === undefined) throw new Error('the account has no passkey');
  return passkey.sign(await challengeAt(wire), changed);
}

export async function creationOptions(account: Account): Promise<CreationOptions> {
  const answer = await granted(plain.app, at(account, 'passkey-options'));
  return partOf(answer, 'publicKey', 'options') as CreationOptions;
}

/** Adds passkeys until the account has as many. */
export async function addPasskeys(account: Account, count = 1): Promise<void> {
  while (account.passkeys.length < count) account.passkeys.push(await addPasskey(account.user));
}

/** Adds passkeys that sign nothing, until the account has as many. */
export const fill = ({ user }: Account, count: number) =>
  env.DB.prepare(
    `INSERT INTO passkeys (id, user_id, credential_id, public_key, sign_count, is_syncable,
        transports, created_at_ms)
      SELECT ?2 || value, ?1, ?2 || value, '{}', 0, 0, '[]', 0 FROM json_each(?3)
      LIMIT max(0, ?4 - (SELECT count(*) FROM passkeys WHERE user_id = ?1))`,
  )
    .bind(user.id, crypto.randomUUID(), JSON.stringify([...Array(count).keys()]), count)
    .run();

/** Removes all but the first passkey. */
export const removeOther = ({ user, passkeys: [first] }: Account) =>
  env.DB.prepare('DELETE FROM passkeys WHERE user_id = ? AND id <> ?')
    .bind(user.id, first?.id ?? '')
    .run();

/** Marks the account's sessions as proven by more than the password. */
export const proveBoth = change('sessions', 'second_factor_at_ms = proven_at_ms');

/** Gives the account recovery codes without an authenticator app, beside passkeys. */
export async function addRecoveryCodes(account: Account): Promise<void> {
  if (account.factor !== null) return;
  await addPasskeys(account);
  const tokens = await signIn(account);
  const { contract } = open;
  const asked = { contract, operation: 'new-recovery-codes', input: {}, tokens } as const;
  const codes = partOf(await granted(plain.app, asked), 'recoveryCodes', 'recovery_codes');
  account.factor = { secret: '', codes: codes as string[], tokens };
  await proveBoth(account);
}

type Created = Parameters<ReturnType<typeof createAuthenticator>['create']>;

/** Creates a passkey for the account's session, or by other options. */
export async function register(
  account: Account,
  {
    options,
    isSyncable = false,
    ...changed
  }: Created[1] & {
    options?: CreationOptions;
    isSyncable?: boolean;
  } = {},
): Promise<RegistrationCredential> {
  const authenticator = createAuthenticator({ origin: PAGES_ORIGIN, isSyncable });
  return registrationOf(
    await authenticator.create(options ?? (await creationOptions(account)), changed),
  );
}
