/**
 * The keys of the house. SERVER_KEY is one secret with one derived key per purpose (HKDF, RFC
 * 5869), so that a value made for one purpose means nothing to another. TOKEN_KEYS is a JWK set
 * (RFC 7517): the first key signs, all verify.
 */
import { base64url, importJWK, type CryptoKey, type JWK } from 'jose';

export type Purpose = 'account' | 'address' | 'refresh';

/** Keyed one-way names and ids: HMAC-SHA256, base64url. */
export type Mac = (purpose: Purpose, text: string) => Promise<string>;

export function createMac(serverKey: Uint8Array): Mac {
  const keys = new Map<Purpose, Promise<CryptoKey>>();
  return async (purpose, text) => {
    let key = keys.get(purpose);
    if (key === undefined) keys.set(purpose, (key = deriveMacKey(serverKey, purpose)));
    const mac = await crypto.subtle.sign('HMAC', await key, new TextEncoder().encode(text));
    return base64url.encode(new Uint8Array(mac));
  };
}

async function deriveMacKey(serverKey: Uint8Array, purpose: Purpose): Promise<CryptoKey> {
  const secret = await crypto.subtle.importKey('raw', serverKey, 'HKDF', false, ['deriveKey']);
  return crypto.subtle.deriveKey(
    {
      name: 'HKDF',
      hash: 'SHA-256',
      salt: new Uint8Array(32),
      info: new TextEncoder().encode(`gatehouse ${purpose}`),
    },
    secret,
    { name: 'HMAC', hash: 'SHA-256', length: 256 },
    false,
    ['sign'],
  );
}

export interface SigningKey {
  kid: string;
  alg: string;
  key: CryptoKey | Uint8Array;
}

/** The algorithms a key may name. Nothing else is ever accepted (RFC 8725 3.1). */
const ALGORITHMS: Record<string, (key: JWK) => boolean> = {
  EdDSA: ({ kty, crv }) => kty === 'OKP' && crv === 'Ed25519',
  Ed25519: ({ kty, crv }) => kty === 'OKP' && crv === 'Ed25519',
  ES256: ({ kty, crv }) => kty === 'EC' && crv === 'P-256',
  // At least as long as its output (RFC 7518 3.2); in base64url that is 43 characters.
  HS256: ({ kty, k }) => kty === 'oct' && k !== undefined && k.length >= 43,
};

/** What is wrong with a key of the set, or null. Looks at its form only; imports nothing. */
export function flawOfKey(key: JWK): string | null {
  if (!key.kid) return 'has no kid';
  const fits = ALGORITHMS[key.alg ?? ''];
  if (fits === undefined) return `has no alg of ${Object.keys(ALGORITHMS).join(', ')}`;
  if (!fits(key)) return `is not a key for its alg ${key.alg}, or too short for it`;
  if (key.kty !== 'oct' && !key.d) return 'is not a private key';
  return null;
}

export async function importSigningKey(jwk: JWK): Promise<SigningKey> {
  const { kid, alg } = jwk;
  if (!kid || !alg) throw new Error('a signing key needs kid and alg');
  return { kid, alg, key: await importJWK(jwk, alg) };
}
