/** A lockout in which a login's step waits, as other callers, operators and the audit see it. */
import { describe, expect, it } from 'vitest';
import { reportLock, STEP_MS, type ReserveResult } from '../../src/policy/lockout.ts';
import { expiresAtMs, type LockoutRules } from '../../src/policy/lockout-state.ts';
import { view } from '../../src/policy/lockout-view.ts';
import {
  accountAfter,
  failures,
  LOCK_MS,
  pending,
  RULES,
  times,
  withStep,
  type Event,
} from './lockout-account.ts';

const ticket = { state: 'ticket' } as const;
const queued = { state: 'queued' } as const;
const locked = (untilMs: number, untilReset = false) =>
  ({ state: 'locked', untilMs, untilReset }) as const;

const minute = { ...RULES, lockSeconds: 60 };

describe('while a step waits, another request for a ticket', () => {
  it.each<[string, Event[], number, ReserveResult, LockoutRules?]>([
    ['is granted after three failures', [...failures(3), [0, 'owed']], 0, ticket],
    [
      'is queued while failures, the step and a pending ticket are five',
      [...failures(3), [0, 'owed'], ...pending(1)],
      0,
      queued,
    ],
    [
      'is locked after four failures, from the step on',
      [...failures(4), [7000, 'owed']],
      8000,
      locked(7000 + LOCK_MS),
    ],
    [
      'is locked after four failures, from the last of them on',
      [[0, 'owed'], ...failures(3), [7000, 'wrong']],
      8000,
      locked(7000 + LOCK_MS),
    ],
    ['is locked by five steps, not queued', times(5, 'owed'), 0, locked(LOCK_MS)],
    [
      'is locked for as long as the next lock lasts',
      [...failures(5), ...failures(4, LOCK_MS), [LOCK_MS, 'owed']],
      LOCK_MS,
      locked(3 * LOCK_MS),
      { ...RULES, growth: 2 },
    ],
    [
      'is stopped by the step after the last failure but one',
      [...failures(5), ...failures(1, LOCK_MS), [LOCK_MS, 'owed']],
      LOCK_MS + 1000,
      locked(2 * LOCK_MS + 1000, true),
      { ...RULES, stopAfterFailures: 7 },
    ],
    [
      'is locked until the same moment after the step has expired',
      [...failures(4), [7000, 'owed']],
      7000 + STEP_MS,
      locked(7000 + LOCK_MS),
    ],
    ['is granted when the lock ends', [...failures(4), [7000, 'owed']], 7000 + LOCK_MS, ticket],
    [
      'is locked 1 ms before the end of a lock that is shorter than a step',
      [...failures(4), [0, 'owed']],
      59_999,
      locked(60_000),
      minute,
    ],
    [
      'is granted at the end of a lock that is shorter than a step',
      [...failures(4), [0, 'owed']],
      60_000,
      ticket,
      minute,
    ],
  ])('%s', (...[, events, atMs, answer, rules = RULES]) => {
    expect(accountAfter(events, rules).reserve(atMs)).toEqual(answer);
  });
});

it('does not expire before its steps do', () => {
  expect(expiresAtMs(withStep(failures(2), 7).state(), RULES)).toBe(7 + STEP_MS);
});

it.each([
  { rules: RULES, requiresReset: false },
  { rules: { ...RULES, stopAfterFailures: 5 }, requiresReset: true },
])(
  'shows operators the lock that callers are told of, and no failure more: $requiresReset',
  ({ rules, requiresReset }) => {
    expect(view(withStep(failures(4), 7, rules).state(), 1000, rules)).toEqual({
      failures: 4,
      failuresInARow: 4,
      locksInARow: 0,
      lockedUntilMs: 7 + LOCK_MS,
      requiresReset,
      ticketsOut: 1,
    });
  },
);

it('reports no lock that steps alone cause until they have expired', () => {
  const account = withStep(failures(4));
  account.reserve(1000);
  expect(reportLock(account.state()).lockBegan).toBe(null);
  account.reserve(STEP_MS);
  expect(reportLock(account.state()).lockBegan).toBe('locked');
});
