/**
 * Plays one sequence of public requests twice, at an address that has an account and at one that has
 * none, and returns what a stranger sees of each step: account enumeration is a difference.
 */
import * as fc from 'fast-check';
import { vi } from 'vitest';
import { REGISTRATION_COOKIE } from '../../src/http/cookies.ts';
import { addUser, contractCases, freshAddress, type Answer, type TestApp } from './test-app.ts';
import { codeIn, mailbox, type Mail } from './mailbox.ts';
import type { Call } from '../fixtures/intercept-bindings.ts';
import { slowNetwork } from '../fixtures/slow-network.ts';

const OPERATIONS = [
  'register',
  'verify-email',
  'verify-email/send',
  'login',
  'forgot-password',
  'reset-password',
  'refresh',
  'profile',
] as const;

export interface Step {
  operation: (typeof OPERATIONS)[number];
  /** A place in the list of contracts. */
  contract: number;
  /** Ignored where the contract's body has an e-mail address only. */
  name: 'email' | 'username' | 'registered username';
  password: 'first' | 'second';
  /** `mailed`: the newest one, with a password that was never registered. */
  code: 'wrong' | 'mailed';
  /** How the handle of the newest registration is sent along. */
  handle: 'not at all' | 'in the body' | 'as a cookie';
  /** How much later than the step before. */
  afterMinutes: number;
}

export interface Sequence {
  account: 'active' | 'inactive' | 'unverified' | 'without a password';
  /** All requests of a side from one client address, or each from its own. */
  isFromOneAddress: boolean;
  steps: Step[];
}

const MOST_STEPS = 12;
const COLUMNS = {
  active: {},
  inactive: { status: 'inactive' },
  unverified: { email_verified: 0 },
  'without a password': { password_hash: null },
};

const step: fc.Arbitrary<Step> = fc.record({
  operation: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom<Step['operation']>('register', 'verify-email') },
    { weight: 1, arbitrary: fc.constantFrom(...OPERATIONS) },
  ),
  contract: fc.nat({ max: contractCases.length - 1 }),
  name: fc.constantFrom('email', 'username', 'registered username'),
  password: fc.constantFrom('first', 'second'),
  code: fc.constantFrom('wrong', 'mailed'),
  handle: fc.constantFrom('not at all', 'in the body', 'as a cookie'),
  afterMinutes: fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 20 }) },
  ),
});

/** Limits and locks are reached by repetition, so steps are drawn with how often each is repeated. */
export const anySequence: fc.Arbitrary<Sequence> = fc.record({
  account: fc.constantFrom('active', 'inactive', 'unverified', 'without a password'),
  isFromOneAddress: fc.boolean(),
  steps: fc
    .array(fc.tuple(step, fc.constantFrom(1, 1, 2, 6)), { minLength: 1, maxLength: 6 })
    .map((repeated) =>
      repeated
        .flatMap(([one, times]) =>
          Array.from({ length: times }, (_, n) => (n === 0 ? one : { ...one, afterMinutes: 0 })),
        )
        .slice(0, MOST_STEPS),
    ),
});

interface Side {
  email: string;
  username: string;
  registeredUsername: string;
  address: string;
  mails: () => Mail[];
  /** Of the newest registration; empty: none yet. */
  handle: string;
}

/** What a stranger sees, and the calls that were made before it was there. */
interface Seen {
  status: number;
  headers: string[];
  text: string;
  calls: string[];
}

export interface Played {
  step: Step;
  known: Seen;
  unknown: Seen;
}

/** Past every alarm that a Durable Object sets meanwhile; no sequence depends on the real time. */
const STARTS_AT_MS = Date.UTC(2100, 0, 1);
/** A random id, the moment it was given at, and one or two signatures (registration-handles.ts). */
const HANDLE = /[\w-]{22}(~\d{1,12})((?:~[\w-]{43})+)/;
const WRONG_TOKEN = 'A'.repeat(43);
let sequences = 0;

