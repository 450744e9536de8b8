/**
 * Creates responses. The contract gives a refusal its status and body; the headers that belong to its
 * reason are the same for every contract.
 */
import type { Contract, RefusalContext, Wire } from '../contracts/contract.ts';
import { refusalWire } from '../contracts/errors.ts';
import type { Refusal } from '../flows/model/outcome.ts';
import { PROTECTIVE_HEADERS } from './headers.ts';

/** For outages: long enough to relieve the servers, short enough for people to wait. */
const OUTAGE_RETRY_SECONDS = 5;
const BUSY_RETRY_SECONDS = 1;

export function refusalResponse(
  contract: Contract,
  refusal: Refusal,
  context: RefusalContext,
): Response {
  const wire = refusalWire(contract, refusal, context);
  const shared = sharedHeaders(refusal, context.nowMs);
  return wireResponse({ ...wire, headers: shared });
}

export function wireResponse({ status, body, headers }: Wire): Response {
  const init = { status, headers: { ...PROTECTIVE_HEADERS, ...headers } };
  return body === null ? new Response(null, init) : Response.json(body, init);
}

/** Reports an internal failure outside of every contract. */
export function outageResponse(status: 500 | 503, body: Record<string, string>): Response {
  return wireResponse({ status, body, headers: { 'Retry-After': String(OUTAGE_RETRY_SECONDS) } });
}

/**
 * The headers of a reason: Retry-After (RFC 9110 10.2.3), rounded up; RateLimit and RateLimit-Policy
 * (draft-ietf-httpapi-ratelimit-headers-11); Allow (RFC 9110 10.2.1); WWW-Authenticate (RFC 6750 3).
 */
function sharedHeaders(refusal: Refusal, nowMs: number): Record<string, string> {
  const secondsUntil = (ms: number) => Math.max(1, Math.ceil((ms - nowMs) / 1000));
  switch (refusal.reason) {
    case 'limited': {
      const { attempts, windowSeconds } = refusal.limit;
      const seconds = secondsUntil(refusal.retryAtMs);
      return {
        'Retry-After': String(seconds),
        'RateLimit-Policy': `"address";q=${attempts};w=${windowSeconds}`,
        RateLimit: `"address";r=0;t=${seconds}`,
      };
    }
    case 'locked':
      return { 'Retry-After': String(secondsUntil(refusal.untilMs)) };
    case 'busy':
      return { 'Retry-After': String(BUSY_RETRY_SECONDS) };
    case 'internal':
      return { 'Retry-After': String(OUTAGE_RETRY_SECONDS) };
    case 'unauthenticated':
      // RFC 6750 3: no error code if no token was sent.
      return {
        'WWW-Authenticate': refusal.presented ? 'Bearer error="invalid_token"' : 'Bearer',
      };
    case 'wrong-method':
      return { Allow: refusal.allow.join(', ') };
    default:
      return {};
  }
}
