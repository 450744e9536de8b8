import { expect, it } from 'vitest';
import { languages, messagesFor } from '../../src/languages/index.ts';

const [english] = languages;

/** Every text, under the way to it. */
function textsOf(value: object, before = ''): [string, string][] {
  return Object.entries(value).flatMap(([key, inner]: [string, string | object]) =>
    typeof inner === 'string' ? [[before + key, inner]] : textsOf(inner, `${before}${key}.`),
  );
}

const blanks = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted();

it.each(languages.map((messages) => [messages.tag, messages] as const))(
  '%s says everything, and fills in the same things',
  (_tag, messages) => {
    const texts = new Map(textsOf(messages));
    for (const [way, text] of textsOf(english)) {
      expect([way, texts.get(way)?.trim() ?? '']).not.toEqual([way, '']);
      expect([way, blanks(texts.get(way) ?? '')]).toEqual([way, blanks(text)]);
    }
  },
);

it('falls back to English', () => {
  expect(messagesFor('xx')).toBe(english);
  expect(messagesFor('de')).not.toBe(english);
});
