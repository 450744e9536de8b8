/** Speaks the contracts as an attacker's client does: requests, and the reason behind an answer. */
import type { Contract } from '../../../src/contracts/contract.ts';
import { refusalWire } from '../../../src/contracts/errors.ts';
import { encodeRequest } from '../../../src/contracts/routes.ts';
import type { SentTokens } from '../../../src/flows/model/request.ts';
import type { InputOf, Operation } from '../../../src/flows/operations.ts';
import { sendAll, type BurstAnswer, type BurstRequest } from '../../burst.ts';
import {
  emailTaken,
  refusalContext,
  refusals,
  sampleOf,
  type Reason,
} from '../../openapi/samples.ts';
import { settings } from './context.ts';

export interface Person {
  username: string;
  email: string;
  password: string;
}

/** A request to one contract. */
export interface Attempt extends BurstRequest {
  contract: Contract;
  operation: Operation;
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
  headers?: Record<string, string>;
}

/**
 * A request as the contract's own client writes it. One without a body of its own has an empty object,
 * so that a burst can hold back its last byte.
 */
export function ask<O extends Operation>(
  contract: Contract,
  operation: O,
  sent: Client & SentTokens & { input: InputOf<O> },
): Attempt {
  const { method, path, headers, body } = encodeRequest(contract, operation, sent);
  const isRead = method === 'GET';
  return {
    contract,
    operation,
    method,
    path: `/${contract.name}${path}`,
    headers: {
      'CF-Connecting-IP': sent.address ?? freshAddress(),
      ...(!isRead && { 'Content-Type': 'application/json' }),
      ...headers,
      ...sent.headers,
    },
    body: body ?? (isRead ? '' : '{}'),
  };
}

export const identifierOf = ({ identifier: kind }: Contract, person: Person) => ({
  kind,
  value: person[kind],
});

export function login(contract: Contract, person: Person, client?: Client): Attempt {
  const { password } = person;
  const input = {
    identifier: identifierOf(contract, person),
    password,
    remember: false,
    code: null,
  };
  return ask(contract, 'login', { input, ...client });
}

export const registration = (contract: Contract, person: Person): Attempt =>
  ask(contract, 'register', { input: { ...person, name: null, handle: null } });

let guesses = 0;
/** With a wrong password, another one each time. */
export const guess = (contract: Contract, person: Person, client?: Client): Attempt =>
  login(contract, { ...person, password: `a wrong guess, ${(guesses += 1)}` }, client);

export const profile = (contract: Contract, token: string): Attempt =>
  ask(contract, 'profile', { input: null, token });

export const refresh = (contract: Contract, refreshToken: string): Attempt =>
  ask(contract, 'refresh', { input: { refreshToken }, refreshToken });

export interface Tokens {
  access: string;
  /** Null where the contract has none. */
  refresh: string | null;
}

const JWT = /[\w-]{20,}\.[\w-]+\.[\w-]+/g;

/** Recognises a login that owes a second factor: some wires answer it with a session that opens nothing else. */
const hasStep = (text: string): boolean => text.includes('"challenge":');

/** Null where the answer ended before its tokens did. */
export function tokensIn(
  { refresh: hasRefresh }: Contract,
  { status, headers, text }: BurstAnswer,
): Tokens | null {
  if (status !== 200 || hasStep(text)) return null;
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

/** Refusals that some contract words otherwise than their reason's sample. */
const VARIANTS = [
  emailTaken,
  { reason: 'unauthenticated', presented: false },
  { reason: 'unauthenticated', presented: true, sessionEnded: true },
] as const;

/** Recognises the verdict on a wrong password by the head of its answer. */
export function isVerdict(
  { contract, operation }: Attempt,
  { status, headers }: Pick<BurstAnswer, 'status' | 'headers'>,
): boolean {
  const wire = refusalWire(contract, sampleOf('invalid'), { ...refusalContext, operation });
  return status === wire.status && !contradicts('invalid', headers);
}

/** Numbers, ids and handles differ from answer to answer; the words may not. */
const words = (body: unknown) =>
  JSON.stringify(body)
    ?.replaceAll(/"(challenge|mfa_token)":"[^"]*"/g, '"$1":"#"')
    .replaceAll(/[\da-f]{8}-[\da-f-]{27}|\d+/g, '#');

export function outcomeOf({ contract, operation }: Attempt, answer: BurstAnswer): Outcome {
  const { status, headers, text, isComplete } = answer;
  if (status === 0) return 'unanswered';
  if (status < 300) return hasStep(text) ? 'second-factor-required' : 'granted';
  const refusal = [...refusals, ...VARIANTS].find((refusal) => {
    const wire = refusalWire(contract, refusal, { ...refusalContext, operation });
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

/** In the order of the attempts. */
export const outcomesIn = (attempts: readonly Attempt[], answers: readonly BurstAnswer[]) =>
  attempts.flatMap((attempt, n): Outcome[] => {
    const answer = answers[n];
    return answer === undefined ? [] : [outcomeOf(attempt, answer)];
  });

/** Sends all at once. */
export const outcomesOf = async (origin: string, attempts: readonly Attempt[]) =>
  outcomesIn(attempts, await sendAll(origin, attempts));

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
