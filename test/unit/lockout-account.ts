/** An account as a test drives it through time: its lockout alone. */
import { reserve, settle, type ReserveResult, type Verdict } from '../../src/policy/lockout.ts';
import {
  initialState,
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
    settle(ticket: string, verdict: Verdict, nowMs: number): boolean {
      const answer = settle(state, { ticket, verdict, nowMs, rules });
      state = answer.state;
      return answer.settled;
    },
  };
  for (const [atMs, verdict] of events) {
    const { state: result } = account.reserve(atMs);
    if (result !== 'ticket') throw new Error(`no ticket at ${atMs} ms: ${result}`);
    if (verdict !== 'pending') account.settle(`ticket ${tickets}`, verdict, atMs);
  }
  return account;
}
