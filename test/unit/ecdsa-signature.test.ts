/** ECDSA signatures in DER: one encoding of each, and r and s of at most 32 bytes. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { rawSignature } from '../../src/crypto/passkeys/ecdsa-signature.ts';
import { derOf } from '../support/passkey-authenticator.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hexOf = (raw: Uint8Array | null) => raw && Buffer.from(raw).toString('hex');
const zeros = (count: number) => '00'.repeat(count);
const ones = (count: number) => '11'.repeat(count);
const high = (count: number) => `ff${'11'.repeat(count - 1)}`;

it.each([
  ['one byte each', '3006020101020102', `${zeros(31)}01${zeros(31)}02`],
  ['a sign byte', '300802020080020200ff', `${zeros(31)}80${zeros(31)}ff`],
  ['32 bytes each', `30440220${ones(32)}0220${ones(32)}`, ones(64)],
  ['33 bytes each', `3046022100${high(32)}022100${high(32)}`, high(32).repeat(2)],
  ['a short s', `30250220${ones(32)}020101`, `${ones(32)}${zeros(31)}01`],
])('reads a signature with %s', (_title, der, raw) => {
  expect(hexOf(rawSignature(bytes(der)))).toBe(raw);
});

it.each([
  ['nothing', ''],
  ['a tag alone', '30'],
  ['an empty sequence', '3000'],
  ['a set', '3106020101020102'],
  ['a length too small', '3005020101020102'],
  ['a length too large', '3007020101020102'],
  ['a byte behind it', '300602010102010200'],
  ['a byte in it behind s', '300702010102010200'],
  ['a long form of its length', '308106020101020102'],
  ['an indefinite length', '30800201010201020000'],
  ['r alone', '3003020101'],
  ['a third integer', '3009020101020102020103'],
  ['an r that is no integer', '3006030101020102'],
  ['an s that is no integer', '3006020101030102'],
  ['an empty r', '30050200020102'],
  ['an empty s', '30050201010200'],
  ['an r of zero', '3006020100020102'],
  ['an s of zero', '3006020101020100'],
  ['a negative r', '3006020180020102'],
  ['a negative s', '30060201010201ff'],
  ['a zero too many before r', '300702020001020102'],
  ['a zero too many before s', '300702010102020002'],
  ['a zero too many before 7f', '30070202007f020102'],
  ['two zeros before r', '30080203000080020102'],
  ['an r that ends behind it', '3006020501020102'],
  ['an s that ends behind it', '3006020101020202'],
  ['33 bytes of r', `30260221${ones(33)}020101`],
  ['33 bytes of s', `30260201010221${ones(33)}`],
  ['33 bytes of r after its sign', `3027022200${high(33)}020101`],
  ['a raw signature', ones(64)],
])('refuses %s', (_title, der) => {
  expect(rawSignature(bytes(der))).toBeNull();
});

const half = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .filter((b) => b.some((byte) => byte > 0));
const signature = fc
  .tuple(half, half)
  .map((halves) => Uint8Array.from(halves.flatMap((b) => [...b])));

it('reads back what another writer wrote', () => {
  fc.assert(
    fc.property(signature, (raw) => {
      expect(rawSignature(derOf(raw))).toEqual(raw);
    }),
  );
});

it('has one encoding of each signature: bytes that are read are the ones that would be written', () => {
  const mutated = fc
    .tuple(signature.map(derOf), fc.nat(), fc.nat(255))
    .map(([der, at, byte]) => der.with(at % der.length, byte));
  fc.assert(
    fc.property(mutated, (der) => {
      const raw = rawSignature(der);
      expect([null, hexOf(der)]).toContain(raw && hexOf(derOf(raw)));
    }),
    { numRuns: 2000 },
  );
});
