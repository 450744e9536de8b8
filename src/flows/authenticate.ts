/**
 * Authenticates the bearer of an access token whose session is alive. One read of the primary, so
 * that a session that was ended a moment ago, on the other side of the world, is refused.
 */
import { requiresSecondFactor } from '../policy/second-factor.ts';
import type { LoginRules } from './model/login.ts';
import { ok, refuse, type Outcome } from './model/outcome.ts';
import type { LiveSession } from './model/session.ts';
import type { Services } from './ports/services.ts';
import type { UseCaseRequest } from './use-case.ts';

export interface AuthenticatedRequest<Ports extends keyof Services> extends UseCaseRequest<Ports> {
  /** The access token as it was sent; null where none was. */
  token: string | null;
}

export type AuthenticatePorts = 'nowMs' | 'sessions' | 'tokens';

export async function authenticate({
  services,
  rules,
  token,
}: {
  services: Pick<Services, AuthenticatePorts>;
  rules: Pick<LoginRules, 'contract' | 'secondFactor' | 'tokens'>;
  token: string | null;
}): Promise<Outcome<LiveSession>> {
  if (token === null) return refuse({ reason: 'unauthenticated', presented: false });
  const claims = await services.tokens.verify('access', token, { rules: rules.tokens });
  if (claims === null) return UNAUTHENTICATED;
  const session = await services.sessions.live(claims.sessionId, services.nowMs());
  return requireSession(session, rules);
}

/** A token was presented, and is not or no longer good. */
export const UNAUTHENTICATED = refuse({ reason: 'unauthenticated', presented: true });

/** As above. The bearer holds a token that was issued here, and may know that its session is over. */
const SESSION_ENDED = refuse({ reason: 'unauthenticated', presented: true, sessionEnded: true });

/**
 * A token is good for the contract that issued it alone: no client can shop for the laxest. A session
 * without a second factor is over where the deployment requires one by now.
 */
export function requireSession(
  session: LiveSession | null,
  { contract, secondFactor }: Pick<LoginRules, 'contract' | 'secondFactor'>,
): Outcome<LiveSession> {
  if (session === null) return SESSION_ENDED;
  if (session.contract !== contract) return UNAUTHENTICATED;
  const isOwed =
    session.secondFactorAtMs === null && requiresSecondFactor(secondFactor, session.user);
  return isOwed ? SESSION_ENDED : ok(session);
}
