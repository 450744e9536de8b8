/** Waiting for a ticket of an account, and the report that a lock has begun: exactly once. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it, vi } from 'vitest';
import { TICKET_MS } from '../../src/policy/lockout.ts';
import { initialState } from '../../src/policy/lockout-state.ts';
import { account, fail, hasten, NOON, rules, setClock } from '../support/lockout-object.ts';

describe('the beginning of a lock', () => {
  const began = (answers: readonly { lockBegan: string | null }[]) =>
    answers.flatMap(({ lockBegan }) => lockBegan ?? []);

  it('is reported by the verdict that locks, and by no answer after it', async () => {
    const stub = account();
    const settled = [];
    for (let n = 0; n < 5; n += 1) {
      await stub.reserve(`t${n}`, rules);
      settled.push(await stub.settle({ ticket: `t${n}`, verdict: 'wrong' }, rules));
    }
    expect(settled.map(({ lockBegan }) => lockBegan)).toEqual([null, null, null, null, 'locked']);
    const later = [await stub.reserve('x', rules), await stub.wait('x', rules)];
    expect(began(later)).toEqual([]);
    expect(later.map(({ state }) => state)).toEqual(['locked', 'locked']);
  });

  it('is reported by the verdict, also where others wait', async () => {
    const stub = account();
    await fail(stub, 4);
    await stub.reserve('holder', rules);
    const waits = Array.from({ length: 20 }, (_, n) => stub.wait(`waiter ${n}`, rules));
    const settled = await stub.settle({ ticket: 'holder', verdict: 'wrong' }, rules);
    expect(settled).toEqual({ settled: true, lockBegan: 'locked' });
    expect(began(await Promise.all(waits))).toEqual([]);
  });

  it('by time alone is reported to the next caller, over an eviction, and to nobody else', async () => {
    setClock(NOON);
    const stub = account();
    for (const ticket of ['a', 'b', 'c', 'd', 'e']) await stub.reserve(ticket, rules);
    setClock(NOON + TICKET_MS);
    expect(await stub.view(rules)).toMatchObject({ lockedUntilMs: NOON + TICKET_MS + 900_000 });
    await evictDurableObject(stub);
    const asks = await Promise.all(['f', 'g', 'h'].map((ticket) => stub.reserve(ticket, rules)));
    expect(began(asks)).toEqual(['locked']);
    await evictDurableObject(stub);
    expect(began([await stub.reserve('i', rules)])).toEqual([]);
  });

  it('by time alone is reported to one of those who wait, though nobody calls', async () => {
    setClock(NOON);
    const stub = account();
    for (const ticket of ['a', 'b', 'c', 'd', 'e']) await stub.reserve(ticket, rules);
    hasten(TICKET_MS + 1, () => setClock(NOON + TICKET_MS));
    const waits = await Promise.all(['f', 'g', 'h'].map((ticket) => stub.wait(ticket, rules)));
    expect(waits.map(({ state }) => state)).toEqual(['locked', 'locked', 'locked']);
    expect(began(waits)).toEqual(['locked']);
  });

  it('is reported as the final stop where the same failure is both', async () => {
    const stopping = { ...rules, threshold: 2, stopAfterFailures: 2 };
    const stub = account();
    await stub.reserve('a', stopping);
    await stub.reserve('b', stopping);
    const first = await stub.settle({ ticket: 'a', verdict: 'wrong' }, stopping);
    const second = await stub.settle({ ticket: 'b', verdict: 'wrong' }, stopping);
    expect([first.lockBegan, second.lockBegan]).toEqual([null, 'stopped']);
  });

  it('is reported in what a version without reports has stored', async () => {
    const stub = account();
    await runInDurableObject(stub, (_, { storage }) => {
      const { unreported: _none, ...old } = { ...initialState, failures: 4, failuresInARow: 4 };
      storage.kv.put('state', { ...old, lastEventMs: Date.now() });
    });
    expect(await stub.reserve('t', rules)).toMatchObject({ state: 'ticket', lockBegan: null });
    const settled = await stub.settle({ ticket: 't', verdict: 'wrong' }, rules);
    expect(settled).toEqual({ settled: true, lockBegan: 'locked' });
  });
});

describe('a caller without a ticket', () => {
  /** One failure locks, so there is one ticket. */
  const strict = { ...rules, threshold: 1, stopAfterFailures: 100 };

  it('tells a caller how long it waited for its ticket', async () => {
    setClock(NOON);
    const stub = account();
    await stub.reserve('holder', strict);
    const waiting = stub.wait('waiter', strict);
    await stub.view(strict);
    setClock(NOON + 1234);
    await stub.settle({ ticket: 'holder', verdict: 'right' }, strict);
    expect(await waiting).toMatchObject({ state: 'ticket', waitedMs: 1234 });
  });

  it('does not let a caller wait where a ticket is free', async () => {
    expect(await account().wait('only', strict)).toMatchObject({ state: 'ticket', waitedMs: 0 });
  });

  it('expires the next ticket as well, after one was given to a waiting caller', async () => {
    setClock(NOON);
    const { setTimeout: real } = globalThis;
    let isServed = false;
    vi.spyOn(globalThis, 'setTimeout').mockImplementation(((act: () => void, ms?: number) => {
      if (ms !== TICKET_MS + 1) return real(act, ms);
      // The timer that goes off is that of the ticket which was waited for, and is never settled.
      return isServed ? real(() => (setClock(NOON + TICKET_MS), act()), 0) : real(act, 600_000);
    }) as typeof setTimeout);
    const stub = account();
    await stub.reserve('holder', strict);
    const [first, second] = [stub.wait('first', strict), stub.wait('second', strict)];
    await stub.view(strict);
    isServed = true;
    await stub.settle({ ticket: 'holder', verdict: 'right' }, strict);
    expect(await first).toMatchObject({ state: 'ticket' });
    expect(await second).toMatchObject({
      state: 'locked',
      untilMs: NOON + TICKET_MS + 900_000,
    });
  });
});
