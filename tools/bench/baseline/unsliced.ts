/**
 * Replaces src/crypto/passwords/hash.ts in a build that is the application's otherwise: the event loop
 * turns once before a hash, so that the lockout is consulted, and not between its slices.
 */
import {
  createPasswords as createSliced,
  type PasswordSettings,
} from '../../../src/crypto/passwords/hash.ts';
import type { Passwords } from '../../../src/flows/ports/passwords.ts';

export * from '../../../src/crypto/passwords/hash.ts';

export function createPasswords(settings: PasswordSettings, turn: () => Promise<void>): Passwords {
  const { verify, ...whole } = createSliced(settings, async () => undefined);
  return {
    ...whole,
    async verify(guess) {
      await turn();
      return verify(guess);
    },
  };
}
