/** The context of a contract's routes. */
import type { Context } from 'hono';
import type { Operation } from '../flows/operations.ts';
import type { Services } from '../flows/ports/services.ts';
import type { RequestMeta } from '../flows/model/request.ts';
import type { LineLimit } from '../telemetry/line-limit.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Limit } from '../policy/throttle.ts';

/** Handed over by app.ts with every request. */
export interface RequestContext {
  services: Services;
  meta: RequestMeta;
  metrics: Pick<Metrics, 'recordOperation'>;
  lineLimit: LineLimit;
  /** Plain http from outside local development. */
  insecure: boolean;
}

/** `operation`: of the route; `limit`: the limit that the request counts against as an attempt. */
export interface ContractEnv {
  Bindings: RequestContext;
  Variables: { operation?: Operation; limit?: Limit };
}

export type ContractContext = Context<ContractEnv>;
