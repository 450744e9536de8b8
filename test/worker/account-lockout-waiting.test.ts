/** Callers that wait for a ticket of an account: how long, and what time alone does for them. */
import { env } from 'cloudflare:workers';
import { afterEach, expect, it, vi } from 'vitest';
import { TICKET_MS } from '../../src/policy/lockout.ts';

const rules = { threshold: 1, lockSeconds: 900, growth: 1, stopAfterFailures: 100 };
const NOON = Date.parse('2026-03-01T12:00:00Z');
const setClock = (nowMs: number) => vi.useFakeTimers({ toFake: ['Date'], now: nowMs });

let names = 0;
const account = () => env.ACCOUNT_LOCKOUT.getByName(`waited for ${(names += 1)}`);

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it('tells a caller how long it waited for its ticket', async () => {
  setClock(NOON);
  const stub = account();
  await stub.reserve('holder', rules);
  const waiting = stub.wait('waiter', rules);
  await stub.view(rules);
  setClock(NOON + 1234);
  await stub.settle({ ticket: 'holder', verdict: 'right' }, rules);
  expect(await waiting).toMatchObject({ state: 'ticket', waitedMs: 1234 });
});

it('does not let a caller wait where a ticket is free', async () => {
  expect(await account().wait('only', rules)).toMatchObject({ state: 'ticket', waitedMs: 0 });
});

it('watches the next ticket as well, after one was given to who waits', async () => {
  setClock(NOON);
  const { setTimeout: real } = globalThis;
  let isServed = false;
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((act: () => void, ms?: number) => {
    if (ms !== TICKET_MS + 1) return real(act, ms);
    // The one to go off is that of the ticket which was waited for, and is never settled.
    return isServed ? real(() => (setClock(NOON + TICKET_MS), act()), 0) : real(act, 600_000);
  }) as typeof setTimeout);
  const stub = account();
  await stub.reserve('holder', rules);
  const [first, second] = [stub.wait('first', rules), stub.wait('second', rules)];
  await stub.view(rules);
  isServed = true;
  await stub.settle({ ticket: 'holder', verdict: 'right' }, rules);
  expect(await first).toMatchObject({ state: 'ticket' });
  expect(await second).toMatchObject({
    state: 'locked',
    untilMs: NOON + TICKET_MS + 900_000,
  });
});
