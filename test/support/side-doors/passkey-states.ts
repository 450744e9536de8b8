/** The states of passkeys, of the challenges that they sign, and of accounts without a password. */
import { base64url } from 'jose';
import { addPasskey, removePasskeys } from '../passkeys.ts';
import type { Definition } from './definition.ts';
import { enrol } from './factors.ts';
import * as credentials from './credentials.ts';
import { asserting, sendAssertion } from './credentials.ts';
import * as passkeys from './passkeys.ts';
import * as prepare from './prepare.ts';
import { at, change, granted, plain, type Account, type Cell } from './accounts.ts';

const MINUTE_MS = 60_000;
const lockedAtOnce = { LOCKOUT: { threshold: 1, stopAfterFailures: 50 } };
const off = { PASSKEYS: { offered: false } };
const deviceBound = (accounts: 'admins' | 'all') => ({ PASSKEYS: { deviceBound: accounts } });

const removePassword = change('users', 'password_hash = NULL');
const provenAgo = (ms: number) =>
  change(
    'sessions',
    `proven_at_ms = proven_at_ms - ${ms}, second_factor_at_ms = second_factor_at_ms - ${ms}`,
  );

/** Leaves the account these ways in, and its sessions proven. */
const reachableBy =
  (left: { passkeys: number; codes: boolean; password: boolean }) => async (account: Account) => {
    await removePasskeys(account.user);
    account.passkeys.splice(0);
    await passkeys.addPasskeys(account, left.passkeys);
    if (left.codes) await passkeys.addRecoveryCodes(account);
    if (!left.password) await removePassword(account);
    await passkeys.proveBoth(account);
  };

/** Names a passkey that is left, and sends an assertion of it where the request proves something. */
async function sendNoPassword(cell: Cell): Promise<void> {
  for (const field of ['currentPassword', 'password']) {
    if (field in cell.input) cell.input[field] = null;
  }
  if ('id' in cell.input) cell.input['id'] = cell.passkeys[0]?.id;
  await sendAssertion(cell);
}

const fill = (count: number) => (account: Account) => passkeys.fill(account, count);

