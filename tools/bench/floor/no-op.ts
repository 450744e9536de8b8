/**
 * The least a Worker with these bindings can do: it answers. Under /healthz it makes the calls that
 * the app's health check makes, and nothing else.
 */
import { DurableObject } from 'cloudflare:workers';

export class AddressGuard extends DurableObject {
  answers(): true {
    this.ctx.storage.kv.get('hits');
    return true;
  }
}

export class AccountGuard extends DurableObject {
  answers(): true {
    this.ctx.storage.kv.get('state');
    return true;
  }
}

interface Bindings {
  DB: D1Database;
  PROBE: string;
  ADDRESS_GUARD: DurableObjectNamespace<AddressGuard>;
  ACCOUNT_GUARD: DurableObjectNamespace<AccountGuard>;
}

export default {
  async fetch({ url }, env) {
    if (url.endsWith('/healthz')) {
      await Promise.all([
        env.DB.prepare(env.PROBE).all(),
        env.ADDRESS_GUARD.getByName('health').answers(),
        env.ACCOUNT_GUARD.getByName('health').answers(),
      ]);
    }
    return new Response('{"status":"ok"}');
  },
} satisfies ExportedHandler<Bindings>;
