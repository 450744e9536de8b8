/** The refusals of a route, as its document lists them. */
import type { ZodOpenApiResponseObject } from 'zod-openapi';
import type { AnyRoute, Contract } from '../../src/contracts/contract.ts';
import { refusalWire } from '../../src/contracts/errors.ts';
import { FORM, variantIssues } from '../../src/contracts/routes.ts';
import type { OperationRow } from '../../src/flows/operation.ts';
import { OPERATIONS, type Operation } from '../../src/flows/operations.ts';
import type { Refusal } from '../../src/flows/model/outcome.ts';
import { issuesOf } from '../../src/http/body.ts';
import { ADVICE, ADVICE_SIGN_IN, ADVICE_UNTIL_RESET } from './advice.ts';
import { emailTaken, refusalContext, sampleOf, type Reason } from './samples.ts';
import { readsCookie } from './security.ts';

export interface Place {
  contract: Contract;
  /** The routes at one method and path. */
  routes: readonly AnyRoute[];
}

const WHEN: Record<Reason, string> = {
  malformed: 'The body does not fit the schema',
  'unknown-variant': 'No operation of this path is asked for',
  invalid: 'Unknown user or wrong password',
  'second-factor-required': 'Right password; go on at login/second-factor with the challenge',
  'enrolment-required': 'Right password; a second factor has to be set up with the challenge',
  'invalid-factor': 'Wrong code, or one that was used',
  'expired-step': 'The challenge has expired, was used, or was never issued',
  'reauthentication-required': 'The identity has to be proven again, by one of `methods`',
  'too-many-factors': 'The account has as many factors as it may have',
  'invalid-passkey': 'Unknown passkey, wrong signature, or a passkey that did not verify its user',
  'expired-challenge': 'The challenge has expired or was used; ask for new options',
  'unacceptable-passkey': 'The account takes no passkey that may be copied to other devices',
  'too-many-passkeys': 'The account has as many passkeys as it may have',
  'last-way-in': 'The account would have no way in that survives the loss of a device',
  inactive: 'Right password or passkey, inactive account',
  unverified: 'Right password or passkey, address not verified',
  locked: 'Too many failures at this account',
  limited: 'Too many attempts from this address',
  busy: 'Too many attempts at this account at once',
  unauthenticated: 'No token, or one that is invalid',
  taken: 'The username is taken',
  'invalid-code': 'Wrong code or password, or the code has expired',
  'invalid-link': 'The link was used, has expired, or was never issued',
  'cross-site': 'The cookie came from another origin',
  'not-found': 'The user has nothing of this id, or this deployment does not offer it',
  insecure: 'Plain http',
  internal: 'Internal error',
  'unknown-path': 'No such path',
  'wrong-method': 'No such method',
};

export const text = { type: 'string' } as const;
export const retryAfter = {
  'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer', minimum: 1 } },
} as const;
export const trace = {
  'X-Request-Id': {
    description: 'Names the request in the log',
    schema: { type: 'string', format: 'uuid' },
  },
} as const;

const headersOf: Partial<Record<Reason, object>> = {
  locked: retryAfter,
  busy: retryAfter,
  internal: retryAfter,
  limited: {
    ...retryAfter,
    RateLimit: { description: 'What is left of the limit', schema: text },
    'RateLimit-Policy': { description: 'The limit', schema: text },
  },
};
const challengeOf = ({ access }: Contract) => {
  const scheme = (access.in === 'header' ? access.scheme : null) ?? 'Bearer';
  return {
    'WWW-Authenticate': { description: `${scheme}, and why a token was refused`, schema: text },
  };
};

/** The reasons of the operation's row, and those that follow from the row. */
function reasonsOf({ contract, routes }: Place, route: AnyRoute): Reason[] {
  const { operation, accepts, request, when } = route;
  const {
    refusals = [],
    checksPassword,
    needsRecentProof,
    access,
  }: OperationRow = OPERATIONS[operation];
  const isWithCookie = readsCookie(contract, route);
  const reasons: [Reason, boolean | undefined][] = [
    ['malformed', isWithCookie || request !== null],
    ['unknown-variant', Object.keys(when).length > 0],
    ['unauthenticated', access !== 'public'],
    ...refusals.map((reason): [Reason, boolean] => [
      reason,
      canRefuse({ contract, operation }, reason),
    ]),
    ['reauthentication-required', needsRecentProof],
    ['locked', checksPassword],
    ['busy', checksPassword],
    ['cross-site', isWithCookie || accepts === FORM],
    ['limited', routes.some((one) => (OPERATIONS[one.operation] as OperationRow).countsAttempt)],
    ['insecure', true],
    ['internal', true],
  ];
  const ignored: readonly Reason[] = route.ignoredRefusals ?? [];
  return [...new Set(reasons.flatMap(([reason, applies]) => (applies ? reason : [])))].filter(
    (reason) =>
      !ignored.includes(reason) && !(isStep(reason) && contract.steps[operation] !== undefined),
  );
}

const isStep = (reason: Reason): boolean => 'step' in sampleOf(reason);

