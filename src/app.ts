/**
 * Wires the house: mounts what answers, builds the services of a request, finds the contract it is
 * for, and has the last word where none is. With composition.ts the only one that sees Cloudflare's
 * bindings and every room.
 */
import { Hono, type Context } from 'hono';
import { routePath } from 'hono/route';
import type { Contract } from './contracts/contract.ts';
import { contracts } from './contracts/index.ts';
import type { Services } from './flows/ports/services.ts';
import { createServices, nowMs } from './composition.ts';
import { pingLimits } from './limits/client.ts';
import { addressOf } from './http/address.ts';
import { addAdminRoutes } from './http/admin-routes.ts';
import { createContractApp, ownsPath, type ContractApp } from './http/contract-app.ts';
import { LINES_A_MINUTE } from './http/responder.ts';
import { deviceCookieIn } from './http/device-cookie.ts';
import { privateDocument, publishedDocument, publishedKeys } from './http/documents.ts';
import { securityHeaders } from './http/headers.ts';
import { createHealthCheck } from './http/health.ts';
import { mountMetrics } from './http/metrics-route.ts';
import { createAdminApp } from './http/admin-auth.ts';
import { registrationCookieIn } from './http/registration-cookie.ts';
import { outageResponse, wireResponse } from './http/responses.ts';
import { logFailure, logOperation } from './telemetry/log.ts';
import { instrumentedStores } from './telemetry/instrumented.ts';
import { createPages } from './pages/pages.tsx';
import { readSettings, type Settings } from './settings.ts';
import { createAdminUsers } from './store/admin-users/admin-users.ts';
import { databaseAnswers } from './store/health.ts';
import { createAuditLog } from './store/audit-log.ts';

type App = Hono<{ Bindings: Env; Variables: { traceId: string } }>;

/** Throws where a setting is missing or malformed. */
export function createApp(env: Env): App {
  const settings = readSettings(env, contracts);
  const deps = createServices(env, settings);
  const apps = new Map<Contract, ContractApp>();
  const appOf = (contract: Contract): ContractApp => {
    let found = apps.get(contract);
    if (found === undefined) apps.set(contract, (found = createContractApp(contract, settings)));
    return found;
  };

  const app: App = new Hono({ getPath: pathOf });
  app.use(securityHeaders(settings.allowedOrigins));
  app.onError((error, c) => {
    logFailure(error, routePath(c), c.var.traceId);
    return outageResponse(500, { error: 'internal' });
  });

  const door = {
    token: settings.operatorToken,
    localDevelopment: settings.localDevelopment,
    limits: deps.services.limits,
    nowMs,
  };
  if (settings.operatorToken !== null) {
    app.route('/metrics', mountMetrics(createAdminApp(door), deps.metrics));
    const admin = createAdminApp(door);
    admin.use(async (c, next) => {
      await next();
      deps.metrics.flush((work) => c.executionCtx.waitUntil(work));
    });
    addAdminRoutes(admin, {
      services: {
        ...deps.services,
        ...instrumentedStores(
          { adminUsers: createAdminUsers(env.DB), auditLog: createAuditLog(env.DB) },
          deps.metrics,
        ),
      },
      lockout: settings.lockout,
    });
    app.route('/admin', admin);
    const adminDocument = createAdminApp(door);
    adminDocument.get('/', () => privateDocument(env.ASSETS, 'admin'));
    app.route('/openapi/admin.json', adminDocument);
  }

  // Nothing is served over plain http, not even public keys: they could be exchanged on the way.
  const isInsecure = ({ url }: Request) => !settings.localDevelopment && !url.startsWith('https:');
  app.use(async (c, next) => (isInsecure(c.req.raw) ? answer(c.req.raw, c) : next()));

  const isHealthy = createHealthCheck({
    probe: () => Promise.all([databaseAnswers(env.DB), pingLimits(deps.namespaces)]),
    nowMs,
    wait: (ms) => scheduler.wait(ms),
    onFailure: (error) => logFailure(error, 'healthz', null),
  });
  app.get('/healthz', async (c) =>
    (await isHealthy((work) => c.executionCtx.waitUntil(work)))
      ? wireResponse({ status: 200, body: { status: 'ok' } })
      : outageResponse(503, { status: 'unavailable' }),
  );

  app.get('/.well-known/jwks.json', () => publishedKeys(settings.tokens.keys));

  app.get('/openapi/:file', async (c, next) => {
    const asked = settings.contracts.find(({ name }) => c.req.param('file') === `${name}.json`);
    return asked === undefined ? next() : publishedDocument(env.ASSETS, asked.name);
  });

  const answer = async (raw: Request, c: Context): Promise<Response> => {
    const url = new URL(raw.url);
    const contract = contractFor(settings, url);
    const traceId = c.get('traceId') as string;
    const waitUntil = (work: Promise<unknown>) => c.executionCtx.waitUntil(work);
    const handOver = () => deps.metrics.flush(waitUntil);
    const services: Services = {
      ...deps.services,
      waitUntil: (work) =>
        waitUntil(
          work
            .catch((error: unknown) => logFailure(error, 'after the response', traceId))
            .then(handOver),
        ),
    };
    const response = await appOf(contract).fetch(
      raw,
      {
        services,
        metrics: deps.metrics,
        lineLimit: deps.lineLimit,
        meta: {
          traceId,
          address: addressOf(raw.headers),
          userAgent: raw.headers.get('User-Agent'),
          device: deviceCookieIn(raw.headers),
          registration: registrationCookieIn(raw.headers),
        },
        insecure: isInsecure(raw),
      },
      c.executionCtx,
    );
    handOver();
    return response;
  };

  app.route(
    '/',
    createPages({
      contracts: settings.contracts,
      allowedOrigins: settings.allowedOrigins,
      leastPassword: settings.passwordRules.least,
      assets: env.ASSETS,
      contractAt: (url) => contractFor(settings, url),
      answer,
      reportForm({ name: contract }, outcome, c: Context) {
        const { metrics, lineLimit } = deps;
        const what = { operation: 'login', contract } as const;
        metrics.recordOperation({ ...what, reason: outcome, durationMs: null });
        metrics.flush((work) => c.executionCtx.waitUntil(work));
        const address = addressOf(c.req.raw.headers);
        if (!lineLimit.admits(`refused ${address}`, LINES_A_MINUTE)) return;
        const traceId = c.get('traceId') as string;
        logOperation({ ...what, outcome, identifier: null, address, traceId, durationMs: 0 });
      },
      mails: deps.outbox,
    }),
  );

  app.all('*', (c) => answer(c.req.raw, c));
  return app;
}

/**
 * The path without decoding it: Hono would take `/%61dmin` for `/admin`, which a rule in front of the
 * Worker may not. Dot segments and backslashes (`/x/../admin`, `/x/%2e%2e/admin`) are resolved by the
 * platform's URL parser before this.
 */
function pathOf({ url }: Request): string {
  return /^[^:]+:\/\/[^/?#]*([^?#]*)/.exec(url)?.[1] || '/';
}

/** A contract's own prefix, else the host's contract, else the first that has the path. */
function contractFor({ contracts: served, hosts }: Settings, url: URL): Contract {
  const [, prefix] = url.pathname.split('/', 2);
  const host = hosts.get(url.host) ?? hosts.get(url.hostname);
  const contract =
    served.find(({ name }) => name === prefix) ??
    served.find(({ name }) => name === host) ??
    served.find((candidate) => ownsPath(candidate, url.pathname)) ??
    served[0];
  if (contract === undefined) throw new Error('no contract is served');
  return contract;
}
