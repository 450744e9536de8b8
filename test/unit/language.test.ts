/**
 * The language of comments: a comment starts with a verb or a noun phrase, never with a relative
 * clause, and uses no private terms. The linter's id-denylist does the same for identifiers.
 */
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

const RELATIVE_CLAUSE =
  /^(?:What|Whatever|Who|Whom|Whose|Whoever|Where|Wherever|Whether|Which|How|Why|That|Those|It|There|Nobody|Somebody|Someone|Everybody)\b/;
const PRIVATE_TERMS =
  /\b(?:whoever|whom|nobody|house|furnish(?:es|ed)?|desks?|letterheads?|pardons?|newcomers?|volleys?|besieged?)\b/i;

/** Returns the first lines of comments that break a rule. Only comments on lines of their own count. */
function violations(source: string): string[] {
  return [...source.matchAll(/^[ \t]*(?:\/\*[^]*?\*\/|(?:\/\/.*\n?[ \t]*)+)/gm)]
    .map(([comment]) =>
      comment
        .replaceAll(/^[ \t]*(?:\/\*\*?|\*\/|\*|\/\/)[ \t]?/gm, '')
        .replace(/\*\/$/, '')
        .trim(),
    )
    .filter((text) => RELATIVE_CLAUSE.test(text) || PRIVATE_TERMS.test(text))
    .map((text) => text.split('\n')[0] ?? '');
}

it.each([
  ['/** What a login leaves behind. */', 1],
  ['/**\n * Whoever asks gets an answer.\n */', 1],
  ['  // Who is over the limit was heard of before.', 1],
  ['/** Returns the mail of\n * whoever asks. */', 1],
  ['/** How tokens travel. */', 1],
  ['/** The house rules. */', 1],
  ['/** Returns what the caller sent. */', 0],
  ["const text = 'What is your name?'; // Whose name", 0],
])('judges %j', (source, count) => {
  expect(violations(source)).toHaveLength(count);
});

it('starts every comment with a verb or a noun phrase, in the terms of the field', () => {
  const files = globSync('{src,test,tools}/**/*.{ts,tsx,mjs}', { cwd: root }).filter(
    (file) => !file.endsWith('language.test.ts') && !file.includes('node_modules'),
  );
  expect(files.length).toBeGreaterThan(400);
  const found = files.flatMap((file) =>
    violations(readFileSync(join(root, file), 'utf8')).map((line) => `${file}: ${line}`),
  );
  expect(found).toEqual([]);
});
