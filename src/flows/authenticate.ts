/**
 * Who is calling: the bearer of an access token whose session is alive. One look at the primary,
 * so that a session that was ended a moment ago, on the other side of the world, is refused.
 */
import { ok, refuse, type Outcome } from './model/outcome.ts';
import type { LiveSession } from './model/session.ts';
import type { Services } from './ports/services.ts';

export interface Bearer {
  contract: string;
  /** The access token as it was sent; null where none was. */
  token: string | null;
}

export async function authenticate(
  services: Services,
  { contract, token }: Bearer,
): Promise<Outcome<LiveSession>> {
  if (token === null) return refuse({ reason: 'unauthenticated', presented: false });
  const claims = await services.tokens.verify('access', token);
  if (claims === null) return refuse({ reason: 'unauthenticated', presented: true });
  const session = await services.sessions.live(claims.sessionId, services.nowMs());
  // A token opens only the contract that it was granted by: nobody shops for the laxest.
  if (session === null || session.contract !== contract) {
    return refuse({ reason: 'unauthenticated', presented: true });
  }
  return ok(session);
}
