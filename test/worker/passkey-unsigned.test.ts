/**
 * Registrations that no signature covers, as the options ask for them: TLS and the session protect them
 * on their way. Each bit that may change unnoticed is listed here, with the fact that it changes.
 */
import { base64url } from 'jose';
import { expect, it } from 'vitest';
import type { NewPasskey } from '../../src/flows/model/passkey.ts';
import { bitFlips, resized, respelled } from '../support/passkey-mutations.ts';
import {
  accepted,
  registered,
  registrationOf,
  verifyRegistration,
  type Registration,
} from '../support/webauthn-verifier.ts';

/** Bits of bytes, counted from the beginning of authenticator data. */
interface Unnoticed {
  from: number;
  bytes: number;
  bits: number;
  changes: keyof NewPasskey | 'nothing';
}

const RESERVED: Unnoticed = { from: 32, bytes: 1, bits: 0x22, changes: 'nothing' };
const ELIGIBILITY: Unnoticed = { from: 32, bytes: 1, bits: 0x08, changes: 'isSyncable' };
/** Free where the passkey is eligible. */
const BACKED_UP: Unnoticed = { from: 32, bytes: 1, bits: 0x10, changes: 'nothing' };
const COUNT: Unnoticed = { from: 33, bytes: 4, bits: 0xff, changes: 'signCount' };
const AAGUID: Unnoticed = { from: 37, bytes: 16, bits: 0xff, changes: 'nothing' };
const OF_ALL = [RESERVED, ELIGIBILITY, COUNT, AAGUID];
/** Behind an id of 16 bytes and the heads of a COSE_Key. */
const ED25519_X: Unnoticed = { from: 81, bytes: 32, bits: 0xff, changes: 'publicKey' };
/** All but the highest bit and the lowest: the modulus stays odd, and as long. */
const MODULUS: Unnoticed[] = [
  { from: 82, bytes: 1, bits: 0x7f, changes: 'publicKey' },
  { from: 83, bytes: 254, bits: 0xff, changes: 'publicKey' },
  { from: 337, bytes: 1, bits: 0xfe, changes: 'publicKey' },
];

interface Case {
  title: string;
  make(): Promise<Registration>;
  unnoticed: Unnoticed[];
  /** The offset of authenticator data. */
  data: number;
  /** A statement that is not looked at, because it needs a root of trust. */
  statement?: { from: number; to: number };
}

it.each<Case>([
  // A point with one coordinate changed is not on the curve.
  { title: 'ES256', make: () => registered('ES256', 'none'), unnoticed: OF_ALL, data: 30 },
  {
    title: 'EdDSA',
    make: () => registered('EdDSA', 'none'),
    unnoticed: [...OF_ALL, ED25519_X],
    data: 30,
  },
  {
    title: 'RS256',
    make: () => registered('RS256', 'none'),
    unnoticed: [...OF_ALL, ...MODULUS],
    data: 31,
  },
  {
    title: 'the vector packed-es256, which is eligible',
    make: async () => registrationOf('packed-es256'),
    unnoticed: [...OF_ALL, BACKED_UP],
    data: 671,
    statement: { from: 20, to: 660 },
  },
])('notices all but the listed bits: $title', async ({ make, unnoticed, data, statement }) => {
  const { credential, challenge } = await make();
  const before = await accepted({ credential, challenge });
  const found: string[] = [];
  for (const { offset, bit, text } of bitFlips(credential.attestationObject)) {
    const changed = { challenge, credential: { ...credential, attestationObject: text } };
    const result = await verifyRegistration(changed);
    if (!result.ok) continue;
    const isOfStatement = statement && offset >= statement.from && offset < statement.to;
    if (isOfStatement) expect(result.passkey, `${offset}:${bit}`).toEqual(before);
    else found.push(`${offset}:${bit}:${differences(before, result.passkey)}`);
  }
  const expected = unnoticed.flatMap((part) => namesOf(part, data));
  expect(found.toSorted()).toEqual(expected.toSorted());
});

const differences = (one: NewPasskey, other: NewPasskey): string =>
  (Object.keys(one) as (keyof NewPasskey)[])
    .filter((name) => JSON.stringify(one[name]) !== JSON.stringify(other[name]))
    .join() || 'nothing';

const namesOf = ({ from, bytes, bits, changes }: Unnoticed, data: number): string[] =>
  Array.from({ length: bytes }, (_, index) =>
    [1, 2, 4, 8, 16, 32, 64, 128]
      .filter((bit) => (bits & bit) !== 0)
      .map((bit) => `${data + from + index}:${bit}:${changes}`),
  ).flat();

it('notices a cut or extended attestation object, and another spelling of one', async () => {
  const { credential, challenge } = await registered('ES256', 'none');
  const { attestationObject } = credential;
  for (const text of [...resized(attestationObject), ...respelled(attestationObject)]) {
    const changed = { challenge, credential: { ...credential, attestationObject: text } };
    expect(await verifyRegistration(changed), text).toEqual({ ok: false, flaw: 'malformed' });
  }
});

it('notices all but the name of an unknown member and white space in client data', async () => {
  const { credential, challenge } = await registered('ES256', 'none');
  const { clientDataJSON } = credential;
  const json = new TextDecoder().decode(base64url.decode(clientDataJSON));
  const name = json.indexOf('crossOrigin');
  const found: string[] = [];
  for (const { offset, text } of bitFlips(clientDataJSON)) {
    const changed = { challenge, credential: { ...credential, clientDataJSON: text } };
    if ((await verifyRegistration(changed)).ok) found.push(`${offset - name}`);
  }
  // Seven bits of each letter, less those that make it a control character or a quote.
  expect([...new Set(found)]).toEqual([...'crossOrigin'].map((_, index) => `${index}`));
  expect(found).toHaveLength(76);

  const spelled: string[] = [];
  for (const text of [...resized(clientDataJSON), ...respelled(clientDataJSON)]) {
    const changed = { challenge, credential: { ...credential, clientDataJSON: text } };
    if ((await verifyRegistration(changed)).ok) spelled.push(text);
  }
  const encode = (text: string) => base64url.encode(new TextEncoder().encode(text));
  expect(spelled).toEqual([encode(`${json} `), encode(` ${json}`)]);
});

it('strips a byte order mark from client data, as UTF-8 decode does (7.1)', async () => {
  const { credential, challenge } = await registered('ES256', 'none');
  const json = new TextDecoder().decode(base64url.decode(credential.clientDataJSON));
  const clientDataJSON = base64url.encode(new TextEncoder().encode(`\uFEFF${json}`));
  const marked = { challenge, credential: { ...credential, clientDataJSON } };
  expect(await verifyRegistration(marked)).toMatchObject({ ok: true });
});
