/**
 * Handles of login steps: the step itself, sealed under a key of its own, so that nothing is stored and
 * its holder reads nothing of it.
 */
import type { LoginStep, LoginSteps } from '../flows/ports/login-steps.ts';
import { createSealKey } from './keys.ts';
import { open, seal } from './seal.ts';

const AAD = 'login step';
/** Characters that every step is padded to: its length must not tell what is in it. */
const PADDED_LENGTH = 288;

interface StepsOptions {
  serverKey: Uint8Array;
  nowMs(): number;
  lifetimeMs: number;
}

export function createLoginSteps({ serverKey, nowMs, lifetimeMs }: StepsOptions): LoginSteps {
  const key = createSealKey(serverKey, 'step');
  return {
    async issue(step) {
      // JSON ignores spaces at its end.
      return seal(await key(), JSON.stringify(step).padEnd(PADDED_LENGTH), AAD);
    },

    async read(handle) {
      const text = await open(await key(), handle, AAD);
      if (text === null) return null;
      const step = JSON.parse(text) as LoginStep;
      return nowMs() - step.issuedAtMs < lifetimeMs ? step : null;
    },
  };
}
