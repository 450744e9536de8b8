/** Whom this isolate remembers as limited is not worth reading a body for. */
import type { MiddlewareHandler } from 'hono';
import type { Operation } from '../observe/log.ts';
import type { Limit } from '../policy/throttle.ts';
import type { HonoArrival } from './arrival.ts';
import type { Desk } from './desk.ts';

/**
 * Before the body's own faults are told: a refused address learns nothing but that it is. Its
 * first, second, fourth, eighth … attempt is logged, or a flood of requests would be one of lines;
 * all are counted.
 */
export function turnAwayLimited(
  operation: Operation,
  desk: Desk,
  limit: Limit,
): MiddlewareHandler<HonoArrival> {
  return async (at, next) => {
    const { services, visit } = at.env;
    const remembered = services.guard.rememberedRefusal(visit.address, limit);
    if (remembered === null) return next();
    const { untilMs, times } = remembered;
    const refusal = { reason: 'limited', limit, retryAtMs: untilMs } as const;
    const logged = Number.isInteger(Math.log2(times));
    return desk.turnAway(at, refusal, { operation, logged });
  };
}
