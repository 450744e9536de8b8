/**
 * The expected outcome of every operation in every state. A path that forgets a check which another
 * path to the same account makes is the flaw that this table is against, so a new operation does not
 * compile without its row in TAKES, nor a new state without its row in EXPECTED.
 */
import type { ErrorKind } from '../../../src/contracts/error-answers.ts';
import type { Operation } from '../../../src/flows/operations.ts';
import type { State } from './states.ts';

/** `silent`: answered as if granted, but neither code nor link is sent. */
export type Outcome = 'granted' | 'silent' | 'e-mail-limited' | ErrorKind;

/** The parts of a request and its effects, by which states meet operations. */
const TAKES = {
  login: ['browser', 'attempt', 'account', 'name', 'password', 'fenced'],
  refresh: ['browser', 'account', 'session', 'refresh token', 'fenced', 'fenced by session'],
  logout: ['browser', 'account', 'session'],
  'logout-all': ['account', 'session', 'access token'],
  'logout-others': ['account', 'session', 'access token'],
  renew: ['account', 'session', 'access token', 'renewal', 'fenced', 'fenced by session'],
  profile: ['account', 'session', 'access token'],
  'update-profile': [
    ...(['attempt', 'account', 'session', 'access token', 'fenced'] as const),
    'fenced by session',
  ],
  'list-sessions': ['account', 'session', 'access token'],
  'end-session': ['account', 'session', 'access token', 'session id'],
  register: ['browser', 'attempt', 'e-mail', 'new password', 'new address', 'new username'],
  'send-code': ['attempt', 'e-mail', 'account', 'name'],
  'verify-email': ['attempt', 'account', 'name', 'password', 'proof', 'code', 'fenced'],
  'forgot-password': ['attempt', 'e-mail', 'account', 'name', 'reset'],
  'reset-password': ['attempt', 'account', 'new password', 'proof', 'reset', 'fenced'],
  'change-password': [
    ...(['attempt', 'account', 'session', 'access token', 'password'] as const),
    ...(['new password', 'fenced'] as const),
  ],
  'change-email': [
    ...(['attempt', 'e-mail', 'account', 'session', 'access token', 'password'] as const),
    'new address',
  ],
  'confirm-email': [
    ...(['attempt', 'account', 'session', 'access token', 'proof', 'code'] as const),
    ...(['new address', 'fenced'] as const),
  ],
  'delete-account': ['attempt', 'account', 'session', 'access token', 'password', 'fenced'],
  'second-factor': ['step'],
  reauthenticate: ['step'],
  'list-factors': ['step'],
  'enroll-totp': ['step'],
  'confirm-totp': ['step'],
  'new-recovery-codes': ['step'],
  'remove-factor': ['step'],
  'challenge-factor': ['step'],
  'verify-factor': ['step'],
} as const satisfies Record<Operation, readonly string[]>;

type Part = (typeof TAKES)[Operation][number];
type With<P> = {
  [O in Operation]: P extends (typeof TAKES)[O][number] ? O : never;
}[Operation];

/** Tells whether what the operation grants comes by e-mail. */
export const sendsSecret = (operation: Operation): boolean =>
  (TAKES[operation] as readonly Part[]).includes('e-mail');

interface Row {
  /** The state is no concern of other operations. */
  operations: readonly Operation[];
  outcomeOf(operation: Operation): Outcome;
}

