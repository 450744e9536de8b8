/**
 * Creates responses. The contract gives a refusal its status and body; the headers that belong to its
 * reason are the same for every contract.
 */
import type { Contract } from '../contracts/contract.ts';
import type { RefusalContext } from '../contracts/error-answers.ts';
import type { Wire } from '../contracts/wire.ts';
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
  // RFC 9110 11.6.1; clients that find it with another status look for the error in it.
  const challenge = refusal.reason === 'unauthenticated' && wire.status === 401;
  return wireResponse({
    ...wire,
    headers: {
      ...wire.headers,
      ...shared,
      ...(challenge ? { 'WWW-Authenticate': challengeOf(contract, refusal) } : {}),
    },
  });
}

/** RFC 6750 3: no error code if no token was sent. */
function challengeOf({ access }: Contract, { presented }: { presented: boolean }): string {
  const scheme = (access.in === 'header' ? access.scheme : null) ?? 'Bearer';
  return presented ? `${scheme} error="invalid_token"` : scheme;
}

export function wireResponse({ status, body, headers = {} }: Wire): Response {
  const single: Record<string, string> = {};
  const repeated: [string, string][] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === 'string') single[name] = value;
    else for (const each of value) repeated.push([name, each]);
  }
  const init = { status, headers: { ...PROTECTIVE_HEADERS, ...single } };
  const response = body === null ? new Response(null, init) : Response.json(body, init);
  for (const [name, value] of repeated) response.headers.append(name, value);
  return response;
}

/** Reports an internal failure outside of every contract. */
export function outageResponse(status: 500 | 503, body: Record<string, string>): Response {
  return wireResponse({ status, body, headers: { 'Retry-After': String(OUTAGE_RETRY_SECONDS) } });
}

/**
 * The headers of a reason: Retry-After (RFC 9110 10.2.3), rounded up; RateLimit and RateLimit-Policy
 * (draft-ietf-httpapi-ratelimit-headers-11); Allow (RFC 9110 10.2.1).
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
    case 'wrong-method':
      return { Allow: refusal.allow.join(', ') };
    default:
      return {};
  }
}
