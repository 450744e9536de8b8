/**
 * The lockout by examples: what an account answers in each state at each moment, and what each
 * verdict does to it. lockout-model.test.ts holds it against a model.
 */
import { describe, expect, it } from 'vitest';
import {
  expiresAtMs,
  applyExpiry,
  reportLock,
  TICKET_MS,
  initialState,
  type LockoutRules,
  type ReserveResult,
} from '../../src/policy/lockout.ts';
import { accountAfter, times, type Event } from './account.ts';

const RULES: LockoutRules = { threshold: 5, lockSeconds: 900, growth: 1, stopAfterFailures: 50 };
const LOCK_MS = 900_000;
const DAY_MS = 86_400_000;
const FORGET_MS = 30 * DAY_MS;

const ticket: ReserveResult = { state: 'ticket' };
const queued: ReserveResult = { state: 'queued' };
const locked = (untilMs: number, untilReset = false): ReserveResult => ({
  state: 'locked',
  untilMs,
  untilReset,
});

describe('an ask for a ticket', () => {
  const rows: { name: string; after: Event[]; atMs: number; answer: ReserveResult }[] = [
    { name: 'is granted on an untouched account', after: [], atMs: 0, answer: ticket },
    { name: 'is granted after four failures', after: times(4, 'wrong'), atMs: 0, answer: ticket },
    {
      name: 'is locked after the fifth failure, before any password',
      after: times(5, 'wrong'),
      atMs: 0,
      answer: locked(LOCK_MS),
    },
    {
      name: 'is locked from the fifth failure on, not from the first',
      after: [...times(4, 'wrong', 0), [7000, 'wrong']],
      atMs: 7000,
      answer: locked(7000 + LOCK_MS),
    },
    {
      name: 'is locked until 1 ms before the lock ends',
      after: times(5, 'wrong'),
      atMs: LOCK_MS - 1,
      answer: locked(LOCK_MS),
    },
    {
      name: 'is granted at the moment the lock ends',
      after: times(5, 'wrong'),
      atMs: LOCK_MS,
      answer: ticket,
    },
    {
      name: 'is locked again by five more failures after a lock',
      after: [...times(5, 'wrong'), ...times(5, 'wrong', LOCK_MS)],
      atMs: LOCK_MS,
      answer: locked(2 * LOCK_MS),
    },
    { name: 'queues behind five tickets out', after: times(5, 'out'), atMs: 0, answer: queued },
    {
      name: 'queues where failures and tickets out make five together',
      after: [...times(3, 'wrong'), ...times(2, 'out')],
      atMs: 0,
      answer: queued,
    },
    {
      name: 'is granted where failures and tickets out make four together',
      after: [...times(3, 'wrong'), [0, 'out']],
      atMs: 0,
      answer: ticket,
    },
    {
      name: 'queues until 1 ms before the tickets out expire',
      after: times(5, 'out'),
      atMs: TICKET_MS - 1,
      answer: queued,
    },
    {
      name: 'is locked at the moment five tickets out expire',
      after: times(5, 'out'),
      atMs: TICKET_MS,
      answer: locked(TICKET_MS + LOCK_MS),
    },
    {
      name: 'is locked from the moment of the expiry, not from the moment somebody asks',
      after: times(5, 'out'),
      atMs: TICKET_MS + 600_000,
      answer: locked(TICKET_MS + LOCK_MS),
    },
    {
      name: 'is granted where a lock by expiry has come and gone unseen',
      after: times(5, 'out'),
      atMs: TICKET_MS + LOCK_MS,
      answer: ticket,
    },
    {
      name: 'is locked where an expired ticket is the fifth failure',
      after: [...times(4, 'wrong'), [1000, 'out']],
      atMs: 1000 + TICKET_MS,
      answer: locked(1000 + TICKET_MS + LOCK_MS),
    },
    {
      name: 'is granted after four failures, a success and four failures',
      after: [...times(4, 'wrong'), [0, 'right'], ...times(4, 'wrong')],
      atMs: 0,
      answer: ticket,
    },
    {
      name: 'is granted however many tickets were void',
      after: times(50, 'void'),
      atMs: 0,
      answer: ticket,
    },
    {
      name: 'is locked after five failures with void tickets between them',
      after: [...times(4, 'wrong'), [0, 'void'], [0, 'wrong']],
      atMs: 0,
      answer: locked(LOCK_MS),
    },
    {
      name: 'is locked 30 days less 1 ms after the fourth failure if it fails',
      after: [...times(4, 'wrong'), [FORGET_MS - 1, 'wrong']],
      atMs: FORGET_MS,
      answer: locked(FORGET_MS - 1 + LOCK_MS),
    },
    {
      name: 'is granted where the failures are 30 days old and forgotten',
      after: [...times(4, 'wrong'), ...times(4, 'wrong', FORGET_MS)],
      atMs: FORGET_MS,
      answer: ticket,
    },
  ];
  it.each(rows.map((row) => [row.name, row] as const))('%s', (_name, { after, atMs, answer }) => {
    expect(accountAfter(after, RULES).ask(atMs)).toEqual(answer);
  });

  it('is the same ask under the same name: one ticket, with its first expiry', () => {
    const account = accountAfter([], RULES);
    account.ask(0, 'mine');
    expect(account.ask(10_000, 'mine')).toEqual(ticket);
    expect(account.state().tickets).toEqual([{ id: 'mine', expiresAtMs: TICKET_MS }]);
  });

  it('is answered to a holder who asks again while others queue', () => {
    const account = accountAfter(times(4, 'out'), RULES);
    account.ask(0, 'mine');
    expect([account.ask(1), account.ask(1, 'mine')]).toEqual([queued, ticket]);
  });

  it('hands out five tickets to a thousand who ask at once', () => {
    const account = accountAfter([], RULES);
    const answers = Array.from({ length: 1000 }, () => account.ask(0).state);
    expect(answers.filter((state) => state === 'ticket')).toHaveLength(5);
  });
});

