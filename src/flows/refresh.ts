/**
 * Trades a refresh token for its successor (RFC 9700 4.14.2), in one round trip.
 *
 * The rotation is one compare-and-swap statement, so that of many parallel requests one rotates. The
 * others hold what has just become the previous token: for ten seconds it leads to the very same
 * successor, and two tabs that refresh at once both stay signed in. A later use means that two
 * parties hold the token, owner and thief: the session ends, for both.
 *
 * Where the contract's clients keep their first refresh token, nothing is rotated, and a thief's use
 * looks like the owner's: the session ends by logout, idleness or its absolute limit alone.
 */
import { expiriesOfRefresh, type SessionLimits } from '../policy/lifetimes.ts';
import { requireSession, UNAUTHENTICATED } from './authenticate.ts';
import { issueTokens, type IssueTokensPorts } from './issue-tokens.ts';
import { ok, refuse, type Granted, type Outcome } from './model/outcome.ts';
import { extendSession } from './renew.ts';
import type { UseCaseRequest } from './use-case.ts';

/** The time for which the previous token stays good. */
const GRACE_MS = 10_000;

export interface RotateRequest extends UseCaseRequest<
  IssueTokensPorts | 'accountKey' | 'nowMs' | 'sessions'
> {
  sessionLimits: SessionLimits;
}

export interface RefreshRequest extends RotateRequest {
  /** Null where none was sent. */
  refreshToken: string | null;
}

export async function refresh(request: RefreshRequest): Promise<Outcome<Granted>> {
  const { services, rules, refreshToken } = request;
  if (refreshToken === null) return refuse({ reason: 'unauthenticated', presented: false });
  const isKept = rules.rotation === 'kept';
  // A kept token is good for as long as its session, whose expiry moves on with every use.
  const options = { rules: rules.tokens, ignoreExpiry: isKept };
  const claims = await services.tokens.verify('refresh', refreshToken, options);
  if (claims === null || claims.generation === null) return UNAUTHENTICATED;

  const { sessionId, generation } = claims;
  const presented = await services.tokens.refreshId(sessionId, generation);
  if (presented.jti !== claims.jti) return UNAUTHENTICATED;
  if (isKept) return extendSession(request, { sessionId, refreshHash: presented.hash });
  return rotate(request, { sessionId, generation });
}

/** Trades the session's refresh token of a generation for its successor, with a new access token. */
export async function rotate(
  request: RotateRequest,
  { sessionId, generation }: { sessionId: string; generation: number },
): Promise<Outcome<Granted>> {
  const { services, rules, meta, sessionLimits } = request;
  const presented = await services.tokens.refreshId(sessionId, generation);
  const successor = await services.tokens.refreshId(sessionId, generation + 1);

  const nowMs = services.nowMs();
  const rotated = requireSession(
    await services.sessions.rotate({
      sessionId,
      contract: rules.contract,
      presentedHash: presented.hash,
      successorHash: successor.hash,
      nowMs,
      idleMs: (rules.lifetimes.refreshSeconds ?? 0) * 1000,
      absoluteMs: sessionLimits.absoluteSeconds * 1000,
    }),
    rules,
  );
  if (!rotated.ok) return rotated;

  const session = rotated.value;
  const { user } = session;
  if (session.generation !== generation + 1 || nowMs - session.refreshedAtMs >= GRACE_MS) {
    // Its own generation, and yet not rotated: the statement found it expired.
    if (session.generation === generation) return UNAUTHENTICATED;
    const accountKey = await services.accountKey({ userId: user.id });
    const { contract } = rules;
    const sessionEnd = { action: 'REFRESH_REUSED', contract, meta, accountKey, nowMs } as const;
    await services.sessions.end({ id: sessionId, userId: user.id }, sessionEnd);
    return UNAUTHENTICATED;
  }

  return ok(
    await issueTokens(request, {
      user,
      sessionId,
      createdAtMs: session.createdAtMs,
      openedBy: session.openedBy,
      secondFactorAtMs: session.secondFactorAtMs,
      // By the time of the rotation, not of this request: all of them get the same expiries.
      expiries: expiriesOfRefresh(rules.lifetimes, sessionLimits, session),
      refresh: { jti: successor.jti, generation: generation + 1 },
    }),
  );
}
