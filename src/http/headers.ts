/** The headers of every response, refusals and failures included. */
import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { secureHeaders } from 'hono/secure-headers';

export const TRACE_HEADER = 'X-Request-Id';
const TWO_YEARS_SECONDS = 63_072_000;

/** JSON is data: nothing in it may be rendered, framed, cached or sniffed. */
export const protective: MiddlewareHandler = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
  strictTransportSecurity: `max-age=${TWO_YEARS_SECONDS}; includeSubDomains`,
  referrerPolicy: 'no-referrer',
  xFrameOptions: 'DENY',
  // Whoever CORS lets in may read; everyone else is kept out by it.
  crossOriginResourcePolicy: 'same-site',
  // These concern documents and plugins, of which there are none.
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
});

/** Answers preflights, and lets the listed origins read what they get, cookies included. */
export function crossOrigin(allowedOrigins: readonly string[]): MiddlewareHandler {
  const handle = cors({
    origin: [...allowedOrigins],
    credentials: true,
    allowMethods: ['GET', 'POST', 'DELETE'],
    allowHeaders: ['Authorization', 'Content-Type'],
    exposeHeaders: ['Retry-After', 'RateLimit', 'RateLimit-Policy', TRACE_HEADER],
    maxAge: 600,
  });
  return (context, next) => {
    const { method, raw } = context.req;
    // An OPTIONS that is no preflight is a method like any other, and not one that we have.
    const preflight = raw.headers.has('Access-Control-Request-Method');
    return method === 'OPTIONS' && !preflight ? next() : handle(context, next);
  };
}
