/** One sample of every refusal there is: a reason that is forgotten here does not compile. */
import type { Refusal } from '../../src/flows/outcome.ts';

export type Reason = Refusal['reason'];

export const NOW_MS = 1_700_000_000_000;
export const circumstances = { nowMs: NOW_MS, traceId: '7f3e9a52-0000-4000-8000-000000000000' };

const samples: { [R in Reason]: Extract<Refusal, { reason: R }> } = {
  malformed: {
    reason: 'malformed',
    issues: [
      { field: 'email', message: 'Email is required', missing: true },
      { field: 'password', message: 'Password is required', missing: true },
    ],
  },
  limited: {
    reason: 'limited',
    limit: { attempts: 60, windowSeconds: 60 },
    retryAtMs: NOW_MS + 30_000,
  },
  busy: { reason: 'busy' },
  locked: { reason: 'locked', untilMs: NOW_MS + 900_000, untilReset: false },
  invalid: { reason: 'invalid', because: 'wrong-password' },
  inactive: { reason: 'inactive' },
  unverified: { reason: 'unverified' },
  internal: { reason: 'internal' },
  unauthenticated: { reason: 'unauthenticated', presented: true },
  'cross-site': { reason: 'cross-site' },
  'not-found': { reason: 'not-found' },
  'unknown-path': { reason: 'unknown-path' },
  'wrong-method': { reason: 'wrong-method', allow: ['POST'] },
  insecure: { reason: 'insecure' },
};

export const refusals: readonly Refusal[] = Object.values(samples);

export const sampleOf = <R extends Reason>(reason: R): Extract<Refusal, { reason: R }> =>
  samples[reason];
