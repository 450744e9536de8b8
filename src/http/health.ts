/**
 * `GET /healthz`: whether database and Durable Objects answer. Anybody may ask, so an isolate asks
 * them at most once in five seconds, and keeps the answer for everybody else meanwhile.
 */
const KEEP_MS = 5_000;
const POLL_MS = 20;

export interface HealthOptions {
  /** Rejects where one of them does not answer. */
  probe(): Promise<unknown>;
  nowMs(): number;
  wait(ms: number): Promise<void>;
  onFailure(error: unknown): void;
}

/** Made once per isolate. Answers whether all is well. */
export function createHealthCheck({ probe, nowMs, wait, onFailure }: HealthOptions) {
  const last: { askedAtMs: number; healthy: boolean | null } = {
    askedAtMs: -Infinity,
    healthy: null,
  };

  const ask = async (): Promise<void> => {
    const silence = wait(KEEP_MS).then(() => Promise.reject(new Error('no answer in time')));
    try {
      await Promise.race([probe(), silence]);
      last.healthy = true;
    } catch (error) {
      last.healthy = false;
      onFailure(error);
    }
  };

  return async (waitUntil: (work: Promise<void>) => void): Promise<boolean> => {
    const startedMs = nowMs();
    if (startedMs - last.askedAtMs >= KEEP_MS) {
      last.askedAtMs = startedMs;
      const asked = ask();
      // A caller that hangs up must not keep the answer from the others.
      waitUntil(asked);
      await asked;
    }
    // A request cannot await what another one has started, but it can look for what came of it.
    while (last.healthy === null && nowMs() - startedMs < KEEP_MS) await wait(POLL_MS);
    return last.healthy ?? false;
  };
}
