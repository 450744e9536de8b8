/** Fixtures of passkeys: ceremonies with a clock that tests move, and what a store would hold. */
import { createMac } from '../../src/crypto/keys.ts';
import { createPasskeyCeremonies } from '../../src/crypto/passkeys/ceremonies.ts';
import type { AssertionCredential } from '../../src/flows/model/passkey.ts';
import {
  createAuthenticator,
  type AssertionJson,
  type PasskeyAuthenticator,
  type RegistrationJson,
} from './passkey-authenticator.ts';

export const ISSUED_MS = 1_700_000_000_000;
export const LIFETIME_MS = 300_000;
const ORIGIN = 'https://accounts.example.org';
export const HANDLE = 'dXNlci1oYW5kbGU';
export const SCOPE = { contract: 'email-cookie', sessionId: 'session-1' };
export const OWNER = {
  userHandle: HANDLE,
  name: 'alice@example.org',
  displayName: 'Alice',
  passkeys: [],
};

/** Tests that move it put it back. */
export const clock = { nowMs: ISSUED_MS };

export const ceremoniesOf = (serverKey: number) =>
  createPasskeyCeremonies({
    mac: createMac(new Uint8Array(32).fill(serverKey)),
    nowMs: () => clock.nowMs,
    lifetimeMs: LIFETIME_MS,
    domain: 'example.org',
    name: 'Example',
    origins: [ORIGIN, 'https://app.example.org'],
  });
export const ceremonies = ceremoniesOf(1);

type AuthenticatorChanges = Partial<Parameters<typeof createAuthenticator>[0]>;
export const authenticatorOf = (changes: AuthenticatorChanges = {}) =>
  createAuthenticator({ origin: ORIGIN, ...changes });
export type CreateChanges = Parameters<PasskeyAuthenticator['create']>[1];
export type GetChanges = Parameters<PasskeyAuthenticator['get']>[1];

export async function create(authenticator: PasskeyAuthenticator, changes?: CreateChanges) {
  const { publicKey } = await ceremonies.creationOptions(SCOPE, OWNER);
  return authenticator.create(publicKey, changes);
}

export const register = ({ id, response }: RegistrationJson, scope = SCOPE) =>
  ceremonies.verifyRegistration(scope, { id, ...response });

export async function get(authenticator: PasskeyAuthenticator, changes?: GetChanges) {
  const { publicKey } = await ceremonies.requestOptions(SCOPE.contract);
  return authenticator.get(publicKey, changes);
}

export const credentialOf = ({ id, response }: AssertionJson): AssertionCredential => ({
  id,
  ...response,
  userHandle: response.userHandle ?? null,
});

/** Registers a passkey, and returns it as the store would. */
export async function ownedBy(authenticator: PasskeyAuthenticator, signCount?: number) {
  const result = await register(await create(authenticator));
  if (!result.ok) throw new Error(result.flaw);
  const stored = { id: 'passkey-1', name: null, createdAtMs: ISSUED_MS, lastUsedAtMs: null };
  const passkey = { ...stored, ...result.passkey };
  return { passkey: { ...passkey, signCount: signCount ?? passkey.signCount }, userHandle: HANDLE };
}

export const signIn = (
  assertion: AssertionJson,
  owned: Awaited<ReturnType<typeof ownedBy>> | null,
) => ceremonies.verifyAssertion(SCOPE.contract, credentialOf(assertion), owned);
