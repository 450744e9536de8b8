/** The sliding window: exact up to 1,000 attempts, in steps of a thousandth of it above. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consume, within, type Hit, type Limit } from '../../src/policy/throttle.ts';

const MINUTE_MS = 60_000;
const TEN: Limit = { attempts: 10, windowSeconds: 60 };

const ADMITTED = { admitted: true };
const refusedUntil = (retryAtMs: number) => ({ admitted: false, retryAtMs });

/** One attempt each second, from 0 on. */
const everySecond = (count: number) =>
  Array.from({ length: count }, (_, second): Hit => [second * 1000, 1]);

const admission = (hits: readonly Hit[], limit: Limit, nowMs: number) =>
  consume(hits, limit, nowMs).admission;

describe('a limit of ten a minute', () => {
  it.each<[string, readonly Hit[], number, object]>([
    ['admits the first attempt', [], 0, ADMITTED],
    ['admits the tenth', everySecond(9), 9000, ADMITTED],
    [
      'refuses the eleventh until the first is a minute old',
      everySecond(10),
      10_000,
      refusedUntil(MINUTE_MS),
    ],
    ['refuses it 1 ms before', everySecond(10), MINUTE_MS - 1, refusedUntil(MINUTE_MS)],
    ['admits it at that moment', everySecond(10), MINUTE_MS, ADMITTED],
    [
      'does not start anew with a minute of the clock',
      [[MINUTE_MS - 1, 10]],
      MINUTE_MS + 1,
      refusedUntil(2 * MINUTE_MS - 1),
    ],
    ['refuses within the millisecond of a burst', [[5, 10]], 5, refusedUntil(5 + MINUTE_MS)],
    [
      'counts the hits of a wider limit until fewer than ten are left',
      everySecond(30),
      30_000,
      refusedUntil(20_000 + MINUTE_MS),
    ],
  ])('%s', (...[, hits, nowMs, answer]) => {
    expect(admission(hits, TEN, nowMs)).toEqual(answer);
  });

  it('counts admitted attempts only, and does not change its input', () => {
    const hits = Object.freeze(everySecond(9));
    const tenth = consume(hits, TEN, 9000);
    expect(tenth.hits).toEqual([...hits, [9000, 1]]);
    expect(consume(tenth.hits, TEN, 10_000).hits).toEqual(tenth.hits);
  });
});

it('counts hits younger than the window', () => {
  const hits: Hit[] = [
    [0, 1],
    [1, 4],
    [2, 3],
  ];
  expect(within(hits, 60, MINUTE_MS + 1)).toEqual([[2, 3]]);
});

it('keeps hits in order where a limit with shorter steps follows', () => {
  const { hits } = consume([], { attempts: 2_000, windowSeconds: 3600 }, 1);
  expect(hits).toEqual([[3600, 1]]);
  expect(consume(hits, TEN, 2).hits).toEqual([[3600, 2]]);
});

it('stores about 1,000 entries for a limit of a million', () => {
  const limit = { attempts: 1_000_000, windowSeconds: 3600 };
  let hits: readonly Hit[] = [];
  for (let nowMs = 0; nowMs < 7_200_000; nowMs += 333) ({ hits } = consume(hits, limit, nowMs));
  expect(hits.length).toBeLessThanOrEqual(1_001);
});

/** The part of a window that passes before a burst: anything, or almost all of it. */
const anyGap = fc.oneof(
  fc.double({ min: 0, max: 1.2, noNaN: true }),
  fc.constantFrom(0.999, 0.9995, 0.9999, 1, 1.0005),
);

type Bursts = readonly (readonly [gap: number, attempts: number])[];

/** Makes all attempts, and collects the moments of admitted and refused ones. */
function run(limit: Limit, bursts: Bursts) {
  const admittedMs: number[] = [];
  const refusedMs: number[] = [];
  let hits: readonly Hit[] = [];
  let nowMs = 1_700_000_000_000;
  for (const [gap, attempts] of bursts) {
    nowMs += Math.floor(gap * limit.windowSeconds * 1000);
    for (let n = 0; n < attempts; n += 1) {
      const answer = consume(hits, limit, nowMs);
      ({ hits } = answer);
      (answer.admission.admitted ? admittedMs : refusedMs).push(nowMs);
    }
  }
  return { admittedMs, refusedMs, hits, nowMs };
}

const countIn = (timesMs: readonly number[], afterMs: number, untilMs: number) =>
  timesMs.filter((atMs) => atMs > afterMs && atMs <= untilMs).length;

describe.each([
  {
    name: 'up to 1,000 attempts',
    attempts: fc.integer({ min: 1, max: 12 }),
    bursts: fc.array(fc.tuple(anyGap, fc.nat(6)), { minLength: 5, maxLength: 60 }),
    stepMs: () => 0,
  },
  {
    name: 'more than 1,000 attempts',
    attempts: fc.integer({ min: 1001, max: 3000 }),
    bursts: fc.array(fc.tuple(anyGap, fc.nat(900)), { minLength: 2, maxLength: 12 }),
    stepMs: ({ windowSeconds }: Limit) => windowSeconds + 1,
  },
])('a limit of $name', ({ attempts, bursts, stepMs }) => {
  const anyLimit = fc.record({ attempts, windowSeconds: fc.integer({ min: 1, max: 3600 }) });

  it('is never exceeded in any window, and refuses only where it is used up but for one step', () => {
    expect.hasAssertions();
    fc.assert(
      fc.property(anyLimit, bursts, (limit, all) => {
        const windowMs = limit.windowSeconds * 1000;
        const { admittedMs, refusedMs, hits } = run(limit, all);
        for (const atMs of new Set(admittedMs)) {
          const inWindow = countIn(admittedMs, atMs - windowMs, atMs);
          expect(inWindow).toBeLessThanOrEqual(limit.attempts);
        }
        for (const atMs of new Set(refusedMs)) {
          const inWindow = countIn(admittedMs, atMs - windowMs - stepMs(limit), atMs);
          expect(inWindow).toBeGreaterThanOrEqual(limit.attempts);
        }
        expect(hits.length).toBeLessThanOrEqual(Math.min(limit.attempts, 1001));
      }),
    );
  });

  it('names the first moment of admission, to a narrower limit too', () => {
    expect.hasAssertions();
    fc.assert(
      fc.property(anyLimit, bursts, fc.double({ min: 0, max: 1, noNaN: true }), (...drawn) => {
        const [limit, all, share] = drawn;
        const { hits, nowMs } = run(limit, [...all, [0, limit.attempts]]);
        const narrower = { ...limit, attempts: Math.ceil(share * limit.attempts) || 1 };
        const answer = admission(hits, narrower, nowMs);
        expect(answer.admitted).toBe(false);
        if (answer.admitted) return;
        expect(admission(hits, narrower, answer.retryAtMs)).toEqual(ADMITTED);
        expect(admission(hits, narrower, answer.retryAtMs - 1)).toEqual(answer);
      }),
    );
  });
});
