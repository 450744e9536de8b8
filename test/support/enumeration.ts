/**
 * Known and unknown addresses are answered alike over any sequence of public requests: the same
 * statuses, headers, bytes, and calls before the answer, at each step. Sequences are drawn; those
 * that once told an account apart are kept.
 */
import { env } from 'cloudflare:workers';
import * as fc from 'fast-check';
import { expect, vi } from 'vitest';
import { insertRows } from '../fixtures/rows.ts';
import { slowNetwork } from '../fixtures/slow-network.ts';
import { captureConsole } from './captured-console.ts';
import type { InputOf } from '../../src/flows/operations.ts';
import { byAddress } from './contract-cases.ts';
import { factorRowsOf } from './factor-rows.ts';
import { codeIn, mailbox, otherThan, type Mail } from './mailbox.ts';
import { client, moveClock } from './session.ts';
import { addUser, contractCases, freshAddress, type Answer, type TestApp } from './test-app.ts';

/** Each of up to twelve requests for two addresses: a second or two. */
const RUNS_EACH = 4;
const MOST_STEPS = 12;

const OPERATIONS = [
  'register',
  'verify-email',
  'send-code',
  'login',
  'forgot-password',
  'reset-password',
  'refresh',
  'profile',
] as const;
const ACCOUNTS = {
  active: {},
  inactive: { status: 'inactive' },
  unverified: { email_verified: 0 },
  'without a password': { password_hash: null },
  'with a second factor': {},
};

const anyStep = fc.record({
  operation: fc.oneof(
    {
      weight: 2,
      arbitrary: fc.constantFrom<(typeof OPERATIONS)[number]>('register', 'verify-email'),
    },
    { weight: 1, arbitrary: fc.constantFrom(...OPERATIONS) },
  ),
  /** An index into the contracts. */
  contract: fc.nat({ max: contractCases.length - 1 }),
  /** Ignored where the contract's body has an e-mail address only. */
  name: fc.constantFrom('email', 'username', 'registered username'),
  password: fc.constantFrom('first', 'second'),
  /** `mailed`: the newest one, with a password that was never registered. */
  code: fc.constantFrom('wrong', 'mailed'),
  /** The place of the newest registration's handle in the request. */
  handle: fc.constantFrom('not', 'in the body', 'as a cookie'),
  minutesLater: fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 20 }) },
  ),
});

/** Limits and locks are reached by repetition, so each step is drawn with how often it is repeated. */
const sequence = fc.record({
  account: fc.constantFrom(...(Object.keys(ACCOUNTS) as (keyof typeof ACCOUNTS)[])),
  isFromOneAddress: fc.boolean(),
  steps: fc
    .array(fc.tuple(anyStep, fc.constantFrom(1, 1, 2, 6)), { minLength: 1, maxLength: 6 })
    .map((repeated) =>
      repeated
        .flatMap(([one, times]) =>
          Array.from({ length: times }, (_, n) => (n === 0 ? one : { ...one, minutesLater: 0 })),
        )
        .slice(0, MOST_STEPS),
    ),
});

type Drawn<A> = A extends fc.Arbitrary<infer T> ? T : never;
type Step = Drawn<typeof anyStep>;
type Sequence = Drawn<typeof sequence>;
type Cases = typeof contractCases;

interface Side {
  email: string;
  username: string;
  address: string;
  mails: () => Mail[];
  /** Of the newest registration; empty: none yet. */
  handle: string;
}

/** A random id, the time of its issue, and one or two signatures (registration-handles.ts). */
const HANDLE = /[\w-]{22}(~\d{1,12})((?:~[\w-]{43})+)/;
const network = slowNetwork();
let sequences = 0;

/** Plays a sequence for both addresses; returns what a client sees, and the calls before it. */
async function play(contracts: Cases, { account, isFromOneAddress, steps }: Sequence) {
  sequences += 1;
  vi.setSystemTime(Date.UTC(2100, 0, 1));
  let answeredAfter = 0;
  const { app, to, calls } = mailbox({}, network.intercept, () => {
    network.responded();
    answeredAfter = calls.length;
  });
  // Of the same length, so that bytes can be compared.
  const sideOf = (kind: 'known' | 'nobody'): Side => {
    const username = `${kind.padEnd(6, '-')}-${sequences}`;
    const email = `${username}@example.com`;
    return { email, username, address: freshAddress(), mails: () => to(email), handle: '' };
  };
  const sides = [sideOf('known'), sideOf('nobody')] as const;
  const { email, username } = sides[0];
  const { id } = await addUser({ email, username, username_key: username, ...ACCOUNTS[account] });
  if (account === 'with a second factor') {
    const rows = factorRowsOf(username, id).map((columns) => ({ table: 'factors', columns }));
    await insertRows(env.DB, rows);
  }

  const see = async (side: Side, step: Step) => {
    const address = isFromOneAddress ? side.address : freshAddress();
    const contract = contracts[step.contract % contracts.length] as Cases[number];
    const from = calls.length;
    const answer = await ask(app, { contract, side, step, address });
    network.take();
    side.handle = HANDLE.exec(answer.headers.getSetCookie().join('\n'))?.[0] ?? side.handle;
    const seen = calls.slice(from, answeredAfter);
    return {
      ...masked(answer, side),
      // Without the names of limiters, which differ for every address.
      calls: seen.map(({ to, method, session, what }) =>
        [to, method, session, ...(to === 'database' ? what : [])].join(' '),
      ),
    };
  };
  const played = [];
  for (const step of steps) {
    moveClock(step.minutesLater * 60_000);
    played.push({ step, known: await see(sides[0], step), unknown: await see(sides[1], step) });
  }
  return played;
}

