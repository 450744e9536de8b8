/**
 * Durable Object, one per rate-limit key: counts attempts in a sliding window. An address has one
 * object for all contracts; e-mails to a mailbox, tries at a code and requests of operators have keys
 * of their own (policy/rate-limit-keys.ts).
 * A Durable Object's storage is synchronous, so load, policy decision and save are one atomic step,
 * and a parallel burst is counted like a queue.
 */
import { DurableObject } from 'cloudflare:workers';
import { consume, within, type Admission, type Hit, type Limit } from '../policy/throttle.ts';

const STATE = 'kept';

interface State {
  hits: readonly Hit[];
  /** The longest window of any limit asked so far; the alarm has no caller to pass it. */
  windowSeconds: number;
}

/** The format of version 0.1: a time for each attempt. */
type LegacyState = Omit<State, 'hits'> & { hits: readonly number[] };

const migrateState = ({ hits, windowSeconds }: State | LegacyState): State => ({
  hits: hits.map((hit): Hit => (typeof hit === 'number' ? [hit, 1] : hit)),
  windowSeconds,
});

const EMPTY: State = { hits: [], windowSeconds: 0 };

export class RateLimiter extends DurableObject {
  #state: State | undefined;
  #alarmSet = false;

  async consume(limit: Limit): Promise<Admission> {
    const nowMs = Date.now();
    const before = this.#load();
    const { hits, admission } = consume(before.hits, limit, nowMs);
    if (admission.admitted) {
      const windowSeconds = Math.max(before.windowSeconds, limit.windowSeconds);
      this.#state = { hits, windowSeconds };
      this.ctx.storage.kv.put(STATE, this.#state);
      await this.#scheduleCleanup(nowMs + windowSeconds * 1000);
    }
    return admission;
  }

  ping(): true {
    this.ctx.storage.kv.get(STATE);
    return true;
  }

  /** Deletes the storage once no attempt counts any more. */
  override async alarm(): Promise<void> {
    this.#alarmSet = false;
    const { hits, windowSeconds } = this.#load();
    const last = hits.at(-1);
    if (last === undefined || within([last], windowSeconds, Date.now()).length === 0) {
      this.#state = EMPTY;
      await this.ctx.storage.deleteAll();
    } else {
      await this.#scheduleCleanup(last[0] + windowSeconds * 1000);
    }
  }

  #load(): State {
    return (this.#state ??= migrateState(
      this.ctx.storage.kv.get<State | LegacyState>(STATE) ?? EMPTY,
    ));
  }

  async #scheduleCleanup(atMs: number): Promise<void> {
    if (this.#alarmSet) return;
    this.#alarmSet = true;
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(atMs);
  }
}
