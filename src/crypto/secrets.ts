/**
 * One-time codes and tokens. A code has only a million values, so its hash is keyed: who reads the
 * database cannot try them. A token has 256 bits and needs no key.
 */
import { base64url } from 'jose';
import type { Secrets } from '../flows/ports/tokens.ts';
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
      return { token, hash: await hashOfToken(token) };
    },

    async isCode({ id, secretHash }, code) {
      return equalTexts(await hashOfCode(id, code), secretHash);
    },

    hashOfToken,
  };
}

async function hashOfToken(token: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token));
  return base64url.encode(new Uint8Array(digest));
}

/** Uniform: what would make small numbers likelier is drawn again. `bound`: at most 2^32. */
export function randomBelow(bound: number): number {
  const fair = Math.floor(2 ** 32 / bound) * bound;
  for (;;) {
    const [drawn = fair] = crypto.getRandomValues(new Uint32Array(1));
    if (drawn < fair) return drawn % bound;
  }
}
