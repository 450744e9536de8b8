/**
 * Steps of logins over random histories: passwords and codes share the failures that are left, and
 * to other callers a step is a failed attempt.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reserve, settle, STEP_MS, take, type Verdict } from '../../src/policy/lockout.ts';
import {
  initialState,
  reset,
  type LockoutRules,
  type LockoutState,
} from '../../src/policy/lockout-state.ts';
import { anyRules } from './lockout-account.ts';

const STEP_TRIES = 5;

/** `pick` chooses one of the tickets in question. */
type Act =
  | { do: 'reserve' }
  | { do: 'settle'; pick: number; verdict: Verdict }
  | { do: 'take'; pick: number }
  | { do: 'reset' }
  | { do: 'wait'; ms: number }
  /** 1 ms before, at or after the expiry of a ticket, or the end of the lock. */
  | { do: 'wait until'; moment: 'expiry' | 'unlock'; offsetMs: number };

const act = <T extends Act>(
  name: T['do'],
  rest: { [K in keyof Omit<T, 'do'>]: fc.Arbitrary<T[K]> },
) => fc.record({ do: fc.constant(name), ...rest }) as unknown as fc.Arbitrary<Act>;
const pick = fc.nat(20);
const anyVerdict = fc.constantFrom<Verdict>(
  'wrong',
  'wrong',
  'wrong',
  'owed',
  'owed',
  'owed',
  'void',
  'right',
);
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 10, arbitrary: act('reserve', {}) },
  { weight: 8, arbitrary: act('settle', { pick, verdict: anyVerdict }) },
  { weight: 5, arbitrary: act('take', { pick }) },
  { weight: 1, arbitrary: act('reset', {}) },
  { weight: 3, arbitrary: act('wait', { ms: fc.oneof(fc.nat(2000), fc.nat(200_000)) }) },
  {
    weight: 3,
    arbitrary: act('wait until', {
      moment: fc.constantFrom('expiry', 'unlock'),
      offsetMs: fc.constantFrom(-1, 0, 1),
    }),
  },
);
const anyLife = fc.tuple(anyRules, fc.array(anyAct, { minLength: 20, maxLength: 120 }));

/** A lockout, its clock, and the tickets that its callers hold. */
class Account {
  state: LockoutState = initialState;
  nowMs = 0;
  readonly #rules: LockoutRules;
  #names = 0;

  constructor(rules: LockoutRules) {
    this.#rules = rules;
  }

  /** Tickets that await a verdict: of passwords, and of codes that are being tried. */
  held() {
    return this.state.tickets.filter(({ id, step }) => step?.id !== id);
  }

  steps() {
    return this.state.tickets.flatMap(({ step }) => step ?? []);
  }

  name(): string {
    return `ticket ${(this.#names += 1)}`;
  }

