/**
 * The credentials of a request. A cookie counts only in a request of the contract's own site: one
 * that a browser declares its own, or, without such a header, one that is declared as JSON, which no
 * form of another site can be.
 */
import type { AnyRoute, Contract } from '../contracts/contract.ts';
import { FORM } from '../contracts/routes.ts';
import type { SentTokens } from '../flows/model/request.ts';
import { OPERATIONS } from '../flows/operations.ts';
import { isJson } from './body.ts';
import { cookieIn } from './cookies.ts';
import type { ContractContext } from './request-context.ts';
import type { Responder } from './responder.ts';

interface Credentials {
  token: string | null;
  refreshToken: string | null;
}

/** Reads a token where it is carried, or null. Never from the URL. Bearer: RFC 6750 2.1. */
export function tokenIn(headers: Headers, carrier: Contract['access' | 'refresh']): string | null {
  if (carrier === null || carrier.in === 'body') return null;
  if (carrier.in === 'cookie') return cookieIn(headers, carrier.name);
  const value = headers.get(carrier.name) ?? '';
  if (carrier.scheme === null) return value || null;
  const [, scheme = '', token = null] = /^([^ ]+) +(.+)$/.exec(value) ?? [];
  return scheme.toLowerCase() === carrier.scheme.toLowerCase() ? token : null;
}

/**
 * Reads what the operation takes, or refuses a cookie that another site may have sent. `sent`: the
 * body's own, which come before all others.
 */
export async function credentialsOf(
  c: ContractContext,
  { route, sent }: { route: AnyRoute; sent: SentTokens },
  responder: Responder,
): Promise<Credentials | Response> {
  const { headers } = c.req.raw;
  const { access: opensWith } = OPERATIONS[route.operation];
  const { access, refresh } = responder.contract;
  const takesAccess = opensWith !== 'public' && opensWith !== 'refresh-token';
  const takesRefresh = opensWith === 'refresh-token' || opensWith === 'either';
  const readFrom = (carrier: Contract['access' | 'refresh'], isCookie: boolean) =>
    (carrier?.in === 'cookie') === isCookie ? tokenIn(headers, carrier) : null;
  const read = (isCookie: boolean): Credentials => ({
    token: takesAccess ? readFrom(access, isCookie) : null,
    refreshToken: takesRefresh ? readFrom(refresh, isCookie) : null,
  });
  const named = read(false);
  const own = {
    token: (takesAccess ? sent.token : null) ?? named.token,
    refreshToken: (takesRefresh ? sent.refreshToken : null) ?? named.refreshToken,
  };
  if (route.accepts === FORM) return own;
  const cookies = read(true);
  if (cookies.token === null && cookies.refreshToken === null) return own;
  const both = {
    token: own.token ?? cookies.token,
    refreshToken: own.refreshToken ?? cookies.refreshToken,
  };
  const site = responder.siteOf(c);
  if (site === 'own') return both;
  if (site === 'foreign') return responder.reject(c, { reason: 'cross-site' });
  if (isJson(headers)) return both;
  return own.token === null && own.refreshToken === null
    ? responder.malformed(c, { fault: 'undeclared', accepts: route.accepts })
    : own;
}
