/** The statuses of every contract by outcome, written down from its document: the code under test is no oracle. */
import type { Operation } from '../../src/flows/operations.ts';

const STATUSES = {
  granted: 200,
  done: 200,
  accepted: 202,
  registered: 202,
  malformed: 400,
  limited: 429,
  locked: 429,
  invalid: 401,
  unauthenticated: 401,
  'second-factor-required': 403,
  'invalid-factor': 401,
  'expired-step': 401,
  'reauthentication-required': 403,
  'too-many-factors': 409,
  'invalid-passkey': 401,
  'expired-challenge': 401,
  'unacceptable-passkey': 403,
  'too-many-passkeys': 409,
  'last-way-in': 409,
  inactive: 403,
  unverified: 403,
  taken: 409,
  'invalid-code': 400,
  'invalid-link': 400,
  'cross-site': 403,
  insecure: 403,
  'not-found': 404,
  'wrong-method': 405,
  internal: 500,
};

/** Outcomes that are answered as another one where a contract does not say otherwise. */
const LIKE = {
  busy: 'limited',
  'e-mail-limited': 'limited',
  'locked-until-reset': 'locked',
  'missing-field': 'malformed',
  'unknown-variant': 'malformed',
  'weak-password': 'malformed',
  'missing-token': 'unauthenticated',
  'session-ended': 'unauthenticated',
  'email-taken': 'taken',
  'enrolment-required': 'second-factor-required',
} as const satisfies Record<string, keyof typeof STATUSES>;

export type StatusName = keyof typeof STATUSES | keyof typeof LIKE;
export type Statuses = Readonly<Record<StatusName, number>>;

/** Statuses of a single operation stand behind its name. */
type OtherStatuses = { readonly [N in StatusName | `${Operation} ${StatusName}`]?: number };

/** RFC 6749 5.2 and RFC 7009 2.2. */
const ofGrants: OtherStatuses = {
  done: 204,
  inactive: 400,
  unverified: 400,
  'invalid-factor': 400,
  'expired-step': 400,
  'invalid-passkey': 400,
  'expired-challenge': 400,
  'refresh unauthenticated': 400,
  'logout unauthenticated': 200,
  'logout done': 200,
};

const OTHER_STATUSES: Readonly<Record<string, OtherStatuses>> = {
  'email-envelope': { locked: 403, malformed: 422 },
  'email-remember': { done: 204, locked: 423, malformed: 422 },
  'email-cookie': { done: 204 },
  realworld: { done: 204, malformed: 422 },
  oauth2: { ...ofGrants, invalid: 400 },
  keycloak: { ...ofGrants, locked: 401, 'second-factor-required': 401, 'enrolment-required': 400 },
  gotrue: {
    done: 204,
    registered: 200,
    'forgot-password accepted': 200,
    'weak-password': 422,
    invalid: 400,
    inactive: 400,
    unverified: 400,
    taken: 422,
    unauthenticated: 403,
    'missing-token': 401,
    'refresh unauthenticated': 400,
    'refresh limited': 503,
    'invalid-code': 403,
    'invalid-link': 403,
    'login second-factor-required': 200,
    'profile second-factor-required': 200,
    'invalid-factor': 422,
    'expired-step': 422,
    'profile expired-step': 403,
    'challenge-factor expired-step': 403,
    'enroll-totp not-found': 422,
    'too-many-factors': 422,
    'remove-factor done': 200,
    'invalid-passkey': 400,
    'expired-challenge': 400,
    'too-many-passkeys': 422,
    'passkey-login inactive': 403,
    'passkey-login unverified': 403,
  },
  strapi: {
    done: 204,
    'invalid-factor': 400,
    'invalid-passkey': 400,
    'too-many-passkeys': 400,
    'last-way-in': 400,
    'reset-password done': 200,
    'change-password done': 200,
    'forgot-password accepted': 200,
    invalid: 400,
    inactive: 400,
    unverified: 400,
    taken: 400,
  },
  // test/fixtures/odd-contracts.ts
  'odd-1': { done: 204, invalid: 403, locked: 423, malformed: 418, 'refresh unauthenticated': 410 },
  odd2nested: { done: 204, malformed: 422, unauthenticated: 419, limited: 503, locked: 503 },
};

/** All statuses of an operation; without one, those of the contract's other operations. */
export function statusesOf(contract: string, operation?: Operation): Statuses {
  const own = OTHER_STATUSES[contract] ?? {};
  const stated = (name: StatusName) =>
    (operation === undefined ? undefined : own[`${operation} ${name}`]) ?? own[name];
  const base = Object.fromEntries(
    Object.entries(STATUSES).map(([name, status]) => [name, stated(name as StatusName) ?? status]),
  ) as typeof STATUSES;
  const others = Object.entries(LIKE).map(([name, like]) => [
    name,
    stated(name as StatusName) ?? base[like],
  ]);
  return { ...base, ...Object.fromEntries(others) } as Statuses;
}
