/**
 * Tries one flow with one fault at one of its calls, and says what is wrong with what comes of it.
 *
 * What is right is learnt from the flow itself: `once` is what a request answers and leaves in store,
 * `twice` what comes of sending it a second time. A struck request is answered as once, or refused
 * in the contract's own way; what it leaves is all of it, or nothing; and the client who then
 * repeats it finds what anybody finds.
 */
import { env } from 'cloudflare:workers';
import { vi } from 'vitest';
import type { Contract } from '../../src/contracts/contract.ts';
import { refusalWire } from '../../src/contracts/errors.ts';
import { CANARY, LATE_MS, moveClock, named, injectFault, type Fault } from './faults.ts';
import { createTestApp, type Answer, type TestApp, type TestUser } from './test-app.ts';
import { beyond, changesIn, clearSnapshot, readSnapshot } from './database-snapshot.ts';
import { client, held } from './session.ts';
import {
  interceptMetrics,
  type Call,
  type BindingInterceptor,
} from '../fixtures/intercept-bindings.ts';
import { heard } from './fail-on-unhandled.ts';

export interface Flow {
  name: string;
  /** Null: the operator's. */
  contract: Contract | null;
  /** Makes whom it is about, and the request. No log may have the person's address or password. */
  stage(): Promise<{ person: TestUser; ask(here: TestApp): Promise<Answer> }>;
  /** What the request is answered when it has been done before. */
  again: number;
  /** Who is told by a refusal that it has been done before has what they wanted. */
  isGone?: boolean;
  /** A verdict on a password has its price. */
  guess?: 'right' | 'wrong';
  /** Each request that is done leaves something of its own in store. */
  isTwofold?: boolean;
  /** Names of faults that are no fault here. */
  spared?: readonly string[];
  /** Calls that begin before the answer, which does not wait for them. */
  behind?: readonly string[];
  /** What may be in store besides, where an answer is lost or comes too late to be given. */
  mayRemain?: readonly string[];
}

interface Run {
  answer: Answer;
  changes: string[];
  /** Subjects of what was sent. */
  mails: string[];
}

export interface Known {
  once: Run;
  twice: Run;
  calls: { name: string; to: Call['to']; behind: boolean }[];
}

/** The guard's own rules (wrangler.toml), to look at an account with. */
const LOCKOUT = { threshold: 5, lockSeconds: 900, growth: 1, stopAfterFailures: 50 };

const through: BindingInterceptor = (_call, proceed) => proceed();

/** A house for one request; what goes on behind its walls is told to `see`. */
const houseFor = (
  intercept: BindingInterceptor,
  see: (call: Call) => void,
  answered?: () => void,
) => {
  const seen: BindingInterceptor = (call, proceed) =>
    intercept(call, () => {
      see(call);
      return proceed();
    });
  return createTestApp(interceptMetrics(env, seen), seen, answered);
};

export async function learn({ stage, behind = [] }: Flow): Promise<Known> {
  const calls: Known['calls'] = [];
  const run = async (times: 1 | 2): Promise<Run> => {
    await clearSnapshot();
    const { ask } = await stage();
    const before = await readSnapshot();
    const mails: string[] = [];
    const send = async () => {
      const nameOf = named();
      let answered = false;
      const see = (call: Call) => {
        const name = nameOf(call);
        const isBehind = answered || behind.includes(name);
        if (times === 1) calls.push({ name, to: call.to, behind: isBehind });
        if (call.to === 'mail') mails.push(call.what[1] ?? '');
      };
      return ask(houseFor(through, see, () => (answered = true)));
    };
    let answer = await send();
    if (times === 2) answer = await send();
    return { answer, mails, changes: changesIn(before, await readSnapshot()) };
  };
  const once = await run(1);
  return { once, calls, twice: await run(2) };
}

