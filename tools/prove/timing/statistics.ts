/**
 * Whether two kinds of requests take different times: Welch's t-test, as dudect uses it (Reparaz,
 * Balasch and Verbauwhede, "Dude, is my code constant time?", 2017).
 *
 * It is asked of all samples, and again of the fastest nine tenths, half and fifth. What makes a
 * request slow (another process, a garbage collector) has nothing to do with its kind, and hides a
 * difference that every undisturbed sample shows. The cut is made at one time for both kinds, so
 * that equal kinds stay equal.
 */

/** Beyond this, two kinds differ: by chance in one of 150,000 pairs. */
export const THRESHOLD = 4.5;

/** How much of two kinds' samples is looked at. */
const SHARES = [1, 0.9, 0.5, 0.2];

/** Fewer have no t worth the name. A kind that has fewer among the fastest is slow among all. */
export const LEAST = 30;

export type Samples = readonly number[];

export interface Summary {
  mean: number;
  /** Unbiased. */
  variance: number;
  median: number;
}

export function summaryOf(samples: Samples): Summary {
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
  const squares = samples.reduce((sum, sample) => sum + (sample - mean) ** 2, 0);
  return { mean, variance: squares / (samples.length - 1), median: quantile(samples, 0.5) };
}

/** Between neighbours by their distance, as R's type 7 and numpy do. */
export function quantile(samples: Samples, share: number): number {
  const sorted = Float64Array.from(samples).toSorted();
  const at = (sorted.length - 1) * share;
  const [below = Number.NaN, above = below] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return below + (above - below) * (at - Math.floor(at));
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
  /** How much of the samples it was found in. */
  share: number;
}

/** The comparison that tells the two apart best. */
export function compare(one: Samples, other: Samples): Comparison {
  let most: Comparison = { t: 0, share: 1 };
  for (const share of SHARES) {
    const cut = quantile([...one, ...other], share);
    const [a, b] = [one, other].map((samples) => samples.filter((sample) => sample <= cut));
    if (a === undefined || b === undefined || Math.min(a.length, b.length) < LEAST) continue;
    const t = welch(a, b);
    if (Math.abs(t) > Math.abs(most.t)) most = { t, share };
  }
  return most;
}

export interface Pair extends Comparison {
  kinds: readonly [string, string];
}

/** Every pair of kinds, the one that differs most first. */
export function comparePairs(kinds: ReadonlyMap<string, Samples>): Pair[] {
  const all = [...kinds];
  const pairs = all.flatMap(([one, ours], index) =>
    all
      .slice(index + 1)
      .map(([other, theirs]): Pair => ({ kinds: [one, other], ...compare(ours, theirs) })),
  );
  return pairs.toSorted((one, other) => Math.abs(other.t) - Math.abs(one.t));
}

/**
 * The smallest delay that would have been told, whichever kind had it: the same samples, those of
 * one kind made slower until it differs from another. How much a gate that was passed is worth.
 */
export function resolutionOf(kinds: ReadonlyMap<string, Samples>): number {
  const least = [...kinds.keys()].map((slow) => {
    const tells = (delay: number) =>
      [...kinds].some(([name, samples]) => {
        if (name === slow) return false;
        const delayed = (kinds.get(slow) ?? []).map((sample) => sample + delay);
        return compare(delayed, samples).t > THRESHOLD;
      });
    let [missed, told] = [0, 1e-3];
    while (!tells(told)) [missed, told] = [told, told * 2];
    while (told - missed > told / 50) {
      const middle = (missed + told) / 2;
      if (tells(middle)) told = middle;
      else missed = middle;
    }
    return told;
  });
  return Math.max(...least);
}
