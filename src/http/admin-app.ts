/** Mounts the routes for the operator alone: the admin API, its document, and the metrics. */
import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import type * as z from 'zod/mini';
import { en } from 'zod/locales';
import type { AdminServices } from '../flows/ports/services.ts';
import type { OperatorRules } from '../flows/authenticate-operator.ts';
import type { OperatorToken } from '../flows/model/operator.ts';
import type { LockoutRules } from '../policy/lockout-state.ts';
import { exposition } from '../telemetry/exposition.ts';
import { logFailure, logOperator } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { addressOf } from './address.ts';
import { requireAccess, type AdminApiEnv } from './admin-access.ts';
import { adminAuth, adminRefusal, type AdminEnv, type RequestEnv } from './admin-auth.ts';
import { userId, userName } from './admin-input.ts';
import { ADMIN_OPERATIONS, type AdminOperation } from './admin-operations.ts';
import { notFound } from './admin-render.ts';
import { fieldIssues, readBody, validateBody, type BodyProblem } from './body.ts';
import { documentOf } from './documents.ts';
import { PROTECTIVE_HEADERS } from './headers.ts';
import { requestMeta, waitUntilOf } from './request-context.ts';

interface AdminDependencies {
  /** Without any there is no admin API, and its paths are unknown like any other. */
  operators: {
    tokens: readonly OperatorToken[];
    accounts: OperatorRules | null;
  };
  localDevelopment: boolean;
  adminServices: Omit<AdminServices, 'waitUntil'>;
  /** The served contracts; links of e-mails to users lead to the pages of the first one. */
  contracts: readonly { name: string }[];
  lockout: LockoutRules;
  metrics: Pick<Metrics, 'read' | 'flush'>;
  assets: Fetcher;
}

export function mountAdmin(app: Hono<RequestEnv>, deps: AdminDependencies): void {
  const { operators, localDevelopment, adminServices: services, metrics, assets } = deps;
  if (operators.tokens.length === 0 && operators.accounts === null) return;
  const auth = adminAuth({ ...operators, localDevelopment, services });
  const metricsApp = new Hono<AdminEnv>().use(auth);
  metricsApp.get('/', (c) => metricsResponse(c, metrics));
  metricsApp.all('*', notFound);
  const documentApp = new Hono<AdminEnv>().use(auth);
  documentApp.get('/', () => documentOf(assets, 'admin'));

  app.route('/metrics', metricsApp);
  app.route('/admin', createAdminApi(new Hono<AdminApiEnv>().use(auth), deps));
  app.route('/openapi/admin.json', documentApp);
}

type AdminContext = Context<AdminApiEnv>;

function createAdminApi(api: Hono<AdminApiEnv>, deps: AdminDependencies): Hono<AdminApiEnv> {
  const { adminServices, contracts, lockout, metrics, operators } = deps;
  const { nowMs } = adminServices;
  const pagesOf = contracts[0]?.name ?? '';
  api.use(async (c, next) => {
    const startedAtMs = nowMs();
    await next();
    logOperator({
      route: `${c.req.method} ${c.req.routePath}`,
      operator: c.var.operator.name,
      status: c.res.status,
      address: addressOf(c.req.raw.headers),
      traceId: c.var.traceId,
      durationMs: nowMs() - startedAtMs,
    });
    metrics.flush((work) => c.executionCtx.waitUntil(work));
  });
  api.use(
    methodNotAllowed({
      app: api,
      onMethodNotAllowed: (_, methods) => {
        const allow = methods.filter((method) => method !== 'HEAD').join(', ');
        return adminRefusal(405, 'method_not_allowed', { headers: { Allow: allow } });
      },
    }),
  );
  const requestOf = (c: AdminContext) => {
    const { traceId, operator, user: userRef } = c.var;
    const waitUntil = waitUntilOf(c, traceId, metrics);
    const meta = requestMeta(c.req.raw, traceId);
    const services = { ...adminServices, waitUntil };
    const readMetrics = () =>
      metrics.read().catch((error: unknown) => {
        logFailure(error, 'metrics', traceId);
        return null;
      });
    return { services, lockout, meta, operator, userRef, pagesOf, readMetrics };
  };
  const operations: readonly AdminOperation<any>[] = Object.values(ADMIN_OPERATIONS);
  for (const operation of operations) {
    const { method, path, query, body, run } = operation;
    const steps: MiddlewareHandler<AdminApiEnv>[] = [
      ...(path.includes(':id') ? [readUser] : []),
      requireAccess(operation, { accounts: operators.accounts, nowMs }),
      ...(body === undefined
        ? []
        : [
            readBody({ reject: rejectBody }),
            validateBody(body, { reject: rejectBody, words: WORDS }),
          ]),
    ];
    const handle: MiddlewareHandler<AdminApiEnv> = async (c) => {
      const input: unknown = query ? queryOf(c, query) : c.req.valid('json' as never);
      return input instanceof Response ? input : run(requestOf(c), input, c);
    };
    api.on(method, [path], ...steps, handle);
  }
  api.all('*', notFound);
  return api;
}

const readUser: MiddlewareHandler<AdminApiEnv> = async (c, next) => {
  const id = userId.safeParse(c.req.param('id'), WORDS);
  if (!id.success) return malformed(id.error, 'id');
  c.set('user', userName(id.data));
  return next();
};

/** zod/mini has no messages of its own. */
const WORDS = { error: en().localeError };

const FAULTS = {
  undeclared: 'is not declared as JSON',
  'too-large': 'is too large',
  unreadable: 'is no JSON in UTF-8',
  'unreadable-form': 'is no form in UTF-8',
  duplicate: 'has a field twice',
} as const;

const rejectBody = (_: Context, problem: BodyProblem): Response =>
  problem.fault === 'invalid'
    ? malformed(problem.error, 'body')
    : adminRefusal(400, 'malformed', { details: { body: [FAULTS[problem.fault]] } });

/** `whole` names the input if none of its fields is at fault. */
function malformed(error: z.core.$ZodError, whole: string): Response {
  const byField = Map.groupBy(fieldIssues(error, whole), ({ field }) => field);
  const details = Object.fromEntries(
    Array.from(byField, ([field, issues]) => [field, issues.map(({ message }) => message)]),
  );
  return adminRefusal(400, 'malformed', { details });
}

/** Reads the query. A repeated or unknown parameter is refused: a mistyped filter would select everything. */
function queryOf<T>(c: AdminContext, schema: z.ZodMiniType<T>): T | Response {
  const { searchParams } = new URL(c.req.url);
  const names = [...searchParams.keys()];
  if (new Set(names).size < names.length) {
    return adminRefusal(400, 'malformed', { details: { query: ['names something twice'] } });
  }
  const query = schema.safeParse(Object.fromEntries(searchParams), WORDS);
  return query.success ? query.data : malformed(query.error, 'query');
}

/** `GET /metrics`: the counts of all isolates, for Prometheus. */
async function metricsResponse(c: Context<AdminEnv>, { read }: Pick<Metrics, 'read'>) {
  try {
    const { type, text } = exposition(await read(), c.req.header('Accept') ?? null);
    const headers = { ...PROTECTIVE_HEADERS, 'Content-Type': type, Vary: 'Origin, Accept' };
    return new Response(text, { headers });
  } catch (error) {
    // No partial answer: a failed scrape shows as `up` 0.
    logFailure(error, 'metrics', c.var.traceId);
    return adminRefusal(503, 'unavailable');
  }
}
