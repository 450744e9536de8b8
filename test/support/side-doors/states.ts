/** The states of address, account, session and request in which every operation is asked. */
import { env } from 'cloudflare:workers';
import { moveClock, WRONG } from '../session.ts';
import { freshAddress } from '../test-app.ts';
import { forEach, WIRES, type Wire } from './all-wires.ts';
import { NO_TOKENS } from './ask.ts';
import type { Definition } from './definition.ts';
import { factorStates } from './factor-states.ts';
import { passkeyStates } from './passkey-states.ts';
import * as prepare from './prepare.ts';
import { change, identifierOf, signIn, type Account, type Cell } from './accounts.ts';

const hasRefresh = ({ contract }: Wire) => contract.refresh !== null;
const lockedAtOnce = { LOCKOUT: { threshold: 1, stopAfterFailures: 50 } };
const rotates = ({ contract }: Wire) => contract.refresh !== null && contract.rotation !== 'kept';

const lockAll = async (account: Account) => {
  await prepare.lockChecks(account);
  await prepare.lockName(account);
};

async function useUpAddress(cell: Cell): Promise<void> {
  cell.address = freshAddress();
  await prepare.attempt(cell);
}

/** Sends a name that no account has. */
function nameStranger(cell: Cell): void {
  cell.user = prepare.newStranger();
  cell.input['identifier'] = identifierOf(cell);
}

/** Sends another value in the first of the fields that the input has. */
const send = (fields: readonly string[], value: string) => (cell: Cell) => {
  const field = fields.find((name) => name in cell.input);
  if (field !== undefined) cell.input[field] = value;
};

const sendWrong = send(['currentPassword', 'password', 'code'], WRONG);

const TICKET_MS = 30_000;

/** Lets the tokens expire before their session. */
const outliveTokens = change('sessions', 'expires_at_ms = expires_at_ms + 31536000000');

/** Ends the ten seconds in which a used refresh token is another tab's. */
const endGrace = change('sessions', 'refreshed_at_ms = refreshed_at_ms - 10000');

