/** Token lifetimes and their expiries. Each contract states its defaults, by its document. */

export interface Lifetimes {
  accessSeconds: number;
  /** Access token of a remembered login; absent: the contract has no such choice. */
  rememberedSeconds?: number;
  /** Absent: the contract has no refresh token. */
  refreshSeconds?: number;
}

export interface Expiries {
  /** Time of issue, in whole seconds like a JWT's `iat`. */
  issuedAtMs: number;
  accessExpiresAtMs: number;
  refreshExpiresAtMs: number | null;
  /** The session expires with the longest-lived of its tokens. */
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
  /** A session ends this long after its login, however often it is refreshed. */
  absoluteSeconds: number;
}

/** Computes the expiries of a refresh. `createdAtMs`: the login; `refreshedAtMs`: the last refresh. */
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
