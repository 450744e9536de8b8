/** Lockouts as operators see them. */
import {
  applyExpiry,
  withStepsFailed,
  type LockoutRules,
  type LockoutState,
} from './lockout-state.ts';

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
