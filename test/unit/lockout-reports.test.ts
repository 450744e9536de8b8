/** What is told of lockouts: the beginning of each lock, once, and a user's lockouts as one. */
import { describe, expect, it } from 'vitest';
import {
  combined,
  expiresAtMs,
  view,
  reset,
  reportLock,
  TICKET_MS,
  type LockoutRules,
} from '../../src/policy/lockout.ts';
import { accountAfter, times, type Event } from './account.ts';

const RULES: LockoutRules = { threshold: 5, lockSeconds: 900, growth: 1, stopAfterFailures: 50 };
const LOCK_MS = 900_000;
const FORGET_MS = 30 * 86_400_000;

describe('the beginning of a lock', () => {
  const stopping = { ...RULES, stopAfterFailures: 7 };
  const reported = (after: Event[], rules = RULES) =>
    reportLock(accountAfter(after, rules).state()).lockBegan;

  it.each<{ name: string; after: Event[]; rules?: LockoutRules; lockBegan: string | null }>([
    { name: 'no failure', after: [], lockBegan: null },
    { name: 'four failures', after: times(4, 'wrong'), lockBegan: null },
    { name: 'the fifth failure', after: times(5, 'wrong'), lockBegan: 'locked' },
    {
      name: 'the sixth failure before the final stop at seven',
      after: [...times(5, 'wrong'), [LOCK_MS, 'wrong']],
      rules: stopping,
      lockBegan: 'locked',
    },
    {
      name: 'the final stop, which is no lock of five',
      after: [...times(5, 'wrong'), ...times(2, 'wrong', LOCK_MS)],
      rules: stopping,
      lockBegan: 'stopped',
    },
    {
      name: 'the final stop at the failure that locks as well',
      after: times(5, 'wrong'),
      rules: { ...RULES, stopAfterFailures: 5 },
      lockBegan: 'stopped',
    },
  ])('is reported as $lockBegan after $name', ({ after, rules, lockBegan }) => {
    expect(reported(after, rules)).toBe(lockBegan);
  });

  it('is reported once', () => {
    const { state } = reportLock(accountAfter(times(5, 'wrong'), RULES).state());
    expect(reportLock(state)).toEqual({ state, lockBegan: null });
  });

  it('is still reported after the failures were forgiven', () => {
    const state = reset(accountAfter(times(5, 'wrong'), RULES).state());
    expect(reportLock(state).lockBegan).toBe('locked');
    expect(expiresAtMs(state, RULES)).toBe(FORGET_MS);
  });

  it('by expired tickets is reported to who asks when the lock is over', () => {
    const account = accountAfter(times(5, 'out'), RULES);
    expect(account.ask(TICKET_MS + LOCK_MS)).toEqual({ state: 'ticket' });
    expect(reportLock(account.state()).lockBegan).toBe('locked');
  });
});

describe('several lockouts of one user', () => {
  const viewed = (after: Event[], rules = RULES) =>
    view(accountAfter(after, rules).state(), 0, rules);

  it('add up, and the longest lock and any final stop stand', () => {
    const stopped = { ...RULES, stopAfterFailures: 5 };
    expect(
      combined([
        viewed(times(2, 'wrong')),
        viewed([...times(1, 'wrong'), [0, 'out']]),
        viewed(times(5, 'wrong')),
        viewed(times(5, 'wrong'), { ...stopped, lockSeconds: 60 }),
      ]),
    ).toEqual({
      failures: 13,
      failuresInARow: 13,
      locksInARow: 2,
      lockedUntilMs: LOCK_MS,
      stopped: true,
      ticketsOut: 1,
    });
  });

  it('are not locked where none is', () => {
    expect(combined([viewed([]), viewed(times(4, 'wrong'))])).toEqual({
      failures: 4,
      failuresInARow: 4,
      locksInARow: 0,
      lockedUntilMs: null,
      stopped: false,
      ticketsOut: 0,
    });
  });
});
