/** The headers of every response, refusals and failures included. */
import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';

export const TRACE_HEADER = 'X-Request-Id';
const EXPOSED = ['Retry-After', 'RateLimit', 'RateLimit-Policy', TRACE_HEADER].join(',');
const TWO_YEARS_SECONDS = 63_072_000;

/**
 * JSON is data: nothing in it may be rendered, framed, cached or sniffed (OWASP REST Security).
 * A response is made with them: setting them one by one costs more than the rest of a refusal.
 */
export const PROTECTIVE_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
  // Whoever CORS lets in may read; everyone else is kept out by it.
  'Cross-Origin-Resource-Policy': 'same-site',
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': `max-age=${TWO_YEARS_SECONDS}; includeSubDomains`,
  Vary: 'Origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

interface Traced {
  Variables: { traceId: string };
}

/**
 * Names the request, answers preflights, and lets the listed origins read what they get, cookies
 * included. What a response lacks of the headers above it gets here, whoever made it.
 */
export function securityHeaders(allowedOrigins: readonly string[]): MiddlewareHandler<Traced> {
  const preflight = cors({
    origin: [...allowedOrigins],
    credentials: true,
    allowMethods: ['GET', 'POST', 'DELETE'],
    allowHeaders: ['Authorization', 'Content-Type'],
    maxAge: 600,
  });
  return async (c, next) => {
    const { method, raw } = c.req;
    c.set('traceId', crypto.randomUUID());
    // An OPTIONS that is no preflight is a method like any other, and not one that we have.
    const asks = method === 'OPTIONS' && raw.headers.has('Access-Control-Request-Method');
    if (asks) c.res = (await preflight(c, next)) ?? new Response(null, { status: 204 });
    else await next();

    // On the response itself: Context.header() would make a copy of it each time.
    const { headers } = c.res;
    headers.set(TRACE_HEADER, c.var.traceId);
    if (!headers.has('X-Content-Type-Options')) {
      for (const [name, value] of Object.entries(PROTECTIVE_HEADERS)) {
        if (!headers.has(name)) headers.set(name, value);
      }
    }
    const origin = raw.headers.get('Origin');
    if (asks || origin === null || !allowedOrigins.includes(origin)) return;
    headers.set('Access-Control-Allow-Origin', origin);
    headers.set('Access-Control-Allow-Credentials', 'true');
    headers.set('Access-Control-Expose-Headers', EXPOSED);
  };
}
