/** Ways to spoil a text, as data: a failing case prints what it takes to run it again. */
import * as fc from 'fast-check';

/** Stands in what is sent, and in nothing that comes back or is logged. */
export const MARK = 'kwyjibo';

const FORMS = {
  upper: (text: string) => text.toUpperCase(),
  lower: (text: string) => text.toLowerCase(),
  NFD: (text: string) => text.normalize('NFD'),
  NFKC: (text: string) => text.normalize('NFKC'),
  percent: (text: string) => text.replaceAll(/[^/]/g, hex),
  'percent twice': (text: string) => text.replaceAll(/[^/]/g, hex).replaceAll('%', '%25'),
  reversed: (text: string) => [...text].toReversed().join(''),
  'full width': (text: string) =>
    text.replaceAll(/[!-~]/g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0)),
};

/** `at`, `cut`, `flip`: a place, in percent of the text. */
export type Edit =
  | { put: string }
  | { insert: string; at: number }
  | { cut: number }
  | { flip: number }
  | { times: number }
  | { form: keyof typeof FORMS };

export function edited(text: string, edit: Edit): string {
  const place = (percent: number) => Math.floor((text.length * percent) / 100);
  if ('put' in edit) return edit.put;
  if ('insert' in edit) {
    return text.slice(0, place(edit.at)) + edit.insert + text.slice(place(edit.at));
  }
  if ('cut' in edit) return text.slice(0, place(edit.cut));
  if ('flip' in edit) {
    const at = Math.min(place(edit.flip), text.length - 1);
    return text.slice(0, at) + neighbour(text[at] ?? '') + text.slice(at + 1);
  }
  if ('times' in edit) return text.repeat(edit.times);
  return FORMS[edit.form](text);
}

function hex(character: string): string {
  return `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** At the end of base64url it differs in bits that do not count. */
function neighbour(character: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(character) ^ 1] ?? 'A';
}

const percent = fc.oneof(fc.constantFrom(0, 100), fc.integer({ min: 0, max: 100 }));

/** Text that has brought down one parser or another. */
export const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    ' ',
    '\u0000',
    '\uD800',
    '\uDFFFx',
    '\uFEFF',
    '\u202E',
    '\r\nSet-Cookie: a=b',
    '\\',
    "' OR 1=1 --",
    '../..',
    'null',
    '__proto__',
    '%00',
    '{{7*7}}',
    '<script>',
    `"><${MARK} x='`,
    'a\u0301',
    'ﬀ',
    'İ',
    'ß',
    '\u{1F469}\u200D\u{1F680}',
    '0',
    '-1',
    '000000',
    'a@b.c',
    MARK,
  ),
  fc.integer({ min: 200, max: 4000 }).map((length) => 'x'.repeat(length)),
);

const formEdit = fc
  .constantFrom(...(Object.keys(FORMS) as (keyof typeof FORMS)[]))
  .map((form): Edit => ({ form }));

/** `put`, `inserted`: what fits the kind of text. */
export const editOf = (put: fc.Arbitrary<string>, inserted: fc.Arbitrary<string> = put) =>
  fc.oneof<fc.MaybeWeightedArbitrary<Edit>[]>(
    { weight: 3, arbitrary: put.map((text) => ({ put: text })) },
    { weight: 3, arbitrary: fc.record({ insert: inserted, at: percent }) },
    { weight: 1, arbitrary: percent.map((cut) => ({ cut })) },
    { weight: 2, arbitrary: percent.map((flip) => ({ flip })) },
    { weight: 1, arbitrary: fc.constantFrom(2, 3, 200).map((times) => ({ times })) },
    { weight: 2, arbitrary: formEdit },
  );
