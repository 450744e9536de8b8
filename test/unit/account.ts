/** An account that a test drives through time, its lockout alone. */
import {
  reserve,
  settle,
  initialState,
  type LockoutRules,
  type LockoutState,
  type ReserveResult,
  type Verdict,
} from '../../src/policy/lockout.ts';

/** An attempt that begins at a moment; `out`: nobody settles its ticket. */
export type Event = readonly [atMs: number, verdict: Verdict | 'out'];

export const times = (count: number, verdict: Event[1], atMs = 0): Event[] =>
  Array.from({ length: count }, () => [atMs, verdict]);

/** Throws where one of the events gets no ticket. */
export function accountAfter(events: readonly Event[], rules: LockoutRules) {
  let state: LockoutState = initialState;
  let tickets = 0;
  const account = {
    state: () => state,
    ask(atMs: number, name = `ticket ${(tickets += 1)}`): ReserveResult {
      const answer = reserve(state, { ticket: name, nowMs: atMs, rules });
      state = answer.state;
      return answer.result;
    },
    settle(name: string, verdict: Verdict, atMs: number): boolean {
      const answer = settle(state, { ticket: name, verdict, nowMs: atMs, rules });
      state = answer.state;
      return answer.settled;
    },
  };
  for (const [atMs, verdict] of events) {
    const { state } = account.ask(atMs);
    if (state !== 'ticket') throw new Error(`no ticket at ${atMs} ms: ${state}`);
    if (verdict !== 'out') account.settle(`ticket ${tickets}`, verdict, atMs);
  }
  return account;
}
