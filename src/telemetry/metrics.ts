/**
 * Counts events in this isolate and flushes them to the MetricsAggregator, which sums up all isolates.
 *
 * No request waits for a flush. A request that leaves counts behind starts a timer after its response,
 * unless one is running; everything counted until then goes out in one batch. A batch keeps its
 * sequence number until the aggregator has confirmed it, so it may be sent any number of times. An
 * isolate that is evicted before its timer fires loses the counts of those seconds.
 */
import type { Operation } from '../flows/operations.ts';
import { addTo, seriesOf, timed, type Labels, type Sums } from './series.ts';

export interface Batch {
  /** 1, 2, 3 …, by isolate. */
  sequence: number;
  madeAtMs: number;
  sums: Sums;
}

/** Interface of the MetricsAggregator. */
export interface MetricsStore {
  /** Adds the batches of an isolate that have not been added yet; `batches`: oldest first. */
  add(isolate: string, batches: readonly Batch[]): Promise<void>;
  read(): Promise<Sums>;
}

interface MetricsOptions {
  /** Null without an operator token: the metrics cannot be read, so nothing is flushed. */
  aggregator: MetricsStore | null;
  flushMs: number;
  nowMs(): number;
  uuid(): string;
  wait(ms: number): Promise<unknown>;
  onFailure(error: unknown): void;
  /** Receives one data point for each login. */
  analytics?: Pick<AnalyticsEngineDataset, 'writeDataPoint'> | undefined;
}

interface OperationRecord {
  operation: Operation;
  contract: string;
  /** Null if granted. */
  reason: string | null;
  /** Null if rejected before the use case started. */
  durationMs: number | null;
}

export interface Metrics {
  recordOperation(done: OperationRecord): void;
  count(name: `${string}_total`, labels: Labels, times?: number): void;
  time(name: `${string}_ms`, labels: Labels, ms: number): void;
  /** Starts the flush timer; call at the end of a request and of its work after the response. */
  flush(waitUntil: (work: Promise<unknown>) => void): void;
  /** Flushes this isolate and returns the sums of all isolates. */
  read(): Promise<Sums>;
}

/** Maximum number of unconfirmed batches; further counts stay in `current`. */
const MAX_PENDING = 2;

/** Batches older than this are dropped: the aggregator keeps sequence numbers for twice as long. */
export const GIVE_UP_MS = 3_600_000;

/** A timer this late was cancelled with its request; the next request starts another one. */
const LATE_MS = 30_000;

export function createMetrics(options: MetricsOptions): Metrics {
  const { aggregator, flushMs, nowMs, uuid, wait, onFailure, analytics } = options;
  let current: Sums = new Map();
  let pending: Batch[] = [];
  let sequence = 0;
  let timerUntilMs = 0;
  // Created lazily: Workers have no randomness outside of a request.
  let isolate: string | undefined;

  /** Safe to run concurrently: both send the pending batches, and the aggregator adds them once. */
  const flush = async (to: MetricsStore): Promise<void> => {
    const isFull = pending.length >= MAX_PENDING;
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
      if (aggregator === null || (current.size === 0 && pending.length === 0)) return;
      if (nowMs() < timerUntilMs) return;
      timerUntilMs = nowMs() + flushMs + LATE_MS;
      const work = async () => {
        await wait(flushMs);
        // Reset before the call: counts during the call need another timer.
        timerUntilMs = 0;
        await flush(aggregator);
      };
      waitUntil(work().catch(onFailure));
    },

    async read() {
      if (aggregator === null) return new Map();
      await flush(aggregator);
      return aggregator.read();
    },
  };
  return metrics;
}