function ask(
  app: TestApp,
  request: { contract: Cases[number]; side: Side; step: Step; address: string },
): Promise<Answer> {
  const { contract, side, step, address } = request;
  const { email, username } = side;
  const registered = `${username}-new`;
  const names = { email, username, 'registered username': registered };
  const named = contract.named({ email, username: names[step.name] });
  const code = codeIn(side.mails());
  const isMailed = step.code === 'mailed' && /^\d{6}$/.test(code);
  const password = `the ${step.password} password of nobody`;
  const handle = step.handle === 'in the body' ? side.handle : null;
  const inputs: { readonly [O in Step['operation']]: InputOf<O> } = {
    register: { ...contract.application({ username: registered, email, password }), handle },
    'verify-email': {
      ...named,
      handle,
      password: isMailed ? 'never registered with this' : password,
      code: isMailed ? code : otherThan(code),
    },
    'send-code': { ...named, handle },
    login: contract.attempt({ email, username: names[step.name], password }),
    'forgot-password': step.name === 'email' ? byAddress(email, handle) : { ...named, handle },
    'reset-password': { token: 'A'.repeat(43), password },
    refresh: {},
    profile: null,
  };
  const headers =
    step.handle === 'as a cookie' ? { Cookie: `__Host-gh-registration=${side.handle}` } : {};
  const { ask, askWith } = client(app, contract.name);
  if (step.operation !== 'refresh') {
    return ask(step.operation, inputs[step.operation] as never, { address, headers });
  }
  return contract.contract.refresh === null
    ? app.fetch(`/${contract.name}/nowhere`, { headers: { 'CF-Connecting-IP': address } })
    : askWith('refresh', {}, { address, headers });
}

function masked({ status, headers, text }: Answer, side: Side) {
  const trace = headers.get('X-Request-Id') ?? '';
  const mask = (value: string) =>
    value
      .replaceAll(trace, '<trace>')
      .replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, '<uuid>')
      .replaceAll(side.username, '<name>')
      .replace(HANDLE, (_, time: string, signatures: string) => time + signatures.length);
  return {
    status,
    headers: [...headers].map(([name, value]) => `${name}: ${mask(value)}`),
    text: mask(text),
  };
}

const step = (operation: Step['operation'], changes: Partial<Step> = {}): Step => ({
  operation,
  contract: 0,
  name: 'registered username',
  password: 'first',
  code: 'wrong',
  handle: 'not',
  minutesLater: 0,
  ...changes,
});
const times = (n: number, step: Step) => Array.from({ length: n }, () => step);
const kept = (steps: Step[], changes: Partial<Sequence> = {}): [Sequence] => [
  { account: 'active', isFromOneAddress: false, steps, ...changes },
];

const keptSequences = [
  // The right password with a wrong code was not counted.
  kept([step('register'), ...times(6, step('verify-email'))]),
  // The right code with a wrong password is counted, too.
  kept([step('register'), ...times(6, step('verify-email', { code: 'mailed' }))]),
  // The tries of a registration's handle are those of an unknown address.
  ...(['active', 'unverified'] as const).map((account) =>
    kept([step('register'), ...times(7, step('verify-email', { handle: 'as a cookie' }))], {
      account,
    }),
  ),
  // An unknown name is locked like a known one.
  kept(times(7, step('login', { name: 'username' }))),
  // The limit of a sender counts requests about both.
  kept(times(12, step('forgot-password', { name: 'email', minutesLater: 2 })), {
    isFromOneAddress: true,
  }),
];
const indexBy = (identifier: 'username' | 'email') =>
  contractCases.findIndex(({ contract }) => contract.identifier === identifier);
const keptAcrossContracts = [
  // The two names of an account shared one lock.
  kept([
    ...times(5, step('login', { name: 'username', contract: indexBy('username') })),
    step('login', { contract: indexBy('email') }),
  ]),
];

/** Fails at the first step that tells a known address from an unknown one. */
async function assertAlike(contracts: Cases, examples: [Sequence][]): Promise<void> {
  const alike = fc.asyncProperty(sequence, async (drawn) => {
    for (const { step, known, unknown } of await play(contracts, drawn)) {
      expect({ step, ...unknown }).toEqual({ step, ...known });
    }
  });
  captureConsole();
  // fast-check counts examples as runs.
  await fc.assert(alike, { numRuns: examples.length + RUNS_EACH, examples });
}

export const assertAlikeAt = (one: Cases[number]) => assertAlike([one], keptSequences);
export const assertAlikeAcross = () => assertAlike(contractCases, keptAcrossContracts);

/** Files test/worker/enumeration*.test.ts, side by side. */
const PARTS = 3;
export const contractsOf = (part: number): Cases =>
  contractCases.filter((_, n) => n % PARTS === part - 1);
