/** Reports the tested mutants by folder, and those that survived. */
import type { Kind } from './mutants.ts';

export interface Tested {
  file: string;
  line: number;
  kind: Kind;
  within: string;
  before: string;
  after: string;
  /** The first test that failed; null where the mutant survived. */
  killedBy: string | null;
}

/** Identified by its text and not by its line, which moves. */
export interface Accepted {
  file: string;
  within: string;
  before: string;
  after: string;
  reason: string;
}

export const isAccepted = (one: Omit<Accepted, 'reason'>, accepted: readonly Accepted[]) =>
  accepted.some(
    ({ file, within, before, after }) =>
      file === one.file && within === one.within && before === one.before && after === one.after,
  );

const killed = (mutants: readonly Tested[]) =>
  mutants.filter(({ killedBy }) => killedBy !== null).length;

/** `share`: killed, of those that are not accepted, in percent. */
export function report(tested: readonly Tested[], accepted: readonly Accepted[]) {
  const folders = Map.groupBy(tested, ({ file }) => file.split('/').slice(0, -1).join('/'));
  const lines = [...folders]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([folder, own]) => `${folder}: ${killed(own)} of ${own.length} killed`);
  const survivors = tested.filter(({ killedBy }) => killedBy === null);
  const open = survivors.filter((one) => !isAccepted(one, accepted));
  const asJson = open.map((one) => JSON.stringify({ ...one, killedBy: undefined }));
  const share = (100 * killed(tested)) / Math.max(1, killed(tested) + open.length);
  const sum = `${killed(tested)} of ${tested.length} killed, ${survivors.length - open.length} accepted: ${share.toFixed(1)} %`;
  return { text: ['', ...lines, sum, '', ...asJson].join('\n'), share };
}
