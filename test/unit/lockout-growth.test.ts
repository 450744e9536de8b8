/** Locks in a row: how long each one is, and when an account stops until a password reset. */
import { describe, expect, it } from 'vitest';
import {
  reserve,
  settle,
  TICKET_MS,
  initialState,
  type LockoutRules,
} from '../../src/policy/lockout.ts';
import { accountAfter, times } from './account.ts';

const RULES: LockoutRules = { threshold: 3, lockSeconds: 900, growth: 1, stopAfterFailures: 1000 };
const DAY_SECONDS = 86_400;
const TEN_YEARS_MS = 3650 * DAY_SECONDS * 1000;

/** An account on which every attempt is made as early as possible, and is wrong. */
function besieged(rules: LockoutRules) {
  let state = initialState;
  let nowMs = 0;
  const siege = {
    state: () => state,
    nowMs: () => nowMs,
    ask: (laterMs = 0) => reserve(state, { ticket: 'x', nowMs: nowMs + laterMs, rules }),
    attempt(verdict: 'right' | 'wrong'): void {
      state = siege.ask().state;
      state = settle(state, { ticket: 'x', verdict, nowMs, rules }).state;
    },
    /** Attempts until a lock, sits it out, and says how many seconds it was. */
    sitOutALock(): number {
      while (siege.ask().result.state === 'ticket') siege.attempt('wrong');
      const { result } = siege.ask();
      if (result.state !== 'locked') throw new Error(result.state);
      const lockedMs = result.untilMs - nowMs;
      nowMs = result.untilMs;
      return lockedMs / 1000;
    },
  };
  return siege;
}

describe('locks in a row', () => {
  it.each<{ name: string; rules: Partial<LockoutRules>; seconds: number[] }>([
    { name: 'are all alike without growth', rules: {}, seconds: [900, 900, 900] },
    { name: 'double with a growth of 2', rules: { growth: 2 }, seconds: [900, 1800, 3600, 7200] },
    { name: 'grow by fractions too', rules: { growth: 1.5 }, seconds: [900, 1350, 2025] },
    {
      name: 'stop growing at one day',
      rules: { growth: 10 },
      seconds: [900, 9000, DAY_SECONDS, DAY_SECONDS],
    },
    {
      name: 'stay a day where the first one is a day',
      rules: { lockSeconds: DAY_SECONDS, growth: 2 },
      seconds: [DAY_SECONDS, DAY_SECONDS],
    },
    {
      name: 'come with each failure at threshold 1',
      rules: { threshold: 1 },
      seconds: [900],
    },
  ])('$name', ({ rules, seconds }) => {
    const siege = besieged({ ...RULES, ...rules });
    expect(seconds.map(() => siege.sitOutALock())).toEqual(seconds);
  });

  it('begin again with the shortest after a success', () => {
    const siege = besieged({ ...RULES, growth: 2 });
    const before = [siege.sitOutALock(), siege.sitOutALock()];
    siege.attempt('right');
    expect([...before, siege.sitOutALock()]).toEqual([900, 1800, 900]);
  });

  it('stay finite after hundreds', () => {
    const siege = besieged({ ...RULES, threshold: 1, growth: 10 });
    const longest = Math.max(...Array.from({ length: 400 }, () => siege.sitOutALock()));
    expect(longest).toBe(DAY_SECONDS);
  });
});

describe('rules that become stricter while tickets are out', () => {
  it('lock by the expiries as they come, and count anew after a lock in between', () => {
    const { state } = accountAfter([...times(2, 'out'), [10_000, 'out']], RULES);
    const rules = { ...RULES, threshold: 2, lockSeconds: 1 };
    const at = (nowMs: number) => reserve(state(), { ticket: 'x', nowMs, rules });
    expect(at(TICKET_MS).result).toMatchObject({ state: 'locked', untilMs: TICKET_MS + 1000 });
    expect(at(TICKET_MS + 10_000).result).toEqual({ state: 'ticket' });
    expect(at(TICKET_MS + 10_000).state).toMatchObject({ failures: 1, failuresInARow: 3 });
  });
});

describe('an account that has failed too often in a row', () => {
  const rules: LockoutRules = { ...RULES, stopAfterFailures: 8 };
  function stopped() {
    const siege = besieged(rules);
    siege.sitOutALock();
    siege.sitOutALock();
    siege.attempt('wrong');
    siege.attempt('wrong');
    return siege;
  }

  it('is locked until a reset, not until a moment', () => {
    const { result } = stopped().ask();
    expect(result).toMatchObject({ state: 'locked', untilReset: true });
  });

  it.each([0, 1, rules.lockSeconds * 1000, TEN_YEARS_MS])(
    'stays locked however long it is left alone: %i ms',
    (laterMs) => {
      expect(stopped().ask(laterMs).result).toMatchObject({ state: 'locked', untilReset: true });
    },
  );

  it('paces those who ask by the length of a lock, counted from their asking', () => {
    const siege = stopped();
    const untilMs = siege.nowMs() + TEN_YEARS_MS + rules.lockSeconds * 1000;
    expect(siege.ask(TEN_YEARS_MS).result).toMatchObject({ untilMs });
  });

  it('hands out no more tickets than failures are left until then', () => {
    const siege = besieged(rules);
    siege.sitOutALock();
    siege.sitOutALock();
    let { state } = siege.ask();
    const answers = ['x', 'y', 'z'].map((ticket) => {
      const answer = reserve(state, { ticket, nowMs: siege.nowMs(), rules });
      ({ state } = answer);
      return answer.result.state;
    });
    expect(answers).toEqual(['ticket', 'ticket', 'queued']);
  });

  it('says so at once where the lock and the stop are the same failure', () => {
    const siege = besieged({ ...RULES, stopAfterFailures: RULES.threshold });
    for (let failure = 1; failure <= 3; failure += 1) siege.attempt('wrong');
    expect(siege.ask().result).toMatchObject({ state: 'locked', untilReset: true });
  });

  it('is open for all failures again after a success in time', () => {
    const siege = besieged(rules);
    siege.sitOutALock();
    siege.sitOutALock();
    siege.attempt('right');
    siege.sitOutALock();
    siege.sitOutALock();
    expect(siege.ask().result).toEqual({ state: 'ticket' });
  });
});
