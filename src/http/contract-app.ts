/**
 * A contract's own Hono app: its routes, and its shape for everything that can go wrong on them.
 * It answers under `/<name>` and on bare paths alike; app.ts decides which requests are its own.
 */
import { zValidator } from '@hono/zod-validator';
import { Hono, type Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { methodNotAllowed } from 'hono/method-not-allowed';
import type { Contract } from '../contracts/contract.ts';
import { login } from '../flows/login.ts';
import type { Outcome, Refusal } from '../flows/outcome.ts';
import type { LoginRules } from '../flows/services.ts';
import type { LockoutRules } from '../policy/lockout.ts';
import { logAttempt, logFailure } from '../observe/log.ts';
import type { Arrival } from './arrival.ts';
import { issuesOf, readable, UNREADABLE, type Issues } from './body.ts';
import { refusalResponse, wireResponse } from './refuse.ts';

type At = Context<{ Bindings: Arrival }>;

export type ContractApp = Hono<{ Bindings: Arrival }>;

export function createContractApp(contract: Contract, lockout: LockoutRules): ContractApp {
  const rules: LoginRules = {
    contract: contract.name,
    lifetimes: contract.lifetimes,
    limit: { attempts: contract.attemptsPerMinute, windowSeconds: 60 },
    lockout,
    requiresVerifiedEmail: contract.requiresVerifiedEmail,
    claims: contract.claims,
  };
  const app: ContractApp = new Hono({ getPath: (request) => pathWithin(contract, request.url) });

  app.notFound((at) => refuse(at, { reason: 'unknown-path' }));
  app.onError((error, at) => {
    if (error instanceof HTTPException && error.status === 400) return malformed(at, UNREADABLE);
    logFailure(error, at.req.path, at.env.visit.traceId);
    return refuse(at, { reason: 'internal' });
  });
  app.use(async (at, next) => (at.env.insecure ? refuse(at, { reason: 'insecure' }) : next()));
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (at, allow) => refuse(at as At, { reason: 'wrong-method', allow }),
    }),
  );

  app.post(
    `${contract.base}/login`,
    readable(malformed),
    zValidator('json', contract.login, (result, at) =>
      result.success ? undefined : malformed(at as At, issuesOf(result.error, result.data)),
    ),
    async (at) => {
      const { services, visit } = at.env;
      const attempt = at.req.valid('json');
      const startedMs = services.nowMs();
      const work = login({ services, rules, attempt, visit });
      // Finished even if the client hangs up: a login cut in two would keep its ticket.
      services.later(work.catch(() => undefined));
      const outcome = await work.catch((error: unknown): Outcome<never> => {
        logFailure(error, 'login', visit.traceId);
        return { ok: false, refusal: { reason: 'internal' } };
      });
      logAttempt({
        contract: contract.name,
        outcome: outcome.ok ? 'granted' : outcome.refusal.reason,
        identifier: attempt.identifier,
        address: visit.address,
        traceId: visit.traceId,
        durationMs: services.nowMs() - startedMs,
      });
      return outcome.ok ? wireResponse(contract.grant(outcome.value)) : refuse(at, outcome.refusal);
    },
  );

  return app;

  function refuse(at: At, refusal: Refusal): Response {
    const { services, visit } = at.env;
    const circumstances = { nowMs: services.nowMs(), traceId: visit.traceId };
    return refusalResponse(contract, refusal, circumstances);
  }

  function malformed(at: At, issues: Issues): Response {
    const { address, traceId } = at.env.visit;
    const line = { contract: contract.name, outcome: 'malformed', identifier: null };
    logAttempt({ ...line, address, traceId, durationMs: 0 });
    return refuse(at, { reason: 'malformed', issues });
  }
}

/** The path without the contract's own prefix. */
export function pathWithin({ name }: Contract, url: string): string {
  const { pathname } = new URL(url);
  return pathname.startsWith(`/${name}/`) ? pathname.slice(name.length + 1) : pathname;
}
