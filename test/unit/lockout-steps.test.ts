/**
 * The ticket of a login's step, from the right password to the second factor, by examples.
 * lockout-steps-model.test.ts has its invariants over random histories.
 */
import { describe, expect, it } from 'vitest';
import { reportLock, STEP_MS, TICKET_MS, type TakeResult } from '../../src/policy/lockout.ts';
import { initialState, type LockoutRules } from '../../src/policy/lockout-state.ts';
import {
  accountAfter,
  failures,
  LOCK_MS,
  pending,
  RULES,
  withStep,
  type Event,
} from './lockout-account.ts';

const ticket = { state: 'ticket' } as const;
const busy = { state: 'busy' } as const;
const gone = { state: 'gone' } as const;
const locked = (untilMs: number, untilReset = false) =>
  ({ state: 'locked', untilMs, untilReset }) as const;

const minute = { ...RULES, lockSeconds: 60 };

describe('the ticket of a step', () => {
  it.each<[string, Event[], number, TakeResult, LockoutRules?]>([
    ['is there 1 ms before its five minutes end', [], STEP_MS - 1, ticket],
    ['is gone after five minutes', [], STEP_MS, gone],
    ['is there in spite of a lock that the step causes', failures(4), 0, ticket],
    [
      'is there in spite of a final stop that the step causes',
      failures(4),
      0,
      ticket,
      { ...RULES, stopAfterFailures: 5 },
    ],
    ['is gone when a lock ends that the step causes', failures(4), 60_000, gone, minute],
    ['is refused in the lock that its expiry begins', failures(4), STEP_MS, locked(LOCK_MS)],
    [
      'is refused after the final stop that its expiry is',
      failures(4),
      STEP_MS,
      locked(STEP_MS + LOCK_MS, true),
      { ...RULES, stopAfterFailures: 5 },
    ],
  ])('%s', (...[, events, atMs, answer, rules = RULES]) => {
    expect(withStep(events, 0, rules).take('mine', 'try', atMs)).toEqual(answer);
  });

  it('is none where the password’s ticket is not settled, or there was none', () => {
    const account = accountAfter(pending(1));
    expect(account.take('ticket 1', 'try', 0)).toEqual(gone);
    expect(account.take('never issued', 'try', 0)).toEqual(gone);
  });

  it('is out to one try at a time; a repeated call of that try gets it again', () => {
    const account = withStep();
    const names = ['first', 'second', 'first'];
    expect(names.map((name) => account.take('mine', name, 1))).toEqual([ticket, busy, ticket]);
    account.settle('first', 'void', 2);
    expect(account.take('mine', 'second', 2)).toEqual(ticket);
  });

  it('that is taken and not settled is a failure after 30 s, and the step is gone', () => {
    const account = withStep();
    account.take('mine', 'try', 1000);
    expect(account.take('mine', 'another', 1000 + TICKET_MS - 1)).toEqual(busy);
    expect(account.settle('try', 'right', 1000 + TICKET_MS)).toBe(false);
    expect(account.take('mine', 'another', 1000 + TICKET_MS)).toEqual(gone);
    expect(account.state()).toMatchObject({ failures: 1, failuresInARow: 1, tickets: [] });
  });

  it('taken in the last second may be settled after the step’s end, and does not wait again', () => {
    for (const verdict of ['right', 'wrong'] as const) {
      const account = withStep();
      account.take('mine', 'try', STEP_MS - 1);
      expect(account.settle('try', verdict, STEP_MS)).toBe(true);
      expect(account.state()).toMatchObject({
        failures: verdict === 'wrong' ? 1 : 0,
        tickets: [],
      });
    }
  });

  it('takes no verdict but from the try that has taken it', () => {
    const account = withStep();
    const before = account.state();
    expect([account.settle('mine', 'right', 1), account.settle('mine', 'wrong', 1)]).toEqual([
      false,
      false,
    ]);
    expect(account.state()).toEqual(before);
    account.attemptCode('mine', 'void', 1);
    account.take('mine', 'second', 1);
    expect(account.settle('first', 'void', 2)).toBe(false);
    expect(account.take('mine', 'third', 2)).toEqual(busy);
  });

  it('keeps tickets in the order of their expiry', () => {
    const account = withStep();
    account.reserve(1000, 'password');
    account.take('mine', 'try', 2000);
    expect(account.state().tickets.map(({ id }) => id)).toEqual(['password', 'try']);
    account.settle('try', 'void', 2000);
    account.reserve(3000, 'later');
    expect(account.state().tickets.map(({ id }) => id)).toEqual(['password', 'later', 'mine']);
  });
});

