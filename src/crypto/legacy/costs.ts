/**
 * Bounds the cost of legacy hashes. Costs count work, not time: the work of one kind takes the same
 * time in all of its hashes, on any machine. The bounds keep the costliest hash of a kind at some
 * four seconds of CPU: a row in the database must not be able to burn more.
 */

/** In the order in which they are verified. */
export const KINDS = ['pbkdf2-sha256', 'pbkdf2-sha512', 'bcrypt', 'scrypt'] as const;
type LegacyKind = (typeof KINDS)[number];

export interface LegacyCost {
  kind: LegacyKind;
  /** PBKDF2: iterations; bcrypt: the logarithm as stored (12); scrypt: N * r * p. */
  cost: number;
}

export const LEAST_COST: Readonly<Record<LegacyKind, number>> = {
  'pbkdf2-sha256': 1,
  'pbkdf2-sha512': 1,
  bcrypt: 4,
  scrypt: 2,
};

export const MOST_COST: Readonly<Record<LegacyKind, number>> = {
  'pbkdf2-sha256': 2_000_000,
  'pbkdf2-sha512': 1_000_000,
  bcrypt: 15,
  scrypt: 2 ** 21,
};

/** scrypt's N * r: 32 MiB, of the 128 that an isolate has. Its p runs in the same memory. */
export const MOST_SCRYPT_BLOCKS = 2 ** 18;
export const SCRYPT_BLOCK_BYTES = 128;
