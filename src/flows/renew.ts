/**
 * Renews an access token by an access token, in one round trip. Every use of a session moves its
 * expiry on, as far as its absolute limit. The old token stays good until it expires.
 */
import { expiriesOfRefresh, type SessionLimits } from '../policy/lifetimes.ts';
import { requireSession, UNAUTHENTICATED, type AuthenticatedRequest } from './authenticate.ts';
import { issueTokens, type IssueTokensPorts } from './issue-tokens.ts';
import { ok, refuse, type Granted, type Outcome } from './model/outcome.ts';
import type { UseCaseRequest } from './use-case.ts';

type ExtendSessionPorts = IssueTokensPorts | 'nowMs' | 'sessions';

interface RenewRequest extends AuthenticatedRequest<ExtendSessionPorts> {
  sessionLimits: SessionLimits;
}

/** A remembered login is renewed for the time of one that is not. */
export async function renew(request: RenewRequest): Promise<Outcome<Granted>> {
  const { services, rules, token } = request;
  if (token === null) return refuse({ reason: 'unauthenticated', presented: false });
  const claims = await services.tokens.verify('access', token, { rules: rules.tokens });
  if (claims === null) return UNAUTHENTICATED;
  return extendSession(request, { sessionId: claims.sessionId, refreshHash: null });
}

/** Extends the session and issues an access token, and no refresh token. */
export async function extendSession(
  request: UseCaseRequest<ExtendSessionPorts> & { sessionLimits: SessionLimits },
  presented: { sessionId: string; refreshHash: string | null },
): Promise<Outcome<Granted>> {
  const { services, rules, sessionLimits } = request;
  const { contract, lifetimes } = rules;
  const nowMs = services.nowMs();
  const { session, isExtended } = await services.sessions.extend({
    ...presented,
    contract,
    nowMs,
    idleMs: Math.max(lifetimes.accessSeconds, lifetimes.refreshSeconds ?? 0) * 1000,
    absoluteMs: sessionLimits.absoluteSeconds * 1000,
  });
  const own = requireSession(session, rules);
  if (!own.ok || !isExtended) return own.ok ? UNAUTHENTICATED : own;
  const { user, id: sessionId, createdAtMs, openedBy, secondFactorAtMs } = own.value;
  const expiries = expiriesOfRefresh(lifetimes, sessionLimits, {
    createdAtMs,
    refreshedAtMs: nowMs,
  });
  const proven = { createdAtMs, openedBy, secondFactorAtMs };
  const issued = { user, sessionId, ...proven, expiries, refresh: null };
  return ok(await issueTokens(request, issued));
}
