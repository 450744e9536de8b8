/** The part of the expected outcomes that is a contract's own, written down from its document. */
import type { Operation } from '../../../src/flows/operations.ts';
import { statusesOf, type StatusName } from '../statuses.ts';
import { EXPECTED } from './expected.ts';
import type { Outcome } from './rows.ts';
import type { State } from './states.ts';

/** By operation, or by operation and path where an operation has several routes. */
type Differences = Partial<Record<State, Readonly<Record<string, Outcome>>>>;

const withUsername: Differences = {
  'the same request was granted before': { register: 'taken' },
};
/** The body has a field for the refresh token. */
const inBody: Differences = { 'no token is sent': { refresh: 'missing-field' } };

const ofCookies = { refresh: 'cross-site', logout: 'cross-site' } as const;

/** No cookie is read with a form, so that no device is known. */
const byForm: Differences = {
  'locked, on a known device': { login: 'locked' },
  'a second factor is enrolled, and the name locked, on a known device': { login: 'locked' },
  'a page of another site asks': { login: 'cross-site', ...ofCookies },
  'no token is sent': { refresh: 'missing-field', logout: 'missing-field' },
};

/** Its access tokens end before a challenge does. */
const ENDED = { reauthenticate: 'unauthenticated', 'add-passkey': 'unauthenticated' } as const;
const withShortTokens: Differences = {
  'the challenge has expired': ENDED,
  'the challenge has almost expired': ENDED,
};

const UNPROVEN = { login: 'invalid' } as const;
/** The code belongs beside the password, and a login without it is answered like a wrong password. */
const withPassword: Differences = {
  'a second factor was enrolled since the session began': UNPROVEN,
  'a second factor is enrolled, and the device known': UNPROVEN,
  'a second factor is enrolled, and the account is inactive': UNPROVEN,
  'a second factor is enrolled, and the address is not verified': UNPROVEN,
  'a second factor is enrolled, and the password was reset': UNPROVEN,
  'second factors are off, and one is enrolled': UNPROVEN,
  'recovery codes stand beside a passkey': UNPROVEN,
};

const DIFFERENT: Readonly<Record<string, Differences>> = {
  'email-envelope': {
    'the address is not verified': {
      login: 'unverified',
      'passkey-login': 'unverified',
      'second-factor': 'expired-step',
    },
    'a second factor is enrolled, and the address is not verified': { login: 'unverified' },
    'the address is not verified since the step, and the code is wrong': {
      'second-factor': 'expired-step',
    },
  },
  'username-pair': { ...withUsername, ...inBody },
  'username-coded': { ...withUsername, ...inBody },
  'email-cookie': { 'a page of another site asks': ofCookies },
  realworld: withUsername,
  strapi: withUsername,
  gotrue: inBody,
  // Of the tests (fixtures/lenient-contract.ts): its refresh token is kept, as long as the session lives.
  lenient: {
    ...withUsername,
    ...inBody,
    'the refresh token has expired': { refresh: 'granted' },
    'the refresh token was used before': { refresh: 'granted' },
  },
  'odd-1': { ...withUsername, ...byForm, ...withShortTokens },
  odd2nested: { ...inBody, 'a page of another site asks': { logout: 'cross-site' } },
  oauth2: {
    ...byForm,
    'a page of another site asks': {
      ...byForm['a page of another site asks'],
      'second-factor /token': 'cross-site',
    },
    // RFC 7009 2.1: whichever of the two it is.
    'the refresh token is sent as the access token and the reverse': { logout: 'granted' },
  },
  keycloak: {
    ...byForm,
    ...withPassword,
    ...withShortTokens,
    'the refresh token is sent as the access token and the reverse': {
      'logout /realms/:realm/protocol/openid-connect/revoke': 'granted',
    },
  },
};

interface Place {
  operation: Operation;
  path: string;
}

/** Of registrations that grant at once, which tell what is taken. */
const AT_ONCE: Differences = {
  // Its registrations are counted, and it has none.
  'the mailbox has had its e-mails': { register: 'granted' },
  'another account has the new address': { register: 'email-taken' },
  'another account takes the new address meanwhile': { register: 'email-taken' },
  'the same request was granted before': { register: 'email-taken' },
};

interface Asked {
  wire: { name: string };
  registersAtOnce: boolean;
}

export function outcomeOf(
  { wire, registersAtOnce }: Asked,
  state: State,
  { operation, path }: Place,
): Outcome {
  const own = { ...(registersAtOnce ? AT_ONCE[state] : {}), ...DIFFERENT[wire.name]?.[state] };
  return own[`${operation} ${path}`] ?? own[operation] ?? EXPECTED[state].outcomeOf(operation);
}

const REASONS: Partial<Record<Outcome, Outcome>> = {
  silent: 'granted',
  'e-mail-limited': 'limited',
  'email-taken': 'taken',
  'locked-until-reset': 'locked',
  'missing-field': 'malformed',
  'weak-password': 'malformed',
  'missing-token': 'unauthenticated',
  'session-ended': 'unauthenticated',
};

/** The outcome in the log. */
export const reasonOf = (outcome: Outcome): Outcome => REASONS[outcome] ?? outcome;

/** Statuses of routes that differ from the others of their operation. */
const AT_ROUTE: Readonly<Record<string, number>> = {
  // Only its revocation counts a token that is good for nothing as revoked (RFC 7009 2.2).
  'keycloak /realms/:realm/protocol/openid-connect/logout unauthenticated': 400,
};

/** A granted request is answered with 2xx. */
export function statusOf(
  contract: string,
  { operation, path }: Place,
  outcome: Outcome,
): number | '2xx' {
  const reason = reasonOf(outcome);
  if (reason === 'granted') return '2xx';
  const atRoute = AT_ROUTE[`${contract} ${path} ${reason}`];
  return atRoute ?? statusesOf(contract, operation)[outcome as StatusName];
}

/** Contracts whose clients are told that a session has ended. */
const TELLS_END = new Set(['gotrue']);

/** Outcomes that no client can tell apart have one name: their answers are the same bytes. */
export function visibleOutcome(contract: string, outcome: Outcome): Outcome {
  if (outcome === 'session-ended' && !TELLS_END.has(contract)) return 'unauthenticated';
  return outcome === 'silent' ? 'granted' : outcome;
}
