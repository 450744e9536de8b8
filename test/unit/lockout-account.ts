/** An account as a test drives it through time: its lockout alone. */
import * as fc from 'fast-check';
import {
  reserve,
  settle,
  take,
  type ReserveResult,
  type TakeResult,
  type Verdict,
} from '../../src/policy/lockout.ts';
import {
  initialState,
  reset,
  type LockoutRules,
  type LockoutState,
} from '../../src/policy/lockout-state.ts';

export const RULES: LockoutRules = {
  threshold: 5,
  lockSeconds: 900,
  growth: 1,
  stopAfterFailures: 50,
};
export const LOCK_MS = 900_000;
export const EXPIRY_MS = 30 * 86_400_000;
export const DAY_SECONDS = 86_400;

/** Rules for a random history. */
export const anyRules: fc.Arbitrary<LockoutRules> = fc
  .record({
    threshold: fc.integer({ min: 1, max: 6 }),
    lockSeconds: fc.constantFrom(1, 20, 900, 86_400),
    growth: fc.constantFrom(1, 2, 10),
    more: fc.integer({ min: 0, max: 20 }),
  })
  .map(({ more, ...rules }) => ({ ...rules, stopAfterFailures: rules.threshold + more }));

/** An attempt at a moment; the ticket of a `pending` one is not settled. */
export type Event = readonly [atMs: number, verdict: Verdict | 'pending'];

export const times = (count: number, verdict: Event[1], atMs = 0): Event[] =>
  Array.from({ length: count }, () => [atMs, verdict]);
export const failures = (count: number, atMs = 0) => times(count, 'wrong', atMs);
export const pending = (count: number, atMs = 0) => times(count, 'pending', atMs);

/** An account after these events. Throws if one of them gets no ticket. */
export function accountAfter(events: readonly Event[], rules = RULES) {
  let state: LockoutState = initialState;
  let tickets = 0;
  const account = {
    state: () => state,
    reserve(nowMs: number, ticket = `ticket ${(tickets += 1)}`): ReserveResult {
      const answer = reserve(state, { ticket, nowMs, rules });
      state = answer.state;
      return answer.result;
    },
    take(step: string, ticket: string, nowMs: number): TakeResult {
      const answer = take(state, { step, ticket, nowMs, rules });
      state = answer.state;
      return answer.result;
    },
    settle(ticket: string, verdict: Verdict, nowMs: number): boolean {
      const answer = settle(state, { ticket, verdict, nowMs, rules });
      state = answer.state;
      return answer.settled;
    },
    /** Takes the step's ticket and settles it; the name is one of this try alone. */
    attemptCode(step: string, verdict: Verdict, nowMs: number): TakeResult['state'] {
      const ticket = `try ${(tickets += 1)}`;
      const { state: result } = account.take(step, ticket, nowMs);
      if (result === 'ticket') account.settle(ticket, verdict, nowMs);
      return result;
    },
    reset(): void {
      state = reset(state);
    },
  };
  for (const [atMs, verdict] of events) {
    const { state: result } = account.reserve(atMs);
    if (result !== 'ticket') throw new Error(`no ticket at ${atMs} ms: ${result}`);
    if (verdict !== 'pending') account.settle(`ticket ${tickets}`, verdict, atMs);
  }
  return account;
}

/** An account with a step `mine` since `atMs`, after these events. */
export function withStep(events: readonly Event[] = [], atMs = 0, rules = RULES) {
  const account = accountAfter(events, rules);
  account.reserve(atMs, 'mine');
  account.settle('mine', 'owed', atMs);
  return account;
}