const definitions = {
  'nothing is wrong': {},

  'the address has used up its attempts': {
    settings: { ADDRESS_LIMITS: forEach(1) },
    isShared: true,
    alter: useUpAddress,
  },
  'the address has used up its e-mails': {
    settings: { EMAIL_LIMITS: { perAddressPerHour: 1, perHour: 1_000_000 } },
    isShared: true,
    alter: useUpAddress,
  },
  'the deployment has used up its e-mails': {
    settings: { EMAIL_LIMITS: { perAddressPerHour: 1_000, perHour: 1 } },
    alter: prepare.attempt,
  },
  'the mailbox has had its e-mails': { alter: prepare.sendMany },

  'the name is locked': { settings: lockedAtOnce, begin: prepare.lockName },
  'the name is stopped until a reset': {
    settings: { LOCKOUT: { threshold: 1, stopAfterFailures: 1 } },
    begin: prepare.lockName,
  },
  'the password checks of its sessions are locked': {
    settings: lockedAtOnce,
    begin: prepare.lockChecks,
  },
  'locked, on a known device': {
    settings: lockedAtOnce,
    async begin(account) {
      const device = await prepare.deviceOf(account.user);
      await lockAll(account);
      account.device = device;
    },
  },
  'locked, with a revoked device cookie': {
    settings: lockedAtOnce,
    isShared: true,
    async begin(account) {
      const device = await prepare.deviceOf(account.user);
      await change('users', 'device_version = device_version + 1')(account);
      await lockAll(account);
      account.device = device;
    },
  },
  'locked, with the device cookie of another account': {
    settings: lockedAtOnce,
    isShared: true,
    async begin(account) {
      await lockAll(account);
      account.device = await prepare.deviceOf((await prepare.newAccount([], account)).user);
    },
  },
  'a name without an account is locked': {
    settings: lockedAtOnce,
    isShared: true,
    async alter(cell) {
      nameStranger(cell);
      await prepare.lockName(cell);
    },
  },

  'no account has the name': { isShared: true, alter: nameStranger },
  'the account has no password': { begin: change('users', 'password_hash = NULL') },
  'the account is inactive': { isShared: true, begin: change('users', "status = 'inactive'") },
  'the account was deleted': { isShared: true, begin: prepare.deleteAccount },
  'the address is not verified': { begin: change('users', 'email_verified = 0') },
  'the address is verified': { begin: change('users', 'email_verified = 1') },

  'the session was ended': { isShared: true, begin: prepare.logout },
  'the session has expired': {
    isShared: true,
    begin: (account) => change('sessions', `expires_at_ms = ${Date.now()}`)(account),
  },
  'the session is of an earlier password': {
    isShared: true,
    begin: change('users', 'credential_version = credential_version + 1'),
  },
  'the session is past its absolute end': {
    isOf: hasRefresh,
    begin: change('sessions', `created_at_ms = created_at_ms - ${env.SESSION_ABSOLUTE_SECONDS}000`),
  },
  'the access token has expired': {
    begin: outliveTokens,
    passesMs: ({ contract }) => contract.lifetimes.accessSeconds * 1000,
  },
  'the refresh token has expired': {
    isOf: hasRefresh,
    begin: outliveTokens,
    passesMs: ({ contract }) => (contract.lifetimes.refreshSeconds ?? 0) * 1000,
  },
  'the refresh token was used a moment ago': { isOf: hasRefresh, begin: prepare.refresh },
  'the refresh token was used before': {
    isOf: hasRefresh,
    async begin(account) {
      await prepare.refresh(account);
      await endGrace(account);
    },
  },
  'a used refresh token has come back': {
    isOf: rotates,
    isShared: true,
    async begin(account) {
      const successor = await prepare.refresh(account);
      await endGrace(account);
      await prepare.reuse(account);
      account.tokens = successor;
    },
  },
  'no token is sent': {
    isShared: true,
    alter: (cell) => (cell.tokens = NO_TOKENS),
  },
  'the tokens are another contract’s': {
    isShared: true,
    async begin(account) {
      const other = WIRES.find((wire) => wire !== account.wire && hasRefresh(wire));
      account.tokens = await signIn(account, other);
    },
  },
  'the refresh token is sent as the access token and the reverse': {
    isOf: hasRefresh,
    isShared: true,
    alter(cell) {
      const { access, refresh } = cell.tokens;
      cell.tokens = { access: refresh, refresh: access };
    },
  },

  'a page of another site asks': {
    alter: (cell) => (cell.origin = 'https://elsewhere.example'),
  },

  'the password is wrong': { isShared: true, alter: sendWrong },
  'the password was changed': {
    begin: prepare.changePassword,
    alter(cell) {
      // The code has to be void even with the new password.
      if (cell.operation === 'verify-email') cell.input['password'] = prepare.NEW_PASSWORD;
    },
  },
  'the new password is weak': {
    isShared: true,
    alter: send(['newPassword', 'password'], 'password1'),
  },
  'another account has the new address': { alter: (cell) => prepare.occupy(cell, 'email') },
  'another account has the new username': {
    isOf: ({ registersUsername }) => registersUsername,
    alter: (cell) => prepare.occupy(cell, 'username'),
  },

  'the proof is another account’s': { isShared: true, alter: prepare.swapProof },
  'the proof has expired': {
    isShared: true,
    begin: (account) => change('challenges', `expires_at_ms = ${Date.now()}`)(account),
  },
  'the tries at the code are used up': {
    settings: { LOCKOUT: { threshold: 100, stopAfterFailures: 100 } },
    alter: prepare.useUpTries,
  },
  'the password changes meanwhile': { beforeWrite: prepare.changePassword },
  'the account becomes inactive meanwhile': {
    beforeWrite: change('users', "status = 'inactive'"),
  },
  'another account takes the new address meanwhile': {
    beforeWrite: (cell) => prepare.occupy(cell, 'email'),
  },
  'another account takes the new username meanwhile': {
    isOf: ({ registersUsername }) => registersUsername,
    beforeWrite: (cell) => prepare.occupy(cell, 'username'),
  },
  'the session ends meanwhile': { beforeWrite: prepare.logout },
  'the password check outlasts its ticket': { afterTicket: () => moveClock(TICKET_MS) },
  'the check of a wrong password outlasts its ticket': {
    alter: sendWrong,
    afterTicket: () => moveClock(TICKET_MS),
  },
  'the same request was granted before': { alter: prepare.askOnce },
  ...factorStates,
  ...passkeyStates,
} satisfies Record<string, Definition>;

export type State = keyof typeof definitions;
export const STATES: Readonly<Record<State, Definition>> = definitions;
