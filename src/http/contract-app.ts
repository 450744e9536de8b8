/**
 * The Hono app of one contract: a route for each of its operations, and the contract's shape for every
 * refusal. It answers under `/<name>` and on bare paths alike; app.ts chooses the contract.
 */
import { Hono, type MiddlewareHandler } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { routePath } from 'hono/route';
import type { AnyRoute, Contract } from '../contracts/contract.ts';
import { lazy } from '../contracts/responses.ts';
import { fits, FORM, variantIssues } from '../contracts/routes.ts';
import type { OperationRow } from '../flows/operation.ts';
import { OPERATIONS, type Operation } from '../flows/operations.ts';
import type { RememberedRefusal } from '../flows/ports/limits.ts';
import type { LoginRules } from '../flows/model/login.ts';
import { tokenRulesOf, type TokenRules } from '../flows/model/token-rules.ts';
import type { SessionLimits } from '../policy/lifetimes.ts';
import type { LockoutRules } from '../policy/lockout-state.ts';
import type { PasskeyPolicy } from '../policy/passkeys.ts';
import type { SecondFactorPolicy } from '../policy/second-factor.ts';
import type { Limit } from '../policy/throttle.ts';
import { logFailure } from '../telemetry/log.ts';
import { isJson, readBody, validateBody } from './body.ts';
import { endpointsOf } from './contract-operations.ts';
import { credentialsOf } from './credentials.ts';
import { documentResponse, publicKeys, type PublicParts } from './documents.ts';
import type { ContractContext, ContractEnv } from './request-context.ts';
import { createResponder, type Responder } from './responder.ts';

export type ContractApp = Hono<ContractEnv>;
type Step = MiddlewareHandler<ContractEnv>;

interface ContractAppOptions {
  lockout: LockoutRules;
  sessions: SessionLimits;
  secondFactor: SecondFactorPolicy;
  passkeys: { policy: PasskeyPolicy };
  allowedOrigins: readonly string[];
  /** `keys`: those that fit the contract, which its documents publish without their private parts. */
  tokens: { issuer: string; audience: string; keys: readonly PublicParts[] };
}

export function createContractApp(contract: Contract, options: ContractAppOptions): ContractApp {
  const rules: Omit<LoginRules, 'tokens'> = {
    contract: contract.name,
    lifetimes: contract.lifetimes,
    limit: { attempts: contract.attemptsPerMinute, windowSeconds: 60 },
    lockout: options.lockout,
    requiresVerifiedEmail: contract.requiresVerifiedEmail,
    registration: contract.registration,
    rotation: contract.rotation,
    secondFactor: options.secondFactor,
    passkeys: options.passkeys.policy,
    codeTravels: contract.codeTravels,
  };
  const tokensAt = (c: ContractContext) =>
    tokenRulesOf(contract, options.tokens, { ...contract.params, ...c.req.param() });
  const responder = createResponder(contract, options.allowedOrigins);
  const app: ContractApp = new Hono({
    getPath: (request) => pathWithin(contract, new URL(request.url)),
  });

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
      onMethodNotAllowed: (c, allow) => {
        // Hono would copy the headers of the 404 that stands there over those of this answer.
        c.res = undefined;
        return responder.refuse(c as ContractContext, { reason: 'wrong-method', allow });
      },
    }),
  );
  const { sessions: sessionLimits } = options;
  for (const routes of endpointsOf(contract)) {
    const [{ method, path }] = routes as [AnyRoute];
    const endpoint = { routes, responder, rules, tokensAt, sessionLimits };
    app.on(method, [path], ...chooseRoute(endpoint));
    for (const route of routes) app.on(method, [path], ...routeSteps(route, endpoint));
  }
  const keys = publicKeys(options.tokens.keys);
  for (const document of contract.documents) {
    app.get(document.path, (c) => {
      const { issuer } = tokensAt(c);
      const { origin, pathname } = new URL(c.req.url);
      const baseUrl = origin + pathname.slice(0, pathname.length - c.req.path.length);
      return documentResponse(document, { issuer, baseUrl, params: c.req.param(), keys });
    });
  }
  return app;
}

/** The routes at one method and path. */
interface Endpoint {
  routes: readonly AnyRoute[];
  responder: Responder;
  rules: Omit<LoginRules, 'tokens'>;
  tokensAt(c: ContractContext): TokenRules;
  sessionLimits: SessionLimits;
}

/**
 * Chooses the route of a request. A form may come from any page without a preflight, so none is taken
 * from other sites, and none has its cookies read.
 */
