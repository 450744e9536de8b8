/** Findings of `npm run check`. */
export interface Finding {
  /** An error would fail the deployment or its users; a note is to be known. */
  level: 'error' | 'note';
  /** The setting, the entry of wrangler.toml, or the command. */
  place: string;
  problem: string;
  remedy: string;
}

export const error = (place: string, problem: string, remedy: string): Finding => ({
  level: 'error',
  place,
  problem,
  remedy,
});

export const note = (place: string, problem: string, remedy: string): Finding => ({
  ...error(place, problem, remedy),
  level: 'note',
});

/** One line, without control characters: names come from files. */
export const lineOf = ({ level, place, problem, remedy }: Finding): string =>
  `${level}  ${place}: ${problem}. ${remedy}.`.replaceAll(/\p{C}+/gu, ' ');

/** The candidate with the fewest edits, or null where all differ in more than a third. */
export function nearest(name: string, candidates: readonly string[]): string | null {
  const [best] = candidates
    .map((candidate) => ({ candidate, edits: editsBetween(name, candidate) }))
    .toSorted((one, other) => one.edits - other.edits);
  return best !== undefined && best.edits <= Math.max(2, name.length / 3) ? best.candidate : null;
}

/** Levenshtein distance, without regard to case. */
function editsBetween(one: string, other: string): number {
  const target = other.toLowerCase();
  let row = Array.from({ length: target.length + 1 }, (_, at) => at);
  for (const [index, character] of Array.from(one.toLowerCase()).entries()) {
    const next = [index + 1];
    for (let at = 1; at <= target.length; at += 1) {
      const replaced = (row[at - 1] ?? 0) + (target[at - 1] === character ? 0 : 1);
      next.push(Math.min(replaced, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
