/**
 * A contract's own Hono app: its routes, and its shape for everything that can go wrong on them.
 * It answers under `/<name>` and on bare paths alike; app.ts decides which requests are its own.
 */
import { Hono } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { routePath } from 'hono/route';
import type { Contract } from '../contracts/contract.ts';
import type { LoginRules } from '../flows/model/login.ts';
import { logFailure } from '../telemetry/log.ts';
import type { SessionLimits } from '../policy/lifetimes.ts';
import type { LockoutRules } from '../policy/lockout.ts';
import type { ContractContext, ContractEnv } from './request-context.ts';
import { ACCOUNT_PATHS, mountAccounts } from './account-routes.ts';
import { createResponder } from './responder.ts';
import { mountLogin } from './login-route.ts';
import { mountSessions } from './session-routes.ts';

export type ContractApp = Hono<ContractEnv>;

export interface ContractAppOptions {
  lockout: LockoutRules;
  sessions: SessionLimits;
  allowedOrigins: readonly string[];
}

export function createContractApp(contract: Contract, house: ContractAppOptions): ContractApp {
  const rules: LoginRules = {
    contract: contract.name,
    lifetimes: contract.lifetimes,
    limit: { attempts: contract.attemptsPerMinute, windowSeconds: 60 },
    lockout: house.lockout,
    requiresVerifiedEmail: contract.requiresVerifiedEmail,
    claims: contract.claims,
  };
  const responder = createResponder(contract, house.allowedOrigins);
  const app: ContractApp = new Hono({ getPath: (request) => pathWithin(contract, request.url) });

  app.notFound((c) => responder.refuse(c, { reason: 'unknown-path' }));
  app.onError((error, c) => {
    logFailure(error, routePath(c), c.env.meta.traceId);
    return responder.refuse(c, { reason: 'internal' });
  });
  app.use(async (c, next) =>
    c.env.insecure ? responder.refuse(c, { reason: 'insecure' }) : next(),
  );
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, allow) =>
        responder.refuse(c as ContractContext, { reason: 'wrong-method', allow }),
    }),
  );

  mountLogin(app, responder, rules);
  mountAccounts(app, responder, rules);
  mountSessions(app, responder, { rules, ...house });
  return app;
}

/** The path without the contract's own prefix. */
export function pathWithin({ name }: Contract, url: string): string {
  const { pathname } = new URL(url);
  return pathname.startsWith(`/${name}/`) ? pathname.slice(name.length + 1) : pathname;
}

const OWN_PATHS: ReadonlySet<string> = new Set([
  'login',
  'logout',
  'logout-all',
  'sessions',
  ...ACCOUNT_PATHS,
]);

/** Whether the contract has an operation at a path, its own prefix left aside. */
export function ownsPath({ base, refresh, profilePath }: Contract, path: string): boolean {
  if (path === profilePath) return true;
  if (!path.startsWith(`${base}/`)) return false;
  const rest = path.slice(base.length + 1);
  if (rest === 'refresh') return refresh !== null;
  return OWN_PATHS.has(rest) || /^sessions\/[^/]+$/.test(rest);
}
