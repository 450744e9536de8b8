/** The Worker's handlers and Durable Objects. A faulty setting throws here, at the start. */
import { env } from 'cloudflare:workers';
import { createApp } from './app.ts';
import { runCleanup } from './scheduled.ts';

export { AccountLockout } from './limits/account-lockout.ts';
export { RateLimiter } from './limits/rate-limiter.ts';
export { MetricsAggregator } from './telemetry/metrics-aggregator.ts';

const { fetch } = createApp(env);

export default { fetch, scheduled: () => runCleanup(env) };
