/** Parts of credentials that no authenticator makes, in base64url. */
import { base64url } from 'jose';
import { cborBytes } from '../cbor.ts';
import type { Edit } from './mutation.ts';

const nested = (levels: number): Uint8Array =>
  Uint8Array.from([...Array<number>(levels).fill(0x81), 0x00]);
/** An attestation object with other bytes in the place of its authenticator data. */
const attesting = (data: Uint8Array): Uint8Array =>
  cborBytes(
    new Map<string, string | Uint8Array | ReadonlyMap<string, never>>([
      ['fmt', 'none'],
      ['attStmt', new Map<string, never>()],
      ['authData', data],
    ]),
  );
const flagged = (flags: number, ...rest: number[]): Uint8Array =>
  Uint8Array.from([...Array<number>(32).fill(1), flags, 0, 0, 0, 0, ...rest]);

/** Bytes that have brought down one reader of CBOR or another. */
const HOSTILE_BYTES: readonly Uint8Array[] = [
  nested(4),
  nested(5000),
  // Maps, texts, bytes and lists of 2 ** 32 - 1 and 2 ** 63 - 1.
  ...[0xba, 0x7a, 0x5a, 0x9a].map((head) => Uint8Array.from([head, 255, 255, 255, 255])),
  ...[0xbb, 0x7b, 0x5b, 0x9b].map((head) =>
    Uint8Array.from([head, 127, 255, 255, 255, 255, 255, 255, 255]),
  ),
  // Indefinite lengths, a tag, a break, a float, reserved arguments.
  ...[0xbf, 0x5f, 0x7f, 0x9f, 0xc0, 0xff, 0xf9, 0xfc, 0x1f].map((head) =>
    Uint8Array.from([head, 0, 0, 0xff]),
  ),
  // Keys twice; a key that is a map; `__proto__`.
  Uint8Array.from([0xa2, 1, 1, 1, 2]),
  Uint8Array.from([0xa1, 0xa0, 0]),
  cborBytes(new Map([['__proto__', new Map([['fmt', 'none']])]])),
];

/** In base64url: attestation objects that hold them, or are them. */
export const hostileAttestations: readonly string[] = [
  ...HOSTILE_BYTES,
  ...HOSTILE_BYTES.map((bytes) => attesting(flagged(0xc5, ...bytes))),
  attesting(flagged(0x45, ...Array<number>(16).fill(0), 0xff, 0xff)),
  attesting(flagged(0x45, ...Array<number>(16).fill(0), 0, 16)),
  attesting(new Uint8Array()),
].map((bytes) => base64url.encode(bytes));

/** The same as authenticator data of an assertion, with extensions. */
export const hostileData: readonly string[] = [
  ...HOSTILE_BYTES.map((bytes) => flagged(0x85, ...bytes)),
  flagged(0xff),
  flagged(0x05).subarray(0, 36),
].map((bytes) => base64url.encode(bytes));

/** Client data that JSON.parse takes, or almost, and that names no challenge. */
export const hostileClientData: readonly string[] = [
  '{',
  'null',
  '[]',
  '{"type":"webauthn.get","challenge":{},"origin":[]}',
  '{"__proto__":{"type":"webauthn.get"}}',
  `{"type":${'['.repeat(4000)}${']'.repeat(4000)}}`,
  `{"type":"webauthn.get","challenge":"${'A'.repeat(9000)}","origin":"https://gatehouse.example"}`,
  '{"type":"webauthn.get","type":"webauthn.create","challenge":"\\ud800","origin":"\\u0000"}',
].map((text) => base64url.encode(text));

/** Stray bits, padding, white space, the other alphabet, half a byte, a byte too many, other bytes. */
export const BASE64_TRICKS: readonly Edit[] = [
  { flip: 100 },
  { insert: '=', at: 100 },
  { insert: '\n', at: 50 },
  { put: '+/+/' },
  { insert: 'A', at: 100 },
  { insert: 'AAAA', at: 100 },
  { flip: 50 },
  { cut: 50 },
];
