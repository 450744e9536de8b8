/**
 * The address's limit: an exact sliding window. Unlike a fixed window or a token bucket it never
 * admits more than `attempts` in any span of `windowSeconds`, wherever the span begins.
 * Refused attempts do not count, so a caller who waits as long as told is always admitted.
 */

export interface Limit {
  attempts: number;
  windowSeconds: number;
}

export type Admission =
  | { admitted: true }
  /** `retryAtMs`: the moment at which the next attempt will be admitted. */
  | { admitted: false; retryAtMs: number };

/** `hits`: the times of the admitted attempts, oldest first. */
export function admit(
  hits: readonly number[],
  limit: Limit,
  nowMs: number,
): { hits: readonly number[]; admission: Admission } {
  const recent = within(hits, limit.windowSeconds, nowMs);
  const blocking = recent[recent.length - limit.attempts];
  if (blocking !== undefined) {
    const retryAtMs = blocking + limit.windowSeconds * 1000;
    return { hits: recent, admission: { admitted: false, retryAtMs } };
  }
  return { hits: [...recent, nowMs], admission: { admitted: true } };
}

/** The hits that still count. */
export function within(
  hits: readonly number[],
  windowSeconds: number,
  nowMs: number,
): readonly number[] {
  return hits.filter((hitMs) => hitMs + windowSeconds * 1000 > nowMs);
}
