/**
 * The address's limit is a sliding window: never more than its attempts in any span of its length,
 * and whoever waits as long as told is admitted. Up to 1,000 attempts it is exact.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consume, within, type Hit, type Limit } from '../../src/policy/throttle.ts';

const MINUTE_MS = 60_000;
const TEN: Limit = { attempts: 10, windowSeconds: 60 };
const SIXTY: Limit = { attempts: 60, windowSeconds: 60 };

const admitted = { admitted: true };
const refusedUntil = (retryAtMs: number) => ({ admitted: false, retryAtMs });

/** One attempt each second, from 0 on. */
const everySecond = (count: number) =>
  Array.from({ length: count }, (_, second): Hit => [second * 1000, 1]);

const admission = (hits: readonly Hit[], limit: Limit, nowMs: number) =>
  consume(hits, limit, nowMs).admission;

describe('an attempt of an address', () => {
  const rows: {
    name: string;
    hits: readonly Hit[];
    limit?: Limit;
    nowMs: number;
    answer: object;
  }[] = [
    { name: 'is admitted where there was none', hits: [], nowMs: 0, answer: admitted },
    {
      name: 'is admitted as the tenth of ten',
      hits: everySecond(9),
      nowMs: 9000,
      answer: admitted,
    },
    {
      name: 'is refused as the eleventh, until the first is a minute old',
      hits: everySecond(10),
      nowMs: 10_000,
      answer: refusedUntil(MINUTE_MS),
    },
    {
      name: 'is refused 1 ms before that',
      hits: everySecond(10),
      nowMs: MINUTE_MS - 1,
      answer: refusedUntil(MINUTE_MS),
    },
    {
      name: 'is admitted at that very moment',
      hits: everySecond(10),
      nowMs: MINUTE_MS,
      answer: admitted,
    },
    {
      name: 'is not admitted twice as often across the turn of a minute',
      hits: [[MINUTE_MS - 1, 10]],
      nowMs: MINUTE_MS + 1,
      answer: refusedUntil(2 * MINUTE_MS - 1),
    },
    {
      name: 'is refused in the millisecond of a burst that has used up the limit',
      hits: [[5, 10]],
      nowMs: 5,
      answer: refusedUntil(5 + MINUTE_MS),
    },
    {
      name: 'is admitted as the first of a new burst when the old one is a minute old',
      hits: [[5, 10]],
      nowMs: 5 + MINUTE_MS,
      answer: admitted,
    },
    {
      name: 'is admitted by sixty where ten would refuse it',
      hits: everySecond(30),
      limit: SIXTY,
      nowMs: 30_000,
      answer: admitted,
    },
    {
      name: 'is refused by ten over the same hits, until fewer than ten of them are left',
      hits: everySecond(30),
      limit: TEN,
      nowMs: 30_000,
      answer: refusedUntil(20_000 + MINUTE_MS),
    },
    {
      name: 'is refused by one until the last is over',
      hits: everySecond(30),
      limit: { attempts: 1, windowSeconds: 60 },
      nowMs: 30_000,
      answer: refusedUntil(29_000 + MINUTE_MS),
    },
  ];
  it.each(rows.map((row) => [row.name, row] as const))('%s', (_name, row) => {
    const { hits, limit = TEN, nowMs, answer } = row;
    expect(admission(hits, limit, nowMs)).toEqual(answer);
  });

  it('counts when it is admitted, and not when it is refused', () => {
    const hits = everySecond(9);
    const tenth = consume(hits, TEN, 9000);
    const eleventh = consume(tenth.hits, TEN, 10_000);
    expect(tenth.hits).toEqual([...hits, [9000, 1]]);
    expect(eleventh.hits).toEqual(tenth.hits);
  });

  it('does not put off its own admission by asking again and again', () => {
    let hits: readonly Hit[] = everySecond(10);
    for (let nowMs = 10_000; nowMs < MINUTE_MS; nowMs += 100)
      ({ hits } = consume(hits, TEN, nowMs));
    expect(admission(hits, TEN, MINUTE_MS)).toEqual(admitted);
  });

  it('leaves the hits it was given as they are', () => {
    const hits = Object.freeze(everySecond(5));
    expect(() => consume(hits, TEN, 5000)).not.toThrow();
  });
});

