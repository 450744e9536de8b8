/**
 * Routes requests: to the admin API, to public documents and pages, and else to the contract that a
 * request is for, with the services of that request.
 */
import { Hono, type Context } from 'hono';
import { routePath } from 'hono/route';
import { createServices } from './composition.ts';
import type { Contract } from './contracts/contract.ts';
import { contracts } from './contracts/index.ts';
import { keysFor } from './crypto/keys.ts';
import type { OperatorRules } from './flows/authenticate-operator.ts';
import { tokenRulesOf } from './flows/model/token-rules.ts';
import { addressOf } from './http/address.ts';
import { mountAdmin } from './http/admin-app.ts';
import { createContractApp, pathWithin, type ContractApp } from './http/contract-app.ts';
import { pathMatcher } from './http/contract-operations.ts';
import { documentsOf, publishedKeys } from './http/documents.ts';
import { securityHeaders } from './http/headers.ts';
import { healthRoute } from './http/health.ts';
import { localHints } from './http/local-hints.ts';
import { requestMeta, waitUntilOf } from './http/request-context.ts';
import { LINES_A_MINUTE } from './http/responder.ts';
import { outageResponse } from './http/responses.ts';
import { serveAdminPage } from './pages/admin.tsx';
import { createPages } from './pages/pages.tsx';
import type { PagesDependencies } from './pages/render.ts';
import { passwordMessages } from './policy/password-rules.ts';
import { offersPasskeysAt } from './derived-settings.ts';
import { readSettings, type Settings } from './settings.ts';
import { logFailure, logOperation } from './telemetry/log.ts';

type AppEnv = { Bindings: Env; Variables: { traceId: string } };

/** Throws if a setting is missing or malformed. `known`: the contracts that the settings may name. */
export function createApp(env: Env, known: readonly Contract[] = contracts): Hono<AppEnv> {
  const settings = readSettings(env, known);
  const deps = createServices(env, settings);
  const { metrics, lineLimit } = deps;
  const owners = new Map(settings.contracts.map((contract) => [contract, pathMatcher(contract)]));
  const contractFor = contractChooser(owners, settings.hosts);
  const apps = new Map<Contract, ContractApp>();
  const appOf = (contract: Contract): ContractApp => {
    let found = apps.get(contract);
    if (found === undefined) {
      const keys = keysFor(settings.tokens.keys, contract.name, contract.tokens.algorithms);
      const options = { ...settings, tokens: { ...settings.tokens, keys } };
      apps.set(contract, (found = createContractApp(contract, options)));
    }
    return found;
  };
  const isInsecure = ({ url }: Request) => !settings.localDevelopment && !url.startsWith('https:');

  /** Answers in the words of the contract that the request is for. */
  const answer = async (raw: Request, c: Context): Promise<Response> => {
    const traceId = c.get('traceId') as string;
    const response = await appOf(contractFor(new URL(raw.url))).fetch(
      raw,
      {
        services: { ...deps.services, waitUntil: waitUntilOf(c, traceId, metrics) },
        metrics,
        lineLimit,
        meta: requestMeta(raw, traceId),
        insecure: isInsecure(raw),
      },
      c.executionCtx,
    );
    metrics.flush((work) => c.executionCtx.waitUntil(work));
    return response;
  };

  const app = new Hono<AppEnv>({ getPath: undecodedPath });
  if (settings.localDevelopment) app.use(localHints(settings.allowedOrigins, contractFor));
  app.use(securityHeaders(settings.allowedOrigins, contractFor));
  app.onError((error, c) => {
    logFailure(error, routePath(c), c.var.traceId);
    return outageResponse(500, { error: 'internal' });
  });
  const pages: PagesDependencies = {
    contracts: settings.contracts,
    allowedOrigins: settings.allowedOrigins,
    brand: settings.brand,
    passwordRules: {
      ...settings.passwordRules,
      messages: passwordMessages(settings.passwordRules),
    },
    offersSecondFactor: settings.secondFactor !== 'off',
    offersPasskeysAt: (url) => offersPasskeysAt(settings.passkeys, url),
    assets: env.ASSETS,
    loadMessages: deps.loadMessages,
    contractAt: contractFor,
    ownsPath: apiPaths(owners, contractFor),
    answer,
    reportForm({ name: contract }, outcome, c: Context) {
      const what = { operation: 'login', contract } as const;
      metrics.recordOperation({ ...what, reason: outcome, durationMs: null });
      metrics.flush((work) => c.executionCtx.waitUntil(work));
      const address = addressOf(c.req.raw.headers);
      if (!lineLimit.admits(`refused ${address}`, LINES_A_MINUTE)) return;
      const traceId = c.get('traceId') as string;
      logOperation({ ...what, outcome, identifier: null, address, traceId, durationMs: 0 });
    },
    mails: deps.outbox,
  };
  const { accounts } = settings.operators;
  const signIn = settings.contracts.find(({ name }) => name === accounts?.contract);
  const operators = { ...settings.operators, accounts: operatorRulesOf(settings, signIn) };
  if (signIn !== undefined) {
    const adminPage = serveAdminPage(pages, signIn);
    app.get('/admin', (c, next) => (isInsecure(c.req.raw) ? next() : adminPage(c, next)));
  }
  mountAdmin(app, { ...settings, ...deps, operators, assets: env.ASSETS });

  // Nothing is served over plain http, not even public keys: they could be replaced in transit.
  app.use(async (c, next) => (isInsecure(c.req.raw) ? answer(c.req.raw, c) : next()));
  app.get('/healthz', healthRoute(deps.health));
  app.get('/.well-known/jwks.json', (c) => {
    const { keys } = settings.tokens;
    const contract = c.req.query('contract');
    return publishedKeys(contract === undefined ? keys : keysFor(keys, contract));
  });
  app.get('/openapi/:file', documentsOf(settings.contracts, env.ASSETS));
  app.route('/', createPages(pages));
  app.all('*', (c) => answer(c.req.raw, c));
  return app;
}

