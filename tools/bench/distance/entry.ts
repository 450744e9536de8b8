/** The deployed bundle (build.ts puts it in the place of src/worker.ts) with a network to its bindings. */
import app from '../../../src/worker.ts';
import { traced } from './network.ts';

export { AccountLockout, RateLimiter, MetricsAggregator } from '../../../src/worker.ts';

export default traced<Env>(async (...request) => app.fetch(...request));
