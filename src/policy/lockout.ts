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
import {
  applyExpiry,
  fail,
  failuresLeft,
  isWaiting,
  lockOf,
  reset,
  withStepsFailed,
  type LockBegan,
  type LockedResult,
  type LockoutRules,
  type LockoutState,
  type Step,
  type Ticket,
} from './lockout-state.ts';

/** Lifetime of a ticket. A hash takes about 0.1 s, so a ticket expires only after a crash. */
export const TICKET_MS = 30_000;

/** Lifetime of a login's step that waits for the second factor. */
export const STEP_MS = 300_000;

/** Wrong codes after which a step ends. */
export const STEP_TRIES = 5;

export type ReserveResult = { state: 'ticket' } | { state: 'queued' } | LockedResult;

/** `gone`: there is no such step, or no longer. `busy`: another request tries a code at this moment. */
export type TakeResult = { state: 'ticket' } | { state: 'busy' } | { state: 'gone' } | LockedResult;

/**
 * `void`: the ticket was not used (a stale read), and counts neither way. `owed`: the password was
 * right, and the ticket waits for the second factor.
 */
export type Verdict = 'right' | 'wrong' | 'void' | 'owed';

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
