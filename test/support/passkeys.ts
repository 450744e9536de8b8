/** Passkeys of test accounts: their rows, and what their authenticators sign. */
import { env } from 'cloudflare:workers';
import { base64url } from 'jose';
import type {
  AssertionCredential,
  CreationOptions,
  RegistrationCredential,
} from '../../src/flows/model/passkey.ts';
import { insertRows } from '../fixtures/rows.ts';
import { valueNamed } from './authenticator.ts';
import {
  createAuthenticator,
  FIXED_PASSKEY,
  type AssertionJson,
  type RegistrationJson,
} from './passkey-authenticator.ts';
import type { client, ContractAnswer } from './session.ts';
import type { Sending } from './test-app.ts';

/** Of the pages, where no setting names another. */
export const PAGES_ORIGIN = 'https://gatehouse.example';

export interface HeldPasskey {
  id: string;
  userHandle: string;
  authenticator: ReturnType<typeof createAuthenticator>;
  /** Signs a challenge. `changed`: the flaws of the assertion. */
  sign(challenge: string, changed?: Flaws): Promise<AssertionCredential>;
}

type Flaws = Parameters<ReturnType<typeof createAuthenticator>['get']>[1];

const { d: _, ...publicKey } = FIXED_PASSKEY.privateKey;
const STORED_KEY = JSON.stringify({ ...publicKey, alg: 'EdDSA' });

export const newCredentialId = () => base64url.encode(crypto.getRandomValues(new Uint8Array(16)));

/** Stores a passkey of the user without a registration. All have one key, which takes no time to make. */
export async function addPasskey(
  user: { id: number },
  { isSyncable = false, ...columns }: { isSyncable?: boolean; name?: string } = {},
): Promise<HeldPasskey> {
  const id = crypto.randomUUID();
  const credentialId = newCredentialId();
  const handle = env.DB.prepare(
    'UPDATE users SET passkey_handle = coalesce(passkey_handle, ?) WHERE id = ? RETURNING passkey_handle',
  ).bind(newCredentialId(), user.id);
  const userHandle = (await handle.first<string>('passkey_handle')) ?? '';
  const row = {
    id,
    user_id: user.id,
    credential_id: credentialId,
    public_key: STORED_KEY,
    sign_count: 0,
    is_syncable: Number(isSyncable),
    transports: '["internal"]',
    created_at_ms: Date.now(),
    ...columns,
  };
  await insertRows(env.DB, [{ table: 'passkeys', columns: row }]);
  const fixed = { privateKey: FIXED_PASSKEY.privateKey, credentialId };
  const authenticator = createAuthenticator({
    origin: PAGES_ORIGIN,
    algorithm: 'EdDSA',
    isSyncable,
    fixed,
  });
  const options = (challenge: string) => ({ challenge, rpId: new URL(PAGES_ORIGIN).hostname });
  return {
    id,
    userHandle,
    authenticator,
    sign: async (challenge, changed = {}) =>
      assertionOf(await authenticator.get(options(challenge), { userHandle, ...changed })),
  };
}

/** Removes all passkeys of the user, as an operator does. */
export const removePasskeys = ({ id }: { id: number }) =>
  env.DB.prepare('DELETE FROM passkeys WHERE user_id = ?').bind(id).run();

/** In the words of the core, which each contract writes in its own. */
export const assertionOf = ({ id, response }: AssertionJson): AssertionCredential => {
  const { clientDataJSON, authenticatorData, signature, userHandle = null } = response;
  return { id, clientDataJSON, authenticatorData, signature, userHandle };
};

export const registrationOf = ({ id, response }: RegistrationJson): RegistrationCredential => {
  const { clientDataJSON, attestationObject, transports } = response;
  return { id, clientDataJSON, attestationObject, transports };
};

type Caller = Pick<ReturnType<typeof client>, 'ask'>;

/** The first value under one of the names in an answer's body. */
export const valueIn = ({ text }: ContractAnswer, ...names: string[]): unknown =>
  valueNamed(JSON.parse(text), ...names);

/** Asks for the options of a sign-in, and signs their challenge. */
export async function assertionAt(
  { ask }: Caller,
  passkey: Pick<HeldPasskey, 'sign'>,
  changed?: Flaws,
): Promise<AssertionCredential> {
  const challenge = valueIn(await ask('passkey-login-options', null), 'challenge');
  return passkey.sign(String(challenge), changed);
}

export const signInBy = async (
  caller: Caller,
  passkey: Pick<HeldPasskey, 'sign'>,
  { remember = false, ...sending }: Sending & { remember?: boolean } = {},
): Promise<ContractAnswer> => {
  const credential = await assertionAt(caller, passkey);
  return caller.ask('passkey-login', { credential, remember }, sending);
};

/** Asks for the options of a registration. */
export async function optionsAt({ ask }: Caller, token: string): Promise<CreationOptions> {
  const answer = await ask('passkey-options', null, { token });
  return valueIn(answer, 'publicKey', 'options') as CreationOptions;
}

/** Creates a passkey for the session of the token. */
export async function registrationAt(
  caller: Caller,
  token: string,
  authenticator = createAuthenticator({ origin: PAGES_ORIGIN }),
): Promise<RegistrationCredential> {
  return registrationOf(await authenticator.create(await optionsAt(caller, token)));
}