function canRefuse(
  { contract, operation }: { contract: Contract; operation: Operation },
  reason: Reason,
): boolean {
  const isLogin = operation === 'login' || operation === 'passkey-login';
  if (reason === 'unverified' && isLogin) return contract.requiresVerifiedEmail;
  if (reason === 'second-factor-required') return contract.codeTravels !== 'with-password';
  return (
    reason !== 'taken' || contract.identifier === 'username' || contract.canRegisterImmediately
  );
}

/** One refusal, as a contract answers it. */
interface Sample {
  key: string;
  when: string;
  refusal: Refusal;
  /** Described with the sample before it, unless its status is another. */
  isVariant?: true;
}

/** The refusals of a route by status, each reason with the contract's real answer. */
export const refusals = (place: Place, route: AnyRoute): Responses =>
  answersTo(samplesOf(place, route), place.contract, route.operation);

/** The refusals of a document that a contract serves. */
export const documentRefusals = (contract: Contract): Responses =>
  answersTo(
    (['insecure', 'internal'] as const).map((reason) => ({
      key: reason,
      when: WHEN[reason],
      refusal: sampleOf(reason),
    })),
    contract,
  );

export type Responses = Record<string, ZodOpenApiResponseObject>;

function answersTo(
  samples: readonly Sample[],
  contract: Contract,
  operation?: AnyRoute['operation'],
): Responses {
  const byStatus = new Map<
    number,
    { descriptions: string[]; headers: object; examples: Record<string, object> }
  >();
  for (const { key, when, refusal, isVariant } of samples) {
    const { reason } = refusal;
    const isLast = contract.refresh === null || operation === 'refresh';
    const usual = reason === 'unauthenticated' && isLast ? ADVICE_SIGN_IN : ADVICE[reason];
    const advice = key === UNTIL_RESET ? ADVICE_UNTIL_RESET : usual;
    const { status, body } = refusalWire(contract, refusal, { ...refusalContext, operation });
    const before = byStatus.get(status) ?? { descriptions: [], headers: {}, examples: {} };
    const isKnown = isVariant === true && before.descriptions.length > 0;
    if (isKnown && key !== UNTIL_RESET) continue;
    const challenge = reason === 'unauthenticated' && status === 401 ? challengeOf(contract) : {};
    byStatus.set(status, {
      descriptions: [...before.descriptions, ...(isKnown ? [] : [when])],
      headers: { ...before.headers, ...headersOf[reason], ...challenge },
      examples: { ...before.examples, [key]: { summary: when, description: advice, value: body } },
    });
  }
  return Object.fromEntries(
    [...byStatus].map(([status, { descriptions, headers, examples }]) => [
      String(status),
      {
        description: descriptions.join('; '),
        headers: { ...trace, ...headers },
        content: { 'application/json': { schema: contract.errors.schema(), examples } },
      },
    ]),
  );
}

const UNTIL_RESET = 'locked-until-reset';

function samplesOf(place: Place, route: AnyRoute): Sample[] {
  return reasonsOf(place, route).flatMap((reason): Sample[] => {
    const sample = {
      key: reason,
      when: whenOf(reason, route),
      refusal: refusalFor(place, route, reason),
    };
    if (reason === 'locked') {
      const refusal = { ...sampleOf('locked'), untilReset: true };
      return [sample, { key: UNTIL_RESET, when: LOCKED_UNTIL_RESET, refusal, isVariant: true }];
    }
    if (reason === 'taken' && place.contract.canRegisterImmediately) {
      const when = 'The address is taken, where registrations sign in at once';
      return [sample, { key: 'email-taken', when, refusal: emailTaken }];
    }
    if (reason === 'unauthenticated') {
      const refusal = { reason, presented: false } as const;
      return [sample, { key: 'missing-token', when: 'No token', refusal, isVariant: true }];
    }
    if (reason !== 'malformed' || sample.refusal.reason !== 'malformed') return [sample];
    const [first] = sample.refusal.issues;
    const variant = (key: string, when: string, issue: object): Sample => ({
      key,
      when,
      refusal: { reason, issues: [{ ...first, ...issue }] },
      isVariant: true,
    });
    return [
      sample,
      variant('malformed-field', 'A field is malformed', { missing: false }),
      ...(setsPassword(route)
        ? [
            variant('weak-password', 'The new password breaks a rule', {
              missing: false,
              flaw: 'too-short',
            }),
          ]
        : []),
    ];
  });
}

const LOCKED_UNTIL_RESET =
  'Too many failures in a row at this account: a password reset unlocks it';

const setsPassword = ({ operation }: AnyRoute): boolean =>
  operation === 'register' || operation === 'reset-password' || operation === 'change-password';

const whenOf = (reason: Reason, { accepts }: AnyRoute): string =>
  reason === 'cross-site' && accepts === FORM ? 'The form came from another origin' : WHEN[reason];

/** A sample of a refusal; for `malformed`, the issues of an empty body of this operation. */
function refusalFor({ routes }: Place, { request }: AnyRoute, reason: Reason): Refusal {
  if (reason === 'unknown-variant') {
    const nothing = { query: () => null, header: () => null, body: {} };
    return { reason, issues: variantIssues(routes, nothing) };
  }
  if (reason !== 'malformed') return sampleOf(reason);
  const error = request?.decode().safeParse({}).error;
  const issues = issuesOf(
    error === undefined ? { fault: 'unreadable' } : { fault: 'invalid', error, body: {} },
  );
  return { reason, issues };
}
