/**
 * One object per address: counts its attempts over all contracts in one exact sliding window. What
 * else is rationed (mails, tries at a code) is counted in objects of their own names.
 * Load, ask policy, save; SQL of a Durable Object is synchronous, so with no await in between the
 * three are one atomic step, and a parallel burst is counted like a queue.
 */
import { DurableObject } from 'cloudflare:workers';
import { admit, within, type Admission, type Limit } from '../policy/throttle.ts';

const HITS = 'hits';
const WINDOW = 'window';

export class AddressGuard extends DurableObject {
  #hits: readonly number[] | undefined;
  #alarmSet = false;

  async admit(limit: Limit): Promise<Admission> {
    const nowMs = Date.now();
    const { hits, admission } = admit(this.#load(), limit, nowMs);
    if (admission.admitted) {
      this.#hits = hits;
      this.ctx.storage.kv.put(HITS, hits);
      await this.#clearLater(nowMs, limit.windowSeconds);
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
    const windowSeconds = this.ctx.storage.kv.get<number>(WINDOW) ?? 0;
    const last = this.#load().at(-1);
    if (last === undefined || within([last], windowSeconds, Date.now()).length === 0) {
      this.#hits = [];
      await this.ctx.storage.deleteAll();
    } else {
      await this.#clearLater(last, windowSeconds);
    }
  }

  #load(): readonly number[] {
    return (this.#hits ??= this.ctx.storage.kv.get<number[]>(HITS) ?? []);
  }

  /** The alarm has no caller who brings the window along, so it is kept beside it. */
  async #clearLater(lastMs: number, windowSeconds: number): Promise<void> {
    if (this.#alarmSet) return;
    this.#alarmSet = true;
    if ((await this.ctx.storage.getAlarm()) !== null) return;
    this.ctx.storage.kv.put(WINDOW, windowSeconds);
    await this.ctx.storage.setAlarm(lastMs + windowSeconds * 1000);
  }
}
