/** Replaces the credentials of requests: by new ones, flawed ones, and ones over other challenges. */
import { base64url } from 'jose';
import type { Operation } from '../../../src/flows/operations.ts';
import { addPasskey } from '../passkeys.ts';
import { at, granted, plain, signIn, type Account, type Cell } from './accounts.ts';
import { WIRES, type Wire } from './all-wires.ts';
import { ask, tokensIn } from './ask.ts';
import * as passkeys from './passkeys.ts';
import * as prepare from './prepare.ts';

type Flaws = Parameters<typeof passkeys.sign>[1];

const PROVING = new Set<Operation>(['passkey-login', 'reauthenticate']);

/** Sends a new assertion where the operation takes one, in place of the one that it has or of the password. */
export async function sendAssertion(cell: Cell, flaws: Flaws = {}): Promise<void> {
  if (!PROVING.has(cell.operation)) return;
  await passkeys.addPasskeys(cell);
  cell.input['credential'] = await passkeys.sign(cell, flaws);
  if (cell.operation === 'reauthenticate') cell.input['password'] = null;
}

export const asserting =
  (flaws: Flaws = {}) =>
  (cell: Cell) =>
    sendAssertion(cell, flaws);

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

/** Uses up the challenge of the credential that the request has: by another account, or another passkey. */
export async function useItsChallenge(cell: Cell): Promise<void> {
  const { clientDataJSON } = cell.input['credential'] as { clientDataJSON: string };
  const text = new TextDecoder().decode(base64url.decode(clientDataJSON));
  const { challenge } = JSON.parse(text) as { challenge: string };
  if (cell.operation === 'add-passkey') {
    const options = { ...(await passkeys.creationOptions(cell)), challenge };
    const credential = await passkeys.register(cell, { options });
    await granted(plain.app, at(cell, 'add-passkey', { name: null, credential }));
    return;
  }
  const credential = await passkeys.sign(await newOwner(cell), { challenge });
  await granted(plain.app, at(cell, 'passkey-login', { credential, remember: false }));
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

/** Opens the account's session with a passkey in place of the password, where it has one. */
export async function openByPasskey(account: Account): Promise<void> {
  if (account.tokens.access === null) return;
  await passkeys.addPasskeys(account);
  const input = { credential: await passkeys.sign(account), remember: false };
  const answer = await ask(account.app, at(account, 'passkey-login', input));
  account.tokens = tokensIn(account.wire.contract, answer);
}
