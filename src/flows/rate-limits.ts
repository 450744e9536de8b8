/** Whether an address may make one more attempt, of whatever kind. */
import type { Limit } from '../policy/throttle.ts';
import type { Refusal } from './model/outcome.ts';
import type { RequestMeta } from './model/request.ts';
import type { Services } from './ports/services.ts';

/** Null: it may, and the attempt is counted. */
export async function checkAddressLimit(
  { limits }: Services,
  limit: Limit,
  { address }: RequestMeta,
): Promise<Refusal | null> {
  const admission = await limits.consumeAddress(address, limit);
  if (admission.admitted) return null;
  return { reason: 'limited', limit, retryAtMs: admission.retryAtMs };
}

/**
 * Null: the address may cause one more e-mail, and the request is counted: before anything is known
 * of the recipient, so that the limit tells nothing about them.
 */
export async function checkEmailLimit(
  { emailLimits }: Services,
  { address }: RequestMeta,
): Promise<Refusal | null> {
  const admission = await emailLimits.consume(address);
  if (admission.admitted) return null;
  return { reason: 'limited', limit: emailLimits.perAddress, retryAtMs: admission.retryAtMs };
}

/**
 * Asks both limits at once. An attempt that only the first refuses has used up one e-mail of its
 * own address, and nobody else's.
 */
export async function checkAddressAndEmailLimits(
  services: Services,
  limit: Limit,
  meta: RequestMeta,
): Promise<Refusal | null> {
  const refusals = await Promise.all([
    checkAddressLimit(services, limit, meta),
    checkEmailLimit(services, meta),
  ]);
  return refusals.find((refusal) => refusal !== null) ?? null;
}
