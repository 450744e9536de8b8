/**
 * Wires the house: builds the services of a request, finds the contract it is for, and has the
 * last word where none is. The only file that sees both Cloudflare's bindings and every room.
 */
import { Hono, type Context } from 'hono';
import type { Contract } from './contracts/contract.ts';
import { contracts } from './contracts/index.ts';
import { createBreachCheck } from './crypto/breached.ts';
import { createMac } from './crypto/keys.ts';
import { createPasswords } from './crypto/password.ts';
import { createSecrets } from './crypto/secrets.ts';
import { createTokens } from './crypto/tokens.ts';
import { createPasswordRules } from './flows/password-rules.ts';
import type { Services } from './flows/services.ts';
import { createGuard, guardAnswers } from './guard/client.ts';
import { addressOf } from './http/address.ts';
import { addAdminRoutes } from './http/admin-routes.ts';
import { createContractApp, ownsPath, type ContractApp } from './http/contract-app.ts';
import { publishedDocument, publishedKeys } from './http/documents.ts';
import { dressed } from './http/headers.ts';
import { mountMetrics } from './http/metrics-route.ts';
import { createOperatorApp } from './http/operator.ts';
import { wireResponse } from './http/refuse.ts';
import { createMailer } from './mail/mailer.ts';
import { logFailure, logMail } from './observe/log.ts';
import { createMetrics, type Hub, type Metrics } from './observe/metrics.ts';
import { watchedGuard, watchedMailer, watchedStores } from './observe/watched.ts';
import { createPages } from './pages/pages.tsx';
import { ExpiringMemory } from './policy/memory.ts';
import { readSettings } from './settings.ts';
import { createDirectory } from './store/admin.ts';
import { createAudit } from './store/audit.ts';
import { createChallenges } from './store/challenges.ts';
import { createCredentials } from './store/credentials.ts';
import { databaseAnswers } from './store/health.ts';
import { createRegistrations } from './store/registrations.ts';
import { createSessions } from './store/sessions.ts';
import { createTrail } from './store/trail.ts';
import { createUsers } from './store/users.ts';

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

  const app: App = new Hono();
  app.use(dressed(settings.allowedOrigins));
  app.onError((error, at) => {
    logFailure(error, at.req.path, at.var.traceId);
    return wireResponse({ status: 500, body: { error: 'internal' } });
  });

  app.get('/healthz', async (at) => {
    try {
      await Promise.all([databaseAnswers(env.DB), guardAnswers(house.namespaces)]);
      return wireResponse({ status: 200, body: { status: 'ok' } });
    } catch (error) {
      logFailure(error, 'healthz', at.var.traceId);
      return wireResponse({ status: 503, body: { status: 'unavailable' } });
    }
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
    addAdminRoutes(admin, {
      services: {
        ...house.services,
        directory: createDirectory(env.DB),
        trail: createTrail(env.DB),
      },
      lockout: settings.lockout,
    });
    app.route('/admin', admin);
    app.get('/openapi/admin.json', () => publishedDocument(env.ASSETS, 'admin'));
  }

  app.get('/.well-known/jwks.json', () => publishedKeys(settings.tokens.keys));

  app.get('/openapi/:file', async (at, next) => {
    const asked = settings.contracts.find(({ name }) => at.req.param('file') === `${name}.json`);
    return asked === undefined ? next() : publishedDocument(env.ASSETS, asked.name);
  });

  const isInsecure = (url: URL) => url.protocol !== 'https:' && !settings.localDevelopment;
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
        visit: {
          traceId,
          address: addressOf(raw.headers),
          userAgent: raw.headers.get('User-Agent'),
        },
        insecure: isInsecure(url),
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
      assets: env.ASSETS,
      contractAt: (url) => contractFor(settings, url),
      isInsecure,
      answer,
      mails: house.outbox,
    }),
  );

  app.all('*', (at) => answer(at.req.raw, at));
  return app;
}

type Settings = ReturnType<typeof readSettings>;

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

/** About a kilobyte each. */
const MOST_GENUINE_TOKENS = 2_000;

const nowMs = () => Date.now();
const turn = () => scheduler.wait(0);

/** What lives as long as the isolate: keys, statements, and the memory of refusals. */
function furnish(env: Env, settings: Settings) {
  const mac = createMac(settings.serverKey);
  const namespaces = { addresses: env.ADDRESS_GUARD, accounts: env.ACCOUNT_GUARD };
  const metrics = furnishMetrics(env, settings);
  const { mailer, passwordRules } = furnishAccounts(env, settings);
  const guard = createGuard({ ...namespaces, nowMs, nameOf: (address) => mac('address', address) });
  const stores = {
    users: createUsers(env.DB),
    sessions: createSessions(env.DB),
    audit: createAudit(env.DB),
    registrations: createRegistrations(env.DB),
    challenges: createChallenges(env.DB),
    credentials: createCredentials(env.DB),
  };
  const services: Omit<Services, 'later'> = {
    nowMs,
    turn,
    uuid: () => crypto.randomUUID(),
    subject: (who) =>
      mac('account', 'userId' in who ? `user:${who.userId}` : `${who.kind}:${who.value}`),
    ...watchedStores(stores, metrics),
    guard: watchedGuard(guard, metrics, nowMs),
    passwords: createPasswords(settings.passwords, turn),
    mailer: watchedMailer(mailer, metrics, nowMs),
    passwordRules,
    secrets: createSecrets(mac),
    tokens: createTokens(settings.tokens, {
      mac,
      nowMs,
      genuine: new ExpiringMemory(MOST_GENUINE_TOKENS),
    }),
  };
  return { services, namespaces, metrics, outbox: mailer.outbox };
}

function furnishMetrics(env: Env, settings: Settings): Metrics {
  // A new stub each time: one that threw may stay broken.
  const hub: Hub = {
    add: (isolate, batches) => env.METRICS_HUB.getByName('hub').add(isolate, batches),
    read: () => env.METRICS_HUB.getByName('hub').read(),
  };
  const { ANALYTICS: analytics } = env as { ANALYTICS?: AnalyticsEngineDataset };
  const metrics = createMetrics({
    hub: settings.operatorToken === null ? null : hub,
    flushMs: settings.metricsFlushMs,
    nowMs,
    uuid: () => crypto.randomUUID(),
    wait: (ms) => scheduler.wait(ms),
    onFailure: (error) => logFailure(error, 'metrics', null),
    analytics,
  });
  for (const { name: contract } of settings.contracts) {
    metrics.count('auth_login_success_total', { contract }, 0);
  }
  return metrics;
}

const outside = (url: string, init: RequestInit) => fetch(url, init);
const MAIL_PAUSE_MS = 1_000;

/** What the flows around an account need besides; `mailer.outbox` is for the page /dev/mail. */
function furnishAccounts(env: Env, settings: Settings) {
  const mailer = createMailer({
    settings: settings.mail,
    localDevelopment: settings.localDevelopment,
    binding: env.EMAIL,
    fetch: outside,
    uuid: () => crypto.randomUUID(),
    nowMs,
    pause: () => scheduler.wait(MAIL_PAUSE_MS),
    onFailure: (error) => logFailure(error, 'mail, first try', null),
    onWritten: logMail,
  });
  const passwordRules = createPasswordRules({
    rules: settings.passwordRules,
    service: settings.mail.service,
    isBreached: settings.passwordRules.breached
      ? createBreachCheck({
          fetch: outside,
          onFailure: (error) => logFailure(error, 'breached passwords', null),
        })
      : null,
  });
  return { mailer, passwordRules };
}
