/** The answers to refusals: status, code and message by default, and what a contract says instead. */
import type { Refusal } from '../flows/model/outcome.ts';
import type { Contract } from './contract.ts';
import type {
  ErrorAnswer,
  ErrorKind,
  ErrorOverrides,
  Errors,
  RefusalContext,
  RefusalDetails,
} from './error-answers.ts';
import type { Wire } from './wire.ts';
import { FORM } from './routes.ts';

/** `like`: takes from another kind, as the contract answers it, whatever is not stated. */
type Default = ErrorAnswer | (Partial<ErrorAnswer> & { like: ErrorKind });

/** One answer for every reason there is: a forgotten one does not compile. */
const defaultAnswers = (identifier: Contract['identifier']): Record<ErrorKind, Default> => ({
  malformed: { status: 400, code: 'VALIDATION_ERROR', message: 'Validation failed' },
  'missing-field': { like: 'malformed' },
  'weak-password': { like: 'malformed' },
  'unknown-variant': { like: 'malformed' },
  invalid: {
    status: 401,
    code: 'INVALID_CREDENTIALS',
    message: `Invalid ${identifier} or password`,
  },
  unauthenticated: {
    status: 401,
    code: 'UNAUTHENTICATED',
    message: 'Missing, invalid or expired token',
  },
  'missing-token': { like: 'unauthenticated' },
  'session-ended': { like: 'unauthenticated' },
  limited: { status: 429, code: 'RATE_LIMITED', message: 'Too many attempts. Try again later.' },
  // Busy and locked must not be told apart from a limit, unless a document asks for it.
  busy: { like: 'limited' },
  locked: { like: 'limited' },
  'locked-until-reset': {
    like: 'locked',
    message: 'Too many attempts. Reset your password to sign in.',
  },
  'second-factor-required': {
    status: 403,
    code: 'SECOND_FACTOR_REQUIRED',
    message: 'A code of the second factor is required',
  },
  'enrolment-required': {
    status: 403,
    code: 'SECOND_FACTOR_ENROLMENT_REQUIRED',
    message: 'A second factor has to be set up',
  },
  'invalid-factor': { status: 401, code: 'INVALID_SECOND_FACTOR', message: 'Wrong code' },
  'expired-step': {
    status: 401,
    code: 'SECOND_FACTOR_EXPIRED',
    message: 'This sign-in has expired. Sign in again.',
  },
  'reauthentication-required': {
    status: 403,
    code: 'REAUTHENTICATION_REQUIRED',
    message: 'Prove your identity again',
  },
  'invalid-passkey': {
    status: 401,
    code: 'INVALID_PASSKEY',
    message: 'The passkey was not accepted',
  },
  'expired-challenge': {
    status: 401,
    code: 'PASSKEY_CHALLENGE_EXPIRED',
    message: 'This request has expired or was used. Ask for a new one.',
  },
  'unacceptable-passkey': {
    status: 403,
    code: 'PASSKEY_NOT_ALLOWED',
    message: 'This account needs a passkey that stays on its device',
  },
  'too-many-passkeys': {
    status: 409,
    code: 'TOO_MANY_PASSKEYS',
    message: 'No more passkeys can be added',
  },
  'last-way-in': {
    status: 409,
    code: 'LAST_SIGN_IN_METHOD',
    message: 'Set up another way to sign in first',
  },
  'too-many-factors': {
    status: 409,
    code: 'TOO_MANY_FACTORS',
    message: 'No more authenticator apps can be set up',
  },
  inactive: { status: 403, code: 'ACCOUNT_INACTIVE', message: 'This account is inactive' },
  unverified: { status: 403, code: 'EMAIL_NOT_VERIFIED', message: 'Email is not verified' },
  taken: { status: 409, code: 'USERNAME_TAKEN', message: 'Username is already taken' },
  'email-taken': { like: 'taken', code: 'EMAIL_TAKEN', message: 'Email is already taken' },
  'invalid-code': {
    status: 400,
    code: 'INVALID_CODE',
    message: 'Code or password is wrong, or the code has expired',
  },
  'invalid-link': {
    status: 400,
    code: 'INVALID_TOKEN',
    message: 'The link has been used or has expired',
  },
  insecure: { status: 403, code: 'HTTPS_REQUIRED', message: 'HTTPS is required' },
  'cross-site': { status: 403, code: 'CROSS_SITE_REQUEST', message: 'Origin is not allowed' },
  'not-found': { status: 404, code: 'NOT_FOUND', message: 'Not found' },
  'unknown-path': { like: 'not-found' },
  'wrong-method': { status: 405, code: 'METHOD_NOT_ALLOWED', message: 'Method not allowed' },
  internal: { status: 500, code: 'INTERNAL_ERROR', message: 'An unexpected error occurred' },
});

