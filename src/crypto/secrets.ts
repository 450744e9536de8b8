/**
 * Creates one-time codes and tokens. A code has only a million values, so its hash is keyed: a copy of
 * the database is not enough to try them. A token has 256 bits and needs no key.
 */
import type { Secrets } from '../flows/ports/tokens.ts';
import { sha256Text } from './digest.ts';
import { equalTexts } from './equal.ts';
import type { Mac } from './keys.ts';
import { randomBelow, randomText } from './random.ts';

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
      const token = randomText(TOKEN_BYTES);
      return { token, hash: await sha256Text(token) };
    },

    async isCode({ id, secretHash }, code) {
      return equalTexts(await hashOfCode(id, code), secretHash);
    },

    hashOfToken: sha256Text,
  };
}
