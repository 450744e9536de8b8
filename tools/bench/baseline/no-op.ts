/** A Worker with these bindings that only answers; under /healthz, after the calls of a health check. */
import { DurableObject } from 'cloudflare:workers';
import type { Statement } from '../statements.ts';

export class RateLimiter extends DurableObject {
  answers(): true {
    this.ctx.storage.kv.get('hits');
    return true;
  }
}

export class AccountLockout extends DurableObject {
  answers(): true {
    this.ctx.storage.kv.get('state');
    return true;
  }
}

interface Bindings {
  DB: D1Database;
  PROBE: Statement;
  RATE_LIMITER: DurableObjectNamespace<RateLimiter>;
  ACCOUNT_LOCKOUT: DurableObjectNamespace<AccountLockout>;
}

export default {
  async fetch({ url }, env) {
    if (url.endsWith('/healthz')) {
      await Promise.all([
        env.DB.prepare(env.PROBE.sql)
          .bind(...env.PROBE.values)
          .all(),
        env.RATE_LIMITER.getByName('health').answers(),
        env.ACCOUNT_LOCKOUT.getByName('health').answers(),
      ]);
    }
    return new Response('{"status":"ok"}');
  },
} satisfies ExportedHandler<Bindings>;
