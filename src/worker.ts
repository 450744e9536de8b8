/** The Worker: its handlers and its Durable Objects. A faulty setting fails right here. */
import { env } from 'cloudflare:workers';
import { createApp } from './app.ts';
import { runCleanup } from './scheduled.ts';

export { AccountLockout } from './limits/account-lockout.ts';
export { RateLimiter } from './limits/rate-limiter.ts';
export { MetricsAggregator } from './telemetry/metrics-aggregator.ts';

const { fetch } = createApp(env);

export default { fetch, scheduled: () => runCleanup(env) };
