/** Reports the samples of an operation, and whether its kinds are indistinguishable. */
import { table } from '../../table.ts';
import type { Plan } from './measure.ts';
import { comparePairs, resolutionOf, summaryOf, THRESHOLD, type Pair } from './statistics.ts';

/** One slice of a hash of six. A coarser measurement could miss a decoy that is one slice short. */
const COARSEST = 1 / 6;

export function report(
  { operation, contract }: Pick<Plan, 'operation' | 'contract'>,
  samples: ReadonlyMap<string, readonly number[]>,
): { text: string; passed: boolean } {
  const rows = [...samples].map(([kind, own]) => {
    const { median, mean, variance } = summaryOf(own);
    const figures = [median, mean, Math.sqrt(variance)].map((ms) => ms.toFixed(3));
    return [kind, String(own.length), ...figures];
  });
  const pairs = comparePairs(samples);
  const different = pairs.filter(({ t }) => !(Math.abs(t) <= THRESHOLD));
  // Samples that differ already do not show which delay would have been found.
  const resolution = different.length > 0 ? null : resolutionOf(samples);
  const typical = summaryOf([...samples.values()].flat()).median;
  const isTooNoisy = resolution !== null && resolution > typical * COARSEST;
  const lines = [
    '',
    `### ${operation} at ${contract.name}`,
    '',
    table(['kind', 'n', 'median, ms', 'mean', 'sd'], rows),
    '',
    ...(different.length > 0 ? different : pairs.slice(0, 1)).map(describe),
    ...(resolution === null
      ? []
      : [`smallest delay that would have been found: ${resolution.toFixed(3)} ms`]),
    ...(isTooNoisy ? ['TOO NOISY: that is more than a sixth of an answer'] : []),
  ];
  return { text: lines.join('\n'), passed: different.length === 0 && !isTooNoisy };
}

function describe({ t, share, kinds: [one, other] }: Pair): string {
  const where = share === 1 ? 'all samples' : `the fastest ${share * 100} %`;
  const verdict = Math.abs(t) <= THRESHOLD ? 'largest |t|' : 'TOLD APART: |t|';
  return `${verdict} ${Math.abs(t).toFixed(2)}, ${one} / ${other}, in ${where}`;
}