/** The rules of operators' access tokens; null: no account is an operator's. */
function operatorRulesOf(settings: Settings, contract?: Contract): OperatorRules | null {
  const { accounts } = settings.operators;
  if (accounts === null || contract === undefined) return null;
  const tokens = tokenRulesOf(contract, settings.tokens, contract.params);
  const { secondFactor, passkeys } = settings;
  return { ...accounts, secondFactor, passkeys: passkeys.policy, tokens };
}

/**
 * The path without decoding it: Hono would take `/%61dmin` for `/admin`, which a rule in front of the
 * Worker may not. Dot segments and backslashes (`/x/../admin`, `/x/%2e%2e/admin`) are resolved by the
 * platform's URL parser before this.
 */
function undecodedPath({ url }: Request): string {
  return /^[^:]+:\/\/[^/?#]*([^?#]*)/.exec(url)?.[1] || '/';
}

/** The contracts that are served, in the order of the setting, each with what tells its paths. */
type Owners = ReadonlyMap<Contract, (path: string) => boolean>;

/** Tells the paths of the contracts' APIs from those of pages. */
function apiPaths(owners: Owners, contractFor: (url: URL) => Contract) {
  return (url: URL): boolean => {
    const contract = contractFor(url);
    return owners.get(contract)?.(pathWithin(contract, url)) ?? false;
  };
}

/** Chooses by the contract's own prefix, else the host's contract, else the first that has the path. */
function contractChooser(owners: Owners, hosts: Settings['hosts']): (url: URL) => Contract {
  const served = [...owners.keys()];
  return ({ pathname, host, hostname }) => {
    const [, prefix] = pathname.split('/', 2);
    const ofHost = hosts.get(host) ?? hosts.get(hostname);
    const contract =
      served.find(({ name }) => name === prefix) ??
      served.find(({ name }) => name === ofHost) ??
      served.find((candidate) => owners.get(candidate)?.(pathname)) ??
      served[0];
    if (contract === undefined) throw new Error('no contract is served');
    return contract;
  };
}
