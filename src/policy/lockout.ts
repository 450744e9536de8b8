/**
 * The lockout of one name (or known device, or session), as a pure state machine: tickets before
 * verdicts.
 *
 * Nobody learns whether a password is right without holding a ticket, and there are never more
 * tickets out than failures left, so parallel guessing cannot reach more verdicts than guessing
 * one by one (OWASP ASVS 5.0 V15.4.2, V6.3.1). A ticket that is never settled counts as a failure:
 * hanging up does not buy a free guess.
 */

/** How long a ticket is good for. A derive takes about 0.1 s, so this is for crashes only. */
export const TICKET_MS = 30_000;

/** Failures without a success are forgotten this long after the last event. */
const FORGET_MS = 30 * 86_400_000;

/** A growing lock stops growing here. */
const LONGEST_LOCK_MS = 86_400_000;

export interface LockoutRules {
  /** Failures that lock. */
  threshold: number;
  /** Length of the first lock. */
  lockSeconds: number;
  /** Each lock in a row is this many times as long as the one before. */
  growth: number;
  /** Failures in a row after which only a password reset opens the name (NIST 800-63B 3.2.2). */
  stopAfterFailures: number;
}

/** `stopped`: the final stop, which time does not end. */
export type LockBegan = 'locked' | 'stopped';

interface Ticket {
  id: string;
  expiresAtMs: number;
}

export interface LockoutState {
  /** Since the last success or lock. */
  failures: number;
  /** Since the last success. */
  failuresInARow: number;
  /** Since the last success. */
  locksInARow: number;
  /** 0 where there is no lock. */
  lockedUntilMs: number;
  lastEventMs: number;
  /** In the order of their expiry. */
  tickets: readonly Ticket[];
  /** A lock that began and was not reported to any caller yet. */
  unreported: LockBegan | null;
}

export type Standing =
  | { state: 'ticket' }
  | { state: 'queued' }
  | { state: 'locked'; untilMs: number; untilReset: boolean };

/** `void`: the ticket was drawn for nothing (a stale read), and counts neither way. */
export type Verdict = 'right' | 'wrong' | 'void';

export const initialState: LockoutState = {
  failures: 0,
  failuresInARow: 0,
  locksInARow: 0,
  lockedUntilMs: 0,
  lastEventMs: 0,
  tickets: [],
  unreported: null,
};

/**
 * Asks for the ticket that the caller named. Asking again with the same name is the same request,
 * so a caller may retry after a lost answer.
 */
export function reserve(
  before: LockoutState,
  ask: { ticket: string; nowMs: number; rules: LockoutRules },
): { state: LockoutState; standing: Standing } {
  const { ticket, nowMs, rules } = ask;
  const state = applyExpiry(before, nowMs, rules);
  const locked = lockOf(state, nowMs, rules);
  if (locked) return { state, standing: locked };
  if (state.tickets.some((out) => out.id === ticket))
    return { state, standing: { state: 'ticket' } };
  if (state.tickets.length >= failuresLeft(state, rules)) {
    return { state, standing: { state: 'queued' } };
  }
  return {
    state: {
      ...state,
      lastEventMs: nowMs,
      tickets: [...state.tickets, { id: ticket, expiresAtMs: nowMs + TICKET_MS }],
    },
    standing: { state: 'ticket' },
  };
}

/** Hands a ticket back. `settled: false`: it had expired, so its verdict must not be told. */
export function settle(
  before: LockoutState,
  settling: { ticket: string; verdict: Verdict; nowMs: number; rules: LockoutRules },
): { state: LockoutState; settled: boolean } {
  const { ticket, verdict, nowMs, rules } = settling;
  const state = applyExpiry(before, nowMs, rules);
  if (!state.tickets.some((out) => out.id === ticket)) return { state, settled: false };
  const returned = {
    ...state,
    lastEventMs: nowMs,
    tickets: state.tickets.filter((out) => out.id !== ticket),
  };
  if (verdict === 'void') return { state: returned, settled: true };
  if (verdict === 'wrong') return { state: fail(returned, nowMs, rules), settled: true };
  return { state: reset(returned), settled: true };
}

/**
 * Reports the beginning of a lock, once: the caller that gets it writes it to the audit. A lock that
 * began by time alone (an expired ticket was the last failure) is reported to the next caller.
 */
export function reportLock(before: LockoutState): {
  state: LockoutState;
  lockBegan: LockBegan | null;
} {
  const { unreported: lockBegan } = before;
  return { state: lockBegan === null ? before : { ...before, unreported: null }, lockBegan };
}

/** What can be told of a lockout's standing. */
export interface LockoutView {
  failures: number;
  failuresInARow: number;
  locksInARow: number;
  /** Null where there is no lock that time ends. */
  lockedUntilMs: number | null;
  /** Only a password reset or an operator opens it. */
  stopped: boolean;
  ticketsOut: number;
}

