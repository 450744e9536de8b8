/** The headers of every response, refusals and failures included. */
import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import type { Contract } from '../contracts/contract.ts';

const TRACE_HEADER = 'X-Request-Id';
const EXPOSED = ['Retry-After', 'RateLimit', 'RateLimit-Policy', TRACE_HEADER];
const TWO_YEARS_SECONDS = 63_072_000;

/**
 * JSON must not be rendered, framed, cached or sniffed (OWASP REST Security). Responses are created
 * with these headers: setting them one by one costs more time than the rest of a refusal.
 */
export const PROTECTIVE_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
  // CORS decides which origins may read.
  'Cross-Origin-Resource-Policy': 'same-site',
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': `max-age=${TWO_YEARS_SECONDS}; includeSubDomains`,
  Vary: 'Origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** The methods and headers that scripts of allowed origins may send. */
export function preflightRules({ routes, access, requestHeaders }: Contract) {
  const own = new Set(routes.map(({ method }) => method));
  const carrier = access.in === 'header' ? access.name : 'Authorization';
  return {
    methods: METHODS.filter((method) => own.has(method)),
    requestHeaders: [...new Set([carrier, 'Content-Type', ...requestHeaders])],
  };
}

function preflightOf(contract: Contract, allowedOrigins: readonly string[]): MiddlewareHandler {
  const { methods, requestHeaders } = preflightRules(contract);
  return cors({
    origin: [...allowedOrigins],
    credentials: true,
    allowMethods: methods,
    allowHeaders: requestHeaders,
    maxAge: 600,
  });
}

interface TraceEnv {
  Variables: { traceId: string };
}

/**
 * Sets the trace id, answers preflights, and lets the listed origins read responses with credentials.
 * Adds the protective headers to responses that were created without them.
 */
export function securityHeaders(
  allowedOrigins: readonly string[],
  contractAt: (url: URL) => Contract,
): MiddlewareHandler<TraceEnv> {
  return async (c, next) => {
    const { method, raw } = c.req;
    c.set('traceId', crypto.randomUUID());
    // An OPTIONS that is no preflight is refused like any other method without a route.
    const isPreflight = method === 'OPTIONS' && raw.headers.has('Access-Control-Request-Method');
    if (isPreflight) {
      const preflight = preflightOf(contractAt(new URL(c.req.url)), allowedOrigins);
      c.res = (await preflight(c, next)) ?? new Response(null, { status: 204 });
    } else await next();

    // On the response itself: Context.header() would copy it each time.
    const { headers } = c.res;
    headers.set(TRACE_HEADER, c.var.traceId);
    if (!headers.has('X-Content-Type-Options')) {
      for (const [name, value] of Object.entries(PROTECTIVE_HEADERS)) {
        if (!headers.has(name)) headers.set(name, value);
      }
    }
    const origin = raw.headers.get('Origin');
    if (isPreflight || origin === null || !allowedOrigins.includes(origin)) return;
    headers.set('Access-Control-Allow-Origin', origin);
    headers.set('Access-Control-Allow-Credentials', 'true');
    const { exposedHeaders } = contractAt(new URL(c.req.url));
    headers.set('Access-Control-Expose-Headers', [...EXPOSED, ...exposedHeaders].join(','));
  };
}
