/** The rules for new passwords: length, blocklist, and no personal data; no composition rules. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { violationOf } from '../../src/policy/password-rules.ts';

const rules = { least: 8, most: 256 };
const personal = ['johndoe1984', 'John Doe', 'john.doe@mail.example.com', 'Gatehouse'];
const violation = (password: string, changes: Partial<Parameters<typeof violationOf>[1]> = {}) =>
  violationOf(password, { rules, personal, isCommon: () => false, ...changes });
const flaw = (password: string, changes = {}) => violation(password, changes)?.flaw ?? null;

describe('a password', () => {
  it.each([
    ['one letter short', 'abcdefg', 'too-short'],
    ['just long enough', 'abcdefgh', null],
    ['empty', '', 'too-short'],
    ['of seven code points in fourteen units', '😀'.repeat(7), 'too-short'],
    ['of eight code points', '😀'.repeat(8), null],
    ['of eight letters, until they are composed', 'e\u0301'.repeat(7), 'too-short'],
    ['of eight composed letters', 'e\u0301'.repeat(8), null],
    ['just short enough', 'x'.repeat(256), null],
    ['one letter too long', 'x'.repeat(257), 'too-long'],
    ['of as many code points in twice the units', '😀'.repeat(256), null],
    ['of one code point more', '😀'.repeat(257), 'too-long'],
    ['of small letters alone', 'plantsgrow', null],
    ['of digits alone', '8306145592', null],
    ['of spaces alone', '        ', null],
    ['of signs alone', '!"§$%&/()=', null],
    ['in another script', 'пароль-кот', null],
    ['with a NUL, which a hash takes for nothing', 'plants\u0000grow', 'ambiguous'],
    ['of NULs alone', '\u0000'.repeat(8), 'ambiguous'],
    ['with half of a character', 'plantsgrow\uD83D', 'ambiguous'],
  ])('%s', (_, password, expected) => {
    expect(flaw(password)).toBe(expected);
  });

  it.each([
    { least: 15, most: 64, length: 14, expected: 'too-short' },
    { least: 15, most: 64, length: 15, expected: null },
    { least: 15, most: 64, length: 64, expected: null },
    { least: 15, most: 64, length: 65, expected: 'too-long' },
  ])('of $length characters, where $least to $most are asked for', (row) => {
    const { length, expected, ...rules } = row;
    expect(flaw('x'.repeat(length), { rules })).toBe(expected);
  });

  it('that is common is refused as such, before it is asked what it has to do with the user', () => {
    expect(flaw('gatehouse', { isCommon: () => true })).toBe('common');
    expect(flaw('gatehou', { isCommon: () => true })).toBe('too-short');
  });
});

describe('personal', () => {
  it.each([
    // The names themselves, in whatever capitals and with whatever between.
    'johndoe1984',
    'JohnDoe1984',
    'john doe',
    'John_Doe',
    'john.doe@mail.example.com',
    'johndoemailexamplecom',
    'mail.example.com',
    'mail-example',
    'gatehouse',
    'GATEHOUSE',
    'Gate-House',
    // With digits and signs at their ends.
    'gatehouse1',
    '2024gatehouse2025',
    'Gatehouse!!!!!!!!!!',
    '#1-gatehouse-#1',
    'johndoe99',
    'john123456789',
    '1990-john-1990',
    'doe-12345678',
    'example12345',
    'mail20242024',
    '१२३४gatehouse१२३४५',
    // With little else.
    'xgatehousex',
    'mygatehouse',
    'gatehouse!abc',
    'gatehousegatehouse',
    'johndoe1984abc',
    'theexample',
  ])('is %s', (password) => {
    expect(violation(password)).toEqual({
      flaw: 'personal',
      message: 'Password must not be your name or address, nor the name of this service',
    });
  });

  it.each([
    'gatehouseabcd',
    'abcdgatehouse',
    'abgatehousecd',
    'gatehorse',
    'xjohnxyz',
    'johnathan',
    'com12345',
    'correct horse battery staple',
    'johns dog is a doe',
  ])('is not %s', (password) => {
    expect(violation(password)).toBeNull();
  });

  it.each([
    { name: 'nothing', personal: [], password: 'johndoe1984' },
    { name: 'empty text', personal: ['', ' ', '@', '.', '---'], password: '12345678!!!' },
    { name: 'two letters', personal: ['jo', 'a@b.c'], password: '7jo94!8365' },
    { name: 'a short word by chance', personal: ['Rose'], password: 'prose-!?#' },
  ])('is nothing where what is known is $name', ({ personal, password }) => {
    expect(flaw(password, { personal })).toBeNull();
  });

  it.each([
    { name: 'of five letters with three others', word: 'Peter', password: 'xyzpeter', is: true },
    { name: 'of five letters with four others', word: 'Peter', password: 'wxyzpeter', is: false },
    {
      name: 'of four letters with two others twice',
      word: 'Rose',
      password: 'xroserosey',
      is: false,
    },
    { name: 'of three letters with digits alone', word: 'Leo', password: 'leo123456', is: true },
    { name: 'of two letters with digits alone', word: 'Jo', password: 'jo1234567', is: false },
    { name: 'of two letters that is all there is', word: '12', password: '1-2-!!!!', is: true },
  ])('is a name $name: $is', ({ word, password, is }) => {
    expect(flaw(password, { personal: [word] })).toBe(is ? 'personal' : null);
  });

  it('is a name in another normal form, and in another script', () => {
    expect(flaw('zoe\u0308muller', { personal: ['Zo\u00eb Muller'] })).toBe('personal');
    expect(flaw('МАРИЯ-ИВАНОВА', { personal: ['Мария Иванова'] })).toBe('personal');
    expect(flaw('山田太郎12345', { personal: ['山田太郎'] })).toBe('personal');
  });

  it('takes no longer for a name made to take long', () => {
    const name = `a${'1'.repeat(400_000)}a`;
    expect(flaw('correct horse', { personal: [name, name.replaceAll('1', '.')] })).toBeNull();
  });
});

describe('messages', () => {
  it.each([
    ['short', {}, 'Password must be at least 8 characters'],
    ['x'.repeat(257), {}, 'Password must be at most 256 characters'],
    ['x'.repeat(8), { isCommon: () => true }, 'Password is too common'],
  ])('say which rule it was: %s', (password, changes, message) => {
    expect(violation(password, changes)?.message).toBe(message);
  });
});

describe('whatever the password', () => {
  const template = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz');
  const name = fc.string({ unit: template, minLength: 5, maxLength: 20 });
  const sign = fc.constantFrom(...'0123456789.-_ !@#$');
  const ends = fc.string({ unit: sign, maxLength: 12 });

  it('a name between digits and signs is personal', () => {
    fc.assert(
      fc.property(name, ends, ends, (name, before, after) => {
        const password = before + name.toUpperCase() + after;
        fc.pre(password.length >= 8);
        expect(flaw(password, { personal: [name] })).toBe('personal');
        expect(flaw(password, { personal: [`${name}@x.example`] })).toBe('personal');
      }),
    );
  });

  it('a name with four letters more is not', () => {
    const others = fc.string({ unit: fc.constantFrom(...'ÄÖÜß'), minLength: 4, maxLength: 9 });
    fc.assert(
      fc.property(name, others, fc.boolean(), (name, others, first) => {
        const password = first ? others + name : name + others;
        fc.pre(password.normalize('NFC').length >= 8);
        expect(flaw(password, { personal: [name] })).toBeNull();
      }),
    );
  });

  it('what has nothing in common with the user is judged by its length alone', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 });
    fc.assert(
      fc.property(text, (password) => {
        const length = [...password.normalize('NFC')].length;
        expect(flaw(password, { personal: [] })).toBe(length < 8 ? 'too-short' : null);
      }),
    );
  });

  it('its normal form makes no difference', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 });
    fc.assert(
      fc.property(text, text, (password, known) => {
        const verdict = flaw(password.normalize('NFC'), { personal: [known.normalize('NFC')] });
        expect(flaw(password.normalize('NFD'), { personal: [known.normalize('NFD')] })).toBe(
          verdict,
        );
      }),
    );
  });
});