  /** Asks later, and keeps no ticket of it. */
  probe(afterMs: number) {
    const ask = { ticket: 'probe', nowMs: this.nowMs + afterMs, rules: this.#rules };
    return reserve(this.state, ask).result;
  }

  reserve(ticket: string) {
    const { state, result } = reserve(this.state, { ticket, ...this.#now() });
    this.state = state;
    return result;
  }

  settle(ticket: string, verdict: Verdict): boolean {
    const { state, settled } = settle(this.state, { ticket, verdict, ...this.#now() });
    this.state = state;
    return settled;
  }

  take(step: string) {
    const { state, result } = take(this.state, { step, ticket: this.name(), ...this.#now() });
    this.state = state;
    return result;
  }

  wait(action: Act & { do: 'wait' | 'wait until' }): void {
    if (action.do === 'wait') {
      this.nowMs += action.ms;
      return;
    }
    const lock = this.probe(0);
    const untilMs = lock.state === 'locked' ? lock.untilMs : this.nowMs;
    const momentMs =
      action.moment === 'unlock' ? untilMs : (this.state.tickets[0]?.expiresAtMs ?? this.nowMs);
    this.nowMs = Math.max(this.nowMs, momentMs + action.offsetMs);
  }

  #now() {
    return { nowMs: this.nowMs, rules: this.#rules };
  }
}

const chosen = <T>(all: readonly T[], number: number): T | undefined => all[number % all.length];

/** Does one thing that a caller or time may do. Returns the verdict that a caller was told. */
function perform(account: Account, action: Act): Verdict | null {
  if (action.do === 'reserve') {
    account.reserve(account.name());
  } else if (action.do === 'take') {
    const step = chosen(account.steps(), action.pick);
    if (step !== undefined) account.take(step.id);
  } else if (action.do === 'reset') {
    account.state = reset(account.state);
  } else if (action.do === 'settle') {
    const ticket = chosen(account.held(), action.pick);
    const { verdict } = action;
    return ticket !== undefined && account.settle(ticket.id, verdict) ? verdict : null;
  } else {
    account.wait(action);
  }
  return null;
}

const always = (holds: (account: Account, actions: readonly Act[], rules: LockoutRules) => void) =>
  fc.assert(
    fc.property(anyLife, ([rules, actions]) => holds(new Account(rules), actions, rules)),
    { numRuns: 400 },
  );

describe('any sequence of passwords and codes', () => {
  it('never has more tickets out than failures are left, in the order of their expiry', () => {
    expect.hasAssertions();
    always((account, actions, { threshold, stopAfterFailures }) => {
      for (const action of actions) {
        perform(account, action);
        const { failures, failuresInARow, tickets } = account.state;
        expect(tickets.length + failures).toBeLessThanOrEqual(threshold);
        expect(tickets.length + failuresInARow).toBeLessThanOrEqual(stopAfterFailures);
        const expiries = tickets.map(({ expiresAtMs }) => expiresAtMs);
        expect(expiries).toEqual(expiries.toSorted((a, b) => a - b));
        expect(JSON.parse(JSON.stringify(account.state))).toStrictEqual(account.state);
      }
    });
  });

  it('gives no more wrong verdicts within the length of a lock, or up to the final stop, than a lock or the stop takes', () => {
    expect.hasAssertions();
    always((account, actions, { threshold, lockSeconds, stopAfterFailures }) => {
      let wrongAtMs: number[] = [];
      for (const action of actions) {
        const verdict = perform(account, action);
        if (verdict === 'right' || action.do === 'reset') wrongAtMs = [];
        if (verdict === 'wrong') wrongAtMs.push(account.nowMs);
        const recent = wrongAtMs.filter((atMs) => atMs > account.nowMs - lockSeconds * 1000);
        expect(recent.length).toBeLessThanOrEqual(threshold);
        expect(wrongAtMs.length).toBeLessThanOrEqual(stopAfterFailures);
      }
    });
  });

  it('tries one code of a step at a time, and five in all', () => {
    expect.hasAssertions();
    always((account, actions) => {
      const wrong = new Map<string, number>();
      for (const action of actions) {
        const before = account.held();
        const verdict = perform(account, action);
        const ids = account.steps().map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        if (action.do !== 'settle' || verdict !== 'wrong') continue;
        const step = chosen(before, action.pick)?.step?.id;
        if (step !== undefined) wrong.set(step, (wrong.get(step) ?? 0) + 1);
      }
      for (const count of wrong.values()) expect(count).toBeLessThanOrEqual(STEP_TRIES);
    });
  });
});

describe('a step that waits, is tried without a verdict, or is abandoned', () => {
  it('is a failed attempt to every other caller: now, at any lock’s end, and after it has expired', () => {
    expect.hasAssertions();
    let compared = 0;
    always((account, actions, rules) => {
      // The same callers at the same time; where one owes a second factor, the other's password is wrong.
      const other = new Account(rules);
      for (const action of actions) {
        other.nowMs = account.nowMs;
        if (action.do === 'reserve') {
          const name = account.name();
          expect(account.reserve(name)).toEqual(other.reserve(name));
        } else if (action.do === 'settle') {
          const ticket = chosen(account.held(), action.pick);
          if (ticket === undefined) continue;
          const isCode = ticket.step !== undefined;
          const isTried = account.held().some(({ step }) => step !== undefined);
          const verdict =
            isCode || (isTried && action.verdict === 'right') ? 'void' : action.verdict;
          const settled = account.settle(ticket.id, verdict);
          if (isCode) continue;
          expect(settled).toBe(other.settle(ticket.id, verdict === 'owed' ? 'wrong' : verdict));
          if (settled && verdict === 'owed') compared += 1;
        } else if (action.do === 'reset') {
          if (account.held().some(({ step }) => step !== undefined)) continue;
          account.state = reset(account.state);
          other.state = reset(other.state);
        } else {
          perform(account, action);
        }
        other.nowMs = account.nowMs;
        const lock = other.probe(0);
        const untilUnlockMs = lock.state === 'locked' ? lock.untilMs - account.nowMs : 0;
        for (const afterMs of [0, untilUnlockMs - 1, untilUnlockMs, STEP_MS, 30 * 86_400_000]) {
          const ms = Math.max(0, afterMs);
          expect(account.probe(ms)).toEqual(other.probe(ms));
        }
      }
    });
    expect(compared).toBeGreaterThan(300);
  });
});
