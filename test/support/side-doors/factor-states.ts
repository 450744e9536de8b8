/** The states of second factors, of logins that owe one, and of proofs of identity within a session. */
import type { AssertionCredential } from '../../../src/flows/model/passkey.ts';
import { otherThan } from '../mailbox.ts';
import { WRONG } from '../session.ts';
import { WIRES, type Wire } from './all-wires.ts';
import { NO_TOKENS } from './ask.ts';
import type { Definition } from './definition.ts';
import * as factors from './factors.ts';
import { sign } from './passkeys.ts';
import * as prepare from './prepare.ts';
import {
  at,
  change,
  granted,
  loginAt,
  partOf,
  plain,
  signIn,
  type Account,
  type Cell,
} from './accounts.ts';

const MINUTE_MS = 60_000;
const lockedAtOnce = { LOCKOUT: { threshold: 1, stopAfterFailures: 50 } };
const required = { SECOND_FACTOR: 'required' };
const off = { SECOND_FACTOR: 'off' };

/** Enrols a factor, which the account's session has not proven. */
async function enrolLater(account: Account): Promise<void> {
  if (account.factor === null) await factors.enrol(account);
  await change('sessions', 'second_factor_at_ms = NULL')(account);
}

const enrolAnd = (work: (account: Account) => Promise<unknown>) => async (account: Account) => {
  await factors.enrol(account);
  await work(account);
};

/** The last proof of identity, of whatever kind, was so long ago. */
const provenAgo = (ms: number) =>
  change(
    'sessions',
    `proven_at_ms = proven_at_ms - ${ms}, second_factor_at_ms = second_factor_at_ms - ${ms}`,
  );

const reauthenticate = (
  account: Account,
  proof: { password: string | null; code: string | null; credential?: AssertionCredential },
) => granted(plain.app, at(account, 'reauthenticate', proof));

/** By a passkey, a recovery code or the password: the first of them that the account has. */
async function proveAgain(account: Account) {
  const { factor, passkeys, user } = account;
  if (passkeys.length > 0) return proveByPasskey(account);
  const code = factor?.codes.pop() ?? null;
  return reauthenticate(account, { password: code === null ? user.password : null, code });
}

const proveByPasskey = async (account: Account) =>
  reauthenticate(account, { password: null, code: null, credential: await sign(account) });

async function knowDevice(account: Account): Promise<void> {
  const device = await prepare.deviceOf(account.user);
  await factors.enrol(account);
  account.device = device;
}

/** The input was made before. */
const sendPassword = (cell: Cell) => void (cell.input['password'] = cell.user.password);

const otherWire = ({ wire }: Account): Wire =>
  WIRES.find((other) => other !== wire && factors.asksInAStep(other)) as Wire;

/** Sends the step of a login at an account without a factor, in place of what the input has. */
async function sendEnrollingStep(cell: Cell): Promise<void> {
  if (cell.operation === 'second-factor') await factors.removeFactors(cell);
  cell.factor = null;
  const { input, token } = await factors.enrollingStep(cell);
  cell.tokens = { ...NO_TOKENS, access: token };
  Object.assign(cell.input, input);
}