/** For one test file: crypto and clock are those of the isolate. */
export function enumeration() {
  const network = slowNetwork();

  return async (contracts: typeof contractCases, sequence: Sequence): Promise<Played[]> => {
    sequences += 1;
    vi.useFakeTimers({ toFake: ['Date'], now: STARTS_AT_MS });
    let answeredAfter = 0;
    const { here, to, calls } = mailbox({}, network.intercept, () => {
      network.responded();
      answeredAfter = calls.length;
    });
    // Of the same length, so that bytes can be compared.
    const sideOf = (who: 'known' | 'nobody'): Side => {
      const username = `${who.padEnd(6, '-')}-${sequences}`;
      const email = `${username}@example.com`;
      const mails = () => to(email);
      const address = freshAddress();
      return { email, username, registeredUsername: `${username}-new`, address, mails, handle: '' };
    };
    const known = sideOf('known');
    const unknown = sideOf('nobody');
    const { email, username } = known;
    await addUser({ email, username, username_key: username, ...COLUMNS[sequence.account] });

    const played: Played[] = [];
    for (const step of sequence.steps) {
      const { contract, afterMinutes } = step;
      vi.setSystemTime(Date.now() + afterMinutes * 60_000);
      const contractCase = contracts[contract % contracts.length];
      if (contractCase === undefined) throw new Error('no contract');
      const see = async (side: Side): Promise<Seen> => {
        const address = sequence.isFromOneAddress ? side.address : freshAddress();
        const from = calls.length;
        const answer = await ask({ here, contractCase, side, step, address });
        network.take();
        side.handle = HANDLE.exec(answer.headers.getSetCookie().join('\n'))?.[0] ?? side.handle;
        return seen(answer, side, calls.slice(from, answeredAfter));
      };
      played.push({ step, known: await see(known), unknown: await see(unknown) });
    }
    return played;
  };
}

interface Asked {
  here: TestApp;
  contractCase: (typeof contractCases)[number];
  side: Side;
  step: Step;
  address: string;
}

function ask({ here, contractCase, side, step, address }: Asked): Promise<Answer> {
  const { contract, name, path, body } = contractCase;
  const { operation } = step;
  const { email } = side;
  const base = `/${name}${contract.base}`;
  const given = { email, username: side.username, 'registered username': side.registeredUsername };
  const identifier = given[step.name];
  const named = contract.identifier === 'email' ? { email } : { username: identifier };
  const code = codeIn(side.mails());
  const isMailed = step.code === 'mailed' && /^\d{6}$/.test(code);
  const password = `the ${step.password} password of nobody`;
  const bodies: Record<Exclude<Step['operation'], 'profile'>, object> = {
    register: { username: side.registeredUsername, email, password },
    'verify-email': {
      ...named,
      password: isMailed ? 'never registered with this' : password,
      code: isMailed ? code : code === '000000' ? '000001' : '000000',
    },
    'verify-email/send': named,
    login: body({ username: identifier, email, password }) as object,
    'forgot-password': contract.identifier === 'email' || step.name === 'email' ? { email } : named,
    'reset-password': { token: WRONG_TOKEN, password },
    refresh: {},
  };
  if (operation === 'profile') {
    return here.fetch(`/${name}${contract.profilePath}`, {
      headers: { 'CF-Connecting-IP': address },
    });
  }
  const at = operation === 'login' ? path : `${base}/${operation}`;
  const registration = step.handle === 'in the body' ? { registration: side.handle } : {};
  const headers =
    step.handle === 'as a cookie' ? { Cookie: `${REGISTRATION_COOKIE}=${side.handle}` } : {};
  return here.post(at, { ...bodies[operation], ...registration }, { address, headers });
}

function seen({ status, headers, text }: Answer, side: Side, calls: readonly Call[]): Seen {
  const trace = headers.get('X-Request-Id') ?? '';
  const masked = (value: string) =>
    value
      .replaceAll(trace, '<trace>')
      .replaceAll(side.username, '<name>')
      .replace(HANDLE, (_, moment: string, signatures: string) => moment + signatures.length);
  return {
    status,
    headers: [...headers].map(([name, value]) => `${name}: ${masked(value)}`),
    text: masked(text),
    // Without the names of limiters, which differ for every address.
    calls: calls.map(({ to, method, session, what }) =>
      [to, method, session, ...(to === 'database' ? what : [])].join(' '),
    ),
  };
}
