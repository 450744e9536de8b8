/**
 * Trades a refresh token for its successor (RFC 9700 4.14.2), in one round trip.
 *
 * The rotation is one compare-and-swap statement, so that of many parallel callers one rotates. The
 * others hold what has just become the previous token: for ten seconds it leads to the very same
 * successor, and two tabs that refresh at once both stay signed in. Used any later it is a copy in
 * a stranger's hands, or in its owner's after the stranger's: the session ends, for both.
 */
import { expiriesOfRefresh, type SessionLimits } from '../policy/lifetimes.ts';
import { ok, refuse, type Granted, type Outcome } from './model/outcome.ts';
import type { LoginRules } from './model/login.ts';
import type { RequestMeta } from './model/request.ts';
import type { Services } from './ports/services.ts';

/** How long the previous token stays good. */
const GRACE_MS = 10_000;

export interface RefreshRequest {
  services: Services;
  rules: LoginRules;
  limits: SessionLimits;
  /** Null where none was sent. */
  token: string | null;
  meta: RequestMeta;
}

export async function refresh(request: RefreshRequest): Promise<Outcome<Granted>> {
  const { services, rules, limits, token, meta } = request;
  if (token === null) return refuse({ reason: 'unauthenticated', presented: false });
  const unfit = refuse({ reason: 'unauthenticated', presented: true });
  const claims = await services.tokens.verify('refresh', token);
  if (claims === null || claims.generation === null) return unfit;

  const { sessionId, generation } = claims;
  const presented = await services.tokens.refreshId(sessionId, generation);
  if (presented.jti !== claims.jti) return unfit;
  const successor = await services.tokens.refreshId(sessionId, generation + 1);

  const nowMs = services.nowMs();
  const session = await services.sessions.rotate({
    sessionId,
    contract: rules.contract,
    presentedHash: presented.hash,
    successorHash: successor.hash,
    nowMs,
    idleMs: (rules.lifetimes.refreshSeconds ?? 0) * 1000,
    absoluteMs: limits.absoluteSeconds * 1000,
  });
  if (session === null || session.contract !== rules.contract) return unfit;

  const { refreshedAtMs } = session;
  if (session.generation !== generation + 1 || nowMs - refreshedAtMs >= GRACE_MS) {
    // Its own generation, and yet not rotated: the statement found it expired.
    if (session.generation === generation) return unfit;
    const accountKey = await services.accountKey({ userId: session.user.id });
    const { contract } = rules;
    const sessionEnd = { action: 'REFRESH_REUSED', contract, meta, accountKey, nowMs } as const;
    await services.sessions.end({ id: sessionId, userId: session.user.id }, sessionEnd);
    return unfit;
  }

  // By the time of the rotation, not of this call: every caller gets the same expiries.
  const expiry = expiriesOfRefresh(rules.lifetimes, limits, session);
  const { user } = session;
  const extra = rules.claims(user);
  const common = { sub: user.publicId, sessionId, issuedAtMs: expiry.issuedAtMs };
  const access = await services.tokens.signAccess({
    ...common,
    jti: services.uuid(),
    expiresAtMs: expiry.accessExpiresAtMs,
    extra: extra.access,
  });
  const next = await services.tokens.signRefresh({
    ...common,
    jti: successor.jti,
    generation: generation + 1,
    expiresAtMs: expiry.refreshExpiresAtMs,
    extra: extra.refresh,
  });
  return ok({
    user,
    issuedAtMs: expiry.issuedAtMs,
    access: { token: access, expiresAtMs: expiry.accessExpiresAtMs },
    refresh: { token: next, expiresAtMs: expiry.refreshExpiresAtMs },
  });
}
