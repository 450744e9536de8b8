/** Base32 against RFC 4648, and recovery codes in Crockford's alphabet. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { encodeBase32 } from '../../src/crypto/factors/base32.ts';
import { newRecoveryCode, normaliseRecoveryCode } from '../../src/crypto/factors/recovery-codes.ts';

afterEach(() => vi.restoreAllMocks());

// Section 10, without the padding.
it.each([
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
  ['12345678901234567890', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'],
])('writes "%s" as "%s"', (text, base32) => {
  expect(encodeBase32(new TextEncoder().encode(text))).toBe(base32);
});

describe('a recovery code', () => {
  it.each([
    ['000G-40R4-0M30-E209-185G-R38E', (index: number) => index],
    ['ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ', () => 255],
  ])('is all bits of what was drawn: %s', (code, byteAt) => {
    vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
      const bytes = array as unknown as Uint8Array;
      expect(bytes).toHaveLength(15);
      for (let index = 0; index < bytes.length; index += 1) bytes[index] = byteAt(index);
      return array;
    });
    expect(newRecoveryCode()).toBe(code);
  });

  it('has 120 bits of the CSPRNG, in an alphabet without I, L, O and U', () => {
    const codes = Array.from({ length: 1_000 }, newRecoveryCode);
    expect(new Set(codes).size).toBe(1_000);
    for (const code of codes) expect(code).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-Z]{4}$/);
    expect([...new Set(codes.join(''))].toSorted().join('')).toBe(
      '-0123456789ABCDEFGHJKMNPQRSTVWXYZ',
    );
  });

  it.each([
    ['as shown', '0123-4567-89AB-CDEF-GHJK-MNPQ'],
    ['in lower case', '0123-4567-89ab-cdef-ghjk-mnpq'],
    ['without groups', '0123456789ABCDEFGHJKMNPQ'],
    ['with other groups', ' 01234 56789 abcde fghjk mnpq\n'],
    ['with letters that look like digits', 'oI23-4567-89AB-CDEF-GHJK-MNPQ'],
    ['with others of them', 'Ol23-4567-89AB-CDEF-GHJK-MNPQ'],
    ['with a small i and a capital L', 'Oi23 4567 89AB CDEF GHJK MNPQ'],
    ['with digits of another script', '０１２３-４５６７-８９AB-CDEF-GHJK-MNPQ'],
  ])('is read %s', (_, typed) => {
    expect(normaliseRecoveryCode(typed)).toBe('0123456789ABCDEFGHJKMNPQ');
  });
});
