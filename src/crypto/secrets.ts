/**
 * Creates one-time codes and tokens. A code has only a million values, so its hash is keyed: a copy of
 * the database is not enough to try them. A token has 256 bits and needs no key.
 */
import { base64url } from 'jose';
import type { Secrets } from '../flows/ports/tokens.ts';
import { sha256Text } from './digest.ts';
import { equalTexts } from './equal.ts';
import type { Mac } from './keys.ts';

const CODES = 1_000_000;
const TOKEN_BYTES = 32;

export function createSecrets(mac: Mac): Secrets {
  const hashOfCode = (challengeId: string, code: string) => mac('code', `${challengeId}.${code}`);
  return {
    async newCode(challengeId) {
      const code = String(randomBelow(CODES)).padStart(6, '0');
      return { code, hash: await hashOfCode(challengeId, code) };
    },

    async newToken() {
      const token = base64url.encode(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)));
      return { token, hash: await sha256Text(token) };
    },

    async isCode({ id, secretHash }, code) {
      return equalTexts(await hashOfCode(id, code), secretHash);
    },

    hashOfToken: sha256Text,
  };
}

/** Draws a uniform number below `bound` (at most 2^32) from the CSPRNG, by rejection sampling. */
export function randomBelow(bound: number): number {
  const limit = Math.floor(2 ** 32 / bound) * bound;
  for (;;) {
    const [drawn = limit] = crypto.getRandomValues(new Uint32Array(1));
    if (drawn < limit) return drawn % bound;
  }
}
