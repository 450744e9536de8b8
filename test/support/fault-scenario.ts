/**
 * Runs a flow with one fault at one of its binding calls, and checks the invariants of
 * fault-invariants.ts. The same flow without a fault is the reference for what it stores and sends.
 */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { interceptMetrics, type Call } from '../fixtures/intercept-bindings.ts';
import type { BindingInterceptor } from '../fixtures/intercept-bindings.ts';
import { failOnUnhandled } from './captured-console.ts';
import { changesIn, clearSnapshot, readSnapshot } from './database-snapshot.ts';
import { CANARY, callNames, faults as allFaults, injectFault, LATE_MS } from './faults.ts';
import type { Fault } from './faults.ts';
import {
  invariants,
  isAlike,
  within,
  type Flow,
  type Outcome,
  type Reference,
  type Run,
} from './fault-invariants.ts';
import { client, moveClock, tokensOf } from './session.ts';
import { statusesOf } from './statuses.ts';
import { contractCase, createTestApp, type Answer, type TestApp } from './test-app.ts';

/** Defines the tests of flows: each with each fault, at every call that the fault can hit. */
export function testFlows(
  { begin, leaks }: ReturnType<typeof failOnUnhandled>,
  flows: readonly Flow[],
  faults: readonly Fault[] = allFaults,
): void {
  describe.each(flows)('$name', (flow) => {
    let running: Promise<Reference> | undefined;
    const reference = () => (running ??= referenceOf(flow));

    it('is answered as written when nothing fails', async () => {
      const { once, twice, calls } = await reference();
      expect([once.answer.status, twice.answer.status]).toEqual([flow.status, flow.repeated]);
      expect(calls).not.toEqual([]);
    });

    it.each(faults.filter(({ name }) => flow.except?.includes(name) !== true))(
      'holds the invariants where a call $name',
      async (fault) => {
        const known = await reference();
        const flaws: string[] = [];
        for (const call of known.calls) {
          if (!fault.bindings.includes(call.to) || (fault.awaitedOnly && !call.isAwaited)) continue;
          begin();
          const outcome = await run(flow, known, { fault, call, leaks });
          for (const [name, holds] of Object.entries(invariants)) {
            if (!holds(outcome)) flaws.push(`${call.name}: ${name}: ${described(outcome)}`);
          }
        }
        expect(flaws).toEqual([]);
      },
    );
  });
}

async function referenceOf({ contract, prepare, unawaited = [] }: Flow): Promise<Reference> {
  const calls: Reference['calls'] = [];
  const runOf = async (times: 1 | 2): Promise<Run> => {
    await clearSnapshot();
    const { send } = await prepare();
    const before = await readSnapshot();
    const mails: string[] = [];
    const request = () => {
      const nameOf = callNames();
      let isAnswered = false;
      const see = (call: Call) => {
        const name = nameOf(call);
        const isAwaited = !isAnswered && !unawaited.includes(name);
        if (times === 1) calls.push({ name, to: call.to, isAwaited });
        if (call.to === 'mail') mails.push(call.what[1] ?? '');
      };
      return send(appWith(contract, see, { answered: () => (isAnswered = true) }));
    };
    let answer = await request();
    if (times === 2) answer = await request();
    return { answer, mails, changes: changesIn(before, await readSnapshot()) };
  };
  return { once: await runOf(1), twice: await runOf(2), calls };
}

interface Injection {
  fault: Fault;
  call: Reference['calls'][number];
  leaks(secrets: readonly string[]): Promise<string[]>;
}

