/** Speaks the contracts as an attacker's client does: requests, and the reason behind an answer. */
import type { Contract } from '../../../src/contracts/contract.ts';
import { refusalWire } from '../../../src/contracts/errors.ts';
import { encodeRequest, type EncodedRequest } from '../../../src/contracts/routes.ts';
import { sendAll, type BurstAnswer, type BurstRequest } from '../../burst.ts';
import { refusalContext, refusals, type Reason } from '../../openapi/samples.ts';
import { settings } from './context.ts';

export interface Person {
  username: string;
  email: string;
  password: string;
}

/** A request to one contract. */
export interface Attempt extends BurstRequest {
  contract: Contract;
}

export const served: readonly Contract[] = settings.contracts;

/** By the kind of name that they take: guesses at one name share a lockout within a group. */
export const byIdentifier: readonly (readonly Contract[])[] = (['email', 'username'] as const)
  .map((kind) => served.filter(({ identifier }) => identifier === kind))
  .filter((group) => group.length > 0);

/** In turns. */
export function contractAt(n: number, contracts = served): Contract {
  const contract = contracts[n % contracts.length];
  if (contract === undefined) throw new Error('no contract of CONTRACTS can be attacked');
  return contract;
}

export const contractWith = (has: (contract: Contract) => boolean): Contract =>
  served.find(has) ?? contractAt(0);

let addresses = Math.floor(Math.random() * 2 ** 24);
/** In 10.0.0.0/8 from a random start, so that a second run is not limited by the first. */
export function freshAddress(): string {
  addresses = (addresses + 1) % 2 ** 24;
  return `10.${addresses >> 16}.${(addresses >> 8) & 255}.${addresses & 255}`;
}

export interface Client {
  address?: string;
  token?: string;
  headers?: Record<string, string>;
}

const bearer = (token: string | undefined) =>
  token === undefined ? {} : { Authorization: `Bearer ${token}` };

/** `path`: below the contract's base. */
export const post = (
  contract: Contract,
  path: string,
  { body, address = freshAddress(), token, headers }: Client & { body: object },
): Attempt => ({
  contract,
  method: 'POST',
  path: `/${contract.name}${contract.base}/${path}`,
  headers: {
    'Content-Type': 'application/json',
    'CF-Connecting-IP': address,
    ...bearer(token),
    ...headers,
  },
  body: JSON.stringify(body),
});

export function login(contract: Contract, person: Person, client?: Client): Attempt {
  const { identifier: kind } = contract;
  const identifier = { kind, value: person[kind] };
  const input = { identifier, password: person.password, remember: false };
  return attempt(contract, encodeRequest(contract, 'login', { input }), client);
}

export const registration = (contract: Contract, person: Person): Attempt =>
  attempt(
    contract,
    encodeRequest(contract, 'register', { input: { ...person, name: null, handle: null } }),
  );

/** A request as the contract writes it. */
const attempt = (
  contract: Contract,
  { method, path, headers, body }: EncodedRequest,
  { address = freshAddress(), token, headers: others }: Client = {},
): Attempt => ({
  contract,
  method,
  path: `/${contract.name}${path}`,
  headers: { 'CF-Connecting-IP': address, ...headers, ...bearer(token), ...others },
  body: body ?? '',
});

let guesses = 0;
/** With a wrong password, another one each time. */
export const guess = (contract: Contract, person: Person, client?: Client): Attempt =>
  login(contract, { ...person, password: `a wrong guess, ${(guesses += 1)}` }, client);

export const profile = (contract: Contract, token: string): Attempt => ({
  contract,
  method: 'GET',
  path: `/${contract.name}${contract.profilePath}`,
  headers: bearer(token),
  body: '',
});

export const refresh = (contract: Contract, token: string): Attempt =>
  contract.refresh?.in === 'cookie'
    ? post(contract, 'refresh', {
        body: {},
        headers: { Cookie: `${contract.refresh.name}=${token}` },
      })
    : attempt(contract, encodeRequest(contract, 'refresh', { input: { refreshToken: token } }));

export interface Tokens {
  access: string;
  /** Null where the contract has none. */
  refresh: string | null;
}

const JWT = /[\w-]{20,}\.[\w-]+\.[\w-]+/g;

/** Null where the answer ended before its tokens did. */
export function tokensIn(
  { refresh: hasRefresh }: Contract,
  { status, headers, text }: BurstAnswer,
): Tokens | null {
  if (status !== 200) return null;
  const [access, refresh = null] = (text + (headers['set-cookie'] ?? []).join()).match(JWT) ?? [];
  const isMissing = access === undefined || (hasRefresh !== null && refresh === null);
  return isMissing ? null : { access, refresh };
}

/** Unverified, as a client reads them. */
export const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
    sid: string;
    jti: string;
  };

/** `unknown`: an answer that the contract does not have. */
export type Outcome = Reason | 'granted' | 'unanswered' | 'unknown';

/** Distinguishes reasons that some contract answers with the same body. */
const contradicts = (reason: Reason, headers: BurstAnswer['headers']): boolean => {
  const after = headers['retry-after'];
  if ((reason === 'limited') !== (headers['ratelimit'] !== undefined)) return true;
  if (reason === 'busy') return after !== '1';
  if (reason === 'locked') return after === undefined || after === '1';
  return reason !== 'limited' && reason !== 'internal' && after !== undefined;
};

/** Numbers and ids differ from answer to answer; the words may not. */
const words = (body: unknown) =>
  JSON.stringify(body)?.replaceAll(/[\da-f]{8}-[\da-f-]{27}|\d+/g, '#');

export function outcomeOf(contract: Contract, answer: BurstAnswer): Outcome {
  const { status, headers, text, isComplete } = answer;
  if (status === 0) return 'unanswered';
  if (status < 300) return 'granted';
  const refusal = refusals.find((refusal) => {
    const wire = refusalWire(contract, refusal, refusalContext);
    if (wire.status !== status || contradicts(refusal.reason, headers)) return false;
    return !isComplete || words(wire.body) === words(parsed(text));
  });
  return refusal?.reason ?? 'unknown';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Sends all at once; returns the outcomes in the order of the attempts. */
export async function outcomesOf(origin: string, attempts: readonly Attempt[]): Promise<Outcome[]> {
  const answers = await sendAll(origin, attempts);
  return attempts.flatMap(({ contract }, n) => {
    const answer = answers[n];
    return answer === undefined ? [] : [outcomeOf(contract, answer)];
  });
}

/** Sends them one after the other. */
export async function outcomesInTurn(
  origin: string,
  attempts: readonly Attempt[],
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const attempt of attempts) outcomes.push(...(await outcomesOf(origin, [attempt])));
  return outcomes;
}

/** Counts of each outcome. */
export function tally(outcomes: readonly Outcome[]) {
  const counts = Map.groupBy(outcomes, (outcome) => outcome);
  return {
    of: (...some: Outcome[]) => some.reduce((sum, one) => sum + (counts.get(one)?.length ?? 0), 0),
    toString: () =>
      Array.from(counts, ([outcome, { length }]) => `${length} ${outcome}`).join(', '),
  };
}
