/** Tickets of logins' steps in the Durable Object of an account: taken once, kept over evictions. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { STEP_MS, TICKET_MS } from '../../src/policy/lockout.ts';
import {
  account,
  fail,
  hasten,
  NOON,
  rules,
  setClock,
  type Account,
} from '../support/lockout-object.ts';

/** Leaves the ticket of a right password out that owes a second factor. */
async function owe(stub: Account, step: string): Promise<void> {
  await stub.reserve(step, rules);
  await stub.settle({ ticket: step, verdict: 'owed' }, rules);
}

const take = (stub: Account, ticket: string, step = 'step') => stub.take({ step, ticket }, rules);
const names = (count: number) => Array.from({ length: count }, (_, n) => `t${n}`);

describe('the ticket of a step', () => {
  it('is given to one of fifty parallel tries', async () => {
    const stub = account();
    await owe(stub, 'step');
    const answers = await Promise.all(names(50).map((name) => take(stub, name)));
    const states = answers.map(({ state }) => state).toSorted();
    expect(states).toEqual([...Array.from({ length: 49 }, () => 'busy'), 'ticket']);
  });

  it('lets a thousand parallel wrong codes reach five verdicts, over any number of steps', async () => {
    const stub = account();
    for (const step of ['a', 'b', 'c']) await owe(stub, step);
    let verdicts = 0;
    for (let round = 0; round < 10; round += 1) {
      const guesses = names(100).map(async (name, n) => {
        const ticket = `${name} of ${round}`;
        const { state } = await take(stub, ticket, ['a', 'b', 'c'][n % 3]);
        if (state !== 'ticket') return;
        const { settled } = await stub.settle({ ticket, verdict: 'wrong' }, rules);
        if (settled) verdicts += 1;
      });
      await Promise.all(guesses);
    }
    expect(verdicts).toBe(5);
    expect(await stub.reserve('later', rules)).toMatchObject({ state: 'locked' });
  });

  it('survives an eviction, waiting or taken, with its tries', async () => {
    const stub = account();
    await owe(stub, 'step');
    await evictDurableObject(stub);
    for (const name of names(3)) {
      expect(await take(stub, name)).toEqual({ state: 'ticket', lockBegan: null });
      await evictDurableObject(stub);
      expect(await take(stub, 'another')).toEqual({ state: 'busy', lockBegan: null });
      const settled = await stub.settle({ ticket: name, verdict: 'wrong' }, rules);
      expect(settled).toEqual({ settled: true, lockBegan: null });
    }
    await evictDurableObject(stub);
    expect(await stub.view(rules)).toMatchObject({ failures: 3, ticketsOut: 1 });
  });

  it('unlocks the account when the code is right, also after an eviction', async () => {
    const stub = account();
    await fail(stub, 4);
    await owe(stub, 'step');
    expect(await stub.reserve('stranger', rules)).toMatchObject({ state: 'locked' });
    await evictDurableObject(stub);
    await take(stub, 'try');
    await stub.settle({ ticket: 'try', verdict: 'right' }, rules);
    expect(await stub.view(rules)).toMatchObject({
      failures: 0,
      ticketsOut: 0,
      lockedUntilMs: null,
    });
  });

  it('becomes a failure, and is not deleted by the alarm before and after', async () => {
    setClock(NOON);
    const stub = account();
    await owe(stub, 'step');
    await runDurableObjectAlarm(stub);
    expect(await take(stub, 'try')).toMatchObject({ state: 'ticket' });
    await stub.settle({ ticket: 'try', verdict: 'void' }, rules);
    setClock(NOON + STEP_MS);
    await runDurableObjectAlarm(stub);
    expect(await stub.view(rules)).toMatchObject({ failures: 1, ticketsOut: 0 });
    setClock(NOON + 30 * 86_400_000);
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    const kept = await runInDurableObject(stub, (_, { storage }) => [...storage.kv.list()]);
    expect(kept).toEqual([]);
  });

  it('ends with an operator’s unlock or a password reset', async () => {
    const stub = account();
    await owe(stub, 'step');
    await stub.clear(rules);
    expect(await take(stub, 'try')).toMatchObject({ state: 'gone' });
  });

  it('asked for where there is none stores nothing', async () => {
    const stub = account();
    expect(await take(stub, 'try')).toEqual({ state: 'gone', lockBegan: null });
    const kept = await runInDurableObject(stub, (_, { storage }) => [...storage.kv.list()]);
    expect(kept).toEqual([]);
  });
});

describe('callers that wait for a ticket', () => {
  const waiters = (stub: Account) =>
    Promise.all(names(10).map(async (name) => (await stub.wait(name, rules)).state));
  const locked = Array.from({ length: 10 }, () => 'locked');

  it('are told of a lock when a right password leaves none but steps', async () => {
    const stub = account();
    await fail(stub, 4);
    await stub.reserve('holder', rules);
    const waits = waiters(stub);
    await stub.settle({ ticket: 'holder', verdict: 'owed' }, rules);
    expect(await waits).toEqual(locked);
  });

  it('are told of a lock when the last ticket beside a step expires, though nobody calls', async () => {
    setClock(NOON);
    const stub = account();
    await fail(stub, 3);
    await owe(stub, 'step');
    await stub.reserve('holder', rules);
    hasten(TICKET_MS + 1, () => setClock(NOON + TICKET_MS));
    expect(await waiters(stub)).toEqual(locked);
  });

  it('are served when a code is right', async () => {
    const stub = account();
    await fail(stub, 3);
    await owe(stub, 'step');
    await stub.reserve('holder', rules);
    const waiting = stub.wait('waiter', rules);
    await take(stub, 'try');
    await stub.settle({ ticket: 'try', verdict: 'right' }, rules);
    expect(await waiting).toMatchObject({ state: 'ticket' });
  });
});

describe('the beginning of a lock', () => {
  it('is reported by the wrong code that locks', async () => {
    const stub = account();
    await fail(stub, 4);
    await owe(stub, 'step');
    await take(stub, 'try');
    const settled = await stub.settle({ ticket: 'try', verdict: 'wrong' }, rules);
    expect(settled).toEqual({ settled: true, lockBegan: 'locked' });
  });

  it('by abandoned steps is reported to a try that comes too late, once', async () => {
    setClock(NOON);
    const stub = account();
    for (const step of names(5)) await owe(stub, step);
    setClock(NOON + STEP_MS);
    const untilMs = NOON + 900_000;
    const late = { state: 'locked', untilMs, untilReset: false };
    expect(await take(stub, 'try', 't0')).toEqual({ ...late, lockBegan: 'locked' });
    expect(await take(stub, 'try', 't1')).toEqual({ ...late, lockBegan: null });
  });
});