function chooseRoute({ routes, responder, rules }: Endpoint): Step[] {
  const [first] = routes as [AnyRoute];
  const { accepts } = first;
  const needsBody = routes.some(({ when }) => when.body !== undefined);
  const { operation } = routes.find(isCounted) ?? first;

  const prepare: Step = async (c, next) => {
    c.set('operation', operation);
    if (accepts === FORM) {
      if (responder.siteOf(c) === 'foreign') return responder.reject(c, { reason: 'cross-site' });
      c.env.meta = { ...c.env.meta, device: null, registration: null };
    }
    if (routes.some(isCounted) && !isForeignForm(c, responder)) c.set('limit', rules.limit);
    return next();
  };
  const choose: Step = async (c, next) => {
    const request = {
      // Of a parameter that is sent twice, no value is meant.
      query: (name: string) => {
        const [value = null, ...others] = c.req.queries(name) ?? [];
        return others.length === 0 ? value : undefined;
      },
      header: (name: string) => c.req.header(name) ?? null,
      body: needsBody ? (c.get('fields') ?? {}) : {},
    };
    const route = routes.find(({ when }) => fits(when, request));
    if (route === undefined) {
      return responder.rejectCounted(c, {
        reason: 'unknown-variant',
        issues: variantIssues(routes, request),
      });
    }
    c.set('route', route);
    c.set('operation', route.operation);
    return next();
  };
  return needsBody
    ? [prepare, readBody({ accepts, reject: responder.malformed }), choose]
    : [prepare, choose];
}

const isCounted = ({ operation }: AnyRoute): boolean =>
  (OPERATIONS[operation] as OperationRow).countsAttempt ?? false;

/** From a chosen route to its response: the body is read and validated, and the use case run. */
function routeSteps(route: AnyRoute, endpoint: Endpoint): Step[] {
  const { operation, accepts, request: wire } = route;
  const { routes, responder, rules, tokensAt, sessionLimits } = endpoint;
  const { run }: OperationRow = OPERATIONS[operation];
  const handle: Step = async (c) => {
    const target = accepts === FORM ? 'form' : 'json';
    const body: object = wire === null ? {} : c.req.valid(target as never);
    const credentials = await credentialsOf(c, { route, sent: body }, responder);
    if (credentials instanceof Response) return credentials;
    const { services, meta } = c.env;
    // The schema and the row agree on the input's type; the loop over all of them cannot say so.
    const input = { ...body, ...c.req.param() } as never;
    const request = {
      services,
      rules: { ...rules, tokens: tokensAt(c) },
      sessionLimits,
      meta,
      ...credentials,
      input,
    };
    return responder.run(c, { route, token: credentials.token, input, work: run(request) });
  };
  const mayBeEmpty = wire?.mayBeEmpty ?? false;
  const options = { accepts, mayBeEmpty, reject: responder.malformed };
  const isRead = routes.some(({ when }) => when.body !== undefined);
  const steps: Step[] = [
    rejectLimited(operation, responder, rules.limit),
    ...(wire === null || isRead ? [] : [readBody(options)]),
    ...(wire === null ? [] : [validateWith(wire, options)]),
    handle,
  ];
  if (routes.length === 1) return steps;
  return steps.map((step) => (c, next) => (c.get('route') === route ? step(c, next) : next()));
}

/** Validates bodies; the schema is made for the first. */
function validateWith(
  { decode }: NonNullable<AnyRoute['request']>,
  options: Parameters<typeof validateBody>[1],
): Step {
  const validate = lazy(() => validateBody(decode(), options));
  return (c, next) => validate()(c, next);
}

/** Returns the path without the contract's own prefix. */
export const pathWithin = ({ name }: Contract, { pathname }: URL): string =>
  pathname.startsWith(`/${name}/`) ? pathname.slice(name.length + 1) : pathname;

/**
 * Rejects an address that this isolate already knows to be limited, before the body is read, and
 * names the limit that the request counts against. It is counted once: by the use case, or by the
 * responder if the body is malformed.
 */
function rejectLimited(name: Operation, responder: Responder, limit: Limit): Step {
  const { countsAttempt, sendsEmail }: OperationRow = OPERATIONS[name];
  return async (c, next) => {
    c.set('limit', countsAttempt && !isForeignForm(c, responder) ? limit : undefined);
    if (!countsAttempt) return next();
    const { services, meta } = c.env;
    const { limits, emailLimits } = services;
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
