/** The texts of every language beside those of English. */
import { describe, expect, it } from 'vitest';
import { en } from '../../src/languages/en/index.ts';
import { LANGUAGES } from '../../src/languages/list.ts';
import { allMessages } from '../fixtures/messages.ts';

/** Every text, by its path. */
function textsOf(value: object, before = ''): [path: string, text: string][] {
  return Object.entries(value).flatMap(([key, inner]: [string, string | object]) =>
    typeof inner === 'string' ? [[before + key, inner]] : textsOf(inner, `${before}${key}.`),
  );
}

const english = textsOf(en);
const placeholdersOf = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted();

/** Words that other languages have taken over as they are. */
const SHARED = new Set([
  'Code',
  'E-mail',
  'JavaScript',
  'Name',
  'Name (optional)',
  'Passkey',
  'Passkeys',
  'Password',
  'Privacy',
  'Profile',
]);

it('are in the order of the list, with a tag, a direction and a name of their own', () => {
  const tags = LANGUAGES.map(({ tag }) => tag);
  expect(tags.slice(1)).toEqual(tags.slice(1).toSorted());
  expect(new Set(LANGUAGES.map(({ name }) => name)).size).toBe(LANGUAGES.length);
  for (const { tag, dir } of LANGUAGES) {
    expect(Intl.getCanonicalLocales(tag)).toEqual([tag]);
    expect([tag, dir]).toEqual([tag, ['ar', 'fa', 'he'].includes(tag) ? 'rtl' : 'ltr']);
    expect(Intl.DateTimeFormat.supportedLocalesOf(tag)).toEqual([tag]);
  }
});

describe.each(allMessages.map((messages) => [messages.tag, messages] as const))(
  '%s',
  (tag, messages) => {
    const { tag: _, dir: __, name: ___, ...own } = messages;
    const texts = new Map(textsOf(own));

    it('says what English says, with the same placeholders', () => {
      expect([...texts.keys()].toSorted()).toEqual(english.map(([path]) => path).toSorted());
      for (const [path, text] of english) {
        const found = texts.get(path) ?? '';
        expect([path, placeholdersOf(found)]).toEqual([path, placeholdersOf(text)]);
      }
    });

    it('has no empty text, no markup, no control of direction, and no Gatehouse', () => {
      for (const [path, text] of texts) {
        expect([path, text]).toEqual([path, text.trim()]);
        expect([path, text]).not.toEqual([path, '']);
        expect([path, text]).not.toEqual([
          path,
          expect.stringMatching(
            /[<>&\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069\u061C\uFEFF\uFFFD]|Gatehouse/u,
          ),
        ]);
      }
    });

    it.skipIf(tag === 'en')('leaves nothing in English', () => {
      const left = english.filter(([path, text]) => texts.get(path) === text && !SHARED.has(text));
      expect(left).toEqual([]);
    });
  },
);
