/**
 * The credentials of a request. A cookie counts only in a request of the contract's own site: one
 * that a browser declares its own, or, without such a header, one that is declared as JSON, which no
 * form of another site can be.
 */
import { OPERATIONS, type Operation } from '../flows/operations.ts';
import { isJson } from './body.ts';
import { cookieIn } from './cookies.ts';
import type { ContractContext } from './request-context.ts';
import type { Responder } from './responder.ts';

interface Credentials {
  token: string | null;
  refreshToken: string | null;
}

/** The access token of `Authorization: Bearer` (RFC 6750 2.1), or null. Never from the URL. */
export function bearerIn(headers: Headers): string | null {
  return /^Bearer +(.+)$/i.exec(headers.get('Authorization') ?? '')?.[1] ?? null;
}

/** Reads what the operation takes, or refuses a cookie that another site may have sent. */
export async function credentialsOf(
  c: ContractContext,
  name: Operation,
  responder: Responder,
): Promise<Credentials | Response> {
  const { headers } = c.req.raw;
  const { access } = OPERATIONS[name];
  const token = access === 'bearer' || access === 'either' ? bearerIn(headers) : null;
  const carrier = responder.contract.refresh;
  if (access === 'public' || access === 'bearer' || carrier === null) {
    return { token, refreshToken: null };
  }
  if (carrier.in === 'body') {
    return { token, refreshToken: access === 'either' ? null : c.req.valid('json' as never) };
  }
  const refreshToken = cookieIn(headers, carrier.name);
  const site = responder.siteOf(c);
  if (refreshToken === null || site === 'own') return { token, refreshToken };
  if (site === 'foreign') return responder.reject(c, { reason: 'cross-site' });
  if (isJson(headers)) return { token, refreshToken };
  return token === null
    ? responder.malformed(c, { fault: 'undeclared' })
    : { token, refreshToken: null };
}
