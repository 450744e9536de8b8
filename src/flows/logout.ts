/**
 * Ends the session of a token, access or refresh, and be it expired: whoever wants to leave is let
 * go. Asking again is the same as asking once. What has ended is deleted, and the access tokens
 * that belong to it are refused from then on.
 */
import { ok, refuse, type Outcome } from './model/outcome.ts';
import type { RequestMeta } from './model/request.ts';
import type { Services } from './ports/services.ts';
import type { VerifiedClaims } from './ports/tokens.ts';

export interface LogoutRequest {
  services: Services;
  contract: string;
  meta: RequestMeta;
  access: string | null;
  refresh: string | null;
}

export async function logout(request: LogoutRequest): Promise<Outcome<null>> {
  const { services, contract, meta, access, refresh } = request;
  let claims: VerifiedClaims | null = null;
  if (access !== null) claims = await services.tokens.verify('access', access, 'expiredToo');
  if (claims === null && refresh !== null) {
    claims = await services.tokens.verify('refresh', refresh, 'expiredToo');
  }
  if (claims === null) {
    return refuse({ reason: 'unauthenticated', presented: (access ?? refresh) !== null });
  }

  const nowMs = services.nowMs();
  const session = await services.sessions.live(claims.sessionId, nowMs);
  if (session === null) return ok(null);
  const { id, user } = session;
  if (session.contract !== contract) return refuse({ reason: 'unauthenticated', presented: true });
  const accountKey = await services.accountKey({ userId: user.id });
  await services.sessions.end(
    { id, userId: user.id },
    { action: 'LOGOUT', contract, meta, accountKey, nowMs },
  );
  return ok(null);
}
