/**
 * The expected outcome of every operation in every state. A path that forgets a check which another
 * path to the same account makes is the flaw that this table is against, so a new state does not
 * compile without its row here, nor a new operation without its parts (rows.ts).
 */
import { FACTORS_EXPECTED } from './expected-factors.ts';
import { PASSKEYS_EXPECTED } from './expected-passkeys.ts';
import {
  AGAIN,
  BEARER,
  CHANGES,
  each,
  ENDS,
  gone,
  READS,
  row,
  signedOut,
  unproven,
  type Row,
} from './rows.ts';
import type { State } from './states.ts';

export const EXPECTED: Readonly<Record<State, Row>> = {
  ...FACTORS_EXPECTED,
  ...PASSKEYS_EXPECTED,
  'nothing is wrong': row(['account', 'new address', 'passkeys offered'], 'granted'),

  'the address has used up its attempts': row(['attempt'], 'limited'),
  'the address has used up its e-mails': row(['e-mail'], 'e-mail-limited'),
  'the deployment has used up its e-mails': row(['e-mail'], 'silent'),
  'the mailbox has had its e-mails': row(['e-mail'], 'silent'),

  'the name is locked': row(['password', 'reset', 'step', 'passkey'], {
    ...each(['login', 'verify-email'], 'locked'),
    // The sessions' checks are counted apart.
    ...each([...CHANGES, 'forgot-password', 'reset-password', 'revoke-session'], 'granted'),
    // No stranger's failures keep a step from its ticket, and none counts against a passkey.
    ...each(['second-factor', 'passkey-login'], 'granted'),
  }),
  'the name is stopped until a reset': row(['password', 'reset', 'step', 'passkey'], {
    ...each(['login', 'verify-email'], 'locked-until-reset'),
    ...each([...CHANGES, 'forgot-password', 'reset-password', 'revoke-session'], 'granted'),
    ...each(['second-factor', 'passkey-login'], 'granted'),
  }),
  'the password checks of its sessions are locked': row(['password'], {
    ...each(CHANGES, 'locked'),
    ...each(['login', 'verify-email'], 'granted'),
  }),
  'locked, on a known device': row(['password'], 'granted'),
  'locked, with a revoked device cookie': row(['password'], 'locked'),
  'locked, with the device cookie of another account': row(['password'], 'locked'),
  'a name without an account is locked': row(['name'], {
    ...each(['login', 'verify-email'], 'locked'),
    ...each(['send-code', 'forgot-password'], 'silent'),
  }),

  'no account has the name': row(['name'], {
    login: 'invalid',
    'verify-email': 'invalid-code',
    ...each(['send-code', 'forgot-password'], 'silent'),
  }),
  'the account has no password': row(['password', 'reset'], {
    ...each(['login', ...CHANGES], 'invalid'),
    'verify-email': 'invalid-code',
    ...each(['forgot-password', 'reset-password', 'revoke-session'], 'granted'),
  }),
  'the account is inactive': row(['account'], {
    ...signedOut,
    ...gone,
    ...each(['login', 'passkey-login'], 'inactive'),
  }),
  'the account was deleted': row(['account'], {
    ...signedOut,
    ...gone,
    login: 'invalid',
    'passkey-login': 'invalid-passkey',
  }),
  'the address is not verified': row(
    ['name', 'reset', 'refresh token', 'step', 'enrolment', 'passkey', 'new passkey'],
    {
      ...each(['login', 'refresh', 'send-code', 'verify-email', 'second-factor'], 'granted'),
      ...each(['forgot-password', 'reset-password', 'confirm-totp', 'verify-factor'], 'granted'),
      ...each(['revoke-session', 'passkey-login'], 'granted'),
      ...each(['enroll-totp', 'passkey-options', 'add-passkey'], 'unverified'),
    },
  ),
  // A code that was sent before it still opens nothing but what the password opens.
  'the address is verified': row(['name'], {
    ...each(['login', 'forgot-password', 'verify-email'], 'granted'),
    'send-code': 'silent',
  }),

  'the session was ended': row(['session'], signedOut),
  'the session has expired': row(['session'], signedOut),
  'the session is of an earlier password': row(['session'], signedOut),
  'the session is past its absolute end': row(['refresh token', 'renewal'], 'unauthenticated'),
  'the access token has expired': row(['session'], {
    ...each(BEARER, 'unauthenticated'),
    ...each(['refresh', 'logout'], 'granted'),
  }),
  'the refresh token has expired': row(['refresh token'], 'unauthenticated'),
  'the refresh token was used a moment ago': row(['refresh token'], 'granted'),
  'the refresh token was used before': row(['refresh token'], 'unauthenticated'),
  'a used refresh token has come back': row(['session'], signedOut),
  'no token is sent': row(['session'], 'missing-token'),
  'the tokens are another contract’s': row(['session'], 'unauthenticated'),
  'the refresh token is sent as the access token and the reverse': row(
    ['session'],
    'unauthenticated',
  ),

  // Browsers ask the user of another site only where it needs no CORS preflight.
  'a page of another site asks': row(['browser'], 'granted'),

  'the password is wrong': row(['password', 'factor code'], {
    ...each(['login', ...CHANGES], 'invalid'),
    ...each(['second-factor', 'confirm-totp', 'verify-factor'], 'invalid-factor'),
    'verify-email': 'invalid-code',
  }),
  'the password was changed': row(['account'], {
    ...unproven,
    ...signedOut,
    login: 'invalid',
    ...each(['send-code', 'forgot-password', 'passkey-login'], 'granted'),
  }),
  'the new password is weak': row(['new password'], 'weak-password'),
  'another account has the new address': row(['new address'], {
    ...each(['register', 'change-email'], 'silent'),
    'confirm-email': 'invalid-code',
  }),
  'another account has the new username': row(['new username'], 'taken'),

  'the proof is another account’s': row(
    ['code', 'session id', 'factor code', 'factor id', 'passkey id'],
    {
      ...each(['verify-email', 'confirm-email'], 'invalid-code'),
      ...each(['second-factor', 'confirm-totp'], 'invalid-factor'),
      ...each(['rename-session', 'end-session', 'remove-factor'], 'not-found'),
      ...each(['challenge-factor', 'verify-factor'], 'not-found'),
      ...each(['rename-passkey', 'remove-passkey'], 'not-found'),
    },
  ),
  'the proof has expired': row(['proof'], unproven),
  'the tries at the code are used up': row(['code'], 'invalid-code'),
  'the password changes meanwhile': row(['fenced'], {
    ...each(['refresh', 'renew'], 'session-ended'),
    ...each(['change-password', 'update-profile', 'delete-account'], 'unauthenticated'),
    ...each(['reauthenticate', 'enroll-totp', 'new-recovery-codes'], 'unauthenticated'),
    ...each(['confirm-totp', 'verify-factor'], 'invalid-factor'),
    ...each(['rename-session', 'remove-factor', 'rename-passkey', 'remove-passkey'], 'not-found'),
    ...each(['passkey-login', 'add-passkey'], 'expired-challenge'),
    'remove-password': 'unauthenticated',
    ...unproven,
    login: 'invalid',
  }),
  'the account becomes inactive meanwhile': row(['fenced'], {
    ...each(['refresh', 'renew'], 'session-ended'),
    ...each(['change-password', 'update-profile'], 'unauthenticated'),
    ...each(['reauthenticate', 'enroll-totp', 'new-recovery-codes'], 'unauthenticated'),
    ...each(['confirm-totp', 'verify-factor'], 'invalid-factor'),
    ...each(['rename-session', 'remove-factor', 'rename-passkey', 'remove-passkey'], 'not-found'),
    ...each(['passkey-login', 'add-passkey'], 'expired-challenge'),
    'remove-password': 'unauthenticated',
    ...unproven,
    login: 'inactive',
    'delete-account': 'granted',
  }),
  'another account takes the new address meanwhile': row(['new address'], {
    register: 'silent',
    // The code that is sent opens nothing: see confirm-email where another account has it.
    'change-email': 'granted',
    'confirm-email': 'invalid-code',
  }),
  'another account takes the new username meanwhile': row(['new username'], 'taken'),
  'the session ends meanwhile': row(['fenced by session'], {
    ...each(['refresh', 'renew'], 'session-ended'),
    ...each(['update-profile', 'reauthenticate'], 'unauthenticated'),
    ...each(['confirm-totp', 'verify-factor'], 'invalid-factor'),
    'rename-session': 'not-found',
    'add-passkey': 'expired-challenge',
  }),
  'the password check outlasts its ticket': row(['password', 'step'], 'busy'),
  'the check of a wrong password outlasts its ticket': row(['password', 'step'], 'busy'),
  'the same request was granted before': row(['account', 'new address'], {
    ...each(['login', 'send-code', 'forgot-password', 'register'], 'granted'),
    ...each([...READS, ...AGAIN, 'logout', 'change-email'], 'granted'),
    ...each(['reauthenticate', 'enroll-totp', 'new-recovery-codes'], 'granted'),
    ...each(['challenge-factor', 'passkey-options', 'remove-password'], 'granted'),
    ...each(['passkey-login', 'add-passkey'], 'expired-challenge'),
    // By then it is a proof within the session, whose code is used up.
    ...each(['confirm-totp', 'verify-factor'], 'invalid-factor'),
    ...each(['remove-factor', 'remove-passkey'], 'not-found'),
    // Within ten seconds it is another tab's.
    refresh: 'granted',
    ...each([...ENDS, 'delete-account'], 'session-ended'),
    'change-password': 'invalid',
    ...unproven,
    'revoke-session': 'granted',
  }),
};