export async function runFaultScenario(
  flow: Flow,
  known: Known,
  { fault, at }: { fault: Fault; at: string },
): Promise<string[]> {
  const { once, twice } = known;
  const call = known.calls.find(({ name }) => name === at);
  const flaws: string[] = [];
  const wrong = (what: string) => void flaws.push(`${at} ${fault.name}: ${what}`);

  await clearSnapshot();
  const { person, ask } = await flow.stage();
  const staged = await readSnapshot();
  const ear = heard();
  const mails: string[] = [];
  const accounts = new Set<string>();
  const see = ({ to, method, what: [first = '', subject = ''] }: Call) => {
    if (to === 'mail') mails.push(subject);
    if (/^(?:reserve|wait|settle)$/.test(method)) accounts.add(first);
  };
  const unstruck = () => ask(houseFor(through, see));
  let second: Answer | null = null;
  const strike = injectFault(fault, at, async () => (second = await unstruck()));
  const answer = await ask(houseFor(strike.intercept, see));
  if (!strike.struck()) wrong('was not struck');
  const isOvertaken = second !== null;

  const isOnce = isLike(answer, once.answer);
  const isRefused = !isOnce && isOutage(flow.contract, answer);
  const isSecond = isOvertaken && answer.status === flow.again;
  if (!isOnce && !isRefused && !isSecond) wrong(`is answered ${answer.status} ${answer.text}`);
  if (call?.behind && !isOnce) wrong(`shows: ${answer.status}`);
  if (fault.refused && call?.behind === false && !isRefused) wrong('is asked again');
  if (fault.mended && !isOnce) wrong('is not asked again');
  if (isRefused && held(answer).access !== '') wrong('hands out a token with a refusal');
  if (isRefused && !answer.headers.has('Retry-After')) wrong('does not say when to come again');
  if (answer.text.includes(CANARY)) wrong('tells the client of the error');

  const left = changesIn(staged, await readSnapshot());
  const isDone = once.changes.length > 0 && areSame(left, once.changes);
  const { mayRemain = [] } = flow;
  if (isOvertaken) {
    const more = beyond(left, [...twice.changes, ...mayRemain]);
    const less = isRefused ? [] : beyond(once.changes, left);
    if (!isDone && more.length + less.length > 0) wrong(`leaves ${told(left)} of two requests`);
  } else if (call?.behind) {
    if (beyond(left, once.changes).length > 0) wrong(`leaves ${told(left)}`);
  } else if (!isDone && (isOnce ? once.changes : beyond(left, mayRemain)).length > 0) {
    wrong(`leaves ${told(left)}, not ${told(once.changes)}`);
  }

  await holdGuess(accounts, { flow, fault, known, isOnce, isOvertaken }, wrong);

  const isRepeated = isRefused && !isOvertaken;
  if (flow.isTwofold && isDone && isRepeated && !fault.lasting) wrong('is refused, and stored');
  if (isRepeated) {
    const { answer: expected, changes } = isDone ? twice : once;
    const repeated = await unstruck();
    const after = changesIn(staged, await readSnapshot());
    const state = isDone ? 'done' : 'not done';
    if (!isLike(repeated, expected))
      wrong(`(${state}) is answered ${repeated.status} when repeated`);
    const [more, less] = [beyond(after, [...changes, ...mayRemain]), beyond(changes, after)];
    if (more.length > 0) wrong(`(${state}) stores ${told(more)} too much when repeated`);
    if (less.length > 0) wrong(`(${state}) misses ${told(less)} when repeated`);
    const isFrightened = repeated.status >= 400 && once.answer.status < 400 && !flow.isGone;
    if (isDone && !fault.lasting && isFrightened) {
      wrong(`is done, refused, and answered ${repeated.status} when repeated`);
    }
  }
  if (isOnce) await holdTokens(flow, answer, wrong);

  const most = isRepeated || isOvertaken ? [...once.mails, ...twice.mails] : once.mails;
  const copies = beyond(mails, most);
  // A transport that does not know a mail again may carry it twice.
  const allowed = call?.to === 'mail' && fault.commits ? 1 : 0;
  if (copies.length > allowed) wrong(`sends ${told(copies)} too much`);

  for (const flaw of await ear([CANARY, person.email, person.password])) wrong(flaw);
  vi.useRealTimers();
  return flaws;
}

const told = (changes: readonly string[]) => `[${changes.join(', ')}]`;

const areSame = (some: readonly string[], others: readonly string[]) =>
  beyond(some, others).length === 0 && beyond(others, some).length === 0;

const nameless = ({ text, headers }: Answer) =>
  text.replaceAll(headers.get('X-Request-Id') ?? '', '');

/** Grants differ in their tokens; refusals do not differ. */
const isLike = (one: Answer, other: Answer) =>
  one.status === other.status && (one.status < 400 || nameless(one) === nameless(other));

/** The contract's refusal of what is nobody's fault. */
function isOutage(contract: Contract | null, answer: Answer): boolean {
  if (contract === null) return answer.status === 500 && answer.text === '{"error":"internal"}';
  const traceId = answer.headers.get('X-Request-Id') ?? '';
  return (['internal', 'busy'] as const).some((reason) => {
    const { status, body } = refusalWire(contract, { reason }, { nowMs: 0, traceId });
    return answer.status === status && answer.text === JSON.stringify(body);
  });
}

/** Half a minute later no ticket is out, and what was counted is what was told. */
async function holdGuess(
  accounts: ReadonlySet<string>,
  how: { flow: Flow; fault: Fault; known: Known; isOnce: boolean; isOvertaken: boolean },
  wrong: (what: string) => void,
): Promise<void> {
  const { flow, fault, known, isOnce, isOvertaken } = how;
  const [isMoved, nowMs] = [vi.isFakeTimers(), Date.now()];
  moveClock(LATE_MS);
  let failures = 0;
  for (const account of accounts) {
    const view = await env.ACCOUNT_LOCKOUT.getByName(account).view(LOCKOUT);
    failures += view.failures;
    if (view.ticketsOut > 0) wrong('keeps a ticket');
  }
  if (isMoved) vi.setSystemTime(nowMs);
  else vi.useRealTimers();

  // A ticket that nobody can bring back in time is counted (policy/lockout.ts), and so is a password
  // that the request before it has changed.
  const isKept = fault.name.endsWith(' late') || fault.lasting || fault.refused;
  const isStale = isOvertaken && known.twice.changes.some((change) => /CHECK_FAILED/.test(change));
  const most =
    Number(isKept || isStale || flow.guess === 'wrong') +
    Number(flow.guess === 'wrong' && isOvertaken);
  if (flow.guess !== undefined && failures > most) wrong(`is counted as ${failures} failures`);
  if (flow.guess === 'wrong' && isOnce && failures < 1) wrong('gives a verdict for free');
}

async function holdTokens({ contract }: Flow, answer: Answer, wrong: (what: string) => void) {
  const { access, refresh } = held(answer);
  if (contract === null || access === '') return;
  const theirs = client(createTestApp(), contract.name);
  if ((await theirs.profile(access)).status !== 200) wrong('grants what is not stored');
  if (refresh !== '' && (await theirs.refresh(refresh)).status !== 200) {
    wrong('grants a refresh that is not stored');
  }
}
