/** Whom this isolate remembers as limited is not worth reading a body for. */
import type { MiddlewareHandler } from 'hono';
import type { Operation } from '../observe/log.ts';
import type { Limit } from '../policy/throttle.ts';
import type { HonoArrival } from './arrival.ts';
import type { Desk } from './desk.ts';

/** Before the body's own faults are told: a refused address learns nothing but that it is. */
export function turnAwayLimited(
  operation: Operation,
  desk: Desk,
  limit: Limit,
): MiddlewareHandler<HonoArrival> {
  return async (at, next) => {
    const { services, visit } = at.env;
    const retryAtMs = services.guard.refusedUntilMs(visit.address, limit);
    return retryAtMs === null
      ? next()
      : desk.turnAway(at, operation, { reason: 'limited', limit, retryAtMs });
  };
}
