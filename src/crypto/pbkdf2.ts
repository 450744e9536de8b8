/** PBKDF2 (RFC 8018) as the platform computes it. */

/** The most iterations that Workers allow in one call; a local runtime would allow more. */
export const MOST_ITERATIONS = 100_000;

const HASHES = {
  sha256: { hash: 'SHA-256', bits: 256 },
  sha512: { hash: 'SHA-512', bits: 512 },
} as const;

export interface Pbkdf2Parameters {
  digest: keyof typeof HASHES;
  salt: Uint8Array;
  iterations: number;
}

export const importPbkdf2Key = (password: Uint8Array): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);

/** Derives as many bytes as the digest has. Throws above MOST_ITERATIONS, when deployed. */
export async function derivePbkdf2(
  key: CryptoKey,
  { digest, salt, iterations }: Pbkdf2Parameters,
): Promise<Uint8Array> {
  const { hash, bits } = HASHES[digest];
  const parameters = { name: 'PBKDF2', hash, salt, iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, bits));
}
