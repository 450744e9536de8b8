/** Records which functions each test file runs, to choose the tests that can kill a mutant. */
import { parseAst } from 'vitest/node';

/** The functions that each test file ran, by the identifiers of `instrumented`. */
export type Coverage = ReadonlyMap<string, ReadonlySet<string>>;

export interface SourceFile {
  file: string;
  source: string;
  language: 'ts' | 'tsx';
}

interface Body {
  start: number;
  end: number;
  isBlock: boolean;
}

function bodiesOf({ source, language }: Omit<SourceFile, 'file'>): Body[] {
  const bodies: Body[] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { type, body } = node as { type?: string; body?: Body & { type: string } };
    if (type !== undefined && /Function/.test(type) && body !== undefined && body !== null) {
      bodies.push({ start: body.start, end: body.end, isBlock: body.type === 'BlockStatement' });
    }
    for (const child of Object.values(node)) walk(child);
  };
  walk(parseAst(source, { lang: language }));
  return bodies;
}

/** The source, with every function noting that it ran in a global set. */
export function instrumented({ file, ...rest }: SourceFile): string {
  const insertions = bodiesOf(rest).flatMap(({ start, end, isBlock }) => {
    const note = `(globalThis.ran ??= new Set()).add('${file}:${start}')`;
    return isBlock
      ? [{ at: start + 1, text: `${note};` }]
      : [
          { at: start, text: `(${note}, ` },
          { at: end, text: ')' },
        ];
  });
  // From the end; at the same place, what closes comes before what opens.
  insertions.sort((one, other) => other.at - one.at);
  let text = rest.source;
  for (const { at, text: inserted } of insertions) {
    text = text.slice(0, at) + inserted + text.slice(at);
  }
  return `// @ts-nocheck\n${text}`;
}

/** For a setup file: passes what ran to the runner when a test file ends. */
export const REPORT_COVERAGE = `
import { afterAll as afterTheFile } from 'vitest';
afterTheFile(({}, suite) => { suite.file.meta.ran = [...(globalThis.ran ?? [])]; });
`;

/**
 * The test files for a mutant at `start`, most specific first: those that ran the innermost function
 * enclosing it, or all, where it runs when its module is loaded.
 */
export function testsFor(coverage: Coverage, at: SourceFile & { start: number }): string[] {
  const enclosing = bodiesOf(at)
    .filter((body) => body.start <= at.start && at.start < body.end)
    .toSorted((one, other) => other.start - one.start)[0];
  const functionsOf = (test: string) => coverage.get(test) ?? new Set<string>();
  const tests = [...coverage.keys()].toSorted(
    (one, other) => functionsOf(one).size - functionsOf(other).size,
  );
  if (enclosing !== undefined) {
    return tests.filter((test) => functionsOf(test).has(`${at.file}:${enclosing.start}`));
  }
  const runsModule = (test: string) =>
    [...functionsOf(test)].some((place) => place.startsWith(`${at.file}:`));
  return [...tests.filter(runsModule), ...tests.filter((test) => !runsModule(test))];
}
