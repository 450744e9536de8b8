/** The state of a lockout: its failures, tickets and lock, and their change with time and failures. */

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

export interface Step {
  id: string;
  expiresAtMs: number;
  triesLeft: number;
}

export interface Ticket {
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

export const initialState: LockoutState = {
  failures: 0,
  failuresInARow: 0,
  locksInARow: 0,
  lockedUntilMs: 0,
  lastEventMs: 0,
  tickets: [],
  unreported: null,
};

export interface LockedResult {
  state: 'locked';
  untilMs: number;
  untilReset: boolean;
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
 * Returns the state as shown to every caller without a step of its own: each step is a failed
 * attempt. It is dated back to the last event, so that neither a lock nor its end tells the two apart.
 */
export function withStepsFailed(state: LockoutState, rules: LockoutRules): LockoutState {
  const tickets = state.tickets.filter(({ step }) => step === undefined);
  let shown: LockoutState = { ...state, tickets };
  for (let step = tickets.length; step < state.tickets.length; step += 1) {
    shown = fail(shown, shown.lastEventMs, rules);
  }
  return shown;
}

export function isWaiting({ id, step }: Ticket): boolean {
  return step?.id === id;
}

function unlockIfOver(state: LockoutState, nowMs: number): LockoutState {
  if (state.lockedUntilMs === 0 || state.lockedUntilMs > nowMs) return state;
  return { ...state, failures: 0, lockedUntilMs: 0 };
}

export function fail(state: LockoutState, nowMs: number, rules: LockoutRules): LockoutState {
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

export function lockOf(
  state: LockoutState,
  nowMs: number,
  rules: LockoutRules,
): LockedResult | null {
  if (state.failuresInARow >= rules.stopAfterFailures) {
    // A final stop has no end; the length of a lock serves as Retry-After.
    return { state: 'locked', untilMs: nowMs + rules.lockSeconds * 1000, untilReset: true };
  }
  if (state.lockedUntilMs > nowMs) {
    return { state: 'locked', untilMs: state.lockedUntilMs, untilReset: false };
  }
  return null;
}

export function failuresLeft(state: LockoutState, rules: LockoutRules): number {
  return Math.min(rules.threshold - state.failures, rules.stopAfterFailures - state.failuresInARow);
}
