/** Tells what was measured, and whether it passes. */
import type { Plan } from './measure.ts';
import { comparePairs, resolutionOf, summaryOf, THRESHOLD, type Pair } from './statistics.ts';

/** One slice of a hash of six. What is coarser could miss a decoy that is one slice short. */
const COARSEST = 1 / 6;

export function report(
  { operation, contract }: Pick<Plan, 'operation' | 'contract'>,
  taken: ReadonlyMap<string, readonly number[]>,
): { text: string; passed: boolean } {
  const rows = [...taken].map(([kind, samples]) => {
    const { median, mean, variance } = summaryOf(samples);
    const figures = [median, mean, Math.sqrt(variance)].map((ms) => ms.toFixed(3));
    return [kind, String(samples.length), ...figures];
  });
  const pairs = comparePairs(taken);
  const told = pairs.filter(({ t }) => !(Math.abs(t) <= THRESHOLD));
  // What is told apart already says nothing of what would be.
  const resolution = told.length > 0 ? null : resolutionOf(taken);
  const typical = summaryOf([...taken.values()].flat()).median;
  const tooNoisy = resolution !== null && resolution > typical * COARSEST;
  const lines = [
    '',
    `### ${operation} at ${contract.name}`,
    '',
    ...table([['kind', 'n', 'median, ms', 'mean', 'sd'], ...rows]),
    '',
    ...(told.length > 0 ? told : pairs.slice(0, 1)).map(shown),
    ...(resolution === null
      ? []
      : [`smallest delay that would have been told: ${resolution.toFixed(3)} ms`]),
    ...(tooNoisy ? ['TOO NOISY: that is more than a sixth of an answer'] : []),
  ];
  return { text: lines.join('\n'), passed: told.length === 0 && !tooNoisy };
}

function shown({ t, share, kinds: [one, other] }: Pair): string {
  const where = share === 1 ? 'all samples' : `the fastest ${share * 100} %`;
  const verdict = Math.abs(t) <= THRESHOLD ? 'largest |t|' : 'TOLD APART: |t|';
  return `${verdict} ${Math.abs(t).toFixed(2)}, ${one} / ${other}, in ${where}`;
}

function table(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  return rows.flatMap((row, index) => {
    const cells = row.map((cell, at) =>
      at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
    );
    const rule = widths.map((width, at) =>
      at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
    );
    const line = `| ${cells.join(' | ')} |`;
    return index === 0 ? [line, `| ${rule.join(' | ')} |`] : [line];
  });
}