/** `codes`: by status, for a document that names classes of errors instead of reasons. */
export function errorAnswers(
  identifier: Contract['identifier'],
  overrides: ErrorOverrides,
  codes: Readonly<Record<number, string>>,
): Errors['answers'] {
  const defaults = defaultAnswers(identifier);
  const answerOf = (kind: ErrorKind): ErrorAnswer => {
    const { like, ...own } = { like: undefined, ...defaults[kind] };
    const inherited = like === undefined ? undefined : answerOf(like);
    return { ...inherited, ...own, ...overrides[kind] } as ErrorAnswer;
  };
  const entries = (Object.keys(defaults) as ErrorKind[]).map((kind) => {
    const answer = answerOf(kind);
    return [kind, { ...answer, code: codes[answer.status] ?? answer.code }];
  });
  return Object.fromEntries(entries) as Errors['answers'];
}

/** `own`: what an operation answers differently, on top of what its contract does. */
export const mergeOverrides = (all: ErrorOverrides, own: ErrorOverrides): ErrorOverrides => ({
  ...all,
  ...Object.fromEntries(
    Object.entries(own).map(([kind, answer]) => [kind, { ...all[kind as ErrorKind], ...answer }]),
  ),
});

/** The kinds of refusal that a contract can ever answer with. */
export function errorKinds(
  contract: Pick<
    Contract,
    'identifier' | 'canRegisterImmediately' | 'access' | 'refresh' | 'routes'
  >,
): ErrorKind[] {
  const { identifier, canRegisterImmediately, access, refresh, routes } = contract;
  const isPossible: Partial<Record<ErrorKind, boolean>> = {
    taken: identifier === 'username' || canRegisterImmediately,
    'email-taken': canRegisterImmediately,
    'cross-site':
      access.in === 'cookie' ||
      refresh?.in === 'cookie' ||
      routes.some(({ accepts }) => accepts === FORM),
    'unknown-variant': routes.some(({ when }) => Object.keys(when).length > 0),
  };
  const kinds = Object.keys(defaultAnswers(identifier)) as ErrorKind[];
  return kinds.filter((kind) => isPossible[kind] ?? true);
}

function kindOf(refusal: Refusal): ErrorKind {
  if (refusal.reason === 'locked' && refusal.untilReset) return 'locked-until-reset';
  if (refusal.reason === 'taken' && refusal.field === 'email') return 'email-taken';
  if (refusal.reason === 'unauthenticated') {
    if (!refusal.presented) return 'missing-token';
    return refusal.sessionEnded ? 'session-ended' : 'unauthenticated';
  }
  if (refusal.reason !== 'malformed') return refusal.reason;
  if (refusal.issues.some(({ flaw }) => flaw !== undefined)) return 'weak-password';
  return refusal.issues.some(({ missing }) => missing) ? 'missing-field' : 'malformed';
}

function detailsOf(refusal: Refusal): RefusalDetails {
  if ('step' in refusal) {
    const { handle, methods } = refusal.step;
    return { challenge: handle, methods: [...methods] };
  }
  return 'methods' in refusal ? { methods: [...refusal.methods] } : {};
}

/** Renders a refusal in the contract's own shape. */
export function refusalWire(
  { errors, steps }: Contract,
  refusal: Refusal,
  context: RefusalContext,
): Wire {
  const { operation, traceId, headers } = context;
  const step = operation === undefined ? undefined : steps[operation];
  if (step !== undefined && 'step' in refusal) {
    return step.render(refusal.step, { headers, token: null });
  }
  const kind = kindOf(refusal);
  const own = operation === undefined ? undefined : errors.byOperation[operation];
  // The answers are keyed by the kind; TypeScript cannot follow the pair through the index.
  const { status, code, message } = (own ?? errors.answers)[kind] as ErrorAnswer;
  const text = typeof message === 'string' ? message : message(refusal as never, context);
  const issues = 'issues' in refusal ? refusal.issues : [];
  const details = detailsOf(refusal);
  const error = { status, code, message: text, issues, traceId, headers, details };
  return { status, body: errors.render(error), headers: errors.headers(error) };
}
