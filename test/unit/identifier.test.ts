/** Normalised identifiers, and masked ones as the log shows them. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskIdentifier, normalise, type Identifier } from '../../src/policy/identifier.ts';

const email = (value: string): Identifier => ({ kind: 'email', value });
const username = (value: string): Identifier => ({ kind: 'username', value });

describe('a normalised identifier', () => {
  it.each([
    ['upper case', 'JohnDoe', 'johndoe'],
    ['upper case beyond ASCII', 'JOSÉ', 'josé'],
    ['combining marks', 'jose\u0301', 'jos\u00e9'],
    ['combining marks after capitals', 'JOSE\u0301', 'josé'],
    ['letters that lower-casing decomposes', 'J\u030Can', '\u01F0an'],
    ['the Kelvin sign', '\u212Aim', 'kim'],
  ])('has no %s: %s is %s', (_name, value, normalised) => {
    expect(normalise(username(value))).toEqual(username(normalised));
    expect(normalise(username(normalised))).toEqual(username(normalised));
  });

  it.each([
    ['spaces', ' john'],
    ['accents', 'josé'],
    ['full-width letters', 'ｊohn'],
    ['plus tags', 'john+a@example.com'],
    ['dots', 'j.ohn@example.com'],
  ])('keeps %s, which distinguish names', (_name, value) => {
    expect(normalise(email(value))).toEqual(email(value));
  });

  it('is the same for any ASCII name in capitals', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(normalise(username(value.toUpperCase()))).toEqual(normalise(username(value)));
      }),
    );
    expect.hasAssertions();
  });
});

describe('a masked identifier', () => {
  it.each<[Identifier, string]>([
    [email('john@example.com'), 'j***@***.com'],
    [email('john@mail.example.co.uk'), 'j***@***.uk'],
    [email('joe@example.com'), 'j***@***.com'],
    [email('jo@example.com'), '***@***.com'],
    [email('j@example.com'), '***@***.com'],
    [email('@example.com'), '***@***.com'],
    [email('john@localhost'), 'j***@***'],
    [email('john@'), 'j***@***'],
    [email('"a@b"@example.com'), '"***@***.com'],
    [email('john'), 'j***'],
    [email(''), '***'],
    [username('johndoe'), 'j***'],
    [username('joe'), 'j***'],
    [username('jo'), '***'],
    [username('j'), '***'],
    [username(''), '***'],
    [username('john@example.com'), 'j***'],
    [username('😀😀😀'), '😀***'],
  ])('of %o is %s', (identifier, masked) => {
    expect(maskIdentifier(identifier)).toBe(masked);
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
