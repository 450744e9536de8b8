/**
 * What is counted: series of additive numbers, so that whoever has two sums adds them place by
 * place. A counter is one number; a histogram is one for each bucket and, last, the sum of all.
 *
 * Labels hold names from the code alone (contracts, operations, reasons, letters, calls): never an
 * identifier or an address. The bound below is for the day when somebody forgets.
 */

/** Upper ends, inclusive; what is above the last has a bucket too. A change starts histograms anew. */
export const BUCKETS_MS: readonly number[] = [
  5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000,
];

export const MOST_SERIES = 2_000;
export const DROPPED = 'auth_metrics_dropped_total';

/** By the series' name with its labels, as it is written: `name{label="value"}`. */
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

/** One duration, as a histogram of its own. */
export function timed(ms: number): number[] {
  const at = BUCKETS_MS.findIndex((upTo) => ms <= upTo);
  const bucket = at < 0 ? BUCKETS_MS.length : at;
  return [...Array.from({ length: BUCKETS_MS.length + 1 }, (_, n) => (n === bucket ? 1 : 0)), ms];
}

/** Adds `more` to `sums`. New series that find no room are counted as dropped. */
export function addTo(sums: Sums, more: Iterable<readonly [string, readonly number[]]>): void {
  for (const [series, numbers] of more) {
    const sum = sums.get(series);
    if (sum?.length === numbers.length) {
      for (const [at, number] of numbers.entries()) sum[at] = (sum[at] ?? 0) + number;
    } else if (sum !== undefined || sums.size < MOST_SERIES || series === DROPPED) {
      sums.set(series, [...numbers]);
    } else {
      addTo(sums, [[DROPPED, [1]]]);
    }
  }
}
