/**
 * Decides whether two kinds of requests take different times: Welch's t-test, as dudect uses it
 * (Reparaz, Balasch and Verbauwhede, "Dude, is my code constant time?", 2017).
 *
 * It is applied to all samples, and to the fastest nine tenths, half and fifth: other processes and
 * garbage collection slow some requests of every kind, and hide a difference that every undisturbed
 * sample shows. The cut is at one time for both kinds, so that equal kinds stay equal.
 */
import { median, quantile } from '../../statistics.ts';

/** Beyond this two kinds differ: by chance in one of 150,000 pairs. */
export const THRESHOLD = 4.5;

const SHARES = [1, 0.9, 0.5, 0.2];

/** Fewer samples have no useful t. A kind with fewer among the fastest is slow among all. */
export const MINIMUM = 30;

export type Samples = readonly number[];

export function summaryOf(samples: Samples) {
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
  const squares = samples.reduce((sum, sample) => sum + (sample - mean) ** 2, 0);
  // The variance is unbiased.
  return { mean, variance: squares / (samples.length - 1), median: median(samples) };
}

/** Welch's t of two means whose variances may differ; positive where the first is slower. */
export function welch(one: Samples, other: Samples): number {
  const [a, b] = [summaryOf(one), summaryOf(other)];
  const difference = a.mean - b.mean;
  const error = Math.sqrt(a.variance / one.length + b.variance / other.length);
  if (error === 0) return difference === 0 ? 0 : Math.sign(difference) * Number.POSITIVE_INFINITY;
  return difference / error;
}

export interface Comparison {
  t: number;
  /** The share of the fastest samples in which it was found. */
  share: number;
}

/** The comparison with the largest |t|. */
export function compare(one: Samples, other: Samples): Comparison {
  let largest: Comparison = { t: 0, share: 1 };
  for (const share of SHARES) {
    const cut = quantile([...one, ...other], share);
    const [a = [], b = []] = [one, other].map((all) => all.filter((sample) => sample <= cut));
    if (Math.min(a.length, b.length) < MINIMUM) continue;
    const t = welch(a, b);
    if (Math.abs(t) > Math.abs(largest.t)) largest = { t, share };
  }
  return largest;
}

export interface Pair extends Comparison {
  kinds: readonly [string, string];
}

/** Every pair of kinds, the one that differs most first. */
export function comparePairs(kinds: ReadonlyMap<string, Samples>): Pair[] {
  const all = [...kinds];
  const pairs = all.flatMap(([one, own], index) =>
    all
      .slice(index + 1)
      .map(([other, others]): Pair => ({ kinds: [one, other], ...compare(own, others) })),
  );
  return pairs.toSorted((one, other) => Math.abs(other.t) - Math.abs(one.t));
}

/**
 * The smallest delay that would have been found, whichever kind had it: the same samples, those of
 * one kind delayed until it differs from another. It says how much a passed comparison is worth.
 */
export function resolutionOf(kinds: ReadonlyMap<string, Samples>): number {
  const smallest = [...kinds].map(([slow, own]) => {
    const isFound = (delay: number) =>
      [...kinds].some(([name, samples]) => {
        if (name === slow) return false;
        const delayed = own.map((sample) => sample + delay);
        return compare(delayed, samples).t > THRESHOLD;
      });
    let [missed, found] = [0, 1e-3];
    while (!isFound(found)) [missed, found] = [found, found * 2];
    while (found - missed > found / 50) {
      const middle = (missed + found) / 2;
      if (isFound(middle)) found = middle;
      else missed = middle;
    }
    return found;
  });
  return Math.max(...smallest);
}
