/**
 * The parts of the operations, and the form of a row of expected outcomes (expected.ts). A new operation
 * does not compile without its row in TAKES, nor then without its outcome in every row of these parts.
 */
import type { ErrorKind } from '../../../src/contracts/error-answers.ts';
import type { Operation } from '../../../src/flows/operations.ts';

/** `silent`: answered as if granted, but neither code nor link is sent. */
export type Outcome = 'granted' | 'silent' | 'e-mail-limited' | ErrorKind;

/** The parts of a request and its effects, by which states meet operations. */
const TAKES = {
  login: ['browser', 'attempt', 'account', 'name', 'password', 'sign-in', 'fenced'],
  'second-factor': [
    'browser',
    'attempt',
    'account',
    'step',
    'enrolling step',
    'factor code',
    'fenced',
  ],
  refresh: [
    ...(['browser', 'account', 'session', 'refresh token', 'fenced', 'fenced by session'] as const),
    'any session',
  ],
  logout: ['browser', 'account', 'session'],
  'logout-all': ['account', 'session', 'access token'],
  'logout-others': ['account', 'session', 'access token'],
  renew: [
    ...(['account', 'session', 'access token', 'renewal', 'fenced', 'fenced by session'] as const),
    'any session',
  ],
  profile: ['account', 'session', 'access token', 'any session'],
  'update-profile': [
    ...(['attempt', 'account', 'session', 'access token', 'fenced'] as const),
    'fenced by session',
  ],
  'list-sessions': ['account', 'session', 'access token'],
  'rename-session': [
    ...(['attempt', 'account', 'session', 'access token', 'session id', 'fenced'] as const),
    'fenced by session',
  ],
  'end-session': ['account', 'session', 'access token', 'session id'],
  'revoke-session': ['attempt', 'account', 'proof', 'reset', 'fenced'],
  'list-activity': ['account', 'session', 'access token'],
  register: ['browser', 'attempt', 'e-mail', 'new password', 'new address', 'new username'],
  'send-code': ['attempt', 'e-mail', 'account', 'name'],
  'verify-email': ['attempt', 'account', 'name', 'password', 'proof', 'code', 'fenced'],
  'forgot-password': ['attempt', 'e-mail', 'account', 'name', 'reset'],
  'reset-password': ['attempt', 'account', 'new password', 'proof', 'reset', 'fenced'],
  'change-password': [
    ...(['attempt', 'account', 'session', 'access token', 'password'] as const),
    ...(['own password', 'new password', 'fenced'] as const),
  ],
  'change-email': [
    ...(['attempt', 'e-mail', 'account', 'session', 'access token', 'password'] as const),
    ...(['own password', 'new address'] as const),
  ],
  'confirm-email': [
    ...(['attempt', 'account', 'session', 'access token', 'proof', 'code'] as const),
    ...(['new address', 'fenced'] as const),
  ],
  'delete-account': [
    ...(['attempt', 'account', 'session', 'access token', 'password', 'own password'] as const),
    'fenced',
  ],
  reauthenticate: [
    ...(['attempt', 'account', 'session', 'access token', 'password', 'fenced'] as const),
    ...(['fenced by session', 'assertion'] as const),
  ],
  'list-factors': ['account', 'session', 'access token'],
  'enroll-totp': [
    ...(['attempt', 'account', 'session', 'access token', 'recent proof', 'enrolment'] as const),
    ...(['enrolling step', 'step of enrolment', 'fenced'] as const),
  ],
  'confirm-totp': [
    ...(['attempt', 'account', 'session', 'access token', 'recent proof', 'enrolment'] as const),
    ...(['factor code', 'fenced', 'fenced by session'] as const),
  ],
  'new-recovery-codes': [
    ...(['attempt', 'account', 'session', 'access token', 'recent proof', 'fenced'] as const),
  ],
  'challenge-factor': ['account', 'session', 'access token', 'factor id'],
  'verify-factor': [
    ...(['attempt', 'account', 'session', 'access token', 'recent proof', 'enrolment'] as const),
    ...(['factor code', 'factor id', 'fenced', 'fenced by session'] as const),
  ],
  'remove-factor': [
    ...(['attempt', 'account', 'session', 'access token', 'recent proof', 'factor id'] as const),
    'fenced',
  ],
  'passkey-login-options': ['browser', 'passkeys offered'],
  'passkey-login': [
    ...(['browser', 'attempt', 'account', 'passkeys offered', 'passkey', 'assertion'] as const),
    'fenced',
  ],
  'passkey-options': [
    ...(['attempt', 'account', 'session', 'access token', 'recent proof'] as const),
    ...(['passkeys offered', 'new passkey'] as const),
  ],
  'add-passkey': [
    ...(['attempt', 'account', 'session', 'access token', 'recent proof'] as const),
    ...(['passkeys offered', 'new passkey', 'attestation', 'fenced', 'fenced by session'] as const),
  ],
  'list-passkeys': ['account', 'session', 'access token'],
  'rename-passkey': ['attempt', 'account', 'session', 'access token', 'passkey id', 'fenced'],
  'remove-passkey': [
    ...(['attempt', 'account', 'session', 'access token', 'recent proof'] as const),
    ...(['passkey id', 'last way in', 'fenced'] as const),
  ],
  'remove-password': [
    ...(['attempt', 'account', 'session', 'access token', 'recent proof'] as const),
    ...(['last way in', 'fenced'] as const),
  ],
  'issue-authorization-code': ['attempt', 'account', 'session', 'access token'],
  'exchange-authorization-code': ['attempt', 'account', 'fenced'],
} as const satisfies Record<Operation, readonly string[]>;