describe('a settled ticket', () => {
  it('is good for 30 seconds', () => {
    expect(TICKET_MS).toBe(30_000);
  });

  it.each([
    { atMs: TICKET_MS - 1, settled: true, failures: 0 },
    { atMs: TICKET_MS, settled: false, failures: 1 },
    { atMs: TICKET_MS + 1, settled: false, failures: 1 },
  ])(
    'is good until its expiry, and is a failure from then on: $atMs ms',
    ({ atMs, settled, failures }) => {
      const account = accountAfter([], RULES);
      account.ask(0, 'mine');
      expect(account.settle('mine', 'right', atMs)).toBe(settled);
      expect(account.state()).toMatchObject({ failures, failuresInARow: failures, tickets: [] });
    },
  );

  it('counts once, however often it is settled', () => {
    const account = accountAfter([], RULES);
    account.ask(0, 'mine');
    const settled = [0, 1, 2].map((atMs) => account.settle('mine', 'wrong', atMs));
    expect(settled).toEqual([true, false, false]);
    expect(account.state().failures).toBe(1);
  });

  it('has no say if nobody was given it', () => {
    const account = accountAfter(times(4, 'wrong'), RULES);
    expect(account.settle('made up', 'right', 1)).toBe(false);
    expect(account.state().failures).toBe(4);
  });

  it('counts neither way as void, and makes room', () => {
    const account = accountAfter(times(3, 'wrong'), RULES);
    account.ask(0, 'mine');
    account.ask(0, 'another');
    expect(account.settle('mine', 'void', 1)).toBe(true);
    expect(account.state()).toMatchObject({ failures: 3, failuresInARow: 3 });
    expect(account.ask(1)).toEqual(ticket);
  });

  it('resets every count when right, and leaves the tickets of others out', () => {
    const account = accountAfter([...times(5, 'wrong'), ...times(2, 'wrong', LOCK_MS)], RULES);
    account.ask(LOCK_MS, 'mine');
    account.ask(LOCK_MS, 'another');
    account.settle('mine', 'right', LOCK_MS);
    expect(reportLock(account.state()).state).toEqual({
      ...initialState,
      lastEventMs: LOCK_MS,
      tickets: [{ id: 'another', expiresAtMs: LOCK_MS + TICKET_MS }],
    });
  });
});

describe('what is forgettable', () => {
  const stopping = { ...RULES, stopAfterFailures: 5 };
  it.each<{ name: string; after: Event[]; rules?: LockoutRules; atMs: number | null }>([
    { name: 'a success, at once', after: [[7, 'right']], atMs: 7 },
    { name: 'a void ticket, at once', after: [[7, 'void']], atMs: 7 },
    { name: 'failures, after 30 days', after: times(2, 'wrong', 7), atMs: 7 + FORGET_MS },
    { name: 'a lock, after 30 days', after: times(5, 'wrong', 7), atMs: 7 + FORGET_MS },
    { name: 'a stopped account, never', after: times(5, 'wrong'), rules: stopping, atMs: null },
  ])('is $name', ({ after, rules = RULES, atMs }) => {
    expect(expiresAtMs(accountAfter(after, rules).state(), rules)).toBe(atMs);
  });

  it('is looked at again when the last ticket ends, while tickets are out', () => {
    const { state } = accountAfter([...times(1, 'out'), [500, 'out']], RULES);
    expect(expiresAtMs(state(), RULES)).toBe(500 + TICKET_MS);
  });

  it('is put off by a void ticket, from the moment it comes back', () => {
    const account = accountAfter(times(2, 'wrong', 7), RULES);
    account.ask(8, 'mine');
    account.settle('mine', 'void', 9);
    expect(expiresAtMs(account.state(), RULES)).toBe(9 + FORGET_MS);
  });

  it('is like untouched from that moment on, and not 1 ms earlier', () => {
    const { state } = reportLock(accountAfter(times(5, 'wrong'), RULES).state());
    expect(applyExpiry(state, FORGET_MS, RULES)).toEqual(initialState);
    expect(applyExpiry(state, FORGET_MS - 1, RULES)).toMatchObject({
      failuresInARow: 5,
      locksInARow: 1,
    });
  });
});
