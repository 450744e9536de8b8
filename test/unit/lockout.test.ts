/**
 * The lockout by examples: its answer in each state, and the effect of each verdict.
 * lockout-model.test.ts compares random histories with a model.
 */
import { describe, expect, it } from 'vitest';
import { reportLock, reserve, TICKET_MS, type ReserveResult } from '../../src/policy/lockout.ts';
import {
  applyExpiry,
  expiresAtMs,
  initialState,
  type LockoutRules,
} from '../../src/policy/lockout-state.ts';
import {
  accountAfter,
  EXPIRY_MS,
  failures,
  LOCK_MS,
  pending,
  RULES,
  times,
  type Event,
} from './lockout-account.ts';

const ticket: ReserveResult = { state: 'ticket' };
const queued: ReserveResult = { state: 'queued' };
const locked = (untilMs: number): ReserveResult => ({
  state: 'locked',
  untilMs,
  untilReset: false,
});

describe('a request for a ticket', () => {
  it.each<[string, Event[], number, ReserveResult]>([
    ['is granted without failures', [], 0, ticket],
    ['is granted after four failures', failures(4), 0, ticket],
    ['is locked after the fifth failure', failures(5), 0, locked(LOCK_MS)],
    [
      'is locked from the fifth failure on, not from the first',
      [...failures(4), [7000, 'wrong']],
      7000,
      locked(7000 + LOCK_MS),
    ],
    ['is locked 1 ms before the lock ends', failures(5), LOCK_MS - 1, locked(LOCK_MS)],
    ['is granted when the lock ends', failures(5), LOCK_MS, ticket],
    [
      'is locked again by five failures after a lock',
      [...failures(5), ...failures(5, LOCK_MS)],
      LOCK_MS,
      locked(2 * LOCK_MS),
    ],
    [
      'is queued while failures and pending tickets are five',
      [...failures(3), ...pending(2)],
      0,
      queued,
    ],
    [
      'is granted while failures and pending tickets are four',
      [...failures(3), ...pending(1)],
      0,
      ticket,
    ],
    ['is queued 1 ms before pending tickets expire', pending(5), TICKET_MS - 1, queued],
    [
      'is locked from the expiry of five pending tickets on, whenever it is made',
      pending(5),
      TICKET_MS + 600_000,
      locked(TICKET_MS + LOCK_MS),
    ],
    [
      'is granted after a lock by expiry that no request met',
      pending(5),
      TICKET_MS + LOCK_MS,
      ticket,
    ],
    [
      'is granted after four failures, a success and four failures',
      [...failures(4), [0, 'right'], ...failures(4)],
      0,
      ticket,
    ],
    ['is granted after any number of void tickets', times(50, 'void'), 0, ticket],
    [
      'is locked by a fifth failure 1 ms before the first four expire',
      [...failures(4), [EXPIRY_MS - 1, 'wrong']],
      EXPIRY_MS,
      locked(EXPIRY_MS - 1 + LOCK_MS),
    ],
    [
      'is granted after four failures that expired and four new ones',
      [...failures(4), ...failures(4, EXPIRY_MS)],
      EXPIRY_MS,
      ticket,
    ],
  ])('%s', (...[, events, atMs, answer]) => {
    expect(accountAfter(events).reserve(atMs)).toEqual(answer);
  });

  it('is idempotent: the same name gets the same ticket with its first expiry', () => {
    const account = accountAfter(pending(4));
    account.reserve(0, 'mine');
    expect([account.reserve(1), account.reserve(10_000, 'mine')]).toEqual([queued, ticket]);
    expect(account.state().tickets.at(-1)).toEqual({ id: 'mine', expiresAtMs: TICKET_MS });
  });

  it('is granted to five of a thousand at once', () => {
    const account = accountAfter([]);
    const answers = Array.from({ length: 1000 }, () => account.reserve(0).state);
    expect(answers.filter((state) => state === 'ticket')).toHaveLength(5);
  });
});

describe('a settled ticket', () => {
  it.each([
    { atMs: 29_999, settled: true, failures: 0 },
    { atMs: 30_000, settled: false, failures: 1 },
  ])(
    'counts until its expiry, and as a failure from then on: $atMs ms',
    ({ atMs, ...expected }) => {
      const account = accountAfter([]);
      account.reserve(0, 'mine');
      const settled = account.settle('mine', 'right', atMs);
      expect({ settled, failures: account.state().failures }).toEqual(expected);
      expect(account.state().tickets).toEqual([]);
    },
  );

  it('counts once, and not at all if it was never issued', () => {
    const account = accountAfter(failures(3));
    account.reserve(0, 'mine');
    const settled = [0, 1, 2].map((atMs) => account.settle('mine', 'wrong', atMs));
    expect(settled).toEqual([true, false, false]);
    expect(account.settle('never issued', 'right', 3)).toBe(false);
    expect(account.state().failures).toBe(4);
  });

  it('counts neither way when void, and frees its place', () => {
    const account = accountAfter([...failures(3), ...pending(1)]);
    account.reserve(0, 'mine');
    expect(account.settle('mine', 'void', 1)).toBe(true);
    expect(account.state()).toMatchObject({ failures: 3, failuresInARow: 3 });
    expect(account.reserve(1)).toEqual(ticket);
  });

  it('resets every count when right, and leaves the tickets of others out', () => {
    const account = accountAfter([...failures(5), ...failures(2, LOCK_MS)]);
    account.reserve(LOCK_MS, 'mine');
    account.reserve(LOCK_MS, 'another');
    account.settle('mine', 'right', LOCK_MS);
    expect(reportLock(account.state()).state).toEqual({
      ...initialState,
      lastEventMs: LOCK_MS,
      tickets: [{ id: 'another', expiresAtMs: LOCK_MS + TICKET_MS }],
    });
  });
});

it('applies stricter rules to pending tickets as they expire', () => {
  const { state } = accountAfter([...pending(2), [10_000, 'pending']]);
  const rules = { ...RULES, threshold: 2, lockSeconds: 1 };
  const at = (nowMs: number) => reserve(state(), { ticket: 'x', nowMs, rules });
  expect(at(TICKET_MS).result).toEqual(locked(TICKET_MS + 1000));
  expect(at(TICKET_MS + 10_000).result).toEqual(ticket);
  expect(at(TICKET_MS + 10_000).state).toMatchObject({ failures: 1, failuresInARow: 3 });
});

describe('a state expires', () => {
  it.each<[string, Event[], number | null, LockoutRules?]>([
    ['at once after a success', [[7, 'right']], 7],
    ['at once after a void ticket', [[7, 'void']], 7],
    ['30 days after the last failure', failures(2, 7), 7 + EXPIRY_MS],
    [
      '30 days after a void ticket with failures before',
      [
        [7, 'wrong'],
        [9, 'void'],
      ],
      9 + EXPIRY_MS,
    ],
    ['with the last pending ticket', [...pending(1), ...pending(1, 500)], 500 + TICKET_MS],
    ['never after the final stop', failures(5), null, { ...RULES, stopAfterFailures: 5 }],
  ])('%s', (...[, events, atMs, rules = RULES]) => {
    expect(expiresAtMs(accountAfter(events, rules).state(), rules)).toBe(atMs);
  });

  it('to the initial state, and not 1 ms earlier', () => {
    const { state } = reportLock(accountAfter(failures(5)).state());
    expect(applyExpiry(state, EXPIRY_MS, RULES)).toEqual(initialState);
    expect(applyExpiry(state, EXPIRY_MS - 1, RULES)).toMatchObject({
      failuresInARow: 5,
      locksInARow: 1,
    });
  });
});
