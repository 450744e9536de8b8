/** The mutants of `npm run mutate`. */
import { expect, it } from 'vitest';
import { createDraw, linesOf, mutantsOf, mutated } from '../../tools/mutate/mutants.ts';

const mutationsOf = (source: string, kind: string) =>
  mutantsOf(source)
    .filter((one) => one.kind === kind)
    .map((one) => mutated(source, one));

it.each([
  ['condition', 'if (a) b();', ['if (!(a)) b();']],
  ['condition', 'x = a ? 1 : 2;', ['x = !(a) ? 1 : 2;']],
  ['condition', 'f(!a);', ['f(a);']],
  ['boundary', 'f(a < b);', ['f(a <= b);']],
  ['logic', 'f(a && b);', ['f(a || b);']],
  ['equality', "f(a === 'b');", ["f(a !== 'b');"]],
  ['arithmetic', 'f(a + b);', ['f(a - b);']],
  ['statement', '{ a(); b(); }', ['{ ; b(); }', '{ a(); ; }']],
  [
    'statement',
    'function f() { if (a) return; }',
    ['function f() { ; }', 'function f() { if (a) ; }'],
  ],
  ['member', 'and(a, b, c);', ['and(b, c);', 'and(a, c);', 'and(a, b);']],
  ['member', 'f([a(), ...b]);', ['f([...b]);', 'f([a()]);']],
  ['property', 'f({ a: 1, ...b });', ['f({ ...b });', 'f({ a: 1 });']],
  ['number', 'f(41);', ['f(42);']],
  ['string', "f('a', '');", ["f('', '');", "f('a', 'broken');"]],
  ['boolean', 'f(true);', ['f(false);']],
  ['return', 'const f = () => a;', ['const f = () => !(a);']],
  ['return', 'function f() { return a; }', ['function f() { return !(a); }']],
  ['sql', 'sql`a = ${b} and c`;', ['sql`a <> ${b} and c`;', 'sql`a = ${b} or c`;']],
])('%s: %s', (kind, source, expected) => {
  expect(mutationsOf(source, kind)).toEqual(expected);
});

it('imports what the replacement calls, unless it is there', () => {
  const source = "import { gt } from 'drizzle-orm';\ngt(a, b);\n";
  expect(mutationsOf(source, 'boundary')).toEqual([
    "import { gt } from 'drizzle-orm';\ngte(a, b);\nimport { gte } from 'drizzle-orm';\n",
  ]);
  const both = "import { gt, gte } from 'drizzle-orm';\ngt(a, b);\n";
  expect(mutationsOf(both, 'boundary')).toEqual([
    "import { gt, gte } from 'drizzle-orm';\ngte(a, b);\n",
  ]);
});

it.each([
  "import a from 'a';",
  "type A = 'a' | 1;",
  "const a: 'a' = b;",
  "f<'a'>(b);",
  'a.b;',
  'toString(b);',
])('mutates no import, type or name: %s', (source) => {
  expect(mutantsOf(source).filter(({ kind }) => kind !== 'statement')).toEqual([]);
});

it('reports where a mutant is and what it changes', () => {
  const source = 'const f = () => {\n  const g = a\n    && b;\n};\n';
  const [one] = mutantsOf(source);
  expect(one?.within).toBe('f.g');
  expect(one && linesOf(source, one)).toEqual({ line: 3, before: '&& b;', after: '|| b;' });
});

it('draws the same for the same seed, every kind equally often, and nothing twice', () => {
  const all = [
    ...Array.from({ length: 90 }, (_, n) => ({ kind: 'string', n })),
    ...Array.from({ length: 10 }, (_, n) => ({ kind: 'logic', n })),
  ];
  const drawn = (seed: number) => [...createDraw(all, seed)];
  expect(drawn(1)).toEqual(drawn(1));
  expect(drawn(1)).not.toEqual(drawn(2));
  expect(new Set(drawn(1)).size).toBe(100);
  expect(
    drawn(1)
      .slice(0, 16)
      .filter(({ kind }) => kind === 'logic').length,
  ).toBeGreaterThan(3);
});
