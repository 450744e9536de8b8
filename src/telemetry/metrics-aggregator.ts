/**
 * One object for the whole deployment: adds up what the isolates counted. It keeps nothing in
 * memory, and a batch and its number are stored in one step, so that an eviction, a crash or a
 * repeated delivery changes no sum.
 */
import { DurableObject } from 'cloudflare:workers';
import { GIVE_UP_MS, type Batch, type MetricsStore } from './metrics.ts';
import { addTo, type Sums } from './series.ts';

const SUMS = 'sums';
const SEEN = 'seen ';

/** Longer than any isolate goes on sending the same batch. */
const REMEMBER_MS = 2 * GIVE_UP_MS;

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
    await this.#forgetLater();
  }

  async read(): Promise<Sums> {
    return this.#sums();
  }

  /** Forgets isolates that are gone. */
  override async alarm(): Promise<void> {
    this.#alarmSet = false;
    const { kv } = this.ctx.storage;
    const goneMs = Date.now() - REMEMBER_MS;
    let left = false;
    for (const [key, { atMs }] of Array.from(kv.list<Seen>({ prefix: SEEN }))) {
      if (atMs < goneMs) kv.delete(key);
      else left = true;
    }
    if (left) await this.#forgetLater();
  }

  #sums(): Sums {
    return this.ctx.storage.kv.get<Sums>(SUMS) ?? new Map();
  }

  async #forgetLater(): Promise<void> {
    if (this.#alarmSet) return;
    this.#alarmSet = true;
    const { storage } = this.ctx;
    if ((await storage.getAlarm()) === null) await storage.setAlarm(Date.now() + REMEMBER_MS);
  }
}
