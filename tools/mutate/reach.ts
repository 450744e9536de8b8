/** Which tests run which functions, so that a break is shown to tests that can notice it. */
import { parseAst } from 'vitest/node';

/** What a test file ran, by the identifiers of `instrumented`. */
export type Reach = ReadonlyMap<string, ReadonlySet<string>>;

interface Body {
  start: number;
  end: number;
  isBlock: boolean;
}

function bodiesOf(source: string, language: 'ts' | 'tsx'): Body[] {
  const bodies: Body[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { type, body } = node as { type?: string; body?: Body & { type: string } };
    if (type !== undefined && /Function/.test(type) && body !== undefined && body !== null) {
      bodies.push({ start: body.start, end: body.end, isBlock: body.type === 'BlockStatement' });
    }
    for (const child of Object.values(node)) visit(child);
  };
  visit(parseAst(source, { lang: language }));
  return bodies;
}

/** The source, with every function noting that it ran in a set of its global object. */
export function instrumented(file: string, source: string, language: 'ts' | 'tsx'): string {
  const insertions = bodiesOf(source, language).flatMap(({ start, end, isBlock }) => {
    const note = `(globalThis.ran ??= new Set()).add('${file}:${start}')`;
    return isBlock
      ? [{ at: start + 1, text: `${note};` }]
      : [
          { at: start, text: `(${note}, ` },
          { at: end, text: ')' },
        ];
  });
  // From the end on; what closes comes before what opens at the same place.
  insertions.sort((one, other) => other.at - one.at);
  let text = source;
  for (const { at, text: inserted } of insertions) {
    text = text.slice(0, at) + inserted + text.slice(at);
  }
  return `// @ts-nocheck\n${text}`;
}

/** For a setup file: hands what ran over to the runner when a test file ends. */
export const HAND_OVER = `
import { afterAll as afterTheFile } from 'vitest';
afterTheFile(({}, suite) => { suite.file.meta.ran = [...(globalThis.ran ?? [])]; });
`;

/**
 * The test files worth running for a break at `position`, most specific first: those that ran the
 * innermost function around it, or, where it runs when its module is loaded, all of them.
 */
export function testsFor(
  reach: Reach,
  {
    file,
    source,
    language,
    start,
  }: { file: string; source: string; language: 'ts' | 'tsx'; start: number },
): string[] {
  const around = bodiesOf(source, language)
    .filter((body) => body.start <= start && start < body.end)
    .toSorted((one, other) => other.start - one.start)[0];
  const breadth = (test: string) => reach.get(test)?.size ?? 0;
  const tests = [...reach.keys()].toSorted((one, other) => breadth(one) - breadth(other));
  if (around !== undefined) {
    return tests.filter((test) => reach.get(test)?.has(`${file}:${around.start}`));
  }
  const prefix = `${file}:`;
  const runsModule = (test: string) =>
    [...(reach.get(test) ?? [])].some((place) => place.startsWith(prefix));
  return [...tests.filter(runsModule), ...tests.filter((test) => !runsModule(test))];
}
