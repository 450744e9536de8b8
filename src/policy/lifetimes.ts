/** How long the tokens of a session live. The defaults are each contract's own, by its document. */

export interface Lifetimes {
  accessSeconds: number;
  /** Of the access token where the user asked to be remembered; absent: no such choice. */
  rememberedSeconds?: number;
  /** Absent: the contract has no refresh token. */
  refreshSeconds?: number;
}

export interface Expiries {
  /** The moment of issue, in whole seconds as a JWT's `iat` is. */
  issuedAtMs: number;
  accessExpiresAtMs: number;
  refreshExpiresAtMs: number | null;
  /** The session's: it lives as long as the longest-lived of its tokens. */
  sessionExpiresAtMs: number;
}

export function expiries(lifetimes: Lifetimes, remember: boolean, nowMs: number): Expiries {
  const issuedAtMs = Math.floor(nowMs / 1000) * 1000;
  const accessSeconds =
    (remember ? lifetimes.rememberedSeconds : undefined) ?? lifetimes.accessSeconds;
  const accessExpiresAtMs = issuedAtMs + accessSeconds * 1000;
  const refreshExpiresAtMs =
    lifetimes.refreshSeconds === undefined ? null : issuedAtMs + lifetimes.refreshSeconds * 1000;
  return {
    issuedAtMs,
    accessExpiresAtMs,
    refreshExpiresAtMs,
    sessionExpiresAtMs: Math.max(accessExpiresAtMs, refreshExpiresAtMs ?? 0),
  };
}

export interface SessionLimits {
  /** However often it is refreshed, a session ends this long after its login. */
  absoluteSeconds: number;
}

/** A session is as old as its login; `refreshedAtMs` is when its tokens were last replaced. */
export function expiriesOfRefresh(
  lifetimes: Lifetimes,
  { absoluteSeconds }: SessionLimits,
  { createdAtMs, refreshedAtMs }: { createdAtMs: number; refreshedAtMs: number },
): { issuedAtMs: number; accessExpiresAtMs: number; refreshExpiresAtMs: number } {
  const issuedAtMs = Math.floor(refreshedAtMs / 1000) * 1000;
  const endMs = Math.floor(createdAtMs / 1000) * 1000 + absoluteSeconds * 1000;
  const until = (seconds: number) => Math.min(issuedAtMs + seconds * 1000, endMs);
  return {
    issuedAtMs,
    accessExpiresAtMs: until(lifetimes.accessSeconds),
    refreshExpiresAtMs: until(lifetimes.refreshSeconds ?? 0),
  };
}
