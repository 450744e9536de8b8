/**
 * Lockout of one key (flows/lockout-keys.ts) as a pure state machine: tickets before verdicts.
 *
 * No verdict on a password is given without a ticket, and never more tickets are out than failures
 * are left, so parallel guessing reaches no more verdicts than sequential guessing (OWASP ASVS 5.0
 * V15.4.2, V6.3.1). A ticket that is never settled counts as a failure: hanging up buys no free
 * guess.
 */

/** Lifetime of a ticket. A hash takes about 0.1 s, so a ticket expires only after a crash. */
export const TICKET_MS = 30_000;

/** Failures expire this long after the last event. */
const FAILURES_EXPIRE_MS = 30 * 86_400_000;

/** Upper bound of a growing lock. */
const MAX_LOCK_MS = 86_400_000;

/** The setting LOCKOUT; settings.ts has the defaults. */
export interface LockoutRules {
  /** Number of failures that starts a lock. */
  threshold: number;
  /** Length of the first lock. */
  lockSeconds: number;
  /** Factor from one lock to the next in a row. */
  growth: number;
  /** Failures in a row after which only a password reset unlocks (NIST SP 800-63B 3.2.2). */
  stopAfterFailures: number;
}

/** `stopped`: the final stop, which does not expire. */
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
  /** A lock that began and has not been reported to a caller yet. */
  unreported: LockBegan | null;
}

export type ReserveResult =
  | { state: 'ticket' }
  | { state: 'queued' }
  | { state: 'locked'; untilMs: number; untilReset: boolean };

/** `void`: the ticket was not used (a stale read), and counts neither way. */
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
 * Issues the ticket that the caller named, if one is free. Idempotent: a caller may retry after a
 * lost answer.
 */
export function reserve(
  before: LockoutState,
  ask: { ticket: string; nowMs: number; rules: LockoutRules },
): { state: LockoutState; result: ReserveResult } {
  const { ticket, nowMs, rules } = ask;
  const state = applyExpiry(before, nowMs, rules);
  const locked = lockOf(state, nowMs, rules);
  if (locked) return { state, result: locked };
  if (state.tickets.some((out) => out.id === ticket)) return { state, result: { state: 'ticket' } };
  if (state.tickets.length >= failuresLeft(state, rules)) {
    return { state, result: { state: 'queued' } };
  }
  return {
    state: {
      ...state,
      lastEventMs: nowMs,
      tickets: [...state.tickets, { id: ticket, expiresAtMs: nowMs + TICKET_MS }],
    },
    result: { state: 'ticket' },
  };
}

/** Returns a ticket with its verdict. `settled: false`: it had expired; do not disclose the verdict. */
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
 * Returns the beginning of a lock exactly once: the caller that gets it writes the audit row. A lock
 * caused by an expired ticket is reported to the next caller.
 */
export function reportLock(before: LockoutState): {
  state: LockoutState;
  lockBegan: LockBegan | null;
} {
  const { unreported: lockBegan } = before;
  return { state: lockBegan === null ? before : { ...before, unreported: null }, lockBegan };
}

/** Read-only view of a lockout for operators. */
export interface LockoutView {
  failures: number;
  failuresInARow: number;
  locksInARow: number;
  /** Null without a lock that expires. */
  lockedUntilMs: number | null;
  /** The final stop: only a password reset or an operator unlocks. */
  requiresReset: boolean;
  ticketsOut: number;
}

export function view(before: LockoutState, nowMs: number, rules: LockoutRules): LockoutView {
  const { failures, failuresInARow, locksInARow, ...state } = applyExpiry(before, nowMs, rules);
  return {
    failures,
    failuresInARow,
    locksInARow,
    lockedUntilMs: state.lockedUntilMs > nowMs ? state.lockedUntilMs : null,
    requiresReset: failuresInARow >= rules.stopAfterFailures,
    ticketsOut: state.tickets.length,
  };
}

/** Combines the views of all lockouts of one user: counts add up, the most severe lock wins. */
export function combined(views: readonly LockoutView[]): LockoutView {
  const sum = (count: (view: LockoutView) => number) =>
    views.reduce((total, view) => total + count(view), 0);
  const lockedUntilMs = Math.max(0, ...views.map((view) => view.lockedUntilMs ?? 0));
  return {
    failures: sum(({ failures }) => failures),
    failuresInARow: sum(({ failuresInARow }) => failuresInARow),
    locksInARow: sum(({ locksInARow }) => locksInARow),
    lockedUntilMs: lockedUntilMs === 0 ? null : lockedUntilMs,
    requiresReset: views.some(({ requiresReset }) => requiresReset),
    ticketsOut: sum(({ ticketsOut }) => ticketsOut),
  };
}

/**
 * Resets failures, locks and the final stop. Tickets stay out, and an unreported lock is still
 * reported.
 */
export function reset({ lastEventMs, tickets, unreported }: LockoutState): LockoutState {
  return { ...initialState, lastEventMs, tickets, unreported };
}

/**
 * Returns the time at which the state may equal `initialState`, null while only a reset can change
 * it.
 */
export function expiresAtMs(state: LockoutState, rules: LockoutRules): number | null {
  if (state.failuresInARow >= rules.stopAfterFailures) return null;
  const lastTicketMs = state.tickets.at(-1)?.expiresAtMs;
  if (lastTicketMs !== undefined) return lastTicketMs;
  const isEmpty = state.failuresInARow === 0 && state.unreported === null;
  return isEmpty ? state.lastEventMs : state.lastEventMs + FAILURES_EXPIRE_MS;
}

/** Applies the passage of time: expired tickets become failures, and a lock may end. */
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
  const expiryMs = expiresAtMs(state, rules);
  return expiryMs !== null && state.tickets.length === 0 && nowMs >= expiryMs
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
    Math.max(MAX_LOCK_MS, rules.lockSeconds * 1000),
  );
  return {
    ...counted,
    locksInARow: state.locksInARow + 1,
    lockedUntilMs: nowMs + lockMs,
    unreported: unreported ?? 'locked',
  };
}

function lockOf(state: LockoutState, nowMs: number, rules: LockoutRules): ReserveResult | null {
  if (state.failuresInARow >= rules.stopAfterFailures) {
    // A final stop has no end; the length of a lock serves as Retry-After.
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
