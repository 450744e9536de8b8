/**
 * Stands where src/crypto/password.ts does, in a build that is the app's in all else: the event loop
 * turns before a hash, so that the account's guard is asked, and not between its slices.
 */
import {
  createPasswords as createSliced,
  type PasswordSettings,
} from '../../../src/crypto/password.ts';
import type { Passwords } from '../../../src/flows/ports/passwords.ts';

export * from '../../../src/crypto/password.ts';

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
