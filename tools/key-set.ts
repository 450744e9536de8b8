/**
 * Makes and rotates the JWK set that signs and verifies tokens (setting TOKEN_KEYS), and removes keys
 * that no valid token can need. A retired key has the time of its retirement in a member of its own,
 * which others must ignore (RFC 7517, section 4).
 */
import { generateKeyPairSync, randomBytes, type JsonWebKey } from 'node:crypto';

export const ALGORITHMS = ['EdDSA', 'ES256', 'HS256'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

export interface Key extends JsonWebKey {
  kid: string;
  alg: string;
  /** Seconds since the epoch; absent while the key signs. */
  gatehouse_retired_at?: number;
}

export interface KeySet {
  /** The first one signs, all verify. */
  keys: Key[];
}

export function generateKey(alg: Algorithm): Key {
  const kid = randomBytes(8).toString('base64url');
  if (alg === 'HS256') return { kty: 'oct', k: randomBytes(32).toString('base64url'), kid, alg };
  const { privateKey } =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('ed25519');
  return { ...privateKey.export({ format: 'jwk' }), kid, alg };
}

/** Puts a new key in front. `longestSeconds`: the lifetime of the longest-lived token. */
export function rotate(
  { keys }: KeySet,
  { alg, nowMs, longestSeconds }: { alg: Algorithm; nowMs: number; longestSeconds: number },
): KeySet {
  const nowSeconds = Math.floor(nowMs / 1000);
  const retired = keys.map((key) => ({ gatehouse_retired_at: nowSeconds, ...key }));
  const needed = retired.filter((key) => key.gatehouse_retired_at + longestSeconds > nowSeconds);
  return { keys: [generateKey(alg), ...needed] };
}

/** One line for each key, without its secret parts. */
export function describe({ keys }: KeySet, longestSeconds: number): string[] {
  return keys.map(({ kid, alg, gatehouse_retired_at: retiredAt }, index) => {
    const use = index === 0 ? 'signs' : 'verifies';
    const until =
      retiredAt === undefined
        ? ''
        : `, needed until ${new Date((retiredAt + longestSeconds) * 1000).toISOString()}`;
    return `${kid}  ${alg}  ${use}${until}`;
  });
}
