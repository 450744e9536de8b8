/**
 * Public keys of passkeys: COSE_Key (RFC 9052, 9053, 8230) when they are registered, and a JWK with
 * `alg` as they are stored.
 */
import { base64url } from 'jose';
import type { CborMap } from './cbor.ts';
import { rawSignature } from './ecdsa-signature.ts';
import { check } from './flaw.ts';

/** The label of a COSE_Key's algorithm. */
export const COSE_ALG = 3;

/**
 * The algorithms in the order that an authenticator is to prefer them in. `cose`: the labels of a
 * COSE_Key whose values are set; `parts`: those that make the key, under their names in a JWK. A
 * COSE_Key has no other labels (WebAuthn Level 3, 6.5.1.1).
 */
const FORMS = [
  {
    alg: 'ES256',
    jwk: { kty: 'EC', crv: 'P-256' },
    cose: new Map([
      [1, 2],
      [COSE_ALG, -7],
      [-1, 1],
    ]),
    parts: new Map([
      ['x', -2],
      ['y', -3],
    ]),
    webcrypto: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  },
  {
    alg: 'EdDSA',
    jwk: { kty: 'OKP', crv: 'Ed25519' },
    cose: new Map([
      [1, 1],
      [COSE_ALG, -8],
      [-1, 6],
    ]),
    parts: new Map([['x', -2]]),
    webcrypto: { name: 'Ed25519' },
  },
  {
    alg: 'RS256',
    jwk: { kty: 'RSA' },
    cose: new Map([
      [1, 3],
      [COSE_ALG, -257],
    ]),
    parts: new Map([
      ['n', -1],
      ['e', -2],
    ]),
    webcrypto: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  },
] as const;

type StoredKey = JsonWebKey & { alg: string };

export const COSE_ALGORITHMS: readonly number[] = FORMS.map(({ cose }) => cose.get(COSE_ALG) ?? 0);

const PARTS: Record<string, (bytes: Uint8Array) => boolean> = {
  x: ({ length }) => length === 32,
  y: ({ length }) => length === 32,
  /** 2048 to 4096 bits: longer ones cost CPU time. RFC 8230 allows no leading zero. */
  n({ 0: first = 0, length }) {
    const bits = 8 * length - Math.clz32(first) + 24;
    return first > 0 && bits >= 2048 && bits <= 4096;
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
  const form = FORMS.find((form) =>
    [...form.cose].every(([label, value]) => cose.get(label) === value),
  );
  check(form !== undefined && cose.size === form.cose.size + form.parts.size, 'unsupported-key');
  const parts = [...form.parts].map(([name, label]) => {
    const bytes = cose.get(label);
    check(bytes instanceof Uint8Array && PARTS[name]?.(bytes) === true, 'unsupported-key');
    return [name, base64url.encode(bytes)];
  });
  const key: StoredKey = { ...form.jwk, ...Object.fromEntries(parts), alg: form.alg };
  // Refuses a point that is not on its curve.
  const imported = await importKey(key).catch(() => null);
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
  const raw = key.alg === 'ES256' ? rawSignature(signature) : signature;
  const imported = await importKey(key);
  const isValid = await crypto.subtle.verify(
    webcryptoOf(key.alg),
    imported,
    raw ?? NO_SIGNATURE,
    signed,
  );
  return isValid && raw !== null;
}

const webcryptoOf = (alg: string) => {
  const form = FORMS.find((form) => form.alg === alg);
  if (form === undefined) throw new Error(`a stored passkey has the unknown alg ${alg}`);
  return form.webcrypto;
};

/** Without `alg`: runtimes differ in their name for Ed25519. */
const importKey = ({ alg, ...jwk }: StoredKey): Promise<CryptoKey> =>
  crypto.subtle.importKey('jwk', jwk, webcryptoOf(alg), false, ['verify']);
