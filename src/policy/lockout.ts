/**
 * Lockout of one key (flows/lockout-keys.ts) as a pure state machine: tickets before verdicts.
 *
 * No verdict on a password is given without a ticket, and never more tickets are out than failures
 * are left, so parallel guessing reaches no more verdicts than sequential guessing (OWASP ASVS 5.0
 * V15.4.2, V6.3.1). A ticket that is never settled counts as a failure: hanging up buys no free
 * guess.
 *
 * A right password that still owes a second factor keeps its ticket out as a step's. To every other
 * caller a step's ticket is one failed attempt, so that the lockout does not confirm the password to
 * a stranger, and codes are guessed on the same account of failures as passwords.
 */

/** Lifetime of a ticket. A hash takes about 0.1 s, so a ticket expires only after a crash. */
export const TICKET_MS = 30_000;

/** Lifetime of a login's step that waits for the second factor. */
export const STEP_MS = 300_000;

/** Wrong codes after which a step ends. */
const STEP_TRIES = 5;

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

interface Step {
  id: string;
  expiresAtMs: number;
  triesLeft: number;
}

interface Ticket {
  id: string;
  expiresAtMs: number;
  /**
   * The password was right, and the second factor is owed. While the step waits, its ticket has its
   * id; during a try the ticket has the name that the try gave it.
   */
  step?: Step;
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

interface LockedResult {
  state: 'locked';
  untilMs: number;
  untilReset: boolean;
}

export type ReserveResult = { state: 'ticket' } | { state: 'queued' } | LockedResult;

/** `gone`: there is no such step, or no longer. `busy`: another request tries a code at this moment. */
export type TakeResult = { state: 'ticket' } | { state: 'busy' } | { state: 'gone' } | LockedResult;

/**
 * `void`: the ticket was not used (a stale read), and counts neither way. `owed`: the password was
 * right, and the ticket waits for the second factor.
 */
export type Verdict = 'right' | 'wrong' | 'void' | 'owed';

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
  const shown = withStepsFailed(state, rules);
  const locked = lockOf(shown, nowMs, rules);
  if (locked) return { state, result: locked };
  if (state.tickets.some((out) => out.id === ticket)) return { state, result: { state: 'ticket' } };
  if (shown.tickets.length >= failuresLeft(shown, rules)) {
    return { state, result: { state: 'queued' } };
  }
  const reserved = addTicket(state, { id: ticket, expiresAtMs: nowMs + TICKET_MS });
  return { state: { ...reserved, lastEventMs: nowMs }, result: { state: 'ticket' } };
}

/**
 * Takes the ticket of a step for one try at the second factor, under the name by which this try
 * settles it: a late or lost call of one try cannot release the ticket of another. Idempotent.
 *
 * Unsettled, it is a failure when TICKET_MS have passed, and the step is gone. A lock that only steps
 * cause does not keep them from their own tickets.
 */
export function take(
  before: LockoutState,
  ask: { step: string; ticket: string; nowMs: number; rules: LockoutRules },
): { state: LockoutState; result: TakeResult } {
  const { ticket, nowMs, rules } = ask;
  const state = applyExpiry(before, nowMs, rules);
  const locked = lockOf(state, nowMs, rules);
  if (locked) return { state, result: locked };
  const out = state.tickets.find(({ step }) => step?.id === ask.step);
  if (out === undefined) return { state, result: { state: 'gone' } };
  if (out.id === ticket) return { state, result: { state: 'ticket' } };
  if (!isWaiting(out)) return { state, result: { state: 'busy' } };
  const taken = { ...out, id: ticket, expiresAtMs: nowMs + TICKET_MS };
  return { state: addTicket(withoutTicket(state, out.id), taken), result: { state: 'ticket' } };
}

