/** The refusals of an operation, as its document lists them. */
import type { ZodOpenApiResponsesObject } from 'zod-openapi';
import type { Contract } from '../../src/contracts/contract.ts';
import { refusalWire } from '../../src/contracts/errors.ts';
import { OPERATIONS, type Operation, type OperationRow } from '../../src/flows/operations.ts';
import type { Refusal } from '../../src/flows/model/outcome.ts';
import { issuesOf } from '../../src/http/body.ts';
import { routeOf } from '../../src/contracts/routes.ts';
import { refusalContext, sampleOf, type Reason } from './samples.ts';

export interface Part {
  contract: Contract;
  name: Operation;
}

const WHEN: Record<Reason, string> = {
  malformed: 'The body does not fit the schema',
  'unknown-variant': 'No operation of this path is asked for',
  invalid: 'Unknown user or wrong password',
  inactive: 'Right password, inactive account',
  unverified: 'Right password, address not verified',
  locked: 'Too many failures at this account',
  limited: 'Too many attempts from this address',
  busy: 'Too many attempts at this account at once',
  unauthenticated: 'No token, or one that is invalid',
  taken: 'The username is taken',
  'invalid-code': 'Wrong code or password, or the code has expired',
  'invalid-link': 'The link was used, has expired, or was never issued',
  'cross-site': 'The cookie came from another origin',
  'not-found': 'No such session of this user',
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
  unauthenticated: {
    'WWW-Authenticate': { description: 'Bearer, and why a token was refused', schema: text },
  },
};

/** The security schemes that open an operation, one of them each. */
export function credentialsOf({ refresh }: Contract, name: Operation): ('bearer' | 'cookie')[] {
  const { access } = OPERATIONS[name];
  const readsCookie = refresh?.in === 'cookie' && access !== 'public' && access !== 'bearer';
  return [
    ...(access === 'bearer' || access === 'either' ? ['bearer' as const] : []),
    ...(readsCookie ? ['cookie' as const] : []),
  ];
}

/** The reasons of the operation's row, and those that follow from the row. */
function reasonsOf(contract: Contract, name: Operation): Reason[] {
  const { refusals = [], countsAttempt, checksPassword }: OperationRow = OPERATIONS[name];
  const credentials = credentialsOf(contract, name);
  const reasons: [Reason, boolean | undefined][] = [
    ['malformed', countsAttempt || credentials.includes('cookie')],
    ['unauthenticated', OPERATIONS[name].access !== 'public'],
    ...refusals.map((reason): [Reason, boolean] => [reason, canRefuse(contract, reason)]),
    ['locked', checksPassword],
    ['busy', checksPassword],
    ['cross-site', credentials.includes('cookie')],
    ['limited', countsAttempt],
    ['insecure', true],
    ['internal', true],
  ];
  return [...new Set(reasons.filter(([, applies]) => applies).map(([reason]) => reason))];
}

function canRefuse(contract: Contract, reason: Reason): boolean {
  if (reason === 'unverified') return contract.requiresVerifiedEmail;
  return reason !== 'taken' || contract.identifier === 'username';
}

/** The refusals of an operation by status, each reason with the contract's real answer. */
export function refusals({ contract, name }: Part): ZodOpenApiResponsesObject {
  const byStatus = new Map<number, { descriptions: string[]; headers: object; examples: object }>();
  for (const reason of reasonsOf(contract, name)) {
    const refusal = refusalFor(contract, name, reason);
    const { status, body } = refusalWire(contract, refusal, refusalContext);
    const before = byStatus.get(status) ?? { descriptions: [], headers: {}, examples: {} };
    const when = WHEN[reason];
    byStatus.set(status, {
      descriptions: [...before.descriptions, when],
      headers: { ...before.headers, ...headersOf[reason] },
      examples: {
        ...before.examples,
        [reason]: { summary: when, value: body },
        ...(reason === 'locked' ? { 'locked-until-reset': lockedUntilReset(contract) } : {}),
      },
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
  ) as ZodOpenApiResponsesObject;
}

function lockedUntilReset(contract: Contract) {
  const refusal = { ...sampleOf('locked'), untilReset: true };
  return {
    summary: 'Too many failures in a row at this account: a password reset unlocks it',
    value: refusalWire(contract, refusal, refusalContext).body,
  };
}

/** A sample of a refusal; for `malformed`, the issues of an empty body of this operation. */
function refusalFor(contract: Contract, name: Operation, reason: Reason): Refusal {
  if (reason !== 'malformed') return sampleOf(reason);
  const error = routeOf(contract, name).request?.decode.safeParse({}).error;
  const issues = issuesOf(
    error === undefined ? { fault: 'unreadable' } : { fault: 'invalid', error, body: {} },
  );
  return { reason, issues };
}
