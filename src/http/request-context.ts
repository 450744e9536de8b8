/** The request as use cases see it, and the context of a contract's routes. */
import type { Context } from 'hono';
import type { AnyRoute } from '../contracts/contract.ts';
import type { Operation } from '../flows/operations.ts';
import type { Services } from '../flows/ports/services.ts';
import type { RequestMeta } from '../flows/model/request.ts';
import { preferredLanguage } from '../languages/choose.ts';
import { logFailure } from '../telemetry/log.ts';
import type { LineLimit } from '../telemetry/line-limit.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Limit } from '../policy/throttle.ts';
import { describeUserAgent } from '../policy/user-agent.ts';
import { addressOf } from './address.ts';
import { cookieIn, DEVICE_COOKIE, REGISTRATION_COOKIE } from './cookies.ts';

/** Handed over by app.ts with every request. */
interface RequestContext {
  services: Services;
  meta: RequestMeta;
  metrics: Pick<Metrics, 'recordOperation'>;
  lineLimit: LineLimit;
  /** Plain http from outside local development. */
  insecure: boolean;
}

export interface ContractEnv {
  Bindings: RequestContext;
  Variables: {
    route?: AnyRoute;
    /** Of the route, or the likeliest where none is chosen yet. */
    operation?: Operation;
    /** The limit that the request counts against as an attempt. */
    limit?: Limit | undefined;
    /** The body, before a schema has read it. */
    fields?: Readonly<Record<string, unknown>>;
  };
}

export type ContractContext = Context<ContractEnv>;

export const requestMeta = ({ headers }: Request, traceId: string): RequestMeta => ({
  traceId,
  address: addressOf(headers),
  userAgent: headers.get('User-Agent'),
  language: preferredLanguage(headers.get('Accept-Language')),
  browser: describeUserAgent(headers.get('User-Agent')),
  device: cookieIn(headers, DEVICE_COOKIE),
  registration: cookieIn(headers, REGISTRATION_COOKIE),
});

/** Returns a `waitUntil` that logs a failure of the work, and then flushes the metrics. */
export function waitUntilOf(
  { executionCtx }: Pick<Context, 'executionCtx'>,
  traceId: string,
  { flush }: Pick<Metrics, 'flush'>,
): (work: Promise<unknown>) => void {
  const waitUntil = (work: Promise<unknown>) => executionCtx.waitUntil(work);
  return (work) =>
    waitUntil(
      work
        .catch((error: unknown) => logFailure(error, 'after the response', traceId))
        .then(() => flush(waitUntil)),
    );
}
