/**
 * Ends the session of a token, access or refresh, even of an expired one. Asking again is the same
 * as asking once. An ended session is deleted, and its access tokens are refused from then on.
 */
import { UNAUTHENTICATED, type AuthenticatedRequest } from './authenticate.ts';
import { ok, refuse, type Outcome } from './model/outcome.ts';
import type { VerifiedClaims } from './ports/tokens.ts';

interface LogoutRequest extends AuthenticatedRequest<
  'accountKey' | 'nowMs' | 'sessions' | 'tokens'
> {
  refreshToken: string | null;
}

export async function logout(request: LogoutRequest): Promise<Outcome<null>> {
  const { services, rules, meta, token, refreshToken } = request;
  const { contract } = rules;
  const options = { rules: rules.tokens, ignoreExpiry: true };
  let claims: VerifiedClaims | null = null;
  if (token !== null) claims = await services.tokens.verify('access', token, options);
  if (claims === null && refreshToken !== null) {
    claims = await services.tokens.verify('refresh', refreshToken, options);
  }
  if (claims === null) {
    return refuse({ reason: 'unauthenticated', presented: (token ?? refreshToken) !== null });
  }

  const nowMs = services.nowMs();
  const session = await services.sessions.live(claims.sessionId, nowMs);
  if (session === null) return ok(null);
  if (session.contract !== contract) return UNAUTHENTICATED;
  const { id, user } = session;
  const accountKey = await services.accountKey({ userId: user.id });
  const sessionEnd = { action: 'LOGOUT', contract, meta, accountKey, nowMs } as const;
  await services.sessions.end({ id, userId: user.id }, sessionEnd);
  return ok(null);
}
