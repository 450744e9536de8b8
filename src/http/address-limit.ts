/** Counts an operation as an attempt of its address. */
import type { MiddlewareHandler } from 'hono';
import type { Operation } from '../telemetry/log.ts';
import type { Limit } from '../policy/throttle.ts';
import type { ContractContext, ContractEnv } from './request-context.ts';
import { isJson } from './body.ts';
import type { Responder } from './responder.ts';

/**
 * Names the limit that the attempt counts against, once: the flow counts it, or the desk where the
 * body is at fault. An address that this isolate already knows to be limited is refused before its
 * body is read, and learns nothing of the body's faults.
 */
export function countAtAddress(
  operation: Operation,
  responder: Responder,
  limit: Limit,
): MiddlewareHandler<ContractEnv> {
  return async (c, next) => {
    const { services, meta } = c.env;
    if (!isForeignForm(c, responder)) c.set('limit', limit);
    const remembered = services.limits.rememberedRefusal(meta.address, limit);
    if (remembered === null) return next();
    const refusal = { reason: 'limited', limit, retryAtMs: remembered.untilMs } as const;
    return responder.reject(c, refusal, operation);
  };
}

/** Refuses an address that this isolate knows to have reached its limit for e-mail, in the same way. */
export function rejectEmailLimited(
  operation: Operation,
  responder: Responder,
): MiddlewareHandler<ContractEnv> {
  return async (c, next) => {
    const { services, meta } = c.env;
    const { perAddress, rememberedRefusal } = services.emailLimits;
    const remembered = rememberedRefusal(meta.address);
    if (remembered === null) return next();
    const refusal = {
      reason: 'limited',
      limit: perAddress,
      retryAtMs: remembered.untilMs,
    } as const;
    return responder.reject(c, refusal, operation);
  };
}

/**
 * A page of another site can make its visitors' browsers send a form, but no JSON (that takes a CORS
 * preflight). Such requests must not use up the attempts of a visitor's address.
 */
function isForeignForm(at: ContractContext, responder: Responder): boolean {
  return !isJson(at.req.raw.headers) && responder.siteOf(at) === 'foreign';
}