export const passkeyStates = {
  'a passkey proves': { alter: asserting() },
  'a passkey proves, and the password checks of its sessions are locked': {
    settings: lockedAtOnce,
    begin: prepare.lockChecks,
    alter: asserting(),
  },
  'a passkey proves whose counter has gone back': {
    async alter(cell) {
      await sendAssertion(cell, { count: 3 });
      await change('passkeys', 'sign_count = 3')(cell);
    },
  },
  'the password was reset, and a passkey signs in': { begin: prepare.resetPassword },
  'another account’s passkey proves': {
    async alter(cell) {
      const other = await credentials.newOwner(cell);
      await sendAssertion(cell);
      cell.input['credential'] = await passkeys.sign(other);
    },
  },
  'the user handle is another account’s': {
    isShared: true,
    alter: async (cell) =>
      sendAssertion(cell, {
        userHandle: (await credentials.newOwner(cell)).passkeys[0]?.userHandle ?? '',
      }),
  },
  'no user handle is sent': { isShared: true, alter: asserting({ userHandle: null }) },
  'the passkey’s signature is wrong': {
    isShared: true,
    alter: asserting({ signature: base64url.encode(new Uint8Array(64).fill(1)) }),
  },
  'the passkey’s user was not verified': { isShared: true, alter: asserting({ flipFlags: 4 }) },
  'the assertion was made at another origin': {
    isShared: true,
    alter: asserting({ origin: 'https://gatehouse.example.evil.example' }),
  },
  'the passkey was removed': {
    isShared: true,
    async alter(cell) {
      await sendAssertion(cell);
      await removePasskeys(cell.user);
    },
  },
  'the passkey is removed meanwhile': {
    alter: asserting(),
    beforeWrite: ({ user }) => removePasskeys(user),
  },

  'the challenge has expired': {
    isShared: true,
    begin: provenAgo(-5 * MINUTE_MS),
    alter: asserting(),
    passesMs: () => 5 * MINUTE_MS,
  },
  'the challenge has almost expired': {
    begin: provenAgo(-5 * MINUTE_MS),
    alter: asserting(),
    passesMs: () => 5 * MINUTE_MS - 1,
  },
  'the challenge is another contract’s': {
    isShared: true,
    async alter(cell) {
      const wire = credentials.otherWire(cell);
      if (cell.operation !== 'add-passkey') {
        return sendAssertion(cell, { challenge: await passkeys.challengeAt(wire) });
      }
      const options = await passkeys.creationOptions(await credentials.elsewhere(cell, wire));
      cell.input['credential'] = await passkeys.register(cell, { options });
    },
  },
  'the challenge is of the other ceremony': {
    isShared: true,
    async alter(cell) {
      if (cell.operation === 'add-passkey') {
        const challenge = await passkeys.challengeAt(cell.wire);
        cell.input['credential'] = await passkeys.register(cell, { challenge });
        return;
      }
      const { challenge } = await passkeys.creationOptions(await credentials.elsewhere(cell));
      await sendAssertion(cell, { challenge });
    },
  },
  'the challenge was issued to another session': {
    isShared: true,
    async alter(cell) {
      const options = await passkeys.creationOptions(await credentials.elsewhere(cell));
      cell.input['credential'] = await passkeys.register(cell, { options });
    },
  },
  'the challenge was used for another passkey': {
    isShared: true,
    async alter(cell) {
      await sendAssertion(cell);
      await credentials.useItsChallenge(cell);
    },
  },
  'another request uses the challenge meanwhile': {
    alter: asserting(),
    beforeWrite: credentials.useItsChallenge,
  },

  'the new passkey’s user was not verified': {
    isShared: true,
    alter: async (cell) =>
      void (cell.input['credential'] = await passkeys.register(cell, { flipFlags: 4 })),
  },
  'the new passkey is another account’s': {
    isShared: true,
    async alter(cell) {
      const { authenticator } = await addPasskey((await credentials.newOwner(cell)).user);
      const { credentialId } = authenticator;
      cell.input['credential'] = await passkeys.register(cell, { credentialId });
    },
  },
  'the account has all but one of its passkeys': { begin: fill(19) },
  'the account has all its passkeys': { isShared: true, begin: fill(20) },
  'the last place for a passkey is taken meanwhile': {
    begin: fill(19),
    beforeWrite: fill(20),
  },

  'passkeys are not offered': { settings: off },
  'passkeys are not offered, and one proves': {
    settings: off,
    isShared: true,
    alter: asserting(),
  },
  'a synced passkey, where all have to stay on their device': {
    settings: deviceBound('all'),
    isShared: true,
    alter: credentials.sendSynced,
  },
  'a synced passkey, where those of administrators have to stay on their device': {
    settings: deviceBound('admins'),
    alter: credentials.sendSynced,
  },
  'a synced passkey of an administrator, where it has to stay on its device': {
    settings: deviceBound('admins'),
    isShared: true,
    begin: change('users', 'is_admin = 1'),
    alter: credentials.sendSynced,
  },
  'a passkey of one device, where all have to stay on theirs': {
    settings: deviceBound('all'),
    alter: asserting(),
  },

  'the policy requires a second factor, and a passkey has signed in': {
    settings: { SECOND_FACTOR: 'required' },
    begin: credentials.openByPasskey,
    async alter(cell) {
      if ('refreshToken' in cell.input) cell.input['refreshToken'] = cell.tokens.refresh;
      if (cell.operation !== 'add-passkey') return;
      cell.input['credential'] = await passkeys.register(cell);
    },
  },
  'a passkey has proven the identity where the account has a factor': {
    async begin(account) {
      if (account.factor === null) await enrol(account);
      await passkeys.addPasskeys(account);
      await provenAgo(6 * MINUTE_MS)(account);
      const credential = await passkeys.sign(account);
      const proof = { password: null, code: null, credential };
      await granted(plain.app, at(account, 'reauthenticate', proof));
    },
  },
  'recovery codes stand beside a passkey': { begin: passkeys.addRecoveryCodes },

  'no password is sent where the account has one': { alter: sendNoPassword },
  'two passkeys are in place of the password': {
    begin: reachableBy({ passkeys: 2, codes: false, password: false }),
    alter: sendNoPassword,
  },
  'two passkeys are in place of the password, and the proof is five minutes old': {
    isShared: true,
    async begin(account) {
      await reachableBy({ passkeys: 2, codes: false, password: false })(account);
      await provenAgo(5 * MINUTE_MS)(account);
    },
    alter: sendNoPassword,
  },
  'two passkeys and recovery codes are in place of the password': {
    begin: reachableBy({ passkeys: 2, codes: true, password: false }),
    alter: sendNoPassword,
  },
  'a passkey and recovery codes are in place of the password': {
    begin: reachableBy({ passkeys: 1, codes: true, password: false }),
    alter: sendNoPassword,
  },
  'a passkey is beside the password': {
    begin: reachableBy({ passkeys: 1, codes: false, password: true }),
    alter: sendNoPassword,
  },
  'a passkey and recovery codes are beside the password': {
    begin: reachableBy({ passkeys: 1, codes: true, password: true }),
    alter: sendNoPassword,
  },
  'the other passkey is removed meanwhile': {
    begin: reachableBy({ passkeys: 2, codes: false, password: true }),
    async alter(cell) {
      if (cell.operation === 'remove-password') return;
      await reachableBy({ passkeys: 2, codes: true, password: false })(cell);
      await sendNoPassword(cell);
    },
    beforeWrite: passkeys.removeOther,
  },
} satisfies Record<string, Definition>;

export type PasskeyState = keyof typeof passkeyStates;