describe('a right password that owes a second factor', () => {
  it('resets nothing', () => {
    expect(withStep(failures(3)).state()).toMatchObject({ failures: 3, failuresInARow: 3 });
  });

  it('is settled again after a lost answer, and its step keeps its end', () => {
    const account = withStep();
    expect(account.settle('mine', 'owed', 1000)).toBe(true);
    expect([account.take('mine', 'a', STEP_MS - 1), account.state().tickets.length]).toEqual([
      ticket,
      1,
    ]);
  });

  it('counts neither way if its step is withdrawn before a client hears of it', () => {
    const account = withStep(failures(4));
    expect(account.settle('mine', 'void', 1)).toBe(true);
    expect(account.state()).toMatchObject({ failures: 4, tickets: [] });
  });
});

describe('a wrong code', () => {
  it('is a failure, and the fifth of a step ends it', () => {
    const account = withStep([], 0, { ...RULES, threshold: 50 });
    const tries = Array.from({ length: 6 }, (_, n) => account.attemptCode('mine', 'wrong', n));
    expect(tries).toEqual(['ticket', 'ticket', 'ticket', 'ticket', 'ticket', 'gone']);
    expect(account.state()).toMatchObject({ failures: 5, failuresInARow: 5, tickets: [] });
  });

  it('begins the lock together with wrong passwords', () => {
    const account = withStep(failures(3));
    const tries = [1000, 2000, 3000].map((atMs) => account.attemptCode('mine', 'wrong', atMs));
    expect(tries).toEqual(['ticket', 'ticket', 'locked']);
    expect(account.reserve(3000)).toEqual(locked(2000 + LOCK_MS));
    expect(reportLock(account.state()).lockBegan).toBe('locked');
  });

  it('is the final stop if it is the last failure', () => {
    const account = withStep(failures(4), 0, { ...RULES, stopAfterFailures: 5 });
    account.attemptCode('mine', 'wrong', 0);
    expect(account.take('mine', 'try', 0)).toEqual(locked(LOCK_MS, true));
    expect(reportLock(account.state()).lockBegan).toBe('stopped');
  });

  it('ends the step where the tickets of others are as many as the failures left', () => {
    const account = withStep([...failures(2), ...pending(2)]);
    expect(account.attemptCode('mine', 'wrong', 0)).toBe('ticket');
    expect(account.take('mine', 'try', 0)).toEqual(gone);
    expect(account.state()).toMatchObject({ failures: 3, lockedUntilMs: 0 });
  });

  it('leaves the step its first end', () => {
    const account = withStep();
    account.attemptCode('mine', 'wrong', STEP_MS - 1);
    expect(account.take('mine', 'try', STEP_MS)).toEqual(gone);
  });
});

describe('a void code', () => {
  it('counts nothing, takes none of the five tries, and does not move the end of a lock', () => {
    const account = withStep(failures(4));
    for (let n = 1; n <= 20; n += 1) account.attemptCode('mine', 'void', n * 1000);
    expect(account.state()).toMatchObject({
      failures: 4,
      failuresInARow: 4,
      tickets: [{ id: 'mine', step: { triesLeft: 5 } }],
    });
    expect(account.reserve(20_000)).toEqual(locked(LOCK_MS));
  });

  it('leaves the step its first end', () => {
    const account = withStep();
    account.attemptCode('mine', 'void', STEP_MS - 1);
    expect(account.take('mine', 'try', STEP_MS)).toEqual(gone);
  });
});

describe('a success', () => {
  const account = () => withStep([...failures(2), [0, 'owed'], [0, 'pending']]);
  const pendingTicket = { id: 'ticket 4', expiresAtMs: TICKET_MS };

  it('of the code resets every count, and ends all other steps that wait', () => {
    const { attemptCode, state } = account();
    attemptCode('mine', 'right', 1000);
    expect(state()).toEqual({ ...initialState, lastEventMs: 1000, tickets: [pendingTicket] });
  });

  it.each(['a login without second factor', 'a reset'])('by %s ends all steps that wait', (by) => {
    const { settle, reset, state } = account();
    if (by === 'a reset') reset();
    else settle('ticket 4', 'right', 0);
    expect(state().tickets).toEqual(by === 'a reset' ? [pendingTicket] : []);
  });

  it('lets a code be settled that was being tried, as its step’s last', () => {
    for (const verdict of ['wrong', 'void'] as const) {
      const { take, settle, reset, state } = account();
      take('mine', 'try', 0);
      reset();
      expect(settle('try', verdict, 1)).toBe(true);
      expect(state()).toMatchObject({
        failures: verdict === 'wrong' ? 1 : 0,
        tickets: [pendingTicket],
      });
    }
  });
});
