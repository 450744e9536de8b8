/**
 * `GET /healthz`: tells whether database and Durable Objects answer. It is public, so an isolate
 * probes them at most once in five seconds, and answers from memory meanwhile.
 */
import type { Handler } from 'hono';
import { outageResponse, wireResponse } from './responses.ts';

const KEEP_MS = 5_000;
const POLL_MS = 20;

interface HealthOptions {
  /** Rejects if one of them does not answer. */
  probe(): Promise<unknown>;
  nowMs(): number;
  wait(ms: number): Promise<void>;
  onFailure(error: unknown): void;
}

export function healthRoute(options: HealthOptions): Handler {
  const isHealthy = createHealthCheck(options);
  return async (c) =>
    (await isHealthy((work) => c.executionCtx.waitUntil(work)))
      ? wireResponse({ status: 200, body: { status: 'ok' } })
      : outageResponse(503, { status: 'unavailable' });
}

/** Returns a check that is shared by the requests of the isolate. */
export function createHealthCheck({ probe, nowMs, wait, onFailure }: HealthOptions) {
  const last: { probedAtMs: number; healthy: boolean | null } = {
    probedAtMs: -Infinity,
    healthy: null,
  };

  const probeNow = async (): Promise<void> => {
    const timeout = wait(KEEP_MS).then(() =>
      Promise.reject(new Error('the health probe timed out')),
    );
    try {
      await Promise.race([probe(), timeout]);
      last.healthy = true;
    } catch (error) {
      last.healthy = false;
      onFailure(error);
    }
  };

  return async (waitUntil: (work: Promise<void>) => void): Promise<boolean> => {
    const startedMs = nowMs();
    if (startedMs - last.probedAtMs >= KEEP_MS) {
      last.probedAtMs = startedMs;
      const probing = probeNow();
      // A caller that hangs up would cancel the probe that others wait for.
      waitUntil(probing);
      await probing;
    }
    // A request cannot await another request's promise, but it can poll for its result.
    while (last.healthy === null && nowMs() - startedMs < KEEP_MS) await wait(POLL_MS);
    return last.healthy ?? false;
  };
}
