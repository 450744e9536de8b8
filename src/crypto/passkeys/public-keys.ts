/**
 * Public keys of passkeys: COSE_Key (RFC 9052, 9053, 8230) when they are registered, and a JWK with
 * `alg` as they are stored.
 */
import { base64url } from 'jose';
import type { CborMap } from './cbor.ts';
import { rawSignature } from './ecdsa-signature.ts';
import { check } from './flaw.ts';

/** Labels of a COSE_Key; those of its parts depend on the key type. */
const LABELS: Record<string, number> & { alg: number } = { kty: 1, alg: 3, crv: -1 };
export const COSE_ALG = LABELS.alg;

interface Form {
  alg: string;
  jwk: { kty: string; crv?: string };
  cose: { kty: number; alg: number; crv?: number };
  /** The members of the JWK that make the key, with their labels. */
  parts: Record<string, number>;
  webcrypto: { name: string; namedCurve?: string; hash?: string };
  /** Returns the signature as WebCrypto takes it. Null: it has another form. */
  toRaw(signature: Uint8Array): Uint8Array | null;
}

/** In the order that an authenticator is to prefer them in. */
const FORMS: readonly Form[] = [
  {
    alg: 'ES256',
    jwk: { kty: 'EC', crv: 'P-256' },
    cose: { kty: 2, alg: -7, crv: 1 },
    parts: { x: -2, y: -3 },
    webcrypto: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
    toRaw: rawSignature,
  },
  {
    alg: 'EdDSA',
    jwk: { kty: 'OKP', crv: 'Ed25519' },
    cose: { kty: 1, alg: -8, crv: 6 },
    parts: { x: -2 },
    webcrypto: { name: 'Ed25519' },
    // Workers throw at another length.
    toRaw: (signature) => (signature.length === 64 ? signature : null),
  },
  {
    alg: 'RS256',
    jwk: { kty: 'RSA' },
    cose: { kty: 3, alg: -257 },
    parts: { n: -1, e: -2 },
    webcrypto: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    toRaw: (signature) => signature,
  },
];

type StoredKey = JsonWebKey & { alg: string };

export const COSE_ALGORITHMS: readonly number[] = FORMS.map(({ cose }) => cose.alg);

const PARTS: Record<string, (bytes: Uint8Array) => boolean> = {
  x: ({ length }) => length === 32,
  y: ({ length }) => length === 32,
  /** Odd, 2048 to 4096 bits (longer ones cost CPU time), and no leading zero (RFC 8230, section 4). */
  n(bytes) {
    const [first = 0, last = 0] = [bytes.at(0), bytes.at(-1)];
    const bits = 8 * bytes.length - Math.clz32(first) + 24;
    return first > 0 && last % 2 === 1 && bits >= 2048 && bits <= 4096;
  },
  e: (bytes) => base64url.encode(bytes) === 'AQAB',
};

/** Random, its private half discarded: signatures of unknown passkeys are verified with it. */
export const DECOY_KEY = JSON.stringify({
  kty: 'EC',
  crv: 'P-256',
  x: '8gpMoYtz8FIideiChYHrcyNKLgTTJCY3Nd8__yQbIqM',
  y: 'F70-Pw7JvsThORyv1LSUrNwfwkvljXeHjhghYyOrBGo',
  alg: 'ES256',
});

/** In range as r and s, so that verifying it takes as long as verifying any other. */
const NO_SIGNATURE = new Uint8Array(64).fill(1);

/** Converts a COSE_Key to the JSON that is stored. Throws a Flaw. */
export async function storedKeyFrom(cose: CborMap): Promise<string> {
  const form = FORMS.find((form) => cose.get(COSE_ALG) === form.cose.alg);
  check(form !== undefined, 'unsupported-key');
  const fixed = Object.entries(form.cose);
  const parts = Object.entries(form.parts);
  // A COSE_Key has no optional members (WebAuthn Level 3, 6.5.1).
  check(cose.size === fixed.length + parts.length, 'unsupported-key');
  for (const [name, value] of fixed)
    check(cose.get(LABELS[name] ?? 0) === value, 'unsupported-key');
  const members = parts.map(([name, label]) => {
    const bytes = cose.get(label);
    check(bytes instanceof Uint8Array && PARTS[name]?.(bytes) === true, 'unsupported-key');
    return [name, base64url.encode(bytes)];
  });
  const key: StoredKey = { ...form.jwk, ...Object.fromEntries(members), alg: form.alg };
  // Refuses a point that is not on its curve.
  const imported = await importKey(key, form).catch(() => null);
  check(imported !== null, 'unsupported-key');
  return JSON.stringify(key);
}

/** Verifies a signature of a passkey, which is in DER where it is ECDSA (WebAuthn Level 3, 6.5.5). */
export async function verifySignature(
  storedKey: string,
  signature: Uint8Array,
  signed: Uint8Array,
): Promise<boolean> {
  const key = JSON.parse(storedKey) as StoredKey;
  const form = FORMS.find(({ alg }) => alg === key.alg);
  if (form === undefined) throw new Error(`a stored passkey has the unknown alg ${key.alg}`);
  const raw = form.toRaw(signature);
  const imported = await importKey(key, form);
  const bytes = raw ?? NO_SIGNATURE;
  const isValid = await crypto.subtle.verify(form.webcrypto, imported, bytes, signed);
  return isValid && raw !== null;
}

/** Imports without `alg`: runtimes differ in their name for Ed25519. */
const importKey = ({ alg: _alg, ...jwk }: StoredKey, { webcrypto }: Form): Promise<CryptoKey> =>
  crypto.subtle.importKey('jwk', jwk, webcrypto, false, ['verify']);
