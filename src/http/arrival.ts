/** What app.ts hands to a contract's routes with every request. */
import type { Context } from 'hono';
import type { Services, Visit } from '../flows/services.ts';
import type { Operation } from '../observe/log.ts';
import type { LineLimit } from '../observe/line-limit.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Limit } from '../policy/throttle.ts';

export interface Arrival {
  services: Services;
  visit: Visit;
  metrics: Pick<Metrics, 'done'>;
  lineLimit: LineLimit;
  /** Plain http from outside local development. */
  insecure: boolean;
}

/**
 * Hono's view of it. `operation` is what a route set out to do when something went wrong; `limit`,
 * where it counts as an attempt of its address, bounds how many there may be.
 */
export interface HonoArrival {
  Bindings: Arrival;
  Variables: { operation?: Operation; limit?: Limit };
}

export type At = Context<HonoArrival>;
