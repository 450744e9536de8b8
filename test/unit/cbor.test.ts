/** CBOR of authenticators: items of RFC 8949, appendix A, and all that CTAP2 does not allow in them. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCbor, readCborMap } from '../../src/crypto/passkeys/cbor.ts';
import { Flaw } from '../../src/crypto/passkeys/flaw.ts';
import { cborBytes, type CborValue } from '../support/cbor.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const malformed = expect.objectContaining({ flaw: 'malformed' });

describe('an item', () => {
  it.each<[string, unknown]>([
    ['00', 0],
    ['17', 23],
    ['1818', 24],
    ['1903e8', 1000],
    ['1a000f4240', 1_000_000],
    ['1b000000e8d4a51000', 1_000_000_000_000],
    ['1b001fffffffffffff', 9_007_199_254_740_991],
    ['20', -1],
    ['390100', -257],
    ['3903e7', -1000],
    ['f4', false],
    ['f5', true],
    ['f6', null],
    ['40', bytes('')],
    ['4401020304', bytes('01020304')],
    ['60', ''],
    ['6449455446', 'IETF'],
    ['62225c', '"\\'],
    ['62c3bc', 'ü'],
    ['64f0908591', '𐅑'],
    ['63efbbbf', '\uFEFF'],
    ['80', []],
    ['83010203', [1, 2, 3]],
    ['8301820203820405', [1, [2, 3], [4, 5]]],
    ['a0', new Map()],
    [
      'a201020304',
      new Map([
        [1, 2],
        [3, 4],
      ]),
    ],
    [
      'a26161016162820203',
      new Map<string, unknown>([
        ['a', 1],
        ['b', [2, 3]],
      ]),
    ],
    [
      'a203040102',
      new Map([
        [3, 4],
        [1, 2],
      ]),
    ],
    ['8181818101', [[[[1]]]]],
    ['a101a101a101a10102', new Map([[1, new Map([[1, new Map([[1, new Map([[1, 2]])]])]])]])],
  ])('%s is read', (hex, value) => {
    const read = readCbor(bytes(hex));
    expect(read).toEqual({ value, length: hex.length / 2 });
    // Nothing behind it is read.
    expect(readCbor(bytes(`${hex}ff`))).toEqual(read);
  });

  it.each([
    ['nothing', ''],
    ['a length that is not there', '18'],
    ['a byte too few', '430102'],
    ['a byte too few of text', '636162'],
    ['an item too few', '830102'],
    ['a value too few', 'a10a'],
    ['an entry too few', 'a20102'],
    ['2^32 - 1 bytes', '5affffffff00'],
    ['2^32 - 1 items', '9affffffff00'],
    ['2^32 - 1 entries', 'baffffffff0000'],
    ['2^64 - 1 bytes', '5bffffffffffffffff00'],
    ['an integer of 2^53', '1b0020000000000000'],
    ['an integer of -2^64', '3bffffffffffffffff'],
    ['an integer in a byte too many', '1817'],
    ['an integer in two bytes too many', '1900ff'],
    ['an integer in four bytes too many', '1a0000ffff'],
    ['an integer in eight bytes too many', '1b00000000ffffffff'],
    ['a length in a byte too many', '580101'],
    ['a length in two bytes too many', '59000101'],
    ['a count in a byte too many', '980101'],
    ['a count of entries in a byte too many', 'b8010101'],
    ['reserved lengths', '1c'],
    ['reserved lengths of bytes', '5d00'],
    ['reserved lengths of text', '7e00'],
    ['an indefinite length of bytes', '5f42010243030405ff'],
    ['an indefinite length of text', '7f657374726561646d696e67ff'],
    ['an indefinite count of items', '9f0102ff'],
    ['an indefinite count of entries', 'bf61610161629f0203ffff'],
    ['a break', 'ff'],
    ['a break in place of an item', '81ff'],
    ['a break in place of a key', 'a1ff01'],
    ['a key that stands twice', 'a201020103'],
    ['a key that stands twice, and an entry too many', 'a2010201030405'],
    ['a key of text that stands twice', 'a2616101616102'],
    ['a key that is bytes', 'a1410101'],
    ['a key that is a list', 'a18001'],
    ['a key that is a boolean', 'a1f501'],
    ['undefined', 'f7'],
    ['a simple value', 'f0'],
    ['a simple value in a byte', 'f8ff'],
    ['a float of 16 bits', 'f93c00'],
    ['a float of 32 bits', 'fa47c35000'],
    ['a float of 64 bits', 'fb3ff199999999999a'],
    ['a tag', 'c11a514b67b0'],
    ['a tag of 64 bits', 'db000000000000000100'],
    ['text that is no UTF-8', '61ff'],
    ['text with half a pair', '63eda080'],
    ['five levels', '818181818101'],
    ['five levels of maps', 'a101a101a101a101a10101'],
    ['as many levels as a stack has not', `${'81'.repeat(100_000)}01`],
    ['as many levels of keys as a stack has not', `${'a1'.repeat(100_000)}01`],
  ])('with %s is refused', (_title, hex) => {
    expect(() => readCbor(bytes(hex))).toThrow(malformed);
    // The bytes behind those that were given are not touched.
    const behind = Uint8Array.from([...bytes(hex), ...new Uint8Array(16)]);
    expect(() => readCbor(behind.subarray(0, hex.length / 2))).toThrow(malformed);
  });
});

describe('a map that takes all bytes', () => {
  it('is read', () => {
    expect(readCborMap(bytes('a10102'))).toEqual(new Map([[1, 2]]));
  });

  it.each([
    ['a byte behind it', 'a1010200'],
    ['another map behind it', 'a10102a0'],
    ['a list in its place', '820102'],
    ['an integer in its place', '01'],
    ['nothing in its place', ''],
  ])('with %s is refused', (_title, hex) => {
    expect(() => readCborMap(bytes(hex))).toThrow(malformed);
  });
});

const leaf = fc.oneof(
  fc.maxSafeInteger(),
  fc.string({ unit: 'grapheme' }),
  fc.uint8Array(),
  fc.constantFrom(true, false, null),
);
const { value: tree } = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'levels' },
    leaf,
    fc.array(tie('value'), { depthIdentifier: 'levels' }),
    fc
      .uniqueArray(fc.tuple(fc.oneof(fc.maxSafeInteger(), fc.string()), tie('value')), {
        selector: ([key]) => key,
        depthIdentifier: 'levels',
      })
      .map((entries) => new Map(entries)),
  ),
}));

it('reads back what another writer wrote', () => {
  fc.assert(
    fc.property(tree, (value) => {
      const written = cborBytes(value);
      expect(readCbor(written)).toEqual({ value, length: written.length });
    }),
  );
});

it('has one encoding of each value: bytes that are read are the ones that would be written', () => {
  const mutated = fc
    .tuple(tree.map(cborBytes), fc.nat(), fc.nat(255))
    .map(([written, at, byte]) => written.with(at % written.length, byte));
  fc.assert(
    fc.property(fc.oneof(mutated, fc.uint8Array({ minLength: 1 })), (given) => {
      try {
        const { value, length } = readCbor(given);
        expect(cborBytes(value)).toEqual(given.subarray(0, length));
      } catch (error) {
        if (!(error instanceof Flaw)) throw error;
      }
    }),
    { numRuns: 2000 },
  );
});
