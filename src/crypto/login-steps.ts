/** Handles of login steps: the step itself, sealed. */
import type { LoginStep, LoginSteps } from '../flows/ports/login-steps.ts';
import { createSealedHandles } from './sealed-handles.ts';

interface StepsOptions {
  serverKey: Uint8Array;
  nowMs(): number;
  lifetimeMs: number;
}

export const createLoginSteps = (options: StepsOptions): LoginSteps =>
  createSealedHandles<LoginStep>({
    ...options,
    purpose: 'step',
    aad: 'login step',
    paddedLength: 288,
  });
