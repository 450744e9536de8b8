/**
 * Durable Object, one per lockout key (a name, a known device, the password checks of a user's
 * sessions): issues tickets, keeps the lock, and queues callers for a ticket. Every change is load,
 * policy decision, save, without an await in between, and therefore atomic.
 *
 * Tickets, failures and lock are stored and survive eviction. Waiters live in memory: they are open
 * calls, and an object with open calls is not evicted.
 */
import { DurableObject } from 'cloudflare:workers';
import type {
  LockReport,
  Reservation,
  Settlement,
  Taking,
  TicketAnswer,
} from '../flows/ports/limits.ts';
import {
  reportLock,
  reserve,
  settle,
  take,
  type ReserveResult,
  type Verdict,
} from '../policy/lockout.ts';
import {
  expiresAtMs,
  applyExpiry,
  reset,
  initialState,
  type LockoutRules,
  type LockoutState,
} from '../policy/lockout-state.ts';
import { view as viewOf, type LockoutView } from '../policy/lockout-view.ts';

const STATE = 'state';
const RULES = 'rules';
const MAX_WAITERS = 256;
const MAX_WAIT_MS = 25_000;
/** Interval at which the alarm checks whether the object can be deleted. */
const CLEANUP_INTERVAL_MS = 600_000;

interface Waiter {
  ticket: string;
  rules: LockoutRules;
  sinceMs: number;
  answer(turn: TicketAnswer): void;
}

export class AccountLockout extends DurableObject {
  #state: LockoutState | undefined;
  #alarmSet = false;
  /** In order of arrival. */
  readonly #waiters = new Map<string, Waiter>();
  #expiryTimer: ReturnType<typeof setTimeout> | undefined;

  async reserve(ticket: string, rules: LockoutRules): Promise<Reservation> {
    const result = this.#ask(ticket, rules);
    const report = this.#report();
    if (result.state !== 'ticket') return { ...result, ...report };
    await this.#scheduleCleanup(rules);
    return { state: 'ticket', waitedMs: 0, ...report };
  }

