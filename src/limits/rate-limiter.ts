/**
 * One object per address: counts its attempts over all contracts in one sliding window. What else is
 * rationed (mails, tries at a code) is counted in objects of their own names.
 * Load, ask policy, save; SQL of a Durable Object is synchronous, so with no await in between the
 * three are one atomic step, and a parallel burst is counted like a queue.
 */
import { DurableObject } from 'cloudflare:workers';
import { admit, within, type Admission, type Hit, type Limit } from '../policy/throttle.ts';

const KEPT = 'kept';

interface Kept {
  hits: readonly Hit[];
  /** The longest that was asked for: an alarm has no caller who brings it along. */
  windowSeconds: number;
}

/** As an earlier version stored it: a time for each attempt. */
type Earlier = Omit<Kept, 'hits'> & { hits: readonly number[] };

const readable = ({ hits, windowSeconds }: Kept | Earlier): Kept => ({
  hits: hits.map((hit): Hit => (typeof hit === 'number' ? [hit, 1] : hit)),
  windowSeconds,
});

const NOTHING: Kept = { hits: [], windowSeconds: 0 };

export class RateLimiter extends DurableObject {
  #kept: Kept | undefined;
  #alarmSet = false;

  async admit(limit: Limit): Promise<Admission> {
    const nowMs = Date.now();
    const before = this.#load();
    const { hits, admission } = admit(before.hits, limit, nowMs);
    if (admission.admitted) {
      const windowSeconds = Math.max(before.windowSeconds, limit.windowSeconds);
      this.#kept = { hits, windowSeconds };
      this.ctx.storage.kv.put(KEPT, this.#kept);
      await this.#clearLater(nowMs + windowSeconds * 1000);
    }
    return admission;
  }

  answers(): true {
    this.ctx.storage.kv.get(KEPT);
    return true;
  }

  /** Deletes an object that has nothing left to remember. */
  override async alarm(): Promise<void> {
    this.#alarmSet = false;
    const { hits, windowSeconds } = this.#load();
    const last = hits.at(-1);
    if (last === undefined || within([last], windowSeconds, Date.now()).length === 0) {
      this.#kept = NOTHING;
      await this.ctx.storage.deleteAll();
    } else {
      await this.#clearLater(last[0] + windowSeconds * 1000);
    }
  }

  #load(): Kept {
    return (this.#kept ??= readable(this.ctx.storage.kv.get<Kept | Earlier>(KEPT) ?? NOTHING));
  }

  async #clearLater(atMs: number): Promise<void> {
    if (this.#alarmSet) return;
    this.#alarmSet = true;
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(atMs);
  }
}
