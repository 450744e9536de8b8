/** The contracts as an attacker's client speaks them: requests, and the reason behind an answer. */
import { refusalWire, type Contract } from '../../../src/contracts/contract.ts';
import { circumstances, refusals, type Reason } from '../../openapi/samples.ts';
import { settings } from './context.ts';
import type { BurstAnswer, BurstRequest } from './burst.ts';

export interface Person {
  username: string;
  email: string;
  password: string;
}

/** All contracts take this: each reads the name that it knows, and none minds the other. */
const namesOf = ({ username, email, password }: Person) => ({ username, email, password });

const nobody: Person = { username: 'nobody', email: 'nobody@example.com', password: 'no password' };

/** Those that are served, without any whose fields are called otherwise. */
export const served: readonly Contract[] = settings.contracts.filter(
  ({ login }) => login.safeParse(nobody).success,
);

/** By the kind of name that they take. Guesses at one name are guesses at one of these groups. */
export const atOneName: readonly (readonly Contract[])[] = (['email', 'username'] as const)
  .map((kind) => served.filter(({ account }) => account.identifier === kind))
  .filter((group) => group.length > 0);

/** In turns. */
export function contractAt(n: number, contracts = served): Contract {
  const contract = contracts[n % contracts.length];
  if (contract === undefined) throw new Error('no contract of CONTRACTS can be attacked');
  return contract;
}

export function contractWith(has: (contract: Contract) => boolean): Contract {
  return served.find(has) ?? contractAt(0);
}

let addresses = Math.floor(Math.random() * 2 ** 24);
/** In 10.0.0.0/8, from anywhere on: runs shortly after each other are strangers. */
export function freshAddress(): string {
  addresses = (addresses + 1) % 2 ** 24;
  return `10.${addresses >> 16}.${(addresses >> 8) & 255}.${addresses & 255}`;
}

export interface Caller {
  address?: string;
  token?: string;
  headers?: Record<string, string>;
}

/** `at`: below the contract's base. */
export function post(
  contract: Contract,
  at: string,
  { body, address = freshAddress(), token, headers = {} }: Caller & { body: object },
): BurstRequest {
  return {
    method: 'POST',
    path: `/${contract.name}${contract.base}/${at}`,
    headers: {
      'Content-Type': 'application/json',
      'CF-Connecting-IP': address,
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: JSON.stringify(body),
  };
}

export const login = (contract: Contract, person: Person, caller?: Caller): BurstRequest =>
  post(contract, 'login', { ...caller, body: namesOf(person) });

let guesses = 0;
/** A wrong one, each time another. */
export const guess = (contract: Contract, person: Person, caller?: Caller): BurstRequest =>
  login(contract, { ...person, password: `a wrong guess, ${(guesses += 1)}` }, caller);

export function profile(contract: Contract, token: string): BurstRequest {
  return {
    method: 'GET',
    path: `/${contract.name}${contract.profilePath}`,
    headers: { Authorization: `Bearer ${token}` },
    body: '',
  };
}

export function refresh(contract: Contract, token: string): BurstRequest {
  return contract.refresh?.in === 'cookie'
    ? post(contract, 'refresh', {
        body: {},
        headers: { Cookie: `${contract.refresh.name}=${token}` },
      })
    : post(contract, 'refresh', { body: { refreshToken: token } });
}

export interface Tokens {
  access: string;
  /** Null where the contract has none. */
  refresh: string | null;
}

const JWT = /[\w-]{20,}\.[\w-]+\.[\w-]+/g;

/** Null where the answer ended before they did. */
export function tokensIn(
  contract: Contract,
  { status, headers, text }: BurstAnswer,
): Tokens | null {
  if (status !== 200) return null;
  const [access, refresh = null] = (text + (headers['set-cookie'] ?? []).join()).match(JWT) ?? [];
  const missing = access === undefined || (contract.refresh !== null && refresh === null);
  return missing ? null : { access, refresh };
}

interface Claims {
  sid: string;
  jti: string;
}

/** Unverified: that is not what a client does. */
export const claimsOf = (token: string): Claims =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;

export type Told = Reason | 'granted' | 'unanswered' | 'strange';

/** What the headers say, of reasons that some contract tells in the same words. */
const saysOtherwise = (reason: Reason, headers: BurstAnswer['headers']): boolean => {
  const after = headers['retry-after'];
  if ((reason === 'limited') !== (headers['ratelimit'] !== undefined)) return true;
  if (reason === 'busy') return after !== '1';
  if (reason === 'locked') return after === undefined || after === '1';
  return reason !== 'limited' && reason !== 'internal' && after !== undefined;
};

/** Numbers and ids differ from answer to answer; the words may not. */
const words = (body: unknown) =>
  JSON.stringify(body)?.replaceAll(/[\da-f]{8}-[\da-f-]{27}|\d+/g, '#');

/** `strange`: no answer that the contract has. */
export function told(contract: Contract, { status, headers, text, whole }: BurstAnswer): Told {
  if (status === 0) return 'unanswered';
  if (status < 300) return 'granted';
  const refusal = refusals.find((refusal) => {
    const wire = refusalWire(contract, refusal, circumstances);
    if (wire.status !== status || saysOtherwise(refusal.reason, headers)) return false;
    return !whole || words(wire.body) === words(parsed(text));
  });
  return refusal?.reason ?? 'strange';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How often each was told. */
export function tally(answers: readonly Told[]) {
  const counts = new Map<Told, number>();
  for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  return {
    of: (...reasons: Told[]) => reasons.reduce((sum, one) => sum + (counts.get(one) ?? 0), 0),
    toString: () => Array.from(counts, ([reason, n]) => `${n} ${reason}`).join(', '),
  };
}
