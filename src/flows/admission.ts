/** Whether an address may make one more attempt, of whatever kind. */
import type { Limit } from '../policy/throttle.ts';
import type { Refusal } from './outcome.ts';
import type { Services, Visit } from './services.ts';

/** Null: it may, and the attempt is counted. */
export async function admitted(
  { guard }: Services,
  limit: Limit,
  { address }: Visit,
): Promise<Refusal | null> {
  const admission = await guard.admit(address, limit);
  if (admission.admitted) return null;
  return { reason: 'limited', limit, retryAtMs: admission.retryAtMs };
}
