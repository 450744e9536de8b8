/** The client of the lockouts: its memory of locks, and its retries of what steps ask for. */
import { describe, expect, it } from 'vitest';
import { createLimits } from '../../src/limits/client.ts';
import { RULES } from './lockout-account.ts';

const lock = { state: 'locked', untilMs: 900_000, untilReset: false, lockBegan: null };
const taken = { state: 'ticket', lockBegan: null };
const settlement = { settled: true, lockBegan: null };

/** A client whose objects give these answers, or throw them, in this order. */
function clientOf(...answers: object[]) {
  const calls: unknown[] = [];
  const answer = (call: string) => async (given: unknown) => {
    calls.push([call, given]);
    const next = answers.shift();
    if (next instanceof Error) throw next;
    return next;
  };
  const stub = { reserve: answer('reserve'), take: answer('take'), settle: answer('settle') };
  const limits = createLimits({
    accounts: { getByName: () => stub } as never,
    addresses: {} as never,
    nowMs: () => 0,
    nameOf: async (key) => key,
  });
  return { limits, calls };
}

const taking = { step: 'step', ticket: 'try', rules: RULES };
const settling = { ticket: 'try', rules: RULES };

describe('the lock that an isolate remembers', () => {
  it('answers a request for a ticket, and none for a step’s ticket', async () => {
    const { limits, calls } = clientOf(lock, taken);
    await limits.reserve('key', 'a', RULES);
    expect(await limits.reserve('key', 'b', RULES)).toEqual(lock);
    expect(await limits.take('key', taking)).toEqual(taken);
    expect(calls).toEqual([
      ['reserve', 'a'],
      ['take', { step: 'step', ticket: 'try' }],
    ]);
  });

  it.each([
    { verdict: 'right', asks: 2 },
    { verdict: 'wrong', asks: 1 },
    { verdict: 'void', asks: 1 },
    { verdict: 'owed', asks: 1 },
  ] as const)(
    'is asked for again after a right verdict alone: $verdict',
    async ({ verdict, asks }) => {
      const { limits, calls } = clientOf(lock, settlement, taken);
      await limits.reserve('key', 'a', RULES);
      await limits.settle('key', { ...settling, verdict });
      await limits.reserve('key', 'b', RULES);
      expect(calls.filter((call) => (call as string[])[0] === 'reserve')).toHaveLength(asks);
    },
  );
});

describe('a call for a step’s ticket that fails', () => {
  it.each([
    { error: { retryable: true }, calls: 2 },
    { error: { retryable: true, overloaded: true }, calls: 1 },
    { error: {}, calls: 1 },
  ])('is made $calls times: $error', async ({ error, calls: expected }) => {
    const outage = () => Object.assign(new Error('outage'), error);
    const { limits, calls } = clientOf(outage(), outage());
    await expect(limits.take('key', taking)).rejects.toThrow('outage');
    expect(calls).toHaveLength(expected);
  });
});
