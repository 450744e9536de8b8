/** PBKDF2 (RFC 8018) as the platform computes it. */

/** The most iterations that Workers allow in one call; a local runtime would allow more. */
export const MOST_ITERATIONS = 100_000;

const HASHES = {
  sha256: { hash: 'SHA-256', bits: 256 },
  sha512: { hash: 'SHA-512', bits: 512 },
} as const;

export type Digest = keyof typeof HASHES;

export interface Pbkdf2Parameters {
  digest: Digest;
  salt: Uint8Array;
  iterations: number;
}

/** Derives as many bytes as the digest has. Throws above MOST_ITERATIONS, when deployed. */
export async function derivePbkdf2(
  password: Uint8Array,
  { digest, salt, iterations }: Pbkdf2Parameters,
): Promise<Uint8Array> {
  const { hash, bits } = HASHES[digest];
  const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
  const parameters = { name: 'PBKDF2', hash, salt, iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, bits));
}
