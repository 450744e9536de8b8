/** The expected outcomes in the states of second factors, of their steps, and of proofs of identity. */
import type { FactorState } from './factor-states.ts';
import {
  AGAIN,
  BEARER,
  CHANGES,
  each,
  ENDS,
  FACTOR_CHANGES,
  PASSKEY_CHANGES,
  READS,
  row,
  type Row,
} from './rows.ts';

/** For requests that name the account or prove it. */
const unchanged = each(
  [
    ...(['send-code', 'verify-email', 'forgot-password', 'reset-password'] as const),
    ...(['revoke-session', 'logout', 'second-factor'] as const),
  ],
  'granted',
);

const owed = row(['sign-in'], 'second-factor-required');

export const FACTORS_EXPECTED: Readonly<Record<FactorState, Row>> = {
  // The session stays, and changes of credentials need a proof of the factor.
  'a second factor was enrolled since the session began': row(['account'], {
    ...unchanged,
    ...each([...READS, ...ENDS, ...AGAIN, 'confirm-email', 'refresh'], 'granted'),
    'exchange-authorization-code': 'granted',
    ...each([...CHANGES, ...FACTOR_CHANGES, ...PASSKEY_CHANGES], 'reauthentication-required'),
    // The factor that was to be confirmed has made room for another.
    ...each(['challenge-factor', 'verify-factor'], 'not-found'),
    login: 'second-factor-required',
    'passkey-login': 'granted',
  }),
  'a second factor is enrolled, and the device known': row(['sign-in', 'passkey'], {
    login: 'second-factor-required',
    'passkey-login': 'granted',
  }),
  'a second factor is enrolled, and the name locked': row(['sign-in'], 'locked'),
  'a second factor is enrolled, and the name locked, on a known device': owed,
  'a second factor is enrolled, and the password is wrong': row(['sign-in'], 'invalid'),
  'a second factor is enrolled, and the account is inactive': row(
    ['sign-in', 'passkey'],
    'inactive',
  ),
  'a second factor is enrolled, and the address is not verified': owed,
  'a second factor is enrolled, and the password was reset': owed,
  'the code is sent beside the password': row(['sign-in'], 'granted'),
  'a wrong code is sent beside the password': row(['sign-in'], 'invalid'),
  'a used code is sent beside the password': row(['sign-in'], 'invalid'),

  'the identity was proven almost five minutes ago': row(['recent proof'], 'granted'),
  'the identity was proven five minutes ago': row(['recent proof'], 'reauthentication-required'),
  'the identity was proven again': row(['recent proof'], 'granted'),
  'the password was proven again where the account has a factor': row(['recent proof'], {
    ...each([...FACTOR_CHANGES, ...PASSKEY_CHANGES], 'reauthentication-required'),
    'verify-factor': 'not-found',
  }),

  'the policy requires a second factor': row(['account'], {
    ...unchanged,
    ...each([...BEARER, 'refresh'], 'session-ended'),
    'exchange-authorization-code': 'invalid-code',
    // Their sessions have proven one.
    ...each(['new-recovery-codes', 'remove-factor', 'remove-password'], 'granted'),
    login: 'enrolment-required',
    'passkey-login': 'granted',
  }),
  'the policy requires a second factor of administrators': row(
    ['any session', 'sign-in', 'passkey'],
    'granted',
  ),
  'the policy requires a second factor of the administrator': row(
    ['any session', 'sign-in', 'passkey'],
    {
      ...each(['profile', 'refresh', 'renew'], 'session-ended'),
      login: 'enrolment-required',
      'passkey-login': 'granted',
    },
  ),
  'second factors are off': row(['enrolment', 'recent proof', 'step', 'sign-in'], {
    ...each(['enroll-totp', 'confirm-totp', 'verify-factor'], 'not-found'),
    ...each(['new-recovery-codes', 'remove-factor', 'second-factor', 'login'], 'granted'),
    ...each(PASSKEY_CHANGES, 'granted'),
  }),
  'second factors are off, and one is enrolled': owed,

  'a recovery code is sent': row(['step'], 'granted'),
  'the recovery code was used before': row(['step'], 'invalid-factor'),
  'the factor’s code was used before': row(['step'], 'invalid-factor'),
  'the token of a step is sent': row(['session'], {
    ...each([...BEARER, 'logout', 'refresh'], 'unauthenticated'),
    profile: 'second-factor-required',
    'challenge-factor': 'not-found',
    'verify-factor': 'invalid-factor',
    'enroll-totp': 'expired-step',
  }),
  'the step has expired': row(['step'], 'expired-step'),
  'the step has almost expired': row(['step'], 'granted'),
  'the step is another contract’s': row(['step'], 'expired-step'),
  'the step is another account’s': row(['step'], 'invalid-factor'),
  'the account has signed in since the step': row(['step'], 'expired-step'),
  // No code is compared once the step is over.
  'the account has signed in since the step, and the code is wrong': row(['step'], 'expired-step'),
  'the account is inactive since the step, and the code is wrong': row(['step'], 'expired-step'),
  'the address is not verified since the step, and the code is wrong': row(
    ['step'],
    'invalid-factor',
  ),
  'the account has signed in in the same millisecond as the step': row(['step'], 'expired-step'),
  'the factor was removed since the step': row(['step'], 'expired-step'),

  'the step enrols a factor': row(['enrolling step'], 'granted'),
  'the step that enrols has expired': row(['enrolling step'], 'expired-step'),
  'a factor was enrolled since the step that enrols': row(['enrolling step'], 'expired-step'),
  'the step that enrols is another contract’s': row(['enrolling step'], 'expired-step'),
  'the step asks for a factor that the account has': row(['step of enrolment'], 'expired-step'),
};
