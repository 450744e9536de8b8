/**
 * The door of whoever runs the house: a bearer token that is a secret of the deployment. Where none
 * is set, there is no door, and its paths are unknown like any other.
 */
import { Hono } from 'hono';
import type { Limits } from '../flows/ports/limits.ts';
import { logOperator } from '../telemetry/log.ts';
import { operatorAt } from '../policy/rate-limit-keys.ts';
import type { Limit } from '../policy/throttle.ts';
import { addressOf } from './address.ts';
import { bearerIn } from './credentials.ts';
import { wireResponse } from './responses.ts';

/** Of one address, whoever is right or wrong: enough for a scraper and a person beside it. */
export const OPERATOR_LIMIT: Limit = { attempts: 120, windowSeconds: 60 };

export type AdminApp = Hono<{ Bindings: Env; Variables: { traceId: string } }>;

export interface AdminAuthOptions {
  /** Null: closed. */
  token: string | null;
  localDevelopment: boolean;
  limits: Pick<Limits, 'consume'>;
  nowMs(): number;
}

/** An app whose every route is for operators alone; `app.ts` mounts it at its paths. */
export function createAdminApp({ token, localDevelopment, limits, nowMs }: AdminAuthOptions) {
  const app: AdminApp = new Hono();
  app.use(async (c, next) => {
    if (token === null) return adminRefusal(404, 'not_found');
    const { raw } = c.req;
    if (!localDevelopment && !raw.url.startsWith('https:')) {
      return adminRefusal(403, 'https_required');
    }
    const admission = await limits.consume(operatorAt(addressOf(raw.headers)), OPERATOR_LIMIT);
    if (!admission.admitted) {
      const seconds = Math.max(1, Math.ceil((admission.retryAtMs - nowMs()) / 1000));
      return adminRefusal(429, 'too_many_requests', { 'Retry-After': String(seconds) });
    }
    const given = bearerIn(raw.headers);
    if (given === null || !(await isSame(given, token))) {
      // No more lines than the limit lets through: who is over it was heard of before.
      logOperator({
        route: 'the door',
        status: 401,
        address: addressOf(raw.headers),
        traceId: c.var.traceId,
        durationMs: 0,
      });
      // RFC 6750 3: no error code for a caller who brought no token.
      const challenge = given === null ? 'Bearer' : 'Bearer error="invalid_token"';
      return adminRefusal(401, 'unauthorized', { 'WWW-Authenticate': challenge });
    }
    return next();
  });
  return app;
}

/** `{ error }`, in words for programs. */
export function adminRefusal(
  status: number,
  error: string,
  headers: Record<string, string> = {},
): Response {
  return wireResponse({ status, body: { error }, headers });
}

/** Hashed first, so that neither content nor length shows in the time it takes. */
async function isSame(given: string, token: string): Promise<boolean> {
  const [one, other] = await Promise.all(
    [given, token].map((text) => crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))),
  );
  return one !== undefined && other !== undefined && crypto.subtle.timingSafeEqual(one, other);
}
