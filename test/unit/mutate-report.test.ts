/** The tests that `npm run mutate` chooses for a mutant, and its report. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import accepted from '../../tools/mutate/accepted.json' with { type: 'json' };
import { instrumented, testsFor } from '../../tools/mutate/coverage.ts';
import { linesOf, mutantsOf } from '../../tools/mutate/mutants.ts';
import { isAccepted, report, type Tested } from '../../tools/mutate/report.ts';

const source = 'const a = 1;\nfunction f() {\n  return () => a;\n}\n';

it('notes each function when it runs, blocks and expressions alike', () => {
  const ran = new Function(
    `${instrumented({ file: 'x.ts', source, language: 'ts' })}\nf()(); f(); return [...globalThis.ran];`,
  );
  expect(ran()).toEqual(['x.ts:26', 'x.ts:43']);
  Reflect.deleteProperty(globalThis, 'ran');
});

it('runs the tests of the innermost function, those of few functions first', () => {
  const coverage = new Map([
    ['broad', new Set(['x.ts:26', 'x.ts:43', 'y.ts:1'])],
    ['outer', new Set(['x.ts:26'])],
    ['inner', new Set(['x.ts:26', 'x.ts:43'])],
    ['none', new Set(['y.ts:1'])],
  ]);
  const at = (start: number) => testsFor(coverage, { file: 'x.ts', source, language: 'ts', start });
  expect(at(source.indexOf('a;'))).toEqual(['inner', 'broad']);
  expect(at(source.indexOf('return'))).toEqual(['outer', 'inner', 'broad']);
  // Of the module itself: those that run something of it, then all others.
  expect(at(source.indexOf('1'))).toEqual(['outer', 'inner', 'broad', 'none']);
});

const tested = (file: string, killedBy: string | null, after = 'b'): Tested => ({
  file,
  line: 7,
  kind: 'logic',
  within: 'f',
  before: 'a',
  after,
  killedBy,
});

it('reports by folder, and counts accepted survivors neither way', () => {
  const accepted = [{ file: 'src/x/a.ts', within: 'f', before: 'a', after: 'b', reason: 'why' }];
  const { text, share } = report(
    [
      tested('src/x/a.ts', 'a test'),
      // The line is not part of what is accepted.
      { ...tested('src/x/a.ts', null), line: 99 },
      tested('src/x/a.ts', null, 'c'),
      tested('src/y/b.ts', 'a test'),
    ],
    accepted,
  );
  expect(share).toBeCloseTo(66.67);
  expect(text).toContain('src/x: 1 of 3 killed');
  expect(text).toContain('src/y: 1 of 1 killed');
  expect(text).toContain('2 of 4 killed, 1 accepted: 66.7 %');
  expect(text.match(/"file"/g)).toHaveLength(1);
});

it.each(accepted)('accepts $file: $after, which can be drawn, with a reason', (one) => {
  const source = readFileSync(one.file, 'utf8');
  const all = mutantsOf(source).map((found) => ({ ...one, ...found, ...linesOf(source, found) }));
  expect(all.filter((found) => isAccepted(found, [one]))).toHaveLength(1);
  expect(one.reason.length).toBeGreaterThan(20);
});
