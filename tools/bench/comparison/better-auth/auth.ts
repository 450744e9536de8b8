/**
 * better-auth with D1 straight in `database`, and as its documentation advises for production: rate
 * limits on, and counted in the database, since an isolate's memory counts only its own requests;
 * the client's address from the header that Cloudflare sets.
 *
 * An instance lives as long as a request: one that is kept for the isolate's life stops answering
 * when many hundred requests run in parallel ("your Worker's code had hung"). A new one would read
 * the schema each time, two calls more, so that check is off.
 */
import { betterAuth, type BetterAuthPlugin } from 'better-auth';
import { twoFactor } from 'better-auth/plugins';
import { waitUntil } from 'cloudflare:workers';
import { pbkdf2, type Cost } from './pbkdf2.ts';

export interface Bindings {
  DB: D1Database;
  BETTER_AUTH_SECRET: string;
  /** Of PBKDF2; better-auth's own hash where absent: scrypt, N 16384, r 16, p 1. */
  COST?: Cost;
  JOINS?: boolean;
  /** Adds the plugin for second factors, with its defaults. */
  TWO_FACTOR?: boolean;
  /** Keeps an instance for the isolate's life. */
  KEPT?: boolean;
}

export const createAuth = (
  { DB, BETTER_AUTH_SECRET, COST, JOINS = false, TWO_FACTOR }: Bindings,
  plugins: BetterAuthPlugin[] = [],
) =>
  betterAuth({
    baseURL: 'https://auth.example',
    secret: BETTER_AUTH_SECRET,
    database: DB,
    plugins: TWO_FACTOR === true ? [twoFactor(), ...plugins] : plugins,
    emailAndPassword: {
      enabled: true,
      ...(COST === undefined ? {} : { password: pbkdf2(COST) }),
    },
    rateLimit: { enabled: true, storage: 'database' },
    advanced: {
      ipAddress: { ipAddressHeaders: ['cf-connecting-ip'] },
      backgroundTasks: { handler: waitUntil },
      database: { joins: JOINS, validateSchema: false },
    },
  });

let kept: ReturnType<typeof createAuth> | undefined;

export function handle(request: Request, env: Bindings): Promise<Response> {
  const auth = env.KEPT === true ? (kept ??= createAuth(env)) : createAuth(env);
  return auth.handler(request);
}
