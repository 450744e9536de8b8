/** Replaces the credentials of requests: by new ones, flawed ones, and ones over other challenges. */
import { base64url } from 'jose';
import type { CreationOptions } from '../../../src/flows/model/passkey.ts';
import { addPasskey } from '../passkeys.ts';
import { at, granted, plain, signIn, type Account, type Cell } from './accounts.ts';
import { WIRES, type Wire } from './all-wires.ts';
import { ask, tokensIn } from './ask.ts';
import * as passkeys from './passkeys.ts';
import * as prepare from './prepare.ts';

type Flaws = Parameters<typeof passkeys.sign>[1];

/** Sends a new assertion in place of the one that the input has, or of the password. */
export async function sendAssertion(cell: Cell, flaws: Flaws = {}): Promise<void> {
  await passkeys.addPasskeys(cell);
  cell.input['credential'] = await passkeys.sign(cell, flaws);
  if (cell.operation === 'reauthenticate') cell.input['password'] = null;
}

export const asserting =
  (flaws: Flaws = {}) =>
  (cell: Cell) =>
    sendAssertion(cell, flaws);

/** Sends a credential over a challenge: of `registration` where the operation adds a passkey. */
export async function sendOver(
  cell: Cell,
  { signIn: challengeOf, registration }: { signIn(): Promise<string>; registration: Account },
): Promise<void> {
  if (cell.operation !== 'add-passkey') {
    return sendAssertion(cell, { challenge: await challengeOf() });
  }
  const options = await passkeys.creationOptions(registration);
  cell.input['credential'] = await passkeys.register(cell, { options });
}

export const otherWire = ({ wire }: Account): Wire => WIRES.find((other) => other !== wire) as Wire;

/** The account in another session. */
export const elsewhere = async (account: Account, wire = account.wire): Promise<Account> => ({
  ...account,
  wire,
  tokens: await signIn(account, wire),
});

export const newOwner = async (cell: Cell): Promise<Account> => {
  const other = await prepare.newAccount([], cell);
  await passkeys.addPasskeys(other);
  return other;
};

/** Lets another account sign in with an assertion over the challenge. */
async function useChallenge(cell: Cell, challenge: string): Promise<void> {
  const other = await newOwner(cell);
  const input = { credential: await passkeys.sign(other, { challenge }), remember: false };
  await granted(plain.app, { contract: cell.wire.contract, operation: 'passkey-login', input });
}

/** Uses up the challenge of the credential that the request has. */
export async function useItsChallenge(cell: Cell): Promise<void> {
  const { clientDataJSON } = cell.input['credential'] as { clientDataJSON: string };
  const text = new TextDecoder().decode(base64url.decode(clientDataJSON));
  const { challenge } = JSON.parse(text) as { challenge: string };
  if (cell.operation !== 'add-passkey') return useChallenge(cell, challenge);
  const options = { ...(await passkeys.creationOptions(cell)), challenge };
  await addOther(cell, options);
}

async function addOther(cell: Cell, options: CreationOptions): Promise<void> {
  const credential = await passkeys.register(cell, { options });
  await granted(plain.app, at(cell, 'add-passkey', { name: null, credential }));
}

/** Sends a credential that may be copied to other devices. */
export async function sendSynced(cell: Cell): Promise<void> {
  if (cell.operation === 'add-passkey') {
    cell.input['credential'] = await passkeys.register(cell, { isSyncable: true });
    return;
  }
  cell.passkeys.splice(0, Infinity, await addPasskey(cell.user, { isSyncable: true }));
  await sendAssertion(cell);
}

/** Signs in with a passkey in place of the password. */
export async function openByPasskey(account: Account): Promise<void> {
  await passkeys.addPasskeys(account);
  const { app, wire, tokens } = account;
  const input = { credential: await passkeys.sign(account), remember: false };
  const request = { contract: wire.contract, operation: 'passkey-login', input } as const;
  if (tokens.access === null) return;
  account.tokens = tokensIn(wire.contract, await ask(app, request));
}
