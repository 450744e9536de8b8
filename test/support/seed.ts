/**
 * Gives every property its seed: the same one in each `npm test`, a fresh one from `npm run fuzz`.
 * Parameters of a single property do not set a seed of their own.
 */
import * as fc from 'fast-check';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    properties: Pick<fc.Parameters, 'seed' | 'path' | 'includeErrorInReport'>;
  }
}

fc.configureGlobal(inject('properties'));
