/**
 * Bounds the log lines that one address can cause in a minute: the first ones are written, then
 * ever fewer. Metrics count every request regardless.
 */
import { ExpiringCache } from '../policy/expiring-cache.ts';

const WINDOW_MS = 60_000;
const MAX_COUNTERS = 10_000;

export interface LineLimit {
  /**
   * Counts a line for `key` and returns whether to write it: the first `free` lines of a minute, then
   * the first, second, fourth, eighth … of the rest.
   */
  admits(key: string, free: number): boolean;
}

export function createLineLimit(nowMs: () => number): LineLimit {
  const counters = new ExpiringCache<{ untilMs: number; lines: number }>(MAX_COUNTERS);
  return {
    admits(key, free) {
      const now = nowMs();
      const counter = counters.get(key, now) ?? { untilMs: now + WINDOW_MS, lines: 0 };
      counter.lines += 1;
      counters.set(key, counter);
      const beyond = counter.lines - free;
      return beyond <= 0 || Number.isInteger(Math.log2(beyond));
    },
  };
}
