/** What came of the breaks, by folder, and those that no test noticed. */
import type { Kind } from './breaks.ts';

export interface Judged {
  file: string;
  line: number;
  kind: Kind;
  within: string;
  before: string;
  after: string;
  /** The first test that failed; null: none did. */
  noticedBy: string | null;
}

/** Named by what is there and not by its line, which moves. */
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

/** `share`: noticed, of those that are not accepted, in percent. */
export function report(judged: readonly Judged[], accepted: readonly Accepted[]) {
  const folderOf = ({ file }: Judged) => file.split('/').slice(0, -1).join('/');
  const folders = Map.groupBy(judged, folderOf);
  const lines = [...folders]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([folder, ones]) => `${folder}: ${noticed(ones).length} of ${ones.length} noticed`);
  const survivors = judged.filter(({ noticedBy }) => noticedBy === null);
  const open = survivors.filter((one) => !isAccepted(one, accepted));
  const asJson = open.map(({ file, line, kind, within, before, after }) =>
    JSON.stringify({ file, line, kind, within, before, after }),
  );
  const share = (100 * noticed(judged).length) / Math.max(1, noticed(judged).length + open.length);
  const sum = `${noticed(judged).length} of ${judged.length} noticed, ${survivors.length - open.length} accepted: ${share.toFixed(1)} %`;
  return { text: ['', ...lines, sum, '', ...asJson].join('\n'), share };
}

const noticed = (ones: readonly Judged[]) => ones.filter(({ noticedBy }) => noticedBy !== null);
