/**
 * Ends the session of a token, access or refresh, even of an expired one. Asking again is the same
 * as asking once. An ended session is deleted, and its access tokens are refused from then on.
 */
import { requireContract } from './authenticate.ts';
import { ok, refuse, type Outcome } from './model/outcome.ts';
import type { RequestMeta } from './model/request.ts';
import type { VerifiedClaims } from './ports/tokens.ts';
import type { Services } from './ports/services.ts';

export interface LogoutRequest {
  services: Pick<Services, 'accountKey' | 'nowMs' | 'sessions' | 'tokens'>;
  contract: string;
  meta: RequestMeta;
  access: string | null;
  refresh: string | null;
}

export async function logout(request: LogoutRequest): Promise<Outcome<null>> {
  const { services, contract, meta, access, refresh } = request;
  let claims: VerifiedClaims | null = null;
  if (access !== null)
    claims = await services.tokens.verify('access', access, { ignoreExpiry: true });
  if (claims === null && refresh !== null) {
    claims = await services.tokens.verify('refresh', refresh, { ignoreExpiry: true });
  }
  if (claims === null) {
    return refuse({ reason: 'unauthenticated', presented: (access ?? refresh) !== null });
  }

  const nowMs = services.nowMs();
  const session = await services.sessions.live(claims.sessionId, nowMs);
  if (session === null) return ok(null);
  const own = requireContract(session, contract);
  if (!own.ok) return own;
  const { id, user } = session;
  const accountKey = await services.accountKey({ userId: user.id });
  const sessionEnd = { action: 'LOGOUT', contract, meta, accountKey, nowMs } as const;
  await services.sessions.end({ id, userId: user.id }, sessionEnd);
  return ok(null);
}
