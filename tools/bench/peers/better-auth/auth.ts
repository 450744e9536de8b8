/**
 * better-auth with D1 straight in `database`, and as its documentation advises for production: rate
 * limits on, and counted in the database, since an isolate's memory counts only what this isolate
 * saw; the caller's address from the header that Cloudflare sets.
 *
 * An instance lives as long as a request: one that is kept for the isolate's life stops answering for
 * good when many hundred requests run in parallel ("your Worker's code had hung"). A new one would
 * read the schema each time, two calls more, so that check is off.
 */
import { betterAuth } from 'better-auth';
import { waitUntil } from 'cloudflare:workers';

export interface Bindings {
  DB: D1Database;
  BETTER_AUTH_SECRET: string;
}

/** better-auth's own where absent: scrypt, N 16384, r 16, p 1. */
export interface PasswordHash {
  hash(password: string): Promise<string>;
  verify(given: { hash: string; password: string }): Promise<boolean>;
}

export interface Variant {
  password?: PasswordHash;
  joins?: boolean;
  /** For the isolate's life. */
  kept?: boolean;
}

export const createAuth = (env: Bindings, { password, joins = false }: Variant = {}) =>
  betterAuth({
    baseURL: 'https://auth.example',
    secret: env.BETTER_AUTH_SECRET,
    database: env.DB,
    emailAndPassword: { enabled: true, ...(password === undefined ? {} : { password }) },
    rateLimit: { enabled: true, storage: 'database' },
    advanced: {
      ipAddress: { ipAddressHeaders: ['cf-connecting-ip'] },
      backgroundTasks: { handler: waitUntil },
      database: { joins, validateSchema: false },
    },
  });

/** A Worker that is nothing else. */
export function serve<E extends Bindings>(variant: (env: E) => Variant): ExportedHandler<E> {
  let first: ReturnType<typeof createAuth> | undefined;
  return {
    fetch(request, env) {
      const own = variant(env);
      const auth = own.kept === true ? (first ??= createAuth(env, own)) : createAuth(env, own);
      return auth.handler(request);
    },
  };
}
