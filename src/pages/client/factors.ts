/** Entry point of the script for second factors: the step of a sign-in, and the signed-in page's section. */
import { createFactorSection, type HomePage } from './factor-section.ts';
import type { Shared } from './factors-script.ts';
import { createLoginStep } from './login-step.ts';

export const createFactors = (shared: Shared) => ({
  /** Returns the function that goes on with a sign-in whose password was right. */
  createLoginStep: () => createLoginStep(shared),
  createSection: (home: HomePage) => createFactorSection(shared, home),
});

export type Factors = ReturnType<typeof createFactors>;
