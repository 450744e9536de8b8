/**
 * Sliding-window rate limit. Unlike a fixed window or a token bucket it never admits more than
 * `attempts` in any span of `windowSeconds`, wherever the span begins. Refused attempts do not count,
 * so a caller that waits for `Retry-After` is always admitted.
 *
 * Up to 1,000 attempts the window is exact. Larger limits are counted in steps of a thousandth of
 * the window, each attempt at the end of its step, which bounds the state: an attempt then counts
 * for up to one step too long, and never too short.
 */

export interface Limit {
  attempts: number;
  windowSeconds: number;
}

/** Number of attempts admitted at one time. */
export type Hit = readonly [atMs: number, attempts: number];

export type Admission =
  | { admitted: true }
  /** `retryAtMs`: the moment at which the next attempt will be admitted. */
  | { admitted: false; retryAtMs: number };

const MAX_HITS = 1_000;

/** Counts one attempt if the limit admits it. `hits`: the admitted attempts, oldest first. */
export function consume(
  hits: readonly Hit[],
  limit: Limit,
  nowMs: number,
): { hits: readonly Hit[]; admission: Admission } {
  const recent = within(hits, limit.windowSeconds, nowMs);
  let counted = 0;
  for (const [atMs, attempts] of recent.toReversed()) {
    counted += attempts;
    if (counted < limit.attempts) continue;
    const retryAtMs = atMs + limit.windowSeconds * 1000;
    return { hits: recent, admission: { admitted: false, retryAtMs } };
  }
  return { hits: withOneMore(recent, endOfStep(nowMs, limit)), admission: { admitted: true } };
}

/** Returns the hits inside the window. */
export function within(hits: readonly Hit[], windowSeconds: number, nowMs: number): readonly Hit[] {
  return hits.filter(([atMs]) => atMs + windowSeconds * 1000 > nowMs);
}

function endOfStep(nowMs: number, { attempts, windowSeconds }: Limit): number {
  if (attempts <= MAX_HITS) return nowMs;
  const stepMs = Math.ceil((windowSeconds * 1000) / MAX_HITS);
  return Math.ceil(nowMs / stepMs) * stepMs;
}

function withOneMore(hits: readonly Hit[], atMs: number): readonly Hit[] {
  const [lastMs, attempts] = hits.at(-1) ?? [-Infinity, 0];
  // A limit with coarser steps may have recorded an attempt later than this one.
  return lastMs < atMs ? [...hits, [atMs, 1]] : [...hits.slice(0, -1), [lastMs, attempts + 1]];
}
