/** What app.ts hands to a contract's routes with every request. */
import type { Context } from 'hono';
import type { Services, Visit } from '../flows/services.ts';
import type { Operation } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';

export interface Arrival {
  services: Services;
  visit: Visit;
  metrics: Pick<Metrics, 'done'>;
  /** Plain http from outside local development. */
  insecure: boolean;
}

/** Hono's view of it; `operation` is what a route set out to do when something went wrong. */
export interface HonoArrival {
  Bindings: Arrival;
  Variables: { operation?: Operation };
}

export type At = Context<HonoArrival>;
