/**
 * Derives and imports the deployment's keys. SERVER_KEY is one secret with one derived key per purpose
 * (HKDF, RFC 5869), so that a MAC made for one purpose is worthless for another. TOKEN_KEYS is a JWK
 * set (RFC 7517): of the keys that fit a contract the first signs, and all verify.
 */
import { base64url, importJWK, type CryptoKey, type JWK } from 'jose';

type MacPurpose =
  | 'account'
  | 'address'
  | 'refresh'
  | 'code'
  | 'device'
  | 'registration'
  | 'recovery'
  | 'step-token'
  | 'passkey-challenge';

/** HMAC-SHA256, base64url: for pseudonyms, object names, signatures and ids. */
export type Mac = (purpose: MacPurpose, text: string) => Promise<string>;

export function createMac(serverKey: Uint8Array): Mac {
  const keys = new Map<MacPurpose, Promise<CryptoKey>>();
  return async (purpose, text) => {
    let key = keys.get(purpose);
    if (key === undefined) keys.set(purpose, (key = deriveKey(serverKey, purpose, HMAC)));
    const mac = await crypto.subtle.sign('HMAC', await key, new TextEncoder().encode(text));
    return base64url.encode(new Uint8Array(mac));
  };
}

/** Returns the AES-256 key of a purpose for seal.ts, derived at its first use. */
export function createSealKey(
  secret: Uint8Array,
  purpose: 'step' | 'factor' | 'authorization-code',
): () => Promise<CryptoKey> {
  let key: Promise<CryptoKey> | undefined;
  return () => (key ??= deriveKey(secret, purpose, AES));
}

interface KeyUse {
  algorithm: { name: string; hash?: string; length: number };
  usages: ('sign' | 'encrypt' | 'decrypt')[];
}

const HMAC: KeyUse = {
  algorithm: { name: 'HMAC', hash: 'SHA-256', length: 256 },
  usages: ['sign'],
};
const AES: KeyUse = { algorithm: { name: 'AES-GCM', length: 256 }, usages: ['encrypt', 'decrypt'] };

async function deriveKey(
  secret: Uint8Array,
  purpose: string,
  { algorithm, usages }: KeyUse,
): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  return crypto.subtle.deriveKey(
    {
      name: 'HKDF',
      hash: 'SHA-256',
      salt: new Uint8Array(32),
      info: new TextEncoder().encode(`gatehouse ${purpose}`),
    },
    material,
    algorithm,
    false,
    usages,
  );
}

/** `contracts`: the only ones that it signs and verifies for; absent: all. */
export interface TokenKey extends JWK {
  contracts?: readonly string[];
}

/** 32 bytes: every part of an Ed25519 or P-256 key, and the minimum of an HS256 key (RFC 7518 3.2). */
const PART = /^[\w-]{43}$/;
/** A length of 1 mod 4 leaves six bits, at which the decoder would throw. */
const SECRET = /^(?=.{43})(?:[\w-]{4})*(?:[\w-]{2,3})?$/;

const fits = (pattern: RegExp, ...parts: unknown[]): boolean =>
  parts.every((part) => typeof part === 'string' && pattern.test(part));

/** The only algorithms that are ever accepted (RFC 8725 3.1), each with the form of its keys. */
const KEY_FORMS = new Map<string | undefined, (key: JWK) => boolean>([
  ['EdDSA', ({ kty, crv, x, d }) => kty === 'OKP' && crv === 'Ed25519' && fits(PART, x, d)],
  ['Ed25519', ({ kty, crv, x, d }) => kty === 'OKP' && crv === 'Ed25519' && fits(PART, x, d)],
  ['ES256', ({ kty, crv, x, y, d }) => kty === 'EC' && crv === 'P-256' && fits(PART, x, y, d)],
  ['HS256', ({ kty, k }) => kty === 'oct' && fits(SECRET, k)],
]);

export const ALGORITHMS = [...KEY_FORMS.keys()] as readonly string[];

/**
 * Returns the keys that fit a contract, in their order: the first signs, all verify. A key that other
 * services share, as PostgREST shares gotrue's secret, is restricted to that contract, so that it
 * forges nothing at another.
 */
export function keysFor<K extends Pick<TokenKey, 'alg' | 'contracts'>>(
  keys: readonly K[],
  contract: string,
  algorithms: readonly string[] = ALGORITHMS,
): K[] {
  return keys.filter(
    ({ alg = '', contracts }) =>
      algorithms.includes(alg) && (contracts === undefined || contracts.includes(contract)),
  );
}

export interface SigningKey {
  /** Absent: its tokens name none, either. */
  kid: string | undefined;
  alg: string;
  key: CryptoKey | Uint8Array;
}

const isRestriction = (names: unknown): boolean =>
  names === undefined ||
  (Array.isArray(names) && names.length > 0 && names.every((name) => typeof name === 'string'));

/**
 * Returns what is wrong with the form of a key, or null. Imports nothing. A secret for certain
 * contracts may lack a `kid`: a service that has it as plain text, as PostgREST may, has no `kid` for
 * it, and refuses tokens that name one.
 */
export function validateKey(key: TokenKey): string | null {
  if (!isRestriction(key.contracts)) return 'has contracts that are not a list of names';
  const needsKid = key.alg !== 'HS256' || key.contracts === undefined;
  const isKid = typeof key.kid === 'string' && key.kid !== '';
  if (!isKid && (needsKid || key.kid !== undefined)) return 'has no kid';
  const check = KEY_FORMS.get(key.alg);
  if (check === undefined) return `has no alg of ${ALGORITHMS.join(', ')}`;
  return check(key) ? null : `is not a private key for its alg ${key.alg}, or too short for it`;
}

export async function importSigningKey(jwk: JWK): Promise<SigningKey> {
  const { kid, alg } = jwk;
  if (!alg) throw new Error('a signing key needs its alg');
  return { kid, alg, key: await importJWK(jwk, alg) };
}

export async function importVerifyingKey({ d: _private, ...jwk }: JWK): Promise<SigningKey> {
  return importSigningKey(jwk as JWK);
}
