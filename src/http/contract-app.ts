/**
 * The Hono app of one contract: a route for each of its operations, and the contract's shape for every
 * refusal. It answers under `/<name>` and on bare paths alike; app.ts chooses the contract.
 */
import { Hono, type MiddlewareHandler } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { routePath } from 'hono/route';
import type { Contract } from '../contracts/contract.ts';
import { OPERATIONS, type Operation, type OperationRow } from '../flows/operations.ts';
import type { RememberedRefusal } from '../flows/ports/limits.ts';
import type { LoginRules } from '../flows/model/login.ts';
import { tokenRulesOf } from '../flows/model/token-rules.ts';
import type { SessionLimits } from '../policy/lifetimes.ts';
import type { LockoutRules } from '../policy/lockout.ts';
import type { Limit } from '../policy/throttle.ts';
import { logFailure } from '../telemetry/log.ts';
import { isJson, jsonBody } from './body.ts';
import { operationsOf, pathOf, requestSchemaOf } from './contract-operations.ts';
import { credentialsOf } from './credentials.ts';
import type { ContractContext, ContractEnv } from './request-context.ts';
import { createResponder, type Responder } from './responder.ts';

export type ContractApp = Hono<ContractEnv>;
type Step = MiddlewareHandler<ContractEnv>;

export interface ContractAppOptions {
  lockout: LockoutRules;
  sessions: SessionLimits;
  allowedOrigins: readonly string[];
  tokens: { issuer: string; audience: string };
}

export function createContractApp(contract: Contract, options: ContractAppOptions): ContractApp {
  const rules: LoginRules = {
    contract: contract.name,
    lifetimes: contract.lifetimes,
    limit: { attempts: contract.attemptsPerMinute, windowSeconds: 60 },
    lockout: options.lockout,
    requiresVerifiedEmail: contract.requiresVerifiedEmail,
    rotation: 'each-use',
    tokens: tokenRulesOf(contract, options.tokens),
  };
  const responder = createResponder(contract, options.allowedOrigins);
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
  const { sessions: sessionLimits } = options;
  for (const name of operationsOf(contract)) {
    const { method, run }: OperationRow = OPERATIONS[name];
    const schema = requestSchemaOf(contract, name);
    const handle: Step = async (c) => {
      const credentials = await credentialsOf(c, name, responder);
      if (credentials instanceof Response) return credentials;
      const { services, meta } = c.env;
      // The schema and the row agree on the input's type; the loop over all of them cannot say so.
      const input = (schema === null ? c.req.param() : c.req.valid('json' as never)) as never;
      const request = { services, rules, sessionLimits, meta, ...credentials, input };
      return responder.run(c, { input, work: run(request) });
    };
    const readBody = schema === null ? [] : jsonBody(schema, { reject: responder.malformed });
    const steps: Step[] = [rejectLimited(name, responder, rules.limit), ...readBody, handle];
    app.on(method, [pathOf(contract, name)], ...steps);
  }
  return app;
}

/** Returns the path without the contract's own prefix. */
export function pathWithin({ name }: Contract, url: string): string {
  const { pathname } = new URL(url);
  return pathname.startsWith(`/${name}/`) ? pathname.slice(name.length + 1) : pathname;
}

/**
 * Rejects an address that this isolate already knows to be limited, before the body is read, and
 * names the limit that the request counts against. It is counted once: by the use case, or by the
 * responder if the body is malformed.
 */
function rejectLimited(name: Operation, responder: Responder, limit: Limit): Step {
  const { countsAttempt, sendsEmail }: OperationRow = OPERATIONS[name];
  return async (c, next) => {
    c.set('operation', name);
    if (!countsAttempt) return next();
    const { services, meta } = c.env;
    const { limits, emailLimits } = services;
    if (!isForeignForm(c, responder)) c.set('limit', limit);
    const reject = ({ untilMs }: RememberedRefusal, limit: Limit) =>
      responder.reject(c, { reason: 'limited', limit, retryAtMs: untilMs });
    const emailRefusal = sendsEmail ? emailLimits.rememberedRefusal(meta.address) : null;
    if (emailRefusal !== null) return reject(emailRefusal, emailLimits.perAddress);
    const refusal = limits.rememberedRefusal(meta.address, limit);
    return refusal === null ? next() : reject(refusal, limit);
  };
}

/**
 * A page of another site can make its visitors' browsers send a form, but no JSON (that takes a CORS
 * preflight). Such requests must not use up the attempts of a visitor's address.
 */
function isForeignForm(c: ContractContext, responder: Responder): boolean {
  return !isJson(c.req.raw.headers) && responder.siteOf(c) === 'foreign';
}
