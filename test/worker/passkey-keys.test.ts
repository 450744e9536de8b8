/** Public keys of passkeys in COSE: the three algorithms, and every other key refused. */
import { base64url } from 'jose';
import { describe, expect, it } from 'vitest';
import { readCborMap, type CborMap } from '../../src/crypto/passkeys/cbor.ts';
import { storedKeyFrom } from '../../src/crypto/passkeys/public-keys.ts';
import { cborMap, type CborValue } from '../support/cbor.ts';

type Entries = [number, CborValue][];
const unsupported = expect.objectContaining({ flaw: 'unsupported-key' });
const coseOf = (entries: Entries): CborMap => readCborMap(cborMap(entries));

/** Points of RFC 7517, appendix A.1, and RFC 8037, appendix A. */
const X = base64url.decode('MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4');
const Y = base64url.decode('4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM');
const ED25519_X = base64url.decode('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo');
const E = Uint8Array.of(1, 0, 1);
/** An odd number of so many bits: whether it has two factors is not seen. */
const modulus = (bits: number): Uint8Array => {
  const bytes = new Uint8Array(Math.ceil(bits / 8)).fill(0x5b);
  bytes[0] = 1 << ((bits - 1) % 8);
  return bytes;
};

const EC: Entries = [
  [1, 2],
  [3, -7],
  [-1, 1],
  [-2, X],
  [-3, Y],
];
const OKP: Entries = [
  [1, 1],
  [3, -8],
  [-1, 6],
  [-2, ED25519_X],
];
const RSA: Entries = [
  [1, 3],
  [3, -257],
  [-1, modulus(2048)],
  [-2, E],
];

/** Replaces or adds an entry; undefined leaves it out. */
const change = (entries: Entries, label: number, value?: CborValue): Entries => {
  const others = entries.filter(([other]) => other !== label);
  return value === undefined ? others : [...others, [label, value]];
};

it.each<[string, Entries, object]>([
  [
    'ES256',
    EC,
    {
      kty: 'EC',
      crv: 'P-256',
      x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
      y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
      alg: 'ES256',
    },
  ],
  [
    'EdDSA',
    OKP,
    {
      kty: 'OKP',
      crv: 'Ed25519',
      x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
      alg: 'EdDSA',
    },
  ],
  ['RS256', RSA, { kty: 'RSA', e: 'AQAB', alg: 'RS256' }],
])('stores a key of %s as a JWK', async (_alg, entries, jwk) => {
  expect(JSON.parse(await storedKeyFrom(coseOf(entries)))).toMatchObject(jwk);
  // The order of the labels says nothing.
  const reversed = JSON.parse(await storedKeyFrom(coseOf(entries.toReversed())));
  expect(reversed).toMatchObject(jwk);
});

it.each([2048, 2049, 3072, 4095, 4096])('stores a modulus of %i bits', async (bits) => {
  const key = await storedKeyFrom(coseOf(change(RSA, -1, modulus(bits))));
  expect(JSON.parse(key)).toMatchObject({ n: base64url.encode(modulus(bits)) });
});

describe.each<[string, Entries, [string, number, CborValue?][]]>([
  [
    'ES256',
    EC,
    [
      ['another curve', -1, 2],
      ['the curve by its name', -1, 'P-256'],
      ['no curve', -1],
      ['a short x', -2, X.slice(1)],
      ['a long x', -2, Uint8Array.of(0, ...X)],
      ['an x that is text', -2, 'x'.repeat(32)],
      ['no y', -3],
      ['a compressed point', -3, true],
      ['a point off the curve', -3, X],
      ['a point at zero', -2, new Uint8Array(32)],
      ['an x that is no element of the field', -2, new Uint8Array(32).fill(255)],
      ['a private half', -4, X],
    ],
  ],
  [
    'EdDSA',
    OKP,
    [
      ['the curve X25519', -1, 4],
      ['the curve Ed448', -1, 7],
      ['no curve', -1],
      ['a short x', -2, ED25519_X.slice(1)],
      ['the length of Ed448', -2, new Uint8Array(57)],
      ['no x', -2],
      ['a y', -3, Y],
    ],
  ],
  [
    'RS256',
    RSA,
    [
      ['2047 bits', -1, modulus(2047)],
      ['1024 bits', -1, modulus(1024)],
      ['4097 bits', -1, modulus(4097)],
      ['a leading zero', -1, Uint8Array.of(0, ...modulus(2048))],
      ['an even modulus', -1, modulus(2048).fill(2, -1)],
      ['no modulus', -1],
      ['an empty modulus', -1, new Uint8Array()],
      ['an exponent of 3', -2, Uint8Array.of(3)],
      ['an exponent of 1', -2, Uint8Array.of(1)],
      ['an exponent with a leading zero', -2, Uint8Array.of(0, 1, 0, 1)],
      ['no exponent', -2],
      ['a private half', -3, E],
    ],
  ],
])('a key of %s', (_alg, entries, changes) => {
  const others: [string, number, CborValue?][] = [
    ['another key type', 1, 4],
    ['no key type', 1],
    ['the key type as text', 1, '2'],
    ['no algorithm', 3],
    ['the algorithm ES384', 3, -35],
    ['the algorithm PS256', 3, -37],
    ['the algorithm RS1', 3, -65535],
    ['the algorithm by its name', 3, 'ES256'],
    ['a key id', 2, X],
    ['operations', 4, [1]],
  ];
  it.each([...changes, ...others])('with %s is refused', async (_title, label, value) => {
    await expect(storedKeyFrom(coseOf(change(entries, label, value)))).rejects.toEqual(unsupported);
  });
});