type Part = (typeof TAKES)[Operation][number];
type With<P> = {
  [O in Operation]: P extends (typeof TAKES)[O][number] ? O : never;
}[Operation];

/** Tells whether what the operation grants comes by e-mail. */
export const sendsSecret = (operation: Operation): boolean =>
  (TAKES[operation] as readonly Part[]).includes('e-mail');

export interface Row {
  /** The state is no concern of other operations. */
  operations: readonly Operation[];
  outcomeOf(operation: Operation): Outcome;
}

/** States the outcome of all operations that take one of the parts. */
export function row<const P extends Part>(
  parts: readonly P[],
  outcomes: Outcome | Record<With<P>, Outcome>,
): Row {
  const names = Object.keys(TAKES) as Operation[];
  const takes: Readonly<Record<Operation, readonly string[]>> = TAKES;
  return {
    operations: names.filter((name) => parts.some((part) => takes[name].includes(part))),
    outcomeOf: (name) =>
      typeof outcomes === 'string' ? outcomes : (outcomes as Record<Operation, Outcome>)[name],
  };
}

export const each = <O extends Operation>(names: readonly O[], outcome: Outcome) =>
  Object.fromEntries(names.map((name) => [name, outcome])) as Record<O, Outcome>;

export const READS = [
  ...(['profile', 'list-sessions', 'list-activity', 'list-factors', 'list-passkeys'] as const),
] as const;
export const ENDS = ['logout-all', 'end-session'] as const;
/** Ask for the password. */
export const CHANGES = [
  ...(['change-password', 'change-email', 'delete-account', 'reauthenticate'] as const),
] as const;
export const FACTOR_CHANGES = [
  ...(['enroll-totp', 'confirm-totp', 'new-recovery-codes', 'remove-factor'] as const),
] as const;
export const PASSKEY_CHANGES = [
  ...(['passkey-options', 'add-passkey', 'remove-passkey', 'remove-password'] as const),
] as const;
/** May be asked again with the same token. */
export const AGAIN = [
  ...(['logout-others', 'renew', 'update-profile', 'rename-session', 'rename-passkey'] as const),
  'issue-authorization-code',
] as const;
export const BEARER = [
  ...([
    'confirm-email',
    'challenge-factor',
    'verify-factor',
    ...READS,
    ...ENDS,
    ...CHANGES,
    ...FACTOR_CHANGES,
    ...PASSKEY_CHANGES,
  ] as const),
  ...AGAIN,
] as const;

/** Neither token of the session works, and a second logout is no fault. */
export const signedOut = {
  ...each([...BEARER, 'refresh'], 'session-ended'),
  logout: 'granted',
} as const;

/** The account is not there for requests that name it or prove it. */
export const gone = {
  ...each(['send-code', 'forgot-password'], 'silent'),
  'verify-email': 'invalid-code',
  ...each(['revoke-session', 'reset-password'], 'invalid-link'),
  'second-factor': 'expired-step',
  'exchange-authorization-code': 'invalid-code',
} as const;

export const unproven = {
  ...each(['verify-email', 'confirm-email', 'exchange-authorization-code'], 'invalid-code'),
  ...each(['revoke-session', 'reset-password'], 'invalid-link'),
  'second-factor': 'expired-step',
} as const;
