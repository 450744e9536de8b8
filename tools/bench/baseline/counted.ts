/** The application with its binding calls counted; GET /counts returns and resets the counts. */
import { env } from 'cloudflare:workers';
import { createApp } from '../../../src/app.ts';
import { interceptBindings } from '../../../test/fixtures/intercept-bindings.ts';

export { AccountLockout } from '../../../src/limits/account-lockout.ts';
export { RateLimiter } from '../../../src/limits/rate-limiter.ts';

const NONE = { reads: 0, writes: 0, objects: 0 };
let counts = { ...NONE };
/** Statements of the database, and calls of Durable Objects. */
export type Counts = typeof NONE;

const app = createApp(
  interceptBindings(env, (call, proceed) => {
    if (call.to === 'limits') counts.objects += 1;
    else for (const sql of call.what) counts[/^select/i.test(sql) ? 'reads' : 'writes'] += 1;
    return proceed();
  }),
);

export default {
  async fetch(request, env, context) {
    if (!request.url.endsWith('/counts')) return app.fetch(request, env, context);
    const taken = counts;
    counts = { ...NONE };
    return Response.json(taken);
  },
} satisfies ExportedHandler<Env>;
