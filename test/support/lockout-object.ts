/** Lockout and limiter objects of a test's own, and their clock. */
import { env } from 'cloudflare:workers';
import { vi } from 'vitest';

/** The rules of wrangler.toml. */
export const rules = { threshold: 5, lockSeconds: 900, growth: 1, stopAfterFailures: 50 };
export const NOON = Date.parse('2026-03-01T12:00:00Z');

let names = 0;
export const account = () => env.ACCOUNT_LOCKOUT.getByName(`account ${(names += 1)}`);
export const address = () => env.RATE_LIMITER.getByName(`address ${(names += 1)}`);
export type Account = ReturnType<typeof account>;

export async function fail(stub: Account, times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    await stub.reserve(`failure ${n}`, rules);
    await stub.settle({ ticket: `failure ${n}`, verdict: 'wrong' }, rules);
  }
}

export const setClock = (nowMs: number): void => void vi.setSystemTime(nowMs);

/** Makes timers of exactly this delay go off at once, after `first`; leaves all others as they are. */
export function hasten(delayMs: number, first: () => void = () => undefined): void {
  const { setTimeout: real } = globalThis;
  const hastened = (act: () => void, ms?: number) =>
    ms === delayMs ? real(() => (first(), act()), 0) : real(act, ms);
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(hastened as typeof setTimeout);
}