export function view(before: LockoutState, nowMs: number, rules: LockoutRules): LockoutView {
  const { failures, failuresInARow, locksInARow, ...state } = applyExpiry(before, nowMs, rules);
  return {
    failures,
    failuresInARow,
    locksInARow,
    lockedUntilMs: state.lockedUntilMs > nowMs ? state.lockedUntilMs : null,
    stopped: failuresInARow >= rules.stopAfterFailures,
    ticketsOut: state.tickets.length,
  };
}

/** The views of all lockouts of one user as one: counts add up, and the most severe lock stands. */
export function combined(views: readonly LockoutView[]): LockoutView {
  const sum = (count: (view: LockoutView) => number) =>
    views.reduce((total, view) => total + count(view), 0);
  const lockedUntilMs = Math.max(0, ...views.map((view) => view.lockedUntilMs ?? 0));
  return {
    failures: sum(({ failures }) => failures),
    failuresInARow: sum(({ failuresInARow }) => failuresInARow),
    locksInARow: sum(({ locksInARow }) => locksInARow),
    lockedUntilMs: lockedUntilMs === 0 ? null : lockedUntilMs,
    stopped: views.some(({ stopped }) => stopped),
    ticketsOut: sum(({ ticketsOut }) => ticketsOut),
  };
}

/**
 * Failures and locks are forgotten, also the final stop; what is under way goes on. A lock that was
 * not reported yet still is.
 */
export function reset({ lastEventMs, tickets, unreported }: LockoutState): LockoutState {
  return { ...initialState, lastEventMs, tickets, unreported };
}

/**
 * When to look whether the state says no more than `untouched` does; null while only a reset can
 * change it.
 */
export function forgettableAtMs(state: LockoutState, rules: LockoutRules): number | null {
  if (state.failuresInARow >= rules.stopAfterFailures) return null;
  const lastTicketMs = state.tickets.at(-1)?.expiresAtMs;
  if (lastTicketMs !== undefined) return lastTicketMs;
  const saysNothing = state.failuresInARow === 0 && state.unreported === null;
  return saysNothing ? state.lastEventMs : state.lastEventMs + FORGET_MS;
}

/** What time alone has done: tickets never settled were consumed, and a lock may have ended. */
export function applyExpiry(
  before: LockoutState,
  nowMs: number,
  rules: LockoutRules,
): LockoutState {
  let state = before;
  for (const ticket of before.tickets) {
    if (ticket.expiresAtMs > nowMs) break;
    state = unlockIfOver(state, ticket.expiresAtMs);
    state = fail({ ...state, tickets: state.tickets.slice(1) }, ticket.expiresAtMs, rules);
  }
  state = unlockIfOver(state, nowMs);
  const forgetAtMs = forgettableAtMs(state, rules);
  return forgetAtMs !== null && state.tickets.length === 0 && nowMs >= forgetAtMs
    ? reset(state)
    : state;
}

function unlockIfOver(state: LockoutState, nowMs: number): LockoutState {
  if (state.lockedUntilMs === 0 || state.lockedUntilMs > nowMs) return state;
  return { ...state, failures: 0, lockedUntilMs: 0 };
}

function fail(state: LockoutState, nowMs: number, rules: LockoutRules): LockoutState {
  const failures = state.failures + 1;
  const failuresInARow = state.failuresInARow + 1;
  const isStop = failuresInARow === rules.stopAfterFailures;
  const unreported = isStop ? 'stopped' : state.unreported;
  const counted = { ...state, failures, failuresInARow, lastEventMs: nowMs, unreported };
  if (failures < rules.threshold) return counted;
  const lockMs = Math.min(
    rules.lockSeconds * 1000 * rules.growth ** state.locksInARow,
    Math.max(LONGEST_LOCK_MS, rules.lockSeconds * 1000),
  );
  return {
    ...counted,
    locksInARow: state.locksInARow + 1,
    lockedUntilMs: nowMs + lockMs,
    unreported: unreported ?? 'locked',
  };
}

function lockOf(state: LockoutState, nowMs: number, rules: LockoutRules): Standing | null {
  if (state.failuresInARow >= rules.stopAfterFailures) {
    // The final stop has no end to name; the lock's length paces those who ask again.
    return { state: 'locked', untilMs: nowMs + rules.lockSeconds * 1000, untilReset: true };
  }
  if (state.lockedUntilMs > nowMs) {
    return { state: 'locked', untilMs: state.lockedUntilMs, untilReset: false };
  }
  return null;
}

function failuresLeft(state: LockoutState, rules: LockoutRules): number {
  return Math.min(rules.threshold - state.failures, rules.stopAfterFailures - state.failuresInARow);
}
