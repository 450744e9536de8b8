/**
 * One object per lockout key (a name, a known device, the password checks of a user's sessions):
 * hands out its tickets, keeps its lock, and lets callers wait for a ticket. Every change is load,
 * ask policy, save with no await in between, hence atomic.
 *
 * What counts (tickets, failures, lock) is stored and survives eviction. Waiters live in memory:
 * they are open calls, and an object with open calls is not evicted.
 */
import { DurableObject } from 'cloudflare:workers';
import type { LockReport, Reservation, Settlement, TicketAnswer } from '../flows/ports/limits.ts';
import {
  forgettableAtMs,
  applyExpiry,
  view,
  reset,
  reportLock,
  reserve,
  settle,
  initialState,
  type LockoutRules,
  type LockoutState,
  type LockoutView,
  type Standing,
  type Verdict,
} from '../policy/lockout.ts';

const STATE = 'state';
const RULES = 'rules';
const MOST_WAITERS = 256;
const LONGEST_WAIT_MS = 25_000;
/** How often an object looks whether it is still needed. */
const SWEEP_MS = 600_000;

interface Waiter {
  ticket: string;
  rules: LockoutRules;
  sinceMs: number;
  answer(turn: TicketAnswer): void;
}

export class AccountLockout extends DurableObject {
  #state: LockoutState | undefined;
  #alarmSet = false;
  /** In the order of their arrival. */
  readonly #waiters = new Map<string, Waiter>();
  #nextExpiry: ReturnType<typeof setTimeout> | undefined;

  async reserve(ticket: string, rules: LockoutRules): Promise<Reservation> {
    const standing = this.#ask(ticket, rules);
    const report = this.#report();
    if (standing.state !== 'ticket') return { ...standing, ...report };
    await this.#sweepLater(rules);
    return { state: 'ticket', waitedMs: 0, ...report };
  }

  /** Holds the call until the ticket is free, a lock begins, or patience ends. */
  async wait(ticket: string, rules: LockoutRules): Promise<Reservation> {
    const turn = await this.#turn(ticket, rules);
    return { ...turn, ...this.#report() };
  }

  async #turn(ticket: string, rules: LockoutRules): Promise<TicketAnswer> {
    const sinceMs = Date.now();
    const standing = this.#ask(ticket, rules);
    if (standing.state === 'ticket') return { state: 'ticket', waitedMs: 0 };
    if (standing.state === 'locked') return standing;
    if (this.#waiters.size >= MOST_WAITERS) return { state: 'busy' };

    let patience: ReturnType<typeof setTimeout> | undefined;
    const turn = await new Promise<TicketAnswer>((answer) => {
      this.#waiters.set(ticket, { ticket, rules, sinceMs, answer });
      patience = setTimeout(() => answer({ state: 'busy' }), LONGEST_WAIT_MS);
      this.#watchExpiry();
    });
    clearTimeout(patience);
    this.#waiters.delete(ticket);
    return turn;
  }

  async settle(
    settling: { ticket: string; verdict: Verdict },
    rules: LockoutRules,
  ): Promise<Settlement> {
    const { state, settled } = settle(this.#load(), { ...settling, nowMs: Date.now(), rules });
    this.#save(state);
    // Before those who wait are told of the lock: it is reported to the caller who brought it about.
    const report = this.#report();
    // Who hands a ticket back does not wait for it any more, whatever became of the call.
    this.#waiters.get(settling.ticket)?.answer({ state: 'busy' });
    this.#waiters.delete(settling.ticket);
    this.#serveWaiters();
    await this.#sweepLater(rules);
    return { settled, ...report };
  }

  /** Writes nothing, not even what time has done meanwhile: an object nobody used stays none. */
  async look(rules: LockoutRules): Promise<LockoutView> {
    return view(this.#load(), Date.now(), rules);
  }

  /**
   * Forgets failures and lock, also those that time alone has made of tickets. Tickets that are out
   * stay out, and count as before.
   */
  async clear(rules: LockoutRules): Promise<void> {
    const state = this.#load();
    if (state === initialState) return;
    this.#save(reset(applyExpiry(state, Date.now(), rules)));
    this.#serveWaiters();
    // After the final stop there is no alarm any more.
    await this.#sweepLater(rules);
  }

  answers(): true {
    this.ctx.storage.kv.get(STATE);
    return true;
  }

  /** Deletes an object that has nothing left to remember. */
  override async alarm(): Promise<void> {
    this.#alarmSet = false;
    const rules = this.ctx.storage.kv.get<LockoutRules>(RULES);
    const nowMs = Date.now();
    const state = rules === undefined ? initialState : applyExpiry(this.#load(), nowMs, rules);
    const forgetAtMs = rules === undefined ? nowMs : forgettableAtMs(state, rules);
    if (forgetAtMs !== null && forgetAtMs <= nowMs && state.tickets.length === 0) {
      this.#state = initialState;
      await this.ctx.storage.deleteAll();
    } else if (forgetAtMs !== null && rules !== undefined) {
      await this.#sweepLater(rules, Math.max(forgetAtMs, nowMs + SWEEP_MS));
    }
  }

  #ask(ticket: string, rules: LockoutRules): Standing {
    const before = this.#load();
    const { state, standing } = reserve(before, { ticket, nowMs: Date.now(), rules });
    if (state !== before) this.#save(state);
    return standing;
  }

  /** The beginning of a lock, for the one answer that reports it. */
  #report(): LockReport {
    const before = this.#load();
    const { state, lockBegan } = reportLock(before);
    if (state !== before) this.#save(state);
    return { lockBegan };
  }

  /** Gives what has become free to those who have waited longest. */
  #serveWaiters(): void {
    for (const waiter of this.#waiters.values()) {
      const standing = this.#ask(waiter.ticket, waiter.rules);
      if (standing.state === 'queued') break;
      this.#waiters.delete(waiter.ticket);
      waiter.answer(
        standing.state === 'ticket'
          ? { state: 'ticket', waitedMs: Date.now() - waiter.sinceMs }
          : standing,
      );
    }
    this.#watchExpiry();
  }

  /** Tickets whose holders died turn into failures by time alone, and nobody calls to say so. */
  #watchExpiry(): void {
    clearTimeout(this.#nextExpiry);
    this.#nextExpiry = undefined;
    const [next] = this.#load().tickets;
    if (this.#waiters.size === 0 || next === undefined) return;
    const delayMs = Math.max(0, next.expiresAtMs - Date.now()) + 1;
    this.#nextExpiry = setTimeout(() => this.#serveWaiters(), delayMs);
  }

  #load(): LockoutState {
    if (this.#state !== undefined) return this.#state;
    const stored = this.ctx.storage.kv.get<LockoutState>(STATE);
    // What an older version stored has no `unreported`.
    return (this.#state = stored === undefined ? initialState : { ...initialState, ...stored });
  }

  #save(state: LockoutState): void {
    this.#state = state;
    this.ctx.storage.kv.put(STATE, state);
  }

  /** The alarm has no caller who brings the rules along, so they are kept beside it. */
  async #sweepLater(rules: LockoutRules, atMs = Date.now() + SWEEP_MS): Promise<void> {
    if (this.#alarmSet) return;
    this.#alarmSet = true;
    if ((await this.ctx.storage.getAlarm()) !== null) return;
    this.ctx.storage.kv.put(RULES, rules);
    await this.ctx.storage.setAlarm(atMs);
  }
}
