/** Attestation objects and authenticator data of another structure, and random bytes in their place. */
import { base64url } from 'jose';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readAuthenticatorData } from '../../src/crypto/passkeys/authenticator-data.ts';
import { cborBytes, cborMap, type CborValue } from '../support/cbor.ts';
import {
  asserted,
  registered,
  verifyAssertion,
  verifyRegistration,
  type Assertion,
  type Registration,
} from '../support/webauthn-verifier.ts';

/** Authenticator data of an id of 16 bytes: its parts by their ends. */
const FLAGS_AT = 32;
const KEY_AT = 71;
const AT = 0x40;
const ED = 0x80;

let registration: Registration;
let assertion: Assertion;
let data: Uint8Array;
beforeAll(async () => {
  registration = await registered('ES256', 'none');
  assertion = await asserted('ES256');
  // Behind {"fmt": "none", "attStmt": {}, "authData": …}.
  data = base64url.decode(registration.credential.attestationObject).subarray(30);
});

const joined = (...parts: (Uint8Array | number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

const verifyObject = (bytes: Uint8Array) =>
  verifyRegistration({
    ...registration,
    credential: { ...registration.credential, attestationObject: base64url.encode(bytes) },
  });

type Entry = [CborValue, CborValue];
const FMT: Entry = ['fmt', 'none'];
const STATEMENT: Entry = ['attStmt', new Map()];
const dataOf = (bytes: Uint8Array): Entry => ['authData', bytes];
const malformed = { ok: false, flaw: 'malformed' };

describe('an attestation object', () => {
  it('is accepted in any order', async () => {
    expect(await verifyObject(cborMap([FMT, STATEMENT, dataOf(data)]))).toMatchObject({ ok: true });
    expect(await verifyObject(cborMap([dataOf(data), FMT, STATEMENT]))).toMatchObject({ ok: true });
  });

  it.each<[string, (data: Entry) => Uint8Array]>([
    ['without a format', (data) => cborMap([STATEMENT, data])],
    ['without a statement', (data) => cborMap([FMT, data])],
    ['without authenticator data', () => cborMap([FMT, STATEMENT])],
    ['with two formats', (data) => cborMap([FMT, FMT, STATEMENT, data])],
    ['with two statements', (data) => cborMap([FMT, STATEMENT, STATEMENT, data])],
    ['with authenticator data twice', (data) => cborMap([FMT, STATEMENT, data, data])],
    ['with another member', (data) => cborMap([FMT, STATEMENT, data, ['epAtt', true]])],
    [
      'in keys of CTAP2',
      ([, data]) =>
        cborMap([
          [1, 'none'],
          [2, data],
          [3, new Map()],
        ]),
    ],
    ['of an unknown format', (data) => cborMap([['fmt', 'none '], STATEMENT, data])],
    ['of a format in bytes', (data) => cborMap([['fmt', new Uint8Array(4)], STATEMENT, data])],
    [
      'with a statement under none',
      (data) => cborMap([FMT, ['attStmt', new Map([['a', 1]])], data]),
    ],
    ['with a list for a statement', (data) => cborMap([FMT, ['attStmt', []], data])],
    [
      'with a list for a statement of tpm',
      (data) => cborMap([['fmt', 'tpm'], ['attStmt', []], data]),
    ],
    ['with long text for its data', () => cborMap([FMT, STATEMENT, ['authData', 'x'.repeat(164)]])],
    ['with text for its data', () => cborMap([FMT, STATEMENT, ['authData', 'data']])],
    ['that is a list', ([, data]) => cborBytes(['none', new Map(), data])],
    [
      'of indefinite length',
      (data) => joined([0xbf], cborMap([FMT, STATEMENT, data]).subarray(1), [0xff]),
    ],
    [
      'with chunks of data',
      ([, data]) => {
        const chunks = joined([0x5f], cborBytes(data), [0xff]);
        return joined([0xa3], ...[...FMT, ...STATEMENT, 'authData'].map(cborBytes), chunks);
      },
    ],
    ['with a tag', (data) => joined([0xc1], cborMap([FMT, STATEMENT, data]))],
    [
      'with a length in too many bytes',
      ([, data]) => {
        const long = joined([0x59, 0x00], cborBytes(data).subarray(1));
        return joined([0xa3], ...[...FMT, ...STATEMENT, 'authData'].map(cborBytes), long);
      },
    ],
  ])('%s is refused', async (_title, make) => {
    expect(await verifyObject(make(dataOf(data)))).toEqual(malformed);
  });
});

const SELF_ATTESTED = { alg: -7, sig: new Uint8Array(70) };
it.each<[string, Record<string, CborValue>, string]>([
  ['another algorithm', { ...SELF_ATTESTED, alg: -8 }, 'malformed'],
  ['the algorithm as text', { ...SELF_ATTESTED, alg: 'ES256' }, 'malformed'],
  ['no algorithm', { sig: SELF_ATTESTED.sig }, 'malformed'],
  ['no signature', { alg: -7 }, 'malformed'],
  ['a signature in text', { ...SELF_ATTESTED, sig: 'signature' }, 'malformed'],
  ['another member', { ...SELF_ATTESTED, ecdaaKeyId: new Uint8Array(1) }, 'malformed'],
  ['a wrong signature', SELF_ATTESTED, 'wrong-signature'],
])('a self attestation with %s is refused', async (_title, statement, flaw) => {
  const members: Entry[] = [
    ['fmt', 'packed'],
    ['attStmt', new Map(Object.entries(statement))],
    dataOf(data),
  ];
  expect(await verifyObject(cborMap(members))).toEqual({ ok: false, flaw });
});

describe('authenticator data', () => {
  const verifyData = (bytes: Uint8Array) => verifyObject(cborMap([FMT, STATEMENT, dataOf(bytes)]));
  const withExtensions = (extensions: Uint8Array) =>
    joined(data.with(FLAGS_AT, (data[FLAGS_AT] ?? 0) | ED), extensions);

  const withoutAttested = () => data.with(FLAGS_AT, (data[FLAGS_AT] ?? 0) & ~AT);

  it.each<[string, Uint8Array]>([
    ['without members', cborMap([])],
    [
      'that were not asked for',
      cborMap([
        ['credProtect', 2],
        ['hmac-secret', true],
      ]),
    ],
    ['that are nested', cborMap([['uvm', [[2, 4, 2]]]])],
  ])('is accepted with extensions %s', async (_title, extensions) => {
    expect(await verifyData(withExtensions(extensions))).toMatchObject({ ok: true });
  });

  it.each<[string, Uint8Array]>([
    ['that are a list', cborBytes([])],
    ['that are an integer', cborBytes(1)],
    ['that are cut', cborMap([['credProtect', 2]]).subarray(0, -1)],
    ['that stand twice', joined(cborMap([]), cborMap([]))],
    [
      'with a key twice',
      cborMap([
        ['a', 1],
        ['a', 2],
      ]),
    ],
    ['of indefinite length', Uint8Array.of(0xbf, 0xff)],
  ])('is refused with extensions %s', async (_title, extensions) => {
    expect(await verifyData(withExtensions(extensions))).toEqual(malformed);
  });

  it('is refused with extensions that no flag announces', async () => {
    expect(await verifyData(joined(data, cborMap([])))).toEqual(malformed);
  });

  it.each<[string, (key: Uint8Array) => Uint8Array]>([
    ['cut', (key) => key.subarray(0, -1)],
    ['that is not there', () => new Uint8Array()],
    ['that is a list', () => cborBytes([2, -7, 1])],
    ['with a label twice', (key) => joined([0xa6], key.subarray(1), [0x01, 0x02])],
    ['of indefinite length', (key) => joined([0xbf], key.subarray(1), [0xff])],
    ['with a label in too many bytes', (key) => joined([0xa5, 0x18], key.subarray(1))],
  ])('is refused with a key %s', async (_title, make) => {
    const key = data.subarray(KEY_AT);
    expect(await verifyData(joined(data.subarray(0, KEY_AT), make(key)))).toEqual(malformed);
  });

  it('is refused without attested data, though no flag announces any', async () => {
    expect(await verifyData(withoutAttested().subarray(0, 37))).toEqual(malformed);
  });

  it.each([0, 31, 32, 33, 36])('is not read from %i bytes, signed or not', (length) => {
    const read = () => readAuthenticatorData(withoutAttested().subarray(0, length));
    expect(read).toThrow(expect.objectContaining({ flaw: 'malformed' }));
  });

  it.each([36, 37, 52, 54, 55, 70])('is refused when it ends after %i bytes', async (length) => {
    expect(await verifyData(data.subarray(0, length))).toEqual(malformed);
  });
});

/** Bytes with some of them replaced, removed or repeated. */
const spliced = (bytes: Uint8Array) =>
  fc
    .array(fc.tuple(fc.nat(), fc.nat(40), fc.uint8Array({ maxLength: 40 })), {
      minLength: 1,
      maxLength: 3,
    })
    .map((edits) =>
      edits.reduce((edited, [at, removed, added]) => {
        const from = at % (edited.length + 1);
        return joined(edited.subarray(0, from), added, edited.subarray(from + removed));
      }, bytes),
    );

it('answers, whatever an attestation object is made of', async () => {
  const object = base64url.decode(registration.credential.attestationObject);
  const before = await verifyObject(object);
  await fc.assert(
    fc.asyncProperty(fc.oneof(spliced(object), fc.uint8Array()), async (bytes) => {
      const result = await verifyObject(bytes);
      if (!result.ok || !before.ok) return;
      // The key of the authenticator, or none.
      expect(result.passkey.publicKey).toBe(before.passkey.publicKey);
    }),
    { numRuns: 500 },
  );
});

it.each(['clientDataJSON', 'authenticatorData', 'signature'] as const)(
  'refuses an assertion, whatever its %s is made of',
  async (field) => {
    const { credential, ...rest } = assertion;
    const original = base64url.decode(credential[field]);
    await fc.assert(
      fc.asyncProperty(fc.oneof(spliced(original), fc.uint8Array()), async (bytes) => {
        const text = base64url.encode(bytes);
        const changed = { ...rest, credential: { ...credential, [field]: text } };
        expect((await verifyAssertion(changed)).ok).toBe(text === credential[field]);
      }),
      { numRuns: 300 },
    );
  },
);
