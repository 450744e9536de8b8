/**
 * Durable Object, one for the deployment: adds up the counts of all isolates. It keeps nothing in
 * memory and stores a batch with its number in one transaction, so that an eviction, a crash or a
 * repeated delivery changes no sum.
 */
import { DurableObject } from 'cloudflare:workers';
import { GIVE_UP_MS, type Batch, type MetricsStore } from './metrics.ts';
import { addTo, type Sums } from './series.ts';

const SUMS = 'sums';
const SEEN = 'seen ';

/** Longer than an isolate retries one batch. */
const SEQUENCE_RETENTION_MS = 2 * GIVE_UP_MS;

interface Seen {
  sequence: number;
  atMs: number;
}

export class MetricsAggregator extends DurableObject implements MetricsStore {
  #alarmSet = false;

  async add(isolate: string, batches: readonly Batch[]): Promise<void> {
    const { kv } = this.ctx.storage;
    const key = SEEN + isolate;
    this.ctx.storage.transactionSync(() => {
      const seen = kv.get<Seen>(key)?.sequence ?? 0;
      const fresh = batches.filter(({ sequence }) => sequence > seen);
      const last = fresh.at(-1);
      if (last === undefined) return;
      const sums = this.#sums();
      for (const batch of fresh) addTo(sums, batch.sums);
      // One value, not a row for each series: a row written is what storage costs.
      kv.put(SUMS, sums);
      kv.put<Seen>(key, { sequence: last.sequence, atMs: Date.now() });
    });
    await this.#scheduleCleanup();
  }

  async read(): Promise<Sums> {
    return this.#sums();
  }

  /** Deletes the sequence numbers of isolates that are gone. */
  override async alarm(): Promise<void> {
    this.#alarmSet = false;
    const { kv } = this.ctx.storage;
    const goneMs = Date.now() - SEQUENCE_RETENTION_MS;
    let left = false;
    for (const [key, { atMs }] of Array.from(kv.list<Seen>({ prefix: SEEN }))) {
      if (atMs < goneMs) kv.delete(key);
      else left = true;
    }
    if (left) await this.#scheduleCleanup();
  }

  #sums(): Sums {
    return this.ctx.storage.kv.get<Sums>(SUMS) ?? new Map();
  }

  async #scheduleCleanup(): Promise<void> {
    if (this.#alarmSet) return;
    this.#alarmSet = true;
    const { storage } = this.ctx;
    if ((await storage.getAlarm()) === null)
      await storage.setAlarm(Date.now() + SEQUENCE_RETENTION_MS);
  }
}
