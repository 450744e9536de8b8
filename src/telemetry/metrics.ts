/**
 * Counts what happens in this isolate, and hands it to the hub, which adds up all isolates.
 *
 * No request waits for that. A request that ends with something to hand over starts a timer behind
 * its response, unless one is running; what was counted until then goes out in one batch. A batch
 * keeps its number until the hub has said that it has it, so it may be sent any number of times. An
 * isolate that is stopped before its timer is up takes what it had with it: seconds, not more.
 */
import type { Operation } from './log.ts';
import { addTo, seriesOf, timed, type Labels, type Sums } from './series.ts';

export interface Batch {
  /** 1, 2, 3 …, by isolate. */
  sequence: number;
  madeAtMs: number;
  sums: Sums;
}

/** The Durable Object, as the isolate sees it. */
export interface MetricsStore {
  /** Adds those batches of an isolate that it has not added yet. Oldest first. */
  add(isolate: string, batches: readonly Batch[]): Promise<void>;
  read(): Promise<Sums>;
}

export interface MetricsOptions {
  /** Null: nobody can read it (there is no operator's door), so nothing is handed over. */
  hub: MetricsStore | null;
  flushMs: number;
  nowMs(): number;
  uuid(): string;
  wait(ms: number): Promise<unknown>;
  onFailure(error: unknown): void;
  /** Takes one data point for each login. */
  analytics?: Pick<AnalyticsEngineDataset, 'writeDataPoint'> | undefined;
}

export interface OperationRecord {
  operation: Operation;
  contract: string;
  /** Null: it was granted. */
  reason: string | null;
  /** Null where it was turned away before there was anything to time. */
  durationMs: number | null;
}

export interface Metrics {
  recordOperation(done: OperationRecord): void;
  count(name: `${string}_total`, labels: Labels, times?: number): void;
  time(name: `${string}_ms`, labels: Labels, ms: number): void;
  /** At the end of a request, or of what it does after its response. */
  flush(waitUntil: (work: Promise<unknown>) => void): void;
  /** All isolates' sums, this one's included up to now. */
  read(): Promise<Sums>;
}

/** What was sent and not confirmed, and what came since; beyond that, counts wait unnumbered. */
const MOST_PENDING = 2;

/** Half of what the hub remembers an isolate for: later, it could not tell a repetition. */
export const GIVE_UP_MS = 3_600_000;

/** After this, a timer's request must have been killed, and the next one starts another. */
const LATE_MS = 30_000;

export function createMetrics(options: MetricsOptions): Metrics {
  const { hub, flushMs, nowMs, uuid, wait, onFailure, analytics } = options;
  let current: Sums = new Map();
  let pending: Batch[] = [];
  let sequence = 0;
  let timerUntilMs = 0;
  // Not made right away: there is no randomness outside of a request.
  let isolate: string | undefined;

  /** Safe to run twice at once: both send what is pending, and the hub adds it once. */
  const flush = async (to: MetricsStore): Promise<void> => {
    const isFull = pending.length >= MOST_PENDING;
    if (current.size > 0 && !isFull) {
      sequence += 1;
      pending = [...pending, { sequence, madeAtMs: nowMs(), sums: current }];
      current = new Map();
    }
    pending = pending.filter(({ madeAtMs }) => nowMs() - madeAtMs < GIVE_UP_MS);
    const last = pending.at(-1);
    if (last === undefined) return;
    await to.add((isolate ??= uuid()), pending);
    pending = pending.filter((batch) => batch.sequence > last.sequence);
    if (isFull && current.size > 0) await flush(to);
  };

  const metrics: Metrics = {
    recordOperation({ operation, contract, reason, durationMs }) {
      const family = `auth_${operation.replaceAll('-', '_')}` as const;
      if (reason === null) metrics.count(`${family}_success_total`, { contract });
      else metrics.count(`${family}_failure_total`, { contract, reason });
      if (durationMs !== null) metrics.time(`${family}_duration_ms`, { contract }, durationMs);
      if (operation !== 'login' || analytics === undefined) return;
      try {
        analytics.writeDataPoint({
          indexes: [contract],
          blobs: [contract, reason ?? 'granted'],
          doubles: [durationMs ?? 0],
        });
      } catch (error) {
        onFailure(error);
      }
    },

    count: (name, labels, times = 1) => addTo(current, [[seriesOf(name, labels), [times]]]),
    time: (name, labels, ms) => addTo(current, [[seriesOf(name, labels), timed(ms)]]),

    flush(waitUntil) {
      if (hub === null || (current.size === 0 && pending.length === 0)) return;
      if (nowMs() < timerUntilMs) return;
      timerUntilMs = nowMs() + flushMs + LATE_MS;
      const work = async () => {
        await wait(flushMs);
        // Before the call: what is counted during it needs another timer.
        timerUntilMs = 0;
        await flush(hub);
      };
      waitUntil(work().catch(onFailure));
    },

    async read() {
      if (hub === null) return new Map();
      await flush(hub);
      return hub.read();
    },
  };
  return metrics;
}
