/** Accounts with passkeys, and the requests that their authenticators sign. */
import type { Contract } from '../../../src/contracts/contract.ts';
import type {
  AssertionCredential,
  CreationOptions,
  RegistrationCredential,
  RequestOptions,
} from '../../../src/flows/model/passkey.ts';
import { valueNamed } from '../../../test/support/authenticator.ts';
import {
  createAuthenticator,
  type PasskeyAuthenticator,
  type RegistrationJson,
} from '../../../test/support/passkey-authenticator.ts';
import { credentialOf } from '../../../test/support/passkey-ceremonies.ts';
import { sendOne } from '../../burst.ts';
import { settings, type AttackContext } from './context.ts';
import { newUsers, registrar } from './users.ts';
import { ask, login, tokensIn, type Attempt, type Person } from './wire.ts';

export type Instance = Pick<AttackContext, 'origin' | 'isOwn'>;

export interface PasskeyOwner extends Person {
  authenticators: PasskeyAuthenticator[];
  /** Of a session that has proven its owner a moment ago. */
  token: string;
}

/** Its pages are at the origin of `npm start`, or where the settings of a deployment have them. */
export const newAuthenticator = ({ origin, isOwn }: Instance) =>
  createAuthenticator({ origin: isOwn ? (settings.passkeys.origins[0] ?? '') : origin });

/** Signs in with the password. */
export async function newToken(origin: string, person: Person): Promise<string> {
  const answer = await sendOne(origin, login(registrar, person));
  const tokens = tokensIn(registrar, answer);
  if (tokens === null) throw new Error(`${person.email} cannot log in: ${answer.text}`);
  return tokens.access;
}

async function optionsIn<Options>(origin: string, attempt: Attempt): Promise<Options> {
  const { status, text } = await sendOne(origin, attempt);
  const options = status === 200 ? valueNamed(JSON.parse(text), 'publicKey', 'options') : undefined;
  if (options === undefined) throw new Error(`no options in ${status} ${text}`);
  return options as Options;
}

/** Options of a registration by the session. */
export const creationOptions = (origin: string, token: string): Promise<CreationOptions> =>
  optionsIn(origin, ask(registrar, 'passkey-options', { input: null, token }));

export function credentialIn({ id, response }: RegistrationJson): RegistrationCredential {
  const { clientDataJSON, attestationObject, transports = [] } = response;
  return { id, clientDataJSON, attestationObject, transports };
}

/** Has the authenticator make a passkey for the session. */
export const newRegistration = async (
  origin: string,
  token: string,
  authenticator: PasskeyAuthenticator,
): Promise<RegistrationCredential> =>
  credentialIn(await authenticator.create(await creationOptions(origin, token)));

export const addPasskey = (token: string, credential: RegistrationCredential): Attempt =>
  ask(registrar, 'add-passkey', { input: { name: null, credential }, token });

/** Registers accounts with as many passkeys each. */
export async function passkeyOwners(
  instance: Instance,
  { amount, passkeys }: { amount: number; passkeys: number },
): Promise<PasskeyOwner[]> {
  const { origin } = instance;
  const owners: PasskeyOwner[] = [];
  for (const person of await newUsers(origin, amount)) {
    const token = await newToken(origin, person);
    const authenticators: PasskeyAuthenticator[] = [];
    while (authenticators.length < passkeys) {
      const authenticator = newAuthenticator(instance);
      const credential = await newRegistration(origin, token, authenticator);
      const { status, text } = await sendOne(origin, addPasskey(token, credential));
      if (status >= 300) throw new Error(`add-passkey answered ${status} ${text}`);
      authenticators.push(authenticator);
    }
    owners.push({ ...person, authenticators, token });
  }
  return owners;
}

/** Options of a sign-in at the contract. */
export const loginOptions = (origin: string, contract: Contract): Promise<RequestOptions> =>
  optionsIn(origin, ask(contract, 'passkey-login-options', { input: null }));

/** Has each authenticator sign one challenge of the contract. */
export async function newAssertions(
  origin: string,
  contract: Contract,
  authenticators: readonly PasskeyAuthenticator[],
): Promise<AssertionCredential[]> {
  const options = await loginOptions(origin, contract);
  const signed = authenticators.map((authenticator) => authenticator.get(options));
  return (await Promise.all(signed)).map(credentialOf);
}

export const passkeyLogin = (contract: Contract, credential: AssertionCredential): Attempt =>
  ask(contract, 'passkey-login', { input: { credential, remember: false } });

/** The ids of the passkeys of the session's account. */
export async function passkeysOf(origin: string, token: string): Promise<string[]> {
  const { status, text } = await sendOne(
    origin,
    ask(registrar, 'list-passkeys', { input: null, token }),
  );
  const passkeys = status === 200 ? valueNamed(JSON.parse(text), 'passkeys') : undefined;
  if (passkeys === undefined) throw new Error(`no passkeys in ${status} ${text}`);
  return (passkeys as { id: string }[]).map(({ id }) => id);
}
