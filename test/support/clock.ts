/**
 * Stops the clock before each test, so that none depends on how long it takes: windows, locks and
 * lifetimes end when a test moves the clock, and at no other time.
 *
 * It stops a day ahead, because alarms ring in real time: one that is due by then, but not by the
 * stopped clock, would be set again and ring again without end.
 */
import { beforeAll, beforeEach, vi } from 'vitest';

const DAY_MS = 86_400_000;

const stop = () => void vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + DAY_MS });

beforeAll(() => {
  stop();
  return () => void vi.useRealTimers();
});
beforeEach(() => {
  vi.useRealTimers();
  stop();
});
