/** Limits above 1,000 attempts, which are counted in steps: never exceeded, and bounded in storage. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consume, type Hit, type Limit } from '../../src/policy/throttle.ts';

const admission = (hits: readonly Hit[], limit: Limit, nowMs: number) =>
  consume(hits, limit, nowMs).admission;

describe('a limit of more than 1,000 attempts', () => {
  const fourMore = Array.from({ length: 4 }, () => [0, 900] as const);
  const anyLarge = fc.record({
    attempts: fc.integer({ min: 1001, max: 3000 }),
    windowSeconds: fc.integer({ min: 1, max: 3600 }),
  });
  /** The last ones are as long as the window, but for a step or less. */
  const anyGap = fc.oneof(
    fc.double({ min: 0, max: 1.2, noNaN: true }),
    fc.constantFrom(0.999, 0.9995, 0.9999, 1, 1.0005),
  );
  /** Bursts: how much of the window passes before each, and how many attempts it has. */
  const anyBursts = fc.array(fc.tuple(anyGap, fc.nat(900)), {
    minLength: 2,
    maxLength: 12,
  });

  function admittedOf(limit: Limit, bursts: readonly (readonly [number, number])[]) {
    const admittedAtMs: number[] = [];
    const refusedAtMs: number[] = [];
    let hits: readonly Hit[] = [];
    let nowMs = 1_700_000_000_000;
    for (const [gap, count] of bursts) {
      nowMs += Math.floor(gap * limit.windowSeconds * 1000);
      for (let n = 0; n < count; n += 1) {
        const answer = consume(hits, limit, nowMs);
        ({ hits } = answer);
        (answer.admission.admitted ? admittedAtMs : refusedAtMs).push(nowMs);
      }
    }
    return { admittedAtMs, refusedAtMs, hits, nowMs };
  }

  const countIn = (timesMs: readonly number[], fromMs: number, toMs: number) =>
    timesMs.filter((atMs) => atMs > fromMs && atMs <= toMs).length;

  it('is never exceeded in any window, and refuses only where it is used up but for one step', () => {
    expect.hasAssertions();
    fc.assert(
      fc.property(anyLarge, anyBursts, (limit, bursts) => {
        const windowMs = limit.windowSeconds * 1000;
        const { admittedAtMs, refusedAtMs } = admittedOf(limit, bursts);
        for (const endMs of new Set(admittedAtMs)) {
          const inside = countIn(admittedAtMs, endMs - windowMs, endMs);
          expect(inside).toBeLessThanOrEqual(limit.attempts);
        }
        for (const atMs of new Set(refusedAtMs)) {
          const stepMs = windowMs / 1000 + 1;
          const inside = countIn(admittedAtMs, atMs - windowMs - stepMs, atMs);
          expect(inside).toBeGreaterThanOrEqual(limit.attempts);
        }
      }),
    );
  });

  it('tells the refused the first moment at which one attempt is admitted', () => {
    expect.hasAssertions();
    fc.assert(
      fc.property(anyLarge, anyBursts, (limit, bursts) => {
        const { hits, nowMs } = admittedOf(limit, [...bursts, ...fourMore]);
        const answer = admission(hits, limit, nowMs);
        expect(answer.admitted).toBe(false);
        if (answer.admitted) return;
        expect(admission(hits, limit, answer.retryAtMs)).toEqual({ admitted: true });
        expect(admission(hits, limit, answer.retryAtMs - 1)).toEqual(answer);
      }),
    );
  });

  it('keeps about 1,000 entries, however many attempts it allows', () => {
    const limit = { attempts: 1_000_000, windowSeconds: 3600 };
    let hits: readonly Hit[] = [];
    for (let nowMs = 0; nowMs < 7_200_000; nowMs += 333) ({ hits } = consume(hits, limit, nowMs));
    expect(hits.length).toBeLessThanOrEqual(1_001);
  });

  it('keeps the order of time where a narrower limit is asked of the same hits', () => {
    const wide = { attempts: 2_000, windowSeconds: 3600 };
    const { hits } = consume([], wide, 1);
    expect(hits).toEqual([[3600, 1]]);
    expect(consume(hits, { attempts: 10, windowSeconds: 60 }, 2).hits).toEqual([[3600, 2]]);
  });
});