describe('the hits that still count', () => {
  it('are those younger than the window, and not those exactly as old', () => {
    const hits: Hit[] = [
      [0, 1],
      [1, 4],
      [2, 3],
    ];
    expect(within(hits, 60, MINUTE_MS + 1)).toEqual([[2, 3]]);
  });
});

const anyLimit = fc.record({
  attempts: fc.integer({ min: 1, max: 12 }),
  windowSeconds: fc.integer({ min: 1, max: 60 }),
});
const anyGaps = fc.array(
  fc.oneof(fc.constant(0), fc.nat(20), fc.nat(3000), fc.nat(70_000), fc.constant(MINUTE_MS)),
  { minLength: 10, maxLength: 150 },
);
const gapsAndLimits = fc.tuple(anyLimit, anyGaps);

/** All attempts ever admitted: nothing is pruned, everything is counted. */
function live({ attempts, windowSeconds }: Limit, gapsMs: readonly number[]) {
  const everAdmittedMs: number[] = [];
  const answers: { nowMs: number; hits: readonly Hit[]; inWindow: number; ok: boolean }[] = [];
  let hits: readonly Hit[] = [];
  let nowMs = 0;
  for (const gapMs of gapsMs) {
    nowMs += gapMs;
    const startMs = nowMs - windowSeconds * 1000;
    const inWindow = everAdmittedMs.filter((atMs) => atMs > startMs).length;
    const answer = consume(hits, { attempts, windowSeconds }, nowMs);
    ({ hits } = answer);
    if (answer.admission.admitted) everAdmittedMs.push(nowMs);
    answers.push({ nowMs, hits, inWindow, ok: answer.admission.admitted });
  }
  return { everAdmittedMs, answers };
}

describe('whatever the order of attempts', () => {
  it('admits exactly where fewer than the limit were admitted in the window before', () => {
    expect.hasAssertions();
    fc.assert(
      fc.property(gapsAndLimits, ([limit, gapsMs]) => {
        for (const { ok, inWindow } of live(limit, gapsMs).answers) {
          expect(ok).toBe(inWindow < limit.attempts);
        }
      }),
    );
  });

  it('never admits more than the limit in any window of its length', () => {
    expect.hasAssertions();
    fc.assert(
      fc.property(gapsAndLimits, ([limit, gapsMs]) => {
        const { everAdmittedMs } = live(limit, gapsMs);
        for (const startMs of everAdmittedMs) {
          const endMs = startMs + limit.windowSeconds * 1000;
          const inside = everAdmittedMs.filter((atMs) => atMs >= startMs && atMs < endMs);
          expect(inside.length).toBeLessThanOrEqual(limit.attempts);
        }
      }),
    );
  });

  it('tells the refused the first moment at which one attempt is admitted', () => {
    expect.hasAssertions();
    fc.assert(
      fc.property(gapsAndLimits, anyLimit, ([limit, gapsMs], { attempts }) => {
        for (const { hits, nowMs } of live(limit, gapsMs).answers) {
          const other = { ...limit, attempts };
          const answer = admission(hits, other, nowMs);
          if (answer.admitted) continue;
          const { retryAtMs } = answer;
          expect(retryAtMs).toBeGreaterThan(nowMs);
          expect(admission(hits, other, retryAtMs)).toEqual(admitted);
          expect(admission(hits, other, retryAtMs - 1)).toEqual(refusedUntil(retryAtMs));
        }
      }),
    );
  });

  it('keeps no more hits than can still count', () => {
    expect.hasAssertions();
    fc.assert(
      fc.property(gapsAndLimits, ([limit, gapsMs]) => {
        for (const { hits } of live(limit, gapsMs).answers) {
          expect(hits.length).toBeLessThanOrEqual(limit.attempts);
        }
      }),
    );
  });
});
