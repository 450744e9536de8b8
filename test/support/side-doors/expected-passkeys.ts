/** The expected outcomes in the states of passkeys, of their challenges, and of accounts without a password. */
import type { PasskeyState } from './passkey-states.ts';
import { BEARER, each, FACTOR_CHANGES, PASSKEY_CHANGES, row, type Row } from './rows.ts';

const OWN_PASSWORD = ['change-password', 'change-email', 'delete-account'] as const;

const refusedAlike = row(['assertion'], 'invalid-passkey');
/** At a registration the flaw is told. */
const unrelated = row(['assertion', 'attestation'], {
  ...each(['passkey-login', 'reauthenticate'], 'invalid-passkey'),
  'add-passkey': 'malformed',
});
const usedUp = row(['assertion', 'attestation'], 'expired-challenge');
const unacceptable = row(['assertion', 'attestation'], 'unacceptable-passkey');

/** Of an account without a password that can lose a passkey, or cannot. */
const withoutPassword = (removal: 'granted' | 'last-way-in') =>
  row(['own password', 'assertion', 'last way in'], {
    ...each([...OWN_PASSWORD, 'passkey-login', 'reauthenticate', 'remove-password'], 'granted'),
    'remove-passkey': removal,
  });

export const PASSKEYS_EXPECTED: Readonly<Record<PasskeyState, Row>> = {
  'a passkey proves': row(['assertion'], 'granted'),
  'a passkey proves, and the password checks of its sessions are locked': row(
    ['assertion'],
    'granted',
  ),
  'a passkey proves whose counter has gone back': row(['assertion'], 'granted'),
  'the password was reset, and a passkey signs in': row(['passkey'], 'granted'),
  // Signs its own account in.
  'another account’s passkey proves': row(['assertion'], {
    'passkey-login': 'granted',
    reauthenticate: 'invalid-passkey',
  }),
  'the user handle is another account’s': refusedAlike,
  'no user handle is sent': refusedAlike,
  'the passkey’s signature is wrong': refusedAlike,
  'the passkey’s user was not verified': refusedAlike,
  'the assertion was made at another origin': refusedAlike,
  'the passkey was removed': refusedAlike,
  'the passkey is removed meanwhile': row(['assertion', 'passkey id'], {
    ...each(['passkey-login', 'reauthenticate'], 'expired-challenge'),
    ...each(['rename-passkey', 'remove-passkey'], 'not-found'),
  }),

  'the challenge has expired': usedUp,
  'the challenge has almost expired': row(['assertion', 'attestation'], 'granted'),
  'the challenge is another contract’s': unrelated,
  'the challenge is of the other ceremony': unrelated,
  'the challenge was issued to another session': row(['attestation'], 'malformed'),
  'the challenge was used for another passkey': usedUp,
  'another request uses the challenge meanwhile': usedUp,

  'the new passkey’s user was not verified': row(['attestation'], 'malformed'),
  'the new passkey is another account’s': row(['attestation'], 'malformed'),
  'the account has all but one of its passkeys': row(['new passkey'], 'granted'),
  'the account has all its passkeys': row(['new passkey'], 'too-many-passkeys'),
  'the last place for a passkey is taken meanwhile': row(['attestation'], 'too-many-passkeys'),

  'passkeys are not offered': row(['passkeys offered', 'passkey id', 'last way in'], {
    ...each(['passkey-login-options', 'passkey-login', 'passkey-options'], 'not-found'),
    'add-passkey': 'not-found',
    ...each(['rename-passkey', 'remove-passkey'], 'granted'),
    // None of them signs anybody in.
    'remove-password': 'last-way-in',
  }),
  'passkeys are not offered, and one proves': row(['assertion'], {
    'passkey-login': 'not-found',
    reauthenticate: 'invalid-passkey',
  }),
  'a synced passkey, where all have to stay on their device': unacceptable,
  'a synced passkey, where those of administrators have to stay on their device': row(
    ['assertion', 'attestation'],
    'granted',
  ),
  'a synced passkey of an administrator, where it has to stay on its device': unacceptable,
  'a passkey of one device, where all have to stay on theirs': row(
    ['assertion', 'attestation'],
    'granted',
  ),

  // A passkey is both factors.
  'the policy requires a second factor, and a passkey has signed in': row(['session'], {
    ...each([...BEARER, 'refresh', 'logout'], 'granted'),
  }),
  'a passkey has proven the identity where the account has a factor': row(['recent proof'], {
    ...each([...FACTOR_CHANGES, ...PASSKEY_CHANGES], 'granted'),
    // The factor that was to be confirmed has made room for another.
    'confirm-totp': 'invalid-factor',
    'verify-factor': 'not-found',
  }),
  'recovery codes stand beside a passkey': row(['sign-in', 'passkey'], {
    login: 'second-factor-required',
    'passkey-login': 'granted',
  }),

  'no password is sent where the account has one': row(['own password'], {
    ...each(['change-password', 'delete-account'], 'missing-field'),
    'change-email': 'granted',
  }),
  'two passkeys are in place of the password': withoutPassword('last-way-in'),
  'two passkeys are in place of the password, and the proof is five minutes old': row(
    ['own password', 'last way in'],
    'reauthentication-required',
  ),
  'two passkeys and recovery codes are in place of the password': withoutPassword('granted'),
  'a passkey and recovery codes are in place of the password': withoutPassword('last-way-in'),
  'a passkey is beside the password': row(['last way in'], {
    'remove-passkey': 'granted',
    'remove-password': 'last-way-in',
  }),
  'a passkey and recovery codes are beside the password': row(['last way in'], 'granted'),
  'the other passkey is removed meanwhile': row(['last way in'], 'last-way-in'),
};
