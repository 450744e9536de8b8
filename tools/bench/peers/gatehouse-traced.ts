/** Gatehouse with an ear at its bindings. */
import { createApp } from '../../../src/app.ts';
import { traced } from './trace.ts';

export { AccountLockout } from '../../../src/limits/account-lockout.ts';
export { RateLimiter } from '../../../src/limits/rate-limiter.ts';

export default traced<Env>((env) => ({ fetch: createApp(env).fetch }));
