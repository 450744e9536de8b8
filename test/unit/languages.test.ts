import { expect, it } from 'vitest';
import { languages, wordsIn } from '../../src/pages/languages/index.ts';

const [english] = languages;

/** Every text, under the way to it. */
function textsOf(value: object, before = ''): [string, string][] {
  return Object.entries(value).flatMap(([key, inner]: [string, string | object]) =>
    typeof inner === 'string' ? [[before + key, inner]] : textsOf(inner, `${before}${key}.`),
  );
}

const blanks = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted();

it.each(languages.map((words) => [words.tag, words] as const))(
  '%s says everything, and fills in the same things',
  (_tag, words) => {
    const texts = new Map(textsOf(words));
    for (const [way, text] of textsOf(english)) {
      expect([way, texts.get(way)?.trim() ?? '']).not.toEqual([way, '']);
      expect([way, blanks(texts.get(way) ?? '')]).toEqual([way, blanks(text)]);
    }
  },
);

it('falls back to English', () => {
  expect(wordsIn('xx')).toBe(english);
  expect(wordsIn('de')).not.toBe(english);
});
