/**
 * One object per address: counts its attempts over all contracts in one exact sliding window.
 * Load, ask policy, save; SQL of a Durable Object is synchronous, so with no await in between the
 * three are one atomic step, and a parallel burst is counted like a queue.
 */
import { DurableObject } from 'cloudflare:workers';
import { admit, within, type Admission, type Limit } from '../policy/throttle.ts';

const HITS = 'hits';

export class AddressGuard extends DurableObject {
  #hits: readonly number[] | undefined;
  #alarmSet = false;

  async admit(limit: Limit): Promise<Admission> {
    const nowMs = Date.now();
    const { hits, admission } = admit(this.#load(), limit, nowMs);
    if (admission.admitted) {
      this.#hits = hits;
      this.ctx.storage.kv.put(HITS, hits);
      await this.#clearLater(nowMs + limit.windowSeconds * 1000);
    }
    return admission;
  }

  answers(): true {
    this.ctx.storage.kv.get(HITS);
    return true;
  }

  /** Deletes an object that has nothing left to remember. */
  override async alarm(): Promise<void> {
    this.#alarmSet = false;
    const last = this.#load().at(-1);
    const nowMs = Date.now();
    if (last === undefined || within([last], LONGEST_WINDOW_SECONDS, nowMs).length === 0) {
      this.#hits = [];
      await this.ctx.storage.deleteAll();
    } else {
      await this.#clearLater(last + LONGEST_WINDOW_SECONDS * 1000);
    }
  }

  #load(): readonly number[] {
    return (this.#hits ??= this.ctx.storage.kv.get<number[]>(HITS) ?? []);
  }

  async #clearLater(atMs: number): Promise<void> {
    if (this.#alarmSet) return;
    this.#alarmSet = true;
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(atMs);
  }
}

/** All limits are given per minute (settings.ts). */
const LONGEST_WINDOW_SECONDS = 60;
