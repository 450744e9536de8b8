/** Locks: their lengths in a row, the final stop, their reports, and an operator's view of them. */
import { describe, expect, it } from 'vitest';
import {
  reportLock,
  TICKET_MS,
  type ReserveResult,
  type Verdict,
} from '../../src/policy/lockout.ts';
import { expiresAtMs, reset, type LockoutRules } from '../../src/policy/lockout-state.ts';
import { combined, view } from '../../src/policy/lockout-view.ts';
import {
  accountAfter,
  DAY_SECONDS,
  EXPIRY_MS,
  failures,
  LOCK_MS,
  pending,
  RULES,
  type Event,
} from './lockout-account.ts';

const ticket: ReserveResult = { state: 'ticket' };

/** An attacker who fails three times as early as each lock allows. */
function attack(rules: Partial<LockoutRules>) {
  const account = accountAfter([], { ...RULES, threshold: 3, ...rules });
  let nowMs = 0;
  const request = (laterMs = 0) => account.reserve(nowMs + laterMs, 'x');
  const attempt = (verdict: Verdict) => {
    request();
    account.settle('x', verdict, nowMs);
  };
  return {
    request,
    attempt,
    /** Fails until the next lock, waits for its end and returns its length in seconds. */
    nextLock(): number {
      while (request().state === 'ticket') attempt('wrong');
      const lock = request();
      if (lock.state !== 'locked') throw new Error(lock.state);
      const lengthMs = lock.untilMs - nowMs;
      nowMs = lock.untilMs;
      return lengthMs / 1000;
    },
  };
}

describe('locks in a row', () => {
  it.each<[string, Partial<LockoutRules>, number[]]>([
    ['are equal without growth', {}, [900, 900, 900]],
    ['double with a growth of 2', { growth: 2 }, [900, 1800, 3600, 7200]],
    ['grow by fractions', { growth: 1.5 }, [900, 1350, 2025]],
    ['grow up to one day', { growth: 10 }, [900, 9000, DAY_SECONDS, DAY_SECONDS]],
    [
      'stay at a day if the first is a day',
      { lockSeconds: DAY_SECONDS, growth: 2 },
      [DAY_SECONDS, DAY_SECONDS],
    ],
  ])('%s', (_name, rules, seconds) => {
    const { nextLock } = attack({ ...rules, stopAfterFailures: 1000 });
    expect(seconds.map(nextLock)).toEqual(seconds);
  });

  it('start with the shortest again after a success', () => {
    const { nextLock, attempt } = attack({ growth: 2 });
    const before = [nextLock(), nextLock()];
    attempt('right');
    expect([...before, nextLock()]).toEqual([900, 1800, 900]);
  });

  it('stay finite after hundreds', () => {
    const { nextLock } = attack({ threshold: 1, growth: 10, stopAfterFailures: 1000 });
    expect(Math.max(...Array.from({ length: 400 }, nextLock))).toBe(DAY_SECONDS);
  });
});

describe('the final stop', () => {
  const stopped = () => {
    const attacker = attack({ stopAfterFailures: 8 });
    attacker.nextLock();
    attacker.nextLock();
    attacker.attempt('wrong');
    attacker.attempt('wrong');
    return attacker;
  };

  it.each([0, 1, LOCK_MS, 3650 * DAY_SECONDS * 1000])(
    'does not expire, and names the length of a lock as the time to wait: after %i ms',
    (laterMs) => {
      const { request } = stopped();
      const first = request() as ReserveResult & { untilMs: number };
      expect(first).toMatchObject({ state: 'locked', untilReset: true });
      const untilMs = first.untilMs + laterMs;
      expect(request(laterMs)).toEqual({ state: 'locked', untilReset: true, untilMs });
    },
  );

  it('is final at once where it coincides with a lock', () => {
    const { attempt, request } = attack({ stopAfterFailures: 3 });
    for (let failure = 1; failure <= 3; failure += 1) attempt('wrong');
    expect(request()).toMatchObject({ state: 'locked', untilReset: true });
  });

  it('needs all failures again after a success', () => {
    const { nextLock, attempt, request } = attack({ stopAfterFailures: 8 });
    nextLock();
    nextLock();
    attempt('right');
    nextLock();
    nextLock();
    expect(request()).toEqual(ticket);
  });
});

describe('the beginning of a lock', () => {
  const stopping = { ...RULES, stopAfterFailures: 7 };

  it.each<[string | null, string, Event[], LockoutRules?]>([
    [null, 'four failures', failures(4)],
    ['locked', 'the fifth failure', failures(5)],
    ['locked', 'the sixth of seven', [...failures(5), [LOCK_MS, 'wrong']], stopping],
    ['stopped', 'the seventh of seven', [...failures(5), ...failures(2, LOCK_MS)], stopping],
    ['stopped', 'the fifth of five', failures(5), { ...RULES, stopAfterFailures: 5 }],
  ])('is reported as %s after %s', (...[lockBegan, , events, rules = RULES]) => {
    expect(reportLock(accountAfter(events, rules).state()).lockBegan).toBe(lockBegan);
  });

  it('is reported once, and still after a reset', () => {
    const state = reset(accountAfter(failures(5)).state());
    const reported = reportLock(state);
    expect(reported.lockBegan).toBe('locked');
    expect(reportLock(reported.state)).toEqual({ state: reported.state, lockBegan: null });
    expect(expiresAtMs(state, RULES)).toBe(EXPIRY_MS);
  });

  it('by expired tickets is reported to the next request, even after the lock', () => {
    const account = accountAfter(pending(5));
    expect(account.reserve(TICKET_MS + LOCK_MS)).toEqual(ticket);
    expect(reportLock(account.state()).lockBegan).toBe('locked');
  });
});

describe('the views of several lockouts of one user', () => {
  const viewOf = (events: Event[], rules = RULES) =>
    view(accountAfter(events, rules).state(), 0, rules);

  it('add up, with the longest lock and any final stop', () => {
    const stopping = { ...RULES, stopAfterFailures: 5, lockSeconds: 60 };
    const views = [
      viewOf(failures(2)),
      viewOf([...failures(1), ...pending(1)]),
      viewOf(failures(5)),
      viewOf(failures(5), stopping),
    ];
    expect(combined(views)).toEqual({
      failures: 13,
      failuresInARow: 13,
      locksInARow: 2,
      lockedUntilMs: LOCK_MS,
      requiresReset: true,
      ticketsOut: 1,
    });
  });

  it('are not locked if none is', () => {
    expect(combined([viewOf([]), viewOf(failures(4))])).toEqual({
      failures: 4,
      failuresInARow: 4,
      locksInARow: 0,
      lockedUntilMs: null,
      requiresReset: false,
      ticketsOut: 0,
    });
  });
});
