/**
 * Logs, in local development alone, why a browser will keep an answer from a page or a cookie from a
 * request: the page itself is given no reason by any browser. Each cause is logged once.
 */
import type { MiddlewareHandler } from 'hono';
import type { Contract } from '../contracts/contract.ts';
import { logHint } from '../telemetry/log.ts';
import { preflightRules } from './headers.ts';

/** A client can name any number of origins. */
const MAX_HINTS = 50;

export function localHints(
  allowedOrigins: readonly string[],
  contractAt: (url: URL) => Contract,
): MiddlewareHandler {
  const logged = new Set<string>();
  return async ({ req: { raw } }, next) => {
    const origin = raw.headers.get('Origin');
    const url = new URL(raw.url);
    if (origin !== null && origin !== url.origin) {
      const page = { origin, url, headers: raw.headers };
      for (const hint of hintsFor(page, allowedOrigins, contractAt(url))) {
        if (logged.has(hint) || logged.size >= MAX_HINTS) continue;
        logged.add(hint);
        logHint(hint);
      }
    }
    return next();
  };
}

/** A request that a page of another origin has caused. */
interface PageRequest {
  origin: string;
  url: URL;
  headers: Headers;
}

function hintsFor(
  { origin, url, headers }: PageRequest,
  allowedOrigins: readonly string[],
  contract: Contract,
): string[] {
  const crossSite = isCrossSite(headers, contract) ? [crossSiteHint(origin, url, contract)] : [];
  if (!allowedOrigins.includes(origin)) return [unlistedHint(origin, allowedOrigins), ...crossSite];
  return [...crossSite, ...preflightHints(origin, headers, contract)];
}

function unlistedHint(origin: string, allowedOrigins: readonly string[]): string {
  if (!/^https?:\/\/[^/]+$/.test(origin)) {
    return `A page without an origin of its own (Origin: ${origin}; a file, or a sandboxed frame) calls: its browser lets it read no answer, and no setting changes that. Serve the page from http://localhost.`;
  }
  const setting = JSON.stringify([...allowedOrigins, origin]);
  return `ALLOWED_ORIGINS does not have ${origin}: its pages' browser lets them read no answer. For local development add the line ALLOWED_ORIGINS=${setting} to .dev.vars, and start again.`;
}

/** Browsers send `Sec-Fetch-Site`, and compare schemes, too: http and https of one host are two sites. */
const isCrossSite = (headers: Headers, { access, refresh }: Contract): boolean =>
  (access.in === 'cookie' || refresh?.in === 'cookie') &&
  headers.get('Sec-Fetch-Site') === 'cross-site';

const crossSiteHint = (origin: string, url: URL, { name }: Contract): string =>
  `${name} keeps a token in a cookie, which browsers neither store for nor send with requests of another site: ${origin} and ${url.origin} are two sites. Use one scheme and one host name (such as localhost, not 127.0.0.1) for both; their ports may differ.`;

function preflightHints(origin: string, headers: Headers, contract: Contract): string[] {
  const method = headers.get('Access-Control-Request-Method');
  if (method === null) return [];
  const { methods, requestHeaders } = preflightRules(contract);
  const known = new Set(requestHeaders.map((name) => name.toLowerCase()));
  const asked = (headers.get('Access-Control-Request-Headers') ?? '').split(',');
  const others = asked.map((name) => name.trim()).filter((name) => name && !known.has(name));
  const refused = (what: string, allowed: readonly string[]) =>
    `A preflight of ${origin} is refused: ${contract.name} takes no ${what} from other origins, only ${allowed.join(', ')}.`;
  return [
    // Browsers need no permission for these.
    ...(['GET', 'HEAD', 'POST', ...methods].includes(method)
      ? []
      : [refused(`method ${method}`, methods)]),
    ...others.map((name) => refused(`header ${name}`, requestHeaders)),
  ];
}
