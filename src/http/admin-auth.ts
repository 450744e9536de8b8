/**
 * Authenticates operators: by a token that is a secret of the deployment, or by the access token of an
 * account with a role. Both are bearer tokens, which no browser sends by itself.
 */
import type { MiddlewareHandler } from 'hono';
import {
  authenticateOperator,
  type OperatorRefusal,
  type OperatorRules,
} from '../flows/authenticate-operator.ts';
import type { Operator, OperatorToken } from '../flows/model/operator.ts';
import type { AdminServices } from '../flows/ports/services.ts';
import { operatorAt } from '../policy/rate-limit-keys.ts';
import type { Limit } from '../policy/throttle.ts';
import { logOperator } from '../telemetry/log.ts';
import { addressOf } from './address.ts';
import { BEARER } from '../contracts/routes.ts';
import { tokenIn } from './credentials.ts';
import { wireResponse } from './responses.ts';

/** Requests of one address, with a right or a wrong token: enough for a scraper and a person. */
export const OPERATOR_LIMIT: Limit = { attempts: 120, windowSeconds: 60 };

/** Before authentication. */
export interface RequestEnv {
  Bindings: Env;
  Variables: { traceId: string };
}

export interface AdminEnv extends RequestEnv {
  Variables: RequestEnv['Variables'] & { operator: Operator };
}

interface AdminAuthOptions {
  tokens: readonly OperatorToken[];
  /** Null: no account is an operator's. */
  accounts: OperatorRules | null;
  localDevelopment: boolean;
  services: Pick<AdminServices, 'limits' | 'nowMs' | 'sessions' | 'tokens'>;
}

export function adminAuth(options: AdminAuthOptions): MiddlewareHandler<AdminEnv> {
  const { tokens, accounts, localDevelopment, services } = options;
  return async (c, next) => {
    const { url, headers } = c.req.raw;
    if (!localDevelopment && !url.startsWith('https:')) return adminRefusal(403, 'https_required');
    const address = addressOf(headers);
    const admission = await services.limits.consume(operatorAt(address), OPERATOR_LIMIT);
    if (!admission.admitted) {
      const seconds = Math.max(1, Math.ceil((admission.retryAtMs - services.nowMs()) / 1000));
      return adminRefusal(429, 'too_many_requests', {
        headers: { 'Retry-After': String(seconds) },
      });
    }
    const sent = tokenIn(headers, BEARER);
    const operator = sent === null ? null : await operatorOf(sent);
    if (operator !== null && 'scope' in operator) {
      c.set('operator', operator);
      return next();
    }
    const response = refusalOf(operator ?? { reason: 'unauthenticated' }, sent !== null);
    // Log volume is bounded by the limit above: requests over it are not logged.
    logOperator({
      route: 'admin authentication',
      operator: operator !== null && 'name' in operator ? operator.name : null,
      status: response.status,
      address,
      traceId: c.var.traceId,
      durationMs: 0,
    });
    return response;
  };

  async function operatorOf(sent: string): Promise<Operator | OperatorRefusal | null> {
    const token = await findToken(sent, tokens);
    if (token !== null) return { name: `token:${token.id}`, scope: token.scope, session: null };
    return accounts === null ? null : authenticateOperator(services, accounts, sent);
  }
}

function refusalOf(refusal: OperatorRefusal, isSent: boolean): Response {
  switch (refusal.reason) {
    case 'unauthenticated': {
      // RFC 6750 3: no error code if no token was sent.
      const challenge = isSent ? 'Bearer error="invalid_token"' : 'Bearer';
      return adminRefusal(401, 'unauthorized', { headers: { 'WWW-Authenticate': challenge } });
    }
    case 'no-operator':
      return adminRefusal(403, 'not_an_operator');
    case 'second-factor-required':
      return adminRefusal(403, 'second_factor_required', { details: { methods: refusal.methods } });
  }
}

interface RefusalParts {
  /** The errors of the input, by field; or the methods that would prove what is missing. */
  details?: Readonly<Record<string, readonly string[]>>;
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

/**
 * Compares digests with every token, so that neither content nor length nor the place of a token shows
 * in the time it takes.
 */
async function findToken(
  sent: string,
  tokens: readonly OperatorToken[],
): Promise<OperatorToken | null> {
  const digest = await sha256(sent);
  const digests = await Promise.all(tokens.map(({ token }) => sha256(token)));
  const isSame = digests.map((own) => crypto.subtle.timingSafeEqual(digest, own));
  return tokens.find((_, index) => isSame[index]) ?? null;
}

const sha256 = (text: string): Promise<ArrayBuffer> =>
  crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
