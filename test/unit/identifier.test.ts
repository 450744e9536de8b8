/** One name typed in two ways is one name; and what a log shows of a name contacts nobody. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskIdentifier, normalise, type Identifier } from '../../src/policy/identifier.ts';

const email = (value: string): Identifier => ({ kind: 'email', value });
const username = (value: string): Identifier => ({ kind: 'username', value });

describe('a normalised identifier', () => {
  it.each([
    { name: 'has no upper case', one: 'JohnDoe', other: 'johndoe' },
    { name: 'is lower-case beyond ASCII', one: 'JOSÉ', other: 'josé' },
    { name: 'is composed', one: 'jose\u0301', other: 'jos\u00e9' },
    {
      name: 'is composed from capitals too',
      one: 'JOSE\u0301',
      other: 'josé',
    },
    {
      name: 'stays composed when lower-casing takes letters apart',
      one: 'J\u030Can',
      other: '\u01F0an',
    },
    { name: 'takes the Kelvin sign for a k', one: '\u212Aim', other: 'kim' },
  ])('$name', ({ one, other }) => {
    expect(normalise(username(one))).toEqual(normalise(username(other)));
    expect(normalise(username(one)).value).toBe(other);
  });

  it.each([
    { name: 'spaces', one: ' john', other: 'john' },
    { name: 'accents', one: 'jose', other: 'josé' },
    { name: 'full-width letters', one: 'ｊohn', other: 'john' },
    { name: 'plus tags', one: 'john+a@example.com', other: 'john@example.com' },
    { name: 'dots', one: 'j.ohn@example.com', other: 'john@example.com' },
  ])('keeps $name, which tell names apart', ({ one, other }) => {
    expect(normalise(email(one))).not.toEqual(normalise(email(other)));
  });

  it('keeps its kind', () => {
    expect([normalise(email('A@B.co')).kind, normalise(username('A')).kind]).toEqual([
      'email',
      'username',
    ]);
  });

  it('is one for any ASCII spelling in capitals', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(normalise(username(value.toUpperCase()))).toEqual(normalise(username(value)));
      }),
    );
    expect.hasAssertions();
  });
});

describe('a masked identifier', () => {
  it.each([
    { shown: email('john@example.com'), as: 'j***@***.com' },
    { shown: email('john@mail.example.co.uk'), as: 'j***@***.uk' },
    { shown: email('joe@example.com'), as: 'j***@***.com' },
    { shown: email('jo@example.com'), as: '***@***.com' },
    { shown: email('j@example.com'), as: '***@***.com' },
    { shown: email('@example.com'), as: '***@***.com' },
    { shown: email('john@localhost'), as: 'j***@***' },
    { shown: email('john@'), as: 'j***@***' },
    { shown: email('"a@b"@example.com'), as: '"***@***.com' },
    { shown: email('john'), as: 'j***' },
    { shown: email(''), as: '***' },
    { shown: username('johndoe'), as: 'j***' },
    { shown: username('joe'), as: 'j***' },
    { shown: username('jo'), as: '***' },
    { shown: username('j'), as: '***' },
    { shown: username(''), as: '***' },
    { shown: username('john@example.com'), as: 'j***' },
    { shown: username('😀😀😀'), as: '😀***' },
  ])('of $shown.kind "$shown.value" is $as', ({ shown, as }) => {
    expect(maskIdentifier(shown)).toBe(as);
  });

  it('has one length for all addresses that share first letter and top domain', () => {
    const lengths = ['joe@a.com', 'johannes.maria@example.com'].map(
      (value) => maskIdentifier(email(value)).length,
    );
    expect(new Set(lengths).size).toBe(1);
  });

  it('never holds an address, its domain, or a local part of two characters or more', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (value) => {
        const [local = '', domain = ''] = value.split('@');
        fc.pre(!local.includes('*'));
        const shown = maskIdentifier(email(value));
        expect(shown).not.toContain(value);
        expect(shown).not.toContain(domain);
        // The top domain is shown, and may happen to be spelt like the local part.
        const [shownLocal = ''] = shown.split('@');
        expect(local.length > 1 && shownLocal.includes(local)).toBe(false);
      }),
      { numRuns: 1000 },
    );
    expect.hasAssertions();
  });

  it('never shows more than one character of a username', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 2 }), (value) => {
        const shown = maskIdentifier(username(value));
        expect(shown).toMatch(/^.?\*\*\*$/su);
        expect([...shown].length).toBeLessThanOrEqual(4);
      }),
    );
    expect.hasAssertions();
  });
});