async function run(flow: Flow, reference: Reference, injection: Injection): Promise<Outcome> {
  const { fault, call, leaks } = injection;
  await clearSnapshot();
  const { user, send } = await flow.prepare();
  const before = await readSnapshot();
  const stored = async () => changesIn(before, await readSnapshot());
  const mails: string[] = [];
  const names = new Set<string>();
  const see = ({ to, method, what: [first = '', subject = ''] }: Call) => {
    if (to === 'mail') mails.push(subject);
    if (/^(?:reserve|wait|take|settle)$/.test(method)) names.add(first);
  };
  const nowMs = Date.now();
  let isOvertaken = false;
  const injected = injectFault(fault, call.name, async () => {
    await send(appWith(flow.contract, see));
    isOvertaken = true;
  });
  const answer = await send(appWith(flow.contract, see, injected));
  const changes = await stored();
  const isUsual = isAlike(answer, reference.once.answer);
  const isOutage = !isUsual && isOutageAnswer(flow, answer);
  const lockouts = await lockoutsOf(names);
  let repetition: Run | null = null;
  if (isOutage && !isOvertaken) {
    repetition = {
      answer: await send(appWith(flow.contract, see)),
      changes: await stored(),
      mails,
    };
  }
  const granted = isUsual ? await statusesWith(flow, answer) : [];
  const outcome = {
    flow,
    fault,
    call,
    reference,
    answer,
    changes,
    mails,
    isUsual,
    isOutage,
    isOvertaken,
    isStruck: injected.struck(),
    isStored:
      reference.once.changes.length > 0 &&
      within(changes, reference.once.changes) &&
      within(reference.once.changes, changes),
    repetition,
    lockouts,
    granted,
    leaks: await leaks([CANARY, user.email, user.password]),
  };
  moveClock(nowMs - Date.now());
  return outcome;
}

/** An app that serves one contract starts faster, and each request here has an app of its own. */
const served = (contract: Flow['contract']) => (contract === null ? {} : { CONTRACTS: [contract] });

interface Observed {
  intercept?: BindingInterceptor;
  answered?: () => void;
}

/** An app for one request; `see` is called with each binding call that is made. */
function appWith(
  contract: Flow['contract'],
  see: (call: Call) => void,
  { intercept = (_call, proceed) => proceed(), answered }: Observed = {},
): TestApp {
  const seen: BindingInterceptor = (call, proceed) =>
    intercept(call, () => {
      see(call);
      return proceed();
    });
  return createTestApp({ ...served(contract), ...interceptMetrics(env, seen) }, seen, answered);
}

/** A failure, or (busy) a ticket that expired or a queue that is full, each with its delay. */
function isOutageAnswer({ contract }: Flow, { status, headers }: Answer): boolean {
  const { internal, busy } = statusesOf(contract ?? 'admin');
  return [
    [internal, '5'],
    [busy, '1'],
  ].some(([code, delay]) => status === code && headers.get('Retry-After') === delay);
}

/** Sums up the failures at these names half a minute later, when every ticket should be settled. */
async function lockoutsOf(names: ReadonlySet<string>) {
  const nowMs = Date.now();
  const rules = { threshold: 5, lockSeconds: 900, growth: 1, stopAfterFailures: 50 };
  const sum = { failures: 0, ticketsOut: 0 };
  moveClock(LATE_MS);
  for (const name of names) {
    const { failures, ticketsOut } = await env.ACCOUNT_LOCKOUT.getByName(name).view(rules);
    sum.failures += failures;
    sum.ticketsOut += ticketsOut;
  }
  moveClock(nowMs - Date.now());
  return sum;
}

async function statusesWith({ contract }: Flow, answer: Answer): Promise<number[]> {
  if (contract === null || answer.text === '' || answer.status >= 300) return [];
  const { access, refresh } = tokensOf({ ...answer, contract: contractCase(contract).contract });
  if (access === '') return [];
  const caller = client(createTestApp(served(contract)), contract);
  const answers = [await caller.profile(access)];
  if (refresh !== '') answers.push(await caller.refresh(refresh));
  return answers.map(({ status }) => status);
}

function described({ answer, changes, reference, repetition, lockouts, leaks, mails }: Outcome) {
  const { status, text } = answer;
  const again = repetition && { status: repetition.answer.status, changes: repetition.changes };
  const expected = reference.once.changes;
  return JSON.stringify({ status, text, changes, expected, again, lockouts, leaks, mails });
}
