/** Counts an operation as an attempt of its address. */
import type { MiddlewareHandler } from 'hono';
import type { Operation } from '../observe/log.ts';
import type { Limit } from '../policy/throttle.ts';
import type { At, HonoArrival } from './arrival.ts';
import { isJson } from './body.ts';
import type { Desk } from './desk.ts';

/**
 * Names the limit that the attempt counts against, once: the flow counts it, or the desk where the
 * body is at fault. An address that this isolate already knows to be limited is refused before its
 * body is read, and learns nothing of the body's faults.
 */
export function countedAtAddress(
  operation: Operation,
  desk: Desk,
  limit: Limit,
): MiddlewareHandler<HonoArrival> {
  return async (at, next) => {
    const { services, visit } = at.env;
    if (!isForeignForm(at, desk)) at.set('limit', limit);
    const remembered = services.guard.rememberedRefusal(visit.address, limit);
    if (remembered === null) return next();
    const refusal = { reason: 'limited', limit, retryAtMs: remembered.untilMs } as const;
    return desk.turnAway(at, refusal, operation);
  };
}

/** Refuses an address that this isolate knows to have reached its limit for e-mail, in the same way. */
export function turnAwayEmailLimited(
  operation: Operation,
  desk: Desk,
): MiddlewareHandler<HonoArrival> {
  return async (at, next) => {
    const { services, visit } = at.env;
    const { perAddress, rememberedRefusal } = services.emailLimits;
    const remembered = rememberedRefusal(visit.address);
    if (remembered === null) return next();
    const refusal = {
      reason: 'limited',
      limit: perAddress,
      retryAtMs: remembered.untilMs,
    } as const;
    return desk.turnAway(at, refusal, operation);
  };
}

/**
 * A page of another site can make its visitors' browsers send a form, but no JSON (that takes a CORS
 * preflight). Such requests must not use up the attempts of a visitor's address.
 */
function isForeignForm(at: At, desk: Desk): boolean {
  return !isJson(at.req.raw.headers) && desk.siteOf(at) === 'foreign';
}
