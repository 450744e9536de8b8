/**
 * Metric series as additive arrays: two sums are added element by element. A counter is one number; a
 * histogram is a number per bucket, followed by the sum of all values.
 *
 * Label values come from the code alone (contracts, operations, reasons, templates, calls), never
 * from a request; MAX_SERIES bounds the damage of a mistake.
 */

/** Inclusive upper bounds; values above the last have a bucket, too. A change restarts histograms. */
export const BUCKETS_MS: readonly number[] = [
  5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000,
];

const MAX_SERIES = 2_000;
export const DROPPED = 'auth_metrics_dropped_total';

/** Keyed by the series in exposition notation: `name{label="value"}`. */
export type Sums = Map<string, number[]>;
export type Labels = Readonly<Record<string, string>>;

const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

export function seriesOf(name: string, labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([label, value]) =>
      `${label}="${value.replaceAll(/[\\"\n]/g, (character) => ESCAPED[character] ?? '')}"`,
  );
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

/** Returns one duration as a histogram. */
export function timed(ms: number): number[] {
  const at = BUCKETS_MS.findIndex((upTo) => ms <= upTo);
  const bucket = at < 0 ? BUCKETS_MS.length : at;
  return [...Array.from({ length: BUCKETS_MS.length + 1 }, (_, n) => (n === bucket ? 1 : 0)), ms];
}

/** Adds `more` to `sums`. New series beyond MAX_SERIES are counted as dropped. */
export function addTo(sums: Sums, more: Iterable<readonly [string, readonly number[]]>): void {
  for (const [series, numbers] of more) {
    const sum = sums.get(series);
    if (sum?.length === numbers.length) {
      for (const [at, number] of numbers.entries()) sum[at] = (sum[at] ?? 0) + number;
    } else if (sum !== undefined || sums.size < MAX_SERIES || series === DROPPED) {
      sums.set(series, [...numbers]);
    } else {
      addTo(sums, [[DROPPED, [1]]]);
    }
  }
}
