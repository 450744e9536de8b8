/** The limits that a request counts against before anything else is done. */
import type { Limit } from '../policy/throttle.ts';
import type { Refusal } from './model/outcome.ts';
import type { RequestMeta } from './model/request.ts';
import type { Services } from './ports/services.ts';

/** Counts one attempt of the address. Null: it is admitted. */
export async function checkAddressLimit(
  { limits }: Pick<Services, 'limits'>,
  limit: Limit,
  { address }: RequestMeta,
): Promise<Refusal | null> {
  const admission = await limits.consumeAddress(address, limit);
  if (admission.admitted) return null;
  return { reason: 'limited', limit, retryAtMs: admission.retryAtMs };
}

/**
 * Counts one e-mail that the address causes. Null: it is admitted. Counted before anything is known
 * of the recipient, so that the limit tells nothing about them.
 */
export async function checkEmailLimit(
  { emailLimits }: Pick<Services, 'emailLimits'>,
  { address }: RequestMeta,
): Promise<Refusal | null> {
  const admission = await emailLimits.consume(address);
  if (admission.admitted) return null;
  return { reason: 'limited', limit: emailLimits.perAddress, retryAtMs: admission.retryAtMs };
}

export type RequestLimitPorts = 'limits' | 'emailLimits';

/**
 * Asks both limits at once. An attempt that only the first refuses has used up one e-mail of its
 * own address, and of no other.
 */
export async function checkAddressAndEmailLimits(
  services: Pick<Services, RequestLimitPorts>,
  limit: Limit,
  meta: RequestMeta,
): Promise<Refusal | null> {
  const refusals = await Promise.all([
    checkAddressLimit(services, limit, meta),
    checkEmailLimit(services, meta),
  ]);
  return refusals.find((refusal) => refusal !== null) ?? null;
}
