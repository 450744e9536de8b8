/**
 * The format of stored password hashes:
 *
 *     $gh-pbkdf2-sha256$i=100000,n=6[,k=<pepper id>]$<salt>$<hash>     (base64url, no padding)
 */
import { base64url } from 'jose';
import { MOST_ITERATIONS } from '../pbkdf2.ts';

/** A stored hash with more rounds is an attempt to burn CPU. */
export const MOST_ROUNDS = 32;
export const SALT_BYTES = 16;
export const HASH_BYTES = 32;

export interface PasswordCost {
  /** PBKDF2 iterations of one call. */
  iterations: number;
  /** Calls. */
  rounds: number;
}

interface StoredHash extends PasswordCost {
  /** Null: made without a pepper. */
  pepperId: string | null;
  salt: Uint8Array;
  hash: Uint8Array;
}

const FORMAT =
  /^\$gh-pbkdf2-sha256\$i=([1-9]\d{0,6}),n=([1-9]\d?)(?:,k=([\w.-]{1,64}))?\$([\w-]{22})\$([\w-]{43})$/;

/** Returns null for any other text, and for a cost above the limits. */
export function parseHash(stored: string): StoredHash | null {
  const [, iterations, rounds, pepperId, salt, hash] = FORMAT.exec(stored) ?? [];
  if (!iterations || !rounds || !salt || !hash) return null;
  const cost = { iterations: Number(iterations), rounds: Number(rounds) };
  if (cost.iterations > MOST_ITERATIONS || cost.rounds > MOST_ROUNDS) return null;
  return {
    ...cost,
    pepperId: pepperId ?? null,
    salt: base64url.decode(salt),
    hash: base64url.decode(hash),
  };
}

export function formatHash({ iterations, rounds, pepperId, salt, hash }: StoredHash): string {
  const keyed = pepperId === null ? '' : `,k=${pepperId}`;
  const parameters = `i=${iterations},n=${rounds}${keyed}`;
  return `$gh-pbkdf2-sha256$${parameters}$${base64url.encode(salt)}$${base64url.encode(hash)}`;
}
