/** What app.ts hands to a contract's routes with every request. */
import type { Context } from 'hono';
import type { RequestMeta } from '../flows/model/request.ts';
import type { Services } from '../flows/ports/services.ts';
import type { Operation } from '../telemetry/log.ts';
import type { LineLimit } from '../telemetry/line-limit.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Limit } from '../policy/throttle.ts';

export interface RequestContext {
  services: Services;
  meta: RequestMeta;
  metrics: Pick<Metrics, 'recordOperation'>;
  lineLimit: LineLimit;
  /** Plain http from outside local development. */
  insecure: boolean;
}

/**
 * Hono's view of it. `operation` is what a route set out to do when something went wrong; `limit`,
 * where it counts as an attempt of its address, bounds how many there may be.
 */
export interface ContractEnv {
  Bindings: RequestContext;
  Variables: { operation?: Operation; limit?: Limit };
}

export type ContractContext = Context<ContractEnv>;
