/**
 * The laws of every contract in the list, sixth ones included: each refusal has an answer, in
 * JSON, that gives nothing away. Then what each of the five says, by its document.
 */
import { describe, expect, it } from 'vitest';
import { refusalWire, type Contract } from '../../src/contracts/contract.ts';
import { contracts } from '../../src/contracts/index.ts';
import type { Refusal } from '../../src/flows/model/outcome.ts';
import { textsIn } from '../../src/pages/reason.ts';
import {
  circumstances,
  NOW_MS,
  refusals,
  sampleOf,
  type Reason,
} from '../../tools/openapi/samples.ts';

const wireOf = (contract: Contract, refusal: Refusal) =>
  refusalWire(contract, refusal, circumstances);

function named(name: string): Contract {
  const contract = contracts.find((candidate) => candidate.name === name);
  if (contract === undefined) throw new Error(`no contract ${name}`);
  return contract;
}

const everyAnswer = contracts.flatMap((contract) =>
  refusals.map((refusal) => ({ contract, refusal, name: contract.name, reason: refusal.reason })),
);

describe('every contract', () => {
  it('has a name of its own, fit for a path', () => {
    const names = contracts.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it.each(contracts)(
    '$name stands under an absolute path without a slash at its end',
    (contract) => {
      expect(contract.base).toMatch(/^(\/[\w-]+)+$/);
    },
  );

  it.each(everyAnswer)(
    '$name answers $reason with an error in plain JSON',
    ({ contract, refusal }) => {
      const { status, body } = wireOf(contract, refusal);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThanOrEqual(refusal.reason === 'internal' ? 500 : 499);
      expect(JSON.parse(JSON.stringify(body))).toStrictEqual(body);
    },
  );

  it.each(everyAnswer)(
    '$name answers $reason in the words for its clients',
    ({ contract, refusal }) => {
      const text = JSON.stringify(wireOf(contract, refusal).body);
      expect(text).not.toMatch(/unknown-user|wrong-password|no-password|undefined|NaN|\[object/);
    },
  );

  it.each(contracts)('$name tells nobody why a login is invalid', (contract) => {
    const answers = (['unknown-user', 'wrong-password', 'no-password'] as const).map((because) =>
      JSON.stringify(wireOf(contract, { reason: 'invalid', because })),
    );
    expect(new Set(answers).size).toBe(1);
  });

  it.each(contracts)('$name gives one answer to all who come too often', (contract) => {
    const [limited, busy] = [sampleOf('limited'), sampleOf('busy')];
    expect(wireOf(contract, limited)).toEqual(wireOf(contract, busy));
  });
});

type Said = readonly [status: number, code: string];
const columns = [
  'username-coded',
  'username-pair',
  'email-envelope',
  'email-remember',
  'email-cookie',
] as const;

const five = (said: Said): Said[] => [said, said, said, said, said];
/** All alike, but for the contract that names error classes. */
const but = (pair: string, said: Said): Said[] => five(said).with(1, [said[0], pair]);

const tooOften: Said[] = but('TooManyRequestsError', [429, 'RATE_LIMITED']).with(4, [
  429,
  'TOO_MANY_REQUESTS',
]);
const table: Record<Reason, Said[]> = {
  limited: tooOften,
  busy: tooOften,
  locked: tooOften.with(2, [403, 'ACCOUNT_INACTIVE']).with(3, [423, 'ACCOUNT_LOCKED']),
  inactive: but('ForbiddenError', [403, 'ACCOUNT_INACTIVE']),
  unverified: but('ForbiddenError', [403, 'EMAIL_NOT_VERIFIED']),
  internal: but('InternalServerError', [500, 'INTERNAL_ERROR']).with(4, [
    500,
    'INTERNAL_SERVER_ERROR',
  ]),
  invalid: but('UnauthorizedError', [401, 'INVALID_CREDENTIALS']),
  malformed: but('ValidationError', [400, 'VALIDATION_ERROR'])
    .with(2, [422, 'VALIDATION_ERROR'])
    .with(3, [422, 'VALIDATION_ERROR'])
    .with(4, [400, 'REQUIRED_FIELD_MISSING']),
  unauthenticated: but('UnauthorizedError', [401, 'UNAUTHENTICATED']),
  taken: but('ConflictError', [409, 'USERNAME_TAKEN']),
  'invalid-code': but('ValidationError', [400, 'INVALID_CODE']),
  'invalid-link': but('ValidationError', [400, 'INVALID_TOKEN']),
  'cross-site': but('ForbiddenError', [403, 'CROSS_SITE_REQUEST']),
  'not-found': but('NotFoundError', [404, 'NOT_FOUND']),
  insecure: but('ForbiddenError', [403, 'HTTPS_REQUIRED']),
  'unknown-path': but('NotFoundError', [404, 'NOT_FOUND']),
  'wrong-method': but('MethodNotAllowedError', [405, 'METHOD_NOT_ALLOWED']),
};
const rows = (Object.keys(table) as Reason[]).flatMap((reason) =>
  columns.map((name, column) => ({ reason, name, said: table[reason][column] })),
);

/** Where each contract has its code. */
const codeIn = (text: string) => /"(?:code|error)":"(\w+)"/.exec(text)?.[1] ?? `no code in ${text}`;

describe('the five contracts', () => {
  it.each(rows)('$name says $said of $reason', ({ reason, name, said }) => {
    const { status, body } = wireOf(named(name), sampleOf(reason));
    expect([status, codeIn(JSON.stringify(body))]).toEqual(said);
  });

  it('turn unverified addresses away in one case only', () => {
    const strict = contracts.filter(({ requiresVerifiedEmail }) => requiresVerifiedEmail);
    expect(strict.map(({ name }) => name)).toEqual(['email-envelope']);
  });

  it('allow an address ten attempts a minute in one case, and sixty elsewhere', () => {
    const limits = columns.map((name) => named(name).attemptsPerMinute);
    expect(limits).toEqual([60, 60, 60, 10, 60]);
  });
});

/** Fields in their order, `details` and `errors` left out where they depend on the reason. */
const shapeOf = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? `{${Object.entries(value)
        .map(([key, inner]) => (/^(details|errors)$/.test(key) ? key : `${key}${shapeOf(inner)}`))
        .join(' ')}}`
    : '';

describe('the shape of a refusal', () => {
  const shapes = {
    'username-coded': /^\{success error\{code message( details)?\}\}$/,
    'username-pair': /^\{error message\}$/,
    'email-envelope': /^\{success message code errors trace_id\}$/,
    'email-remember': /^\{error\{code message( details)?\}\}$/,
    'email-cookie': /^\{error\{code message details\}\}$/,
  };
  it.each(columns)('of %s is one and the same for every reason', (name) => {
    for (const refusal of refusals) {
      expect(shapeOf(wireOf(named(name), refusal).body)).toMatch(shapes[name]);
    }
  });
});

describe('a lock of email-remember', () => {
  const prefix = 'Account locked due to too many failed attempts. ';
  const messageOf = (leftMs: number) => {
    const refusal: Refusal = { reason: 'locked', untilMs: NOW_MS + leftMs, untilReset: false };
    return wireOf(named('email-remember'), refusal).body;
  };
  it.each([
    { leftMs: 900_000, says: 'Try again in 15 minutes.' },
    { leftMs: 840_001, says: 'Try again in 15 minutes.' },
    { leftMs: 840_000, says: 'Try again in 14 minutes.' },
    { leftMs: 60_001, says: 'Try again in 2 minutes.' },
    { leftMs: 60_000, says: 'Try again in 1 minute.' },
    { leftMs: 1, says: 'Try again in 1 minute.' },
    { leftMs: 0, says: 'Try again in 1 minute.' },
    { leftMs: -5000, says: 'Try again in 1 minute.' },
    { leftMs: 86_400_000, says: 'Try again in 1440 minutes.' },
  ])('with $leftMs ms left says "$says"', ({ leftMs, says }) => {
    const error = { code: 'ACCOUNT_LOCKED', message: prefix + says };
    expect(messageOf(leftMs)).toEqual({ error });
  });
});

describe('a lock that only a password reset ends', () => {
  const untilReset: Refusal = { reason: 'locked', untilMs: NOW_MS + 900_000, untilReset: true };
  const signIn = 'Too many attempts. Reset your password to sign in.';
  const said = {
    'username-coded': { status: 429, code: 'RATE_LIMITED', message: signIn },
    'username-pair': { status: 429, code: 'TooManyRequestsError', message: signIn },
    'email-envelope': {
      status: 403,
      code: 'ACCOUNT_INACTIVE',
      message: 'Account is locked. Reset your password to unlock it.',
    },
    'email-remember': {
      status: 423,
      code: 'ACCOUNT_LOCKED',
      message: 'Account locked due to too many failed attempts. Reset your password to unlock it.',
    },
    'email-cookie': { status: 429, code: 'TOO_MANY_REQUESTS', message: signIn },
  };

  it.each(columns)('says so in %s, and names no time', (name) => {
    const { status, body } = wireOf(named(name), untilReset);
    const { code, message } = said[name];
    expect(status).toBe(said[name].status);
    expect(textsIn(body)).toEqual(expect.arrayContaining([code, message]));
  });
});