export const factorStates = {
  'a second factor was enrolled since the session began': { begin: enrolLater },
  'a second factor is enrolled, and the device known': { begin: knowDevice },
  'a second factor is enrolled, and the name locked': {
    settings: lockedAtOnce,
    isShared: true,
    begin: enrolAnd(prepare.lockName),
  },
  'a second factor is enrolled, and the name locked, on a known device': {
    settings: lockedAtOnce,
    async begin(account) {
      await knowDevice(account);
      await prepare.lockName(account);
    },
  },
  'a second factor is enrolled, and the password is wrong': {
    isShared: true,
    begin: factors.enrol,
    alter: (cell) => void (cell.input['password'] = WRONG),
  },
  'a second factor is enrolled, and the account is inactive': {
    isShared: true,
    begin: enrolAnd(change('users', "status = 'inactive'")),
  },
  'a second factor is enrolled, and the address is not verified': {
    isShared: true,
    begin: enrolAnd(change('users', 'email_verified = 0')),
  },
  'a second factor is enrolled, and the password was reset': {
    isShared: true,
    begin: enrolAnd(prepare.resetPassword),
    alter: sendPassword,
  },
  'the code is sent beside the password': {
    isOf: factors.takesCode,
    begin: factors.enrol,
    alter: (cell) => void (cell.input['code'] = cell.factor?.codes.pop()),
  },
  'a wrong code is sent beside the password': {
    isOf: factors.takesCode,
    isShared: true,
    begin: factors.enrol,
    alter: (cell) => void (cell.input['code'] = otherThan(factors.nextCode(cell))),
  },
  'a used code is sent beside the password': {
    isOf: factors.takesCode,
    isShared: true,
    begin: factors.enrol,
    alter: async (cell) => void (cell.input['code'] = await factors.usedCode(cell)),
  },

  'the identity was proven almost five minutes ago': { begin: provenAgo(5 * MINUTE_MS - 1) },
  'the identity was proven five minutes ago': { isShared: true, begin: provenAgo(5 * MINUTE_MS) },
  'the identity was proven again': {
    async begin(account) {
      await provenAgo(6 * MINUTE_MS)(account);
      await proveAgain(account);
    },
  },
  'the password was proven again where the account has a factor': {
    isShared: true,
    async begin(account) {
      if (account.factor === null) await factors.enrol(account);
      await provenAgo(6 * MINUTE_MS)(account);
      await reauthenticate(account, { password: account.user.password, code: null });
    },
  },

  'the policy requires a second factor': { settings: required },
  'the policy requires a second factor of administrators': {
    settings: { SECOND_FACTOR: 'required-for-admins' },
  },
  'the policy requires a second factor of the administrator': {
    settings: { SECOND_FACTOR: 'required-for-admins' },
    begin: change('users', 'is_admin = 1'),
  },
  'second factors are off': { settings: off },
  'second factors are off, and one is enrolled': {
    settings: off,
    isShared: true,
    begin: factors.enrol,
  },

  'a recovery code is sent': { alter: (cell) => void (cell.input['code'] = cell.factor?.codes[0]) },
  'the recovery code was used before': {
    isShared: true,
    alter: async (cell) => void (cell.input['code'] = await factors.usedCode(cell)),
  },
  'the factor’s code was used before': {
    isShared: true,
    alter: (cell) => void (cell.input['code'] = factors.usedTotp(cell)),
  },
  'the token of a step is sent': {
    isOf: factors.sendsStepToken,
    isShared: true,
    async begin(account) {
      if (account.factor === null) await factors.enrol(account);
      const owed = await loginAt(account.wire, account.user);
      account.tokens = { access: String(partOf(owed, 'access_token')), refresh: 'none' };
    },
  },
  'the step has expired': { isShared: true, passesMs: () => 5 * MINUTE_MS },
  'the step has almost expired': {
    passesMs: () => 5 * MINUTE_MS - 1,
    alter: (cell) => void (cell.input['code'] = cell.factor?.codes[0]),
  },
  'the step is another contract’s': {
    isShared: true,
    async alter(cell) {
      cell.input['challenge'] = await factors.stepOf(cell, { wire: otherWire(cell) });
    },
  },
  'the step is another account’s': {
    isShared: true,
    async alter(cell) {
      const other = await prepare.newAccount([cell.route], cell);
      cell.input['challenge'] = await factors.stepOf(other, { wire: cell.wire });
    },
  },
  'the account has signed in since the step': {
    isShared: true,
    begin: (account) => change('users', `last_login_at_ms = ${Date.now() + 1}`)(account),
  },
  'the account has signed in since the step, and the code is wrong': {
    isShared: true,
    begin: (account) => change('users', `last_login_at_ms = ${Date.now() + 1}`)(account),
    alter: (cell) => void (cell.input['code'] = WRONG),
  },
  'the account is inactive since the step, and the code is wrong': {
    isShared: true,
    begin: change('users', "status = 'inactive'"),
    alter: (cell) => void (cell.input['code'] = WRONG),
  },
  'the address is not verified since the step, and the code is wrong': {
    isShared: true,
    begin: change('users', 'email_verified = 0'),
    alter: (cell) => void (cell.input['code'] = WRONG),
  },
  'the account has signed in in the same millisecond as the step': {
    isShared: true,
    begin: (account) => signIn(account, account.wire),
  },
  'the factor was removed since the step': { isShared: true, begin: factors.removeFactors },

  'the step enrols a factor': { settings: required, enrols: true, alter: sendEnrollingStep },
  'the step that enrols has expired': {
    settings: required,
    enrols: true,
    isShared: true,
    alter: sendEnrollingStep,
    passesMs: () => 5 * MINUTE_MS,
  },
  'a factor was enrolled since the step that enrols': {
    settings: required,
    enrols: true,
    async alter(cell) {
      await sendEnrollingStep(cell);
      await factors.enrol(cell);
    },
  },
  'the step that enrols is another contract’s': {
    isOf: (wire) => !factors.sendsStepToken(wire),
    settings: required,
    enrols: true,
    isShared: true,
    async alter(cell) {
      await sendEnrollingStep(cell);
      const { app } = cell;
      cell.input['challenge'] = await factors.stepOf(cell, { wire: otherWire(cell), app });
    },
  },
  'the step asks for a factor that the account has': {
    isOf: (wire) => factors.asksInAStep(wire) && !factors.sendsStepToken(wire),
    isShared: true,
    async alter(cell) {
      await factors.enrol(cell);
      cell.tokens = NO_TOKENS;
      cell.input['challenge'] = await factors.stepOf(cell, { wire: cell.wire });
    },
  },
} satisfies Record<string, Definition>;

export type FactorState = keyof typeof factorStates;
