/**
 * better-auth as its documentation sets it up: D1 straight in `database`, one instance for the life
 * of an isolate, rate limits on as in production and counted in the database, since an isolate's
 * memory counts only what this isolate saw; the caller's address from the header Cloudflare sets.
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
      database: { joins },
    },
  });

/** A Worker that is nothing else. */
export function serve<E extends Bindings>(variant: (env: E) => Variant): ExportedHandler<E> {
  let auth: ReturnType<typeof createAuth> | undefined;
  return {
    fetch: (request, env) => (auth ??= createAuth(env, variant(env))).handler(request),
  };
}