/** States the outcome of all operations that take one of the parts. */
function row<const P extends Part>(
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

const each = <O extends Operation>(names: readonly O[], outcome: Outcome) =>
  Object.fromEntries(names.map((name) => [name, outcome])) as Record<O, Outcome>;

const READS = ['profile', 'list-sessions'] as const;
const ENDS = ['logout-all', 'end-session'] as const;
const CHANGES = ['change-password', 'change-email', 'delete-account'] as const;
/** May be asked again with the same token. */
const AGAIN = ['logout-others', 'renew', 'update-profile'] as const;
const BEARER = [...READS, ...ENDS, ...CHANGES, ...AGAIN, 'confirm-email'] as const;

/** Neither token of the session works, and a second logout is no fault. */
const signedOut = {
  ...each([...BEARER, 'refresh'], 'session-ended'),
  logout: 'granted',
} as const;

/** The account is not there for requests that name it or prove it. */
const gone = {
  ...each(['send-code', 'forgot-password'], 'silent'),
  'verify-email': 'invalid-code',
  'reset-password': 'invalid-link',
} as const;

const unproven = {
  ...each(['verify-email', 'confirm-email'], 'invalid-code'),
  'reset-password': 'invalid-link',
} as const;

export const EXPECTED: Readonly<Record<State, Row>> = {
  'nothing is wrong': row(['account', 'new address'], 'granted'),

  'the address has used up its attempts': row(['attempt'], 'limited'),
  'the address has used up its e-mails': row(['e-mail'], 'e-mail-limited'),
  'the deployment has used up its e-mails': row(['e-mail'], 'silent'),
  'the mailbox has had its e-mails': row(['e-mail'], 'silent'),

  'the name is locked': row(['password', 'reset'], {
    ...each(['login', 'verify-email'], 'locked'),
    // The sessions' checks are counted apart.
    ...each([...CHANGES, 'forgot-password', 'reset-password'], 'granted'),
  }),
  'the name is stopped until a reset': row(['password', 'reset'], {
    ...each(['login', 'verify-email'], 'locked-until-reset'),
    ...each([...CHANGES, 'forgot-password', 'reset-password'], 'granted'),
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
    ...each(['forgot-password', 'reset-password'], 'granted'),
  }),
  'the account is inactive': row(['account'], { ...signedOut, ...gone, login: 'inactive' }),
  'the account was deleted': row(['account'], { ...signedOut, ...gone, login: 'invalid' }),
  'the address is not verified': row(['name', 'reset', 'refresh token'], 'granted'),
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

  'the password is wrong': row(['password'], {
    ...each(['login', ...CHANGES], 'invalid'),
    'verify-email': 'invalid-code',
  }),
  'the password was changed': row(['account'], {
    ...unproven,
    ...signedOut,
    login: 'invalid',
    'send-code': 'granted',
    'forgot-password': 'granted',
  }),
  'the new password is weak': row(['new password'], 'weak-password'),
  'another account has the new address': row(['new address'], {
    ...each(['register', 'change-email'], 'silent'),
    'confirm-email': 'invalid-code',
  }),
  'another account has the new username': row(['new username'], 'taken'),

  'the proof is another account’s': row(['code', 'session id'], {
    ...each(['verify-email', 'confirm-email'], 'invalid-code'),
    'end-session': 'not-found',
  }),
  'the proof has expired': row(['proof'], unproven),
  'the tries at the code are used up': row(['code'], 'invalid-code'),
  'the password changes meanwhile': row(['fenced'], {
    ...each(['refresh', 'renew'], 'session-ended'),
    ...each(['change-password', 'update-profile', 'delete-account'], 'unauthenticated'),
    ...unproven,
    login: 'invalid',
  }),
  'the account becomes inactive meanwhile': row(['fenced'], {
    ...each(['refresh', 'renew'], 'session-ended'),
    ...each(['change-password', 'update-profile'], 'unauthenticated'),
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
    'update-profile': 'unauthenticated',
  }),
  'the password check outlasts its ticket': row(['password'], 'busy'),
  'the check of a wrong password outlasts its ticket': row(['password'], 'busy'),
  'the same request was granted before': row(['account', 'new address'], {
    ...each(['login', 'send-code', 'forgot-password', 'register'], 'granted'),
    ...each([...READS, ...AGAIN, 'logout', 'change-email'], 'granted'),
    // Within ten seconds it is another tab's.
    refresh: 'granted',
    ...each([...ENDS, 'delete-account'], 'session-ended'),
    'change-password': 'invalid',
    ...unproven,
  }),
};
