/** The Durable Objects of accounts and addresses: their state survives eviction, and is deleted when idle. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { Reservation } from '../../src/flows/ports/limits.ts';
import { TICKET_MS } from '../../src/policy/lockout.ts';
import {
  account,
  address,
  fail,
  hasten,
  NOON,
  rules,
  setClock,
  type Account,
} from '../support/lockout-object.ts';

const limit = { attempts: 10, windowSeconds: 60 };

describe('an account', () => {
  it('locks on the fifth failure, and an eviction does not unlock it', async () => {
    const stub = account();
    await fail(stub, 5);
    await evictDurableObject(stub);
    expect(await stub.reserve('t', rules)).toMatchObject({ state: 'locked' });
  });

  it('counts on where it was after an eviction', async () => {
    const stub = account();
    await fail(stub, 4);
    await evictDurableObject(stub);
    expect(await stub.reserve('t', rules)).toMatchObject({ state: 'ticket' });
    expect(await stub.reserve('u', rules)).toMatchObject({ state: 'queued' });
  });

  it('keeps its tickets across an eviction, and counts those that nobody settles', async () => {
    setClock(NOON);
    const stub = account();
    for (const ticket of ['a', 'b', 'c', 'd', 'e']) await stub.reserve(ticket, rules);
    await evictDurableObject(stub);
    expect(await stub.reserve('f', rules)).toMatchObject({ state: 'queued' });
    setClock(NOON + TICKET_MS);
    expect(await stub.reserve('f', rules)).toMatchObject({ state: 'locked' });
  });

  it.each(['right', 'wrong'] as const)(
    'takes no %s verdict on an expired ticket',
    async (verdict) => {
      setClock(NOON);
      const stub = account();
      await stub.reserve('late', rules);
      setClock(NOON + TICKET_MS);
      expect(await stub.settle({ ticket: 'late', verdict }, rules)).toMatchObject({
        settled: false,
      });
      await fail(stub, 4);
      expect(await stub.reserve('t', rules)).toMatchObject({ state: 'locked' });
    },
  );

  it('serves those who wait in the order in which they came', async () => {
    const stub = account();
    await fail(stub, 4);
    await stub.reserve('holder', rules);
    const served: string[] = [];
    const waits = ['first', 'second', 'third'].map(async (ticket) => {
      const reservation = await stub.wait(ticket, rules);
      served.push(`${ticket} ${reservation.state}`);
      await stub.settle({ ticket, verdict: 'void' }, rules);
    });
    await stub.settle({ ticket: 'holder', verdict: 'void' }, rules);
    await Promise.all(waits);
    expect(served).toEqual(['first ticket', 'second ticket', 'third ticket']);
  });

  it('tells everyone who waits when it locks', async () => {
    const stub = account();
    await fail(stub, 4);
    await stub.reserve('holder', rules);
    const waits = Array.from({ length: 20 }, (_, n) => stub.wait(`waiter ${n}`, rules));
    await stub.settle({ ticket: 'holder', verdict: 'wrong' }, rules);
    const states = (await Promise.all(waits)).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(['locked']));
  });

  it('lets 256 wait and tells the next that it is busy', async () => {
    const stub = account();
    await fail(stub, 4);
    await stub.reserve('holder', rules);
    const waits = Array.from({ length: 260 }, (_, n) => stub.wait(`waiter ${n}`, rules));
    const busy: Reservation[] = await Promise.all(waits.slice(256));
    expect(busy.map(({ state }) => state)).toEqual(['busy', 'busy', 'busy', 'busy']);
    await stub.settle({ ticket: 'holder', verdict: 'wrong' }, rules);
    await Promise.all(waits);
  });

  it('lets nobody wait for longer than 25 seconds', async () => {
    const stub = account();
    await fail(stub, 4);
    await stub.reserve('holder', rules);
    hasten(25_000);
    expect(await stub.wait('waiter', rules)).toMatchObject({ state: 'busy' });
  });

  it('locks when all tickets have expired, and tells those who wait, though nobody calls', async () => {
    setClock(NOON);
    const stub = account();
    for (const ticket of ['a', 'b', 'c', 'd', 'e']) await stub.reserve(ticket, rules);
    hasten(TICKET_MS + 1, () => setClock(NOON + TICKET_MS));
    const untilMs = NOON + TICKET_MS + 900_000;
    expect(await stub.wait('waiter', rules)).toMatchObject({ state: 'locked', untilMs });
  });

  it('is deleted by its alarm once it has nothing to keep', async () => {
    const stub = account();
    await stub.reserve('t', rules);
    await stub.settle({ ticket: 't', verdict: 'right' }, rules);
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    const kept = await runInDurableObject(stub, (_, { storage }) => [...storage.kv.list()]);
    expect(kept).toEqual([]);
  });

  it('is not deleted while it counts failures, and forgets them after 30 days', async () => {
    setClock(NOON);
    const stub = account();
    await fail(stub, 3);
    await runDurableObjectAlarm(stub);
    const kept = await runInDurableObject(stub, (_, { storage }) => [...storage.kv.list()].length);
    expect(kept).toBeGreaterThan(0);
    setClock(NOON + 30 * 86_400_000);
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    const left = await runInDurableObject(stub, (_, { storage }) => [...storage.kv.list()]);
    expect(left).toEqual([]);
  });

  it('stays stopped after 50 failures in a row, whatever the alarm and the clock say', async () => {
    setClock(NOON);
    const stub = account();
    for (let lock = 0; lock < 10; lock += 1) {
      setClock(NOON + lock * 900_000);
      await fail(stub, 5);
    }
    setClock(NOON + 365 * 86_400_000);
    await runDurableObjectAlarm(stub);
    await evictDurableObject(stub);
    expect(await stub.reserve('t', rules)).toMatchObject({ state: 'locked', untilReset: true });
  });
});

describe('an account that is cleared', () => {
  const stopping = { ...rules, threshold: 2, stopAfterFailures: 2 };
  const kept = (stub: Account) =>
    runInDurableObject(stub, (_, { storage }) => [...storage.kv.list()].length);

  it('after its final stop opens, and goes by its alarm', async () => {
    const stub = account();
    for (const id of ['first', 'second']) {
      await stub.reserve(id, stopping);
      await stub.settle({ ticket: id, verdict: 'wrong' }, stopping);
    }
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    expect(await stub.reserve('third', stopping)).toMatchObject({ untilReset: true });
    expect(await runDurableObjectAlarm(stub)).toBe(false);
    await stub.clear(stopping);
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    expect(await kept(stub)).toBe(0);
    expect(await stub.reserve('fourth', stopping)).toMatchObject({ state: 'ticket' });
  });

  it('is open where time alone had locked it and nobody had seen that yet', async () => {
    setClock(NOON);
    const stub = account();
    for (const ticket of ['a', 'b', 'c', 'd', 'e']) await stub.reserve(ticket, rules);
    setClock(NOON + TICKET_MS);
    await stub.clear(rules);
    expect(await stub.view(rules)).toMatchObject({ failures: 0, failuresInARow: 0 });
    expect(await stub.reserve('f', rules)).toMatchObject({ state: 'ticket', lockBegan: 'locked' });
  });

  it('where there was nothing keeps nothing', async () => {
    const stub = account();
    await stub.clear(rules);
    expect(await kept(stub)).toBe(0);
  });
});

describe('an address', () => {
  it('admits a parallel burst up to its limit, exactly', async () => {
    const stub = address();
    const admissions = await Promise.all(Array.from({ length: 50 }, () => stub.consume(limit)));
    expect(admissions.filter(({ admitted }) => admitted)).toHaveLength(10);
  });

  it('counts on after an eviction, and opens again when the window has slid', async () => {
    setClock(NOON);
    const stub = address();
    for (let n = 0; n < 10; n += 1) await stub.consume(limit);
    await evictDurableObject(stub);
    expect(await stub.consume(limit)).toEqual({ admitted: false, retryAtMs: NOON + 60_000 });
    setClock(NOON + 60_000);
    expect(await stub.consume(limit)).toEqual({ admitted: true });
  });

  it('is deleted by its alarm, but not within the window', async () => {
    setClock(NOON);
    const stub = address();
    await stub.consume(limit);
    setClock(NOON + 30_000);
    await stub.consume(limit);
    setClock(NOON + 60_000);
    await runDurableObjectAlarm(stub);
    const listed = () =>
      runInDurableObject(stub, (_, { storage }) => [...storage.kv.list()].length);
    expect(await listed()).toBe(1);
    setClock(NOON + 90_000);
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    expect(await listed()).toBe(0);
  });
});