  /** Holds the call until a ticket is free, a lock begins, or MAX_WAIT_MS has passed. */
  async wait(ticket: string, rules: LockoutRules): Promise<Reservation> {
    const answer = await this.#waitForTicket(ticket, rules);
    return { ...answer, ...this.#report() };
  }

  async #waitForTicket(ticket: string, rules: LockoutRules): Promise<TicketAnswer> {
    const sinceMs = Date.now();
    const result = this.#ask(ticket, rules);
    if (result.state === 'ticket') return { state: 'ticket', waitedMs: 0 };
    if (result.state === 'locked') return result;
    if (this.#waiters.size >= MAX_WAITERS) return { state: 'busy' };

    let timeout: ReturnType<typeof setTimeout> | undefined;
    const ticketAnswer = await new Promise<TicketAnswer>((answer) => {
      this.#waiters.set(ticket, { ticket, rules, sinceMs, answer });
      timeout = setTimeout(() => answer({ state: 'busy' }), MAX_WAIT_MS);
      this.#scheduleExpiry();
    });
    clearTimeout(timeout);
    this.#waiters.delete(ticket);
    return ticketAnswer;
  }

  /** Answers at once: nothing waits for a step's ticket. */
  async take(taking: { step: string; ticket: string }, rules: LockoutRules): Promise<Taking> {
    const before = this.#load();
    // An object that has been deleted stays so: it has no alarm.
    if (before === initialState) return { state: 'gone', lockBegan: null };
    const { state, result } = take(before, { ...taking, nowMs: Date.now(), rules });
    if (state !== before) this.#save(state);
    return { ...result, ...this.#report() };
  }

  async settle(
    settling: { ticket: string; verdict: Verdict },
    rules: LockoutRules,
  ): Promise<Settlement> {
    const { state, settled } = settle(this.#load(), { ...settling, nowMs: Date.now(), rules });
    this.#save(state);
    // Before the waiters are answered: the caller that caused the lock is the one to report it.
    const report = this.#report();
    // A caller that returns its ticket no longer waits for it, even if its call is still open.
    this.#waiters.get(settling.ticket)?.answer({ state: 'busy' });
    this.#waiters.delete(settling.ticket);
    this.#serveWaiters();
    await this.#scheduleCleanup(rules);
    return { settled, ...report };
  }

  /** Writes nothing, so that reading an unused key creates no stored object. */
  async view(rules: LockoutRules): Promise<LockoutView> {
    return viewOf(this.#load(), Date.now(), rules);
  }

  /**
   * Resets failures and lock, including the failures of expired tickets, and ends the steps that
   * wait. Tickets that are out stay out and count as before.
   */
  async clear(rules: LockoutRules): Promise<void> {
    const state = this.#load();
    if (state === initialState) return;
    this.#save(reset(applyExpiry(state, Date.now(), rules)));
    this.#serveWaiters();
    // A state with a final stop has no alarm, since it never expires; from here on it can.
    await this.#scheduleCleanup(rules);
  }

  ping(): true {
    this.ctx.storage.kv.get(STATE);
    return true;
  }

  /** Deletes the storage of an object without failures, lock or tickets. */
  override async alarm(): Promise<void> {
    this.#alarmSet = false;
    const rules = this.ctx.storage.kv.get<LockoutRules>(RULES);
    const nowMs = Date.now();
    const state = rules === undefined ? initialState : applyExpiry(this.#load(), nowMs, rules);
    const expiryMs = rules === undefined ? nowMs : expiresAtMs(state, rules);
    if (expiryMs !== null && expiryMs <= nowMs && state.tickets.length === 0) {
      this.#state = initialState;
      await this.ctx.storage.deleteAll();
    } else if (expiryMs !== null && rules !== undefined) {
      await this.#scheduleCleanup(rules, Math.max(expiryMs, nowMs + CLEANUP_INTERVAL_MS));
    }
  }

  #ask(ticket: string, rules: LockoutRules): ReserveResult {
    const before = this.#load();
    const { state, result } = reserve(before, { ticket, nowMs: Date.now(), rules });
    if (state !== before) this.#save(state);
    return result;
  }

  /** Takes the unreported beginning of a lock, so that exactly one answer carries it. */
  #report(): LockReport {
    const before = this.#load();
    const { state, lockBegan } = reportLock(before);
    if (state !== before) this.#save(state);
    return { lockBegan };
  }

  /** Gives free tickets to the callers that have waited longest. */
  #serveWaiters(): void {
    for (const waiter of this.#waiters.values()) {
      const result = this.#ask(waiter.ticket, waiter.rules);
      if (result.state === 'queued') break;
      this.#waiters.delete(waiter.ticket);
      waiter.answer(
        result.state === 'ticket'
          ? { state: 'ticket', waitedMs: Date.now() - waiter.sinceMs }
          : result,
      );
    }
    this.#scheduleExpiry();
  }

  /** Wakes the waiters when the next ticket expires: an abandoned ticket becomes a failure without a call. */
  #scheduleExpiry(): void {
    clearTimeout(this.#expiryTimer);
    this.#expiryTimer = undefined;
    const [next] = this.#load().tickets;
    if (this.#waiters.size === 0 || next === undefined) return;
    const delayMs = Math.max(0, next.expiresAtMs - Date.now()) + 1;
    this.#expiryTimer = setTimeout(() => this.#serveWaiters(), delayMs);
  }

  #load(): LockoutState {
    if (this.#state !== undefined) return this.#state;
    const stored = this.ctx.storage.kv.get<LockoutState>(STATE);
    // State stored by version 0.1 has no `unreported`.
    return (this.#state = stored === undefined ? initialState : { ...initialState, ...stored });
  }

  #save(state: LockoutState): void {
    this.#state = state;
    this.ctx.storage.kv.put(STATE, state);
  }

  /** Stores the rules for the alarm, which has no caller to pass them. */
  async #scheduleCleanup(
    rules: LockoutRules,
    atMs = Date.now() + CLEANUP_INTERVAL_MS,
  ): Promise<void> {
    if (this.#alarmSet) return;
    this.#alarmSet = true;
    if ((await this.ctx.storage.getAlarm()) !== null) return;
    this.ctx.storage.kv.put(RULES, rules);
    await this.ctx.storage.setAlarm(atMs);
  }
}
