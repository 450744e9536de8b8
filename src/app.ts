/**
 * Wires the house: mounts what answers, builds the services of a request, finds the contract it is
 * for, and has the last word where none is. With furnish.ts the only one that sees Cloudflare's
 * bindings and every room.
 */
import { Hono, type Context } from 'hono';
import { routePath } from 'hono/route';
import type { Contract } from './contracts/contract.ts';
import { contracts } from './contracts/index.ts';
import type { Services } from './flows/services.ts';
import { furnish, nowMs } from './furnish.ts';
import { guardAnswers } from './guard/client.ts';
import { addressOf } from './http/address.ts';
import { addAdminRoutes } from './http/admin-routes.ts';
import { createContractApp, ownsPath, type ContractApp } from './http/contract-app.ts';
import { LINES_A_MINUTE } from './http/desk.ts';
import { deviceCookieIn } from './http/device-cookie.ts';
import { privateDocument, publishedDocument, publishedKeys } from './http/documents.ts';
import { dressed } from './http/headers.ts';
import { createHealthCheck } from './http/health.ts';
import { mountMetrics } from './http/metrics-route.ts';
import { createOperatorApp } from './http/operator.ts';
import { registrationCookieIn } from './http/registration-cookie.ts';
import { outageResponse, wireResponse } from './http/refuse.ts';
import { logFailure, logOperation } from './observe/log.ts';
import { watchedStores } from './observe/watched.ts';
import { createPages } from './pages/pages.tsx';
import { readSettings, type Settings } from './settings.ts';
import { createDirectory } from './store/admin.ts';
import { databaseAnswers } from './store/health.ts';
import { createTrail } from './store/trail.ts';

type App = Hono<{ Bindings: Env; Variables: { traceId: string } }>;

/** Throws where a setting is missing or malformed. */
export function createApp(env: Env): App {
  const settings = readSettings(env, contracts);
  const house = furnish(env, settings);
  const apps = new Map<Contract, ContractApp>();
  const appOf = (contract: Contract): ContractApp => {
    let found = apps.get(contract);
    if (found === undefined) apps.set(contract, (found = createContractApp(contract, settings)));
    return found;
  };

  const app: App = new Hono({ getPath: pathOf });
  app.use(dressed(settings.allowedOrigins));
  app.onError((error, at) => {
    logFailure(error, routePath(at), at.var.traceId);
    return outageResponse(500, { error: 'internal' });
  });

  const door = {
    token: settings.operatorToken,
    localDevelopment: settings.localDevelopment,
    guard: house.services.guard,
    nowMs,
  };
  if (settings.operatorToken !== null) {
    app.route('/metrics', mountMetrics(createOperatorApp(door), house.metrics));
    const admin = createOperatorApp(door);
    admin.use(async (at, next) => {
      await next();
      house.metrics.handOver((work) => at.executionCtx.waitUntil(work));
    });
    addAdminRoutes(admin, {
      services: {
        ...house.services,
        ...watchedStores(
          { directory: createDirectory(env.DB), trail: createTrail(env.DB) },
          house.metrics,
        ),
      },
      lockout: settings.lockout,
    });
    app.route('/admin', admin);
    const adminDocument = createOperatorApp(door);
    adminDocument.get('/', () => privateDocument(env.ASSETS, 'admin'));
    app.route('/openapi/admin.json', adminDocument);
  }

  // Nothing is served over plain http, not even public keys: they could be exchanged on the way.
  const isInsecure = ({ url }: Request) => !settings.localDevelopment && !url.startsWith('https:');
  app.use(async (at, next) => (isInsecure(at.req.raw) ? answer(at.req.raw, at) : next()));

  const isHealthy = createHealthCheck({
    probe: () => Promise.all([databaseAnswers(env.DB), guardAnswers(house.namespaces)]),
    nowMs,
    wait: (ms) => scheduler.wait(ms),
    onFailure: (error) => logFailure(error, 'healthz', null),
  });
  app.get('/healthz', async (at) =>
    (await isHealthy((work) => at.executionCtx.waitUntil(work)))
      ? wireResponse({ status: 200, body: { status: 'ok' } })
      : outageResponse(503, { status: 'unavailable' }),
  );

  app.get('/.well-known/jwks.json', () => publishedKeys(settings.tokens.keys));

  app.get('/openapi/:file', async (at, next) => {
    const asked = settings.contracts.find(({ name }) => at.req.param('file') === `${name}.json`);
    return asked === undefined ? next() : publishedDocument(env.ASSETS, asked.name);
  });

  const answer = async (raw: Request, at: Context): Promise<Response> => {
    const url = new URL(raw.url);
    const contract = contractFor(settings, url);
    const traceId = at.get('traceId') as string;
    const waitUntil = (work: Promise<unknown>) => at.executionCtx.waitUntil(work);
    const handOver = () => house.metrics.handOver(waitUntil);
    const services: Services = {
      ...house.services,
      later: (work) =>
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
        metrics: house.metrics,
        lineLimit: house.lineLimit,
        visit: {
          traceId,
          address: addressOf(raw.headers),
          userAgent: raw.headers.get('User-Agent'),
          device: deviceCookieIn(raw.headers),
          registration: registrationCookieIn(raw.headers),
        },
        insecure: isInsecure(raw),
      },
      at.executionCtx,
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
      reportForm({ name: contract }, outcome, at: Context) {
        const { metrics, lineLimit } = house;
        const what = { operation: 'login', contract } as const;
        metrics.done({ ...what, reason: outcome, durationMs: null });
        metrics.handOver((work) => at.executionCtx.waitUntil(work));
        const address = addressOf(at.req.raw.headers);
        if (!lineLimit.admits(`refused ${address}`, LINES_A_MINUTE)) return;
        const traceId = at.get('traceId') as string;
        logOperation({ ...what, outcome, identifier: null, address, traceId, durationMs: 0 });
      },
      mails: house.outbox,
    }),
  );

  app.all('*', (at) => answer(at.req.raw, at));
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
