/** The Durable Object reports that a lock has begun exactly once, to whom it concerns first. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TICKET_MS, initialState } from '../../src/policy/lockout.ts';
import { account, fail, hasten, NOON, rules, setClock } from '../support/lockout-object.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

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
