/** Authenticates the operator by a bearer token that is a secret of the deployment. */
import type { MiddlewareHandler } from 'hono';
import type { Limits } from '../flows/ports/limits.ts';
import { operatorAt } from '../policy/rate-limit-keys.ts';
import type { Limit } from '../policy/throttle.ts';
import { logOperator } from '../telemetry/log.ts';
import { addressOf } from './address.ts';
import { BEARER } from '../contracts/routes.ts';
import { tokenIn } from './credentials.ts';
import { wireResponse } from './responses.ts';

/** Requests of one address, with a right or a wrong token: enough for a scraper and a person. */
export const OPERATOR_LIMIT: Limit = { attempts: 120, windowSeconds: 60 };

export interface AdminEnv {
  Bindings: Env;
  Variables: { traceId: string };
}

export interface AdminAuthOptions {
  token: string;
  localDevelopment: boolean;
  limits: Pick<Limits, 'consume'>;
  nowMs(): number;
}

export function adminAuth(options: AdminAuthOptions): MiddlewareHandler<AdminEnv> {
  const { token, localDevelopment, limits, nowMs } = options;
  return async (c, next) => {
    const { url, headers } = c.req.raw;
    if (!localDevelopment && !url.startsWith('https:')) return adminRefusal(403, 'https_required');
    const address = addressOf(headers);
    const admission = await limits.consume(operatorAt(address), OPERATOR_LIMIT);
    if (!admission.admitted) {
      const seconds = Math.max(1, Math.ceil((admission.retryAtMs - nowMs()) / 1000));
      return adminRefusal(429, 'too_many_requests', {
        headers: { 'Retry-After': String(seconds) },
      });
    }
    const sent = tokenIn(headers, BEARER);
    if (sent !== null && (await isSame(sent, token))) return next();
    // Log volume is bounded by the limit above: requests over it are not logged.
    const { traceId } = c.var;
    logOperator({ route: 'admin authentication', status: 401, address, traceId, durationMs: 0 });
    // RFC 6750 3: no error code if no token was sent.
    const challenge = sent === null ? 'Bearer' : 'Bearer error="invalid_token"';
    return adminRefusal(401, 'unauthorized', { headers: { 'WWW-Authenticate': challenge } });
  };
}

interface RefusalParts {
  /** The errors of the input, by field. */
  details?: Record<string, string[]>;
  headers?: Record<string, string>;
}

/** The one error body of the admin API: `{ error, details? }`, in words for programs. */
export function adminRefusal(
  status: number,
  error: string,
  { details, headers = {} }: RefusalParts = {},
): Response {
  const body = details === undefined ? { error } : { error, details };
  return wireResponse({ status, body, headers });
}

/** Compares digests, so that neither content nor length shows in the time it takes. */
async function isSame(sent: string, token: string): Promise<boolean> {
  const [one, other] = await Promise.all(
    [sent, token].map((text) => crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))),
  );
  return one !== undefined && other !== undefined && crypto.subtle.timingSafeEqual(one, other);
}
