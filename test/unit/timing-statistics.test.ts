/** The statistics that `npm run prove:timing` passes judgement with. */
import { describe, expect, it } from 'vitest';
import { report } from '../../tools/prove/timing/report.ts';
import {
  compare,
  comparePairs,
  resolutionOf,
  summaryOf,
  THRESHOLD,
  welch,
} from '../../tools/prove/timing/statistics.ts';
import { quantile } from '../../tools/statistics.ts';

/** Student's sleep data (1908); R's `t.test(extra ~ group)` says t = -1.8608. */
const SLEEP = [
  [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2],
  [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
] as const;

/** Times like a server's: a base value, a tail, and now and then something else entirely. */
function times(seed: number, { count = 400, base = 80, outliers = 0.02 } = {}): number[] {
  let state = seed;
  const uniform = () => {
    // Park and Miller's generator: the same numbers everywhere.
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  return Array.from({ length: count }, () => {
    const tail = -2 * Math.log(uniform());
    return base + tail + (uniform() < outliers ? 300 * uniform() : 0);
  });
}

const slower = (samples: readonly number[], ms: number) => samples.map((sample) => sample + ms);

describe('the test', () => {
  it('is Welch’s', () => {
    const [one, other] = SLEEP;
    expect(welch(one, other)).toBeCloseTo(-1.8608, 4);
    expect(welch(other, one)).toBeCloseTo(1.8608, 4);
    // Of unequal sizes and variances, where Student's own would say -1.5275.
    expect(welch([1, 2, 3], [2, 4, 6, 8])).toBeCloseTo(-3 / Math.sqrt(1 / 3 + 20 / 12), 10);
  });

  it('takes the unbiased variance, and the middle as it is usually taken', () => {
    expect(summaryOf([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({
      mean: 5,
      variance: 32 / 7,
      median: 4.5,
    });
    expect(quantile([4, 1, 3, 2], 0.9)).toBeCloseTo(3.7, 10);
  });

  it('does not call equal constants different, and does call different ones so', () => {
    expect(welch([1, 1], [1, 1])).toBe(0);
    expect(Math.abs(welch([1, 1], [2, 2]))).toBeGreaterThan(THRESHOLD);
  });
});

describe('the comparison', () => {
  it('sees past outliers what all samples together hide', () => {
    const [one, other] = [times(1), slower(times(2), 0.8)];
    expect(Math.abs(welch(one, other))).toBeLessThan(THRESHOLD);
    expect(compare(other, one).t).toBeGreaterThan(THRESHOLD);
  });

  it('sees through noise that is all but everything', () => {
    const noisy = (seed: number) => times(seed, { outliers: 0.7 });
    const [one, other] = [noisy(31), slower(noisy(32), 3)];
    expect(compare(other, one)).toMatchObject({ share: 0.2 });
    expect(compare(other, one).t).toBeGreaterThan(THRESHOLD);
  });

  it('sees a difference that only the slow half has', () => {
    const late = (sample: number, index: number) => (index % 2 === 0 ? sample + 60 : sample);
    expect(compare(times(3).map(late), times(4)).t).toBeGreaterThan(THRESHOLD);
  });

  it('sees two kinds that share no times', () => {
    expect(Math.abs(compare(times(5), slower(times(6), 1000)).t)).toBeGreaterThan(THRESHOLD);
  });

  it.each([400, 30])('leaves alone what is alike, 1,000 times over, at %i samples', (count) => {
    const verdicts = Array.from({ length: 1000 }, (_, n) =>
      Math.abs(compare(times(2 * n + 7, { count }), times(2 * n + 8, { count })).t),
    );
    expect(Math.max(...verdicts)).toBeLessThan(THRESHOLD);
  });
});

const where = { operation: 'login', contract: { name: 'tiny' } } as Parameters<typeof report>[0];

describe('of all pairs', () => {
  const kinds = new Map([
    ['unknown', times(11)],
    ['known', slower(times(12), 5)],
    ['inactive', times(13)],
  ]);

  it('the one that differs most comes first, and each is there once', () => {
    const pairs = comparePairs(kinds);
    expect(pairs.map(({ kinds: names }) => names.toSorted().join()).toSorted()).toEqual([
      'inactive,known',
      'inactive,unknown',
      'known,unknown',
    ]);
    expect(pairs.at(-1)?.kinds).toEqual(['unknown', 'inactive']);
  });

  it('the report names those beyond the threshold, and does not pass them', () => {
    const { text, passed } = report(where, kinds);
    expect(passed).toBe(false);
    expect(text.match(/TOLD APART/g)).toHaveLength(2);
    expect(text).toContain('### login at tiny');
    kinds.set('known', times(12));
    expect(report(where, kinds).passed).toBe(true);
  });

  it('the report does not pass what is alike, but too noisy to tell', () => {
    const few = times(15, { count: 40, base: 0 });
    const { text, passed } = report(
      where,
      new Map([
        ['one', few],
        ['two', few],
      ]),
    );
    expect(text).toContain('largest |t| 0.00');
    expect(text).toContain('TOO NOISY');
    expect(passed).toBe(false);
  });
});

describe('the resolution', () => {
  it('is a delay that is found, where a tenth less is not, whichever kind has it', () => {
    const kinds = new Map([
      ['one', times(21)],
      ['two', times(22)],
    ]);
    const least = resolutionOf(kinds);
    const isFound = (delay: number) =>
      ['one', 'two'].every((slow) => {
        const delayed = [...kinds].map(([name, all]): [string, number[]] => [
          name,
          name === slow ? slower(all, delay) : all,
        ]);
        return Math.abs(comparePairs(new Map(delayed))[0]?.t ?? 0) > THRESHOLD;
      });
    expect([isFound(least), isFound(least * 0.9)]).toEqual([true, false]);
  });
});