/** Returns a ticket with its verdict. `settled: false`: it had expired; do not disclose the verdict. */
export function settle(
  before: LockoutState,
  settling: { ticket: string; verdict: Verdict; nowMs: number; rules: LockoutRules },
): { state: LockoutState; settled: boolean } {
  const { ticket, verdict, nowMs, rules } = settling;
  const state = applyExpiry(before, nowMs, rules);
  const out = state.tickets.find(({ id }) => id === ticket);
  if (out === undefined) return { state, settled: false };
  const { step } = out;
  // The answer to the first `owed` was lost.
  if (step !== undefined && verdict === 'owed') return { state, settled: true };
  // No verdict on a code without a try. `void` ends a step that no client was told of.
  if (isWaiting(out) && verdict !== 'void') return { state, settled: false };
  const returned = withoutTicket(state, out.id);
  const settled = { ...returned, lastEventMs: nowMs };
  if (verdict === 'right') return { state: reset(settled), settled: true };
  if (verdict === 'owed') {
    const owed = { id: ticket, expiresAtMs: nowMs + STEP_MS, triesLeft: STEP_TRIES };
    return { state: waiting(settled, owed), settled: true };
  }
  if (verdict === 'void') {
    if (isWaiting(out)) return { state: returned, settled: true };
    // Not an event: other callers must not see the end of a lock move.
    return {
      state: step === undefined ? settled : waiting(returned, step),
      settled: true,
    };
  }
  const failed = fail(settled, nowMs, rules);
  if (step === undefined) return { state: failed, settled: true };
  const left = { ...step, triesLeft: step.triesLeft - 1 };
  const canTryAgain =
    left.triesLeft > 0 &&
    left.expiresAtMs > nowMs &&
    lockOf(failed, nowMs, rules) === null &&
    failuresLeft(failed, rules) > failed.tickets.length;
  return { state: canTryAgain ? waiting(failed, left) : failed, settled: true };
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

/** Read-only view of a lockout for operators. Its lock is the one that callers are told of. */
export interface LockoutView {
  failures: number;
  failuresInARow: number;
  locksInARow: number;
  /** Null without a lock that expires. */
  lockedUntilMs: number | null;
  /** The final stop: only a password reset or an operator unlocks. */
  requiresReset: boolean;
  /** Includes those of steps. */
  ticketsOut: number;
}

export function view(before: LockoutState, nowMs: number, rules: LockoutRules): LockoutView {
  const state = applyExpiry(before, nowMs, rules);
  const { failures, failuresInARow, locksInARow } = state;
  const shown = withStepsFailed(state, rules);
  return {
    failures,
    failuresInARow,
    locksInARow,
    lockedUntilMs: shown.lockedUntilMs > nowMs ? shown.lockedUntilMs : null,
    requiresReset: shown.failuresInARow >= rules.stopAfterFailures,
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
 * reported. Steps end like the failures that they stand for; one that is taken ends with this try.
 */
export function reset({ lastEventMs, tickets: before, unreported }: LockoutState): LockoutState {
  const tickets = before
    .filter((ticket) => !isWaiting(ticket))
    .map(({ id, expiresAtMs }) => ({ id, expiresAtMs }));
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

/**
 * Applies the passage of time: expired tickets become failures, and a lock may end. So do steps when
 * the lock that they cause ends before them.
 */
export function applyExpiry(
  before: LockoutState,
  nowMs: number,
  rules: LockoutRules,
): LockoutState {
  let state = before;
  for (const ticket of before.tickets) {
    if (ticket.expiresAtMs > nowMs) break;
    state = unlockIfOver(state, ticket.expiresAtMs);
    const failedAtMs = ticket.step === undefined ? ticket.expiresAtMs : state.lastEventMs;
    state = fail({ ...state, tickets: state.tickets.slice(1) }, failedAtMs, rules);
  }
  const shown = withStepsFailed(state, rules);
  if (shown.lockedUntilMs <= nowMs && shown.lockedUntilMs > state.lockedUntilMs) state = shown;
  state = unlockIfOver(state, nowMs);
  const expiryMs = expiresAtMs(state, rules);
  return expiryMs !== null && state.tickets.length === 0 && nowMs >= expiryMs
    ? reset(state)
    : state;
}

/**
 * Returns the state as every caller sees it who holds none of its steps: each step is a failed
 * attempt. It is dated back to the last event, so that neither a lock nor its end tells the two apart.
 */
function withStepsFailed(state: LockoutState, rules: LockoutRules): LockoutState {
  const tickets = state.tickets.filter(({ step }) => step === undefined);
  let shown: LockoutState = { ...state, tickets };
  for (let step = tickets.length; step < state.tickets.length; step += 1) {
    shown = fail(shown, shown.lastEventMs, rules);
  }
  return shown;
}

/** Keeps the tickets in the order of their expiry. */
function addTicket(state: LockoutState, ticket: Ticket): LockoutState {
  const tickets = [...state.tickets, ticket].toSorted((a, b) => a.expiresAtMs - b.expiresAtMs);
  return { ...state, tickets };
}

function withoutTicket(state: LockoutState, ticket: string): LockoutState {
  return { ...state, tickets: state.tickets.filter(({ id }) => id !== ticket) };
}

/** Adds the ticket of a step that waits for its next try. */
function waiting(state: LockoutState, step: Step): LockoutState {
  return addTicket(state, { id: step.id, expiresAtMs: step.expiresAtMs, step });
}

function isWaiting({ id, step }: Ticket): boolean {
  return step?.id === id;
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

function lockOf(state: LockoutState, nowMs: number, rules: LockoutRules): LockedResult | null {
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
