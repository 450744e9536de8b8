/** The app with an ear at its bindings; GET /counts tells what was called since it last did. */
import { env } from 'cloudflare:workers';
import { createApp } from '../../../src/app.ts';
import { interceptBindings } from '../../../test/fixtures/intercept-bindings.ts';

export { AccountLockout } from '../../../src/limits/account-lockout.ts';
export { RateLimiter } from '../../../src/limits/rate-limiter.ts';

let counts: Counts = { reads: 0, writes: 0, guard: 0 };

export interface Counts {
  reads: number;
  writes: number;
  guard: number;
}

const app = createApp(
  interceptBindings(env, (call, proceed) => {
    if (call.to === 'limits') counts.guard += 1;
    else for (const sql of call.what) counts[/^select/i.test(sql) ? 'reads' : 'writes'] += 1;
    return proceed();
  }),
);

export default {
  async fetch(request, env, context) {
    if (!request.url.endsWith('/counts')) return app.fetch(request, env, context);
    const told = counts;
    counts = { reads: 0, writes: 0, guard: 0 };
    return Response.json(told);
  },
} satisfies ExportedHandler<Env>;
