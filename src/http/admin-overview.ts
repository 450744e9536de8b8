/** Renders the overview: counts of the database, and the metrics of all isolates added up. */
import type { OverviewCounts } from '../flows/ports/admin.ts';
import type { Sums } from '../telemetry/series.ts';

/** The events of a day are counted. */
export const OVERVIEW_MS = 86_400_000;

/** `sums`: null where the metrics could not be read. */
export function renderOverview(
  { users, inactiveUsers, liveSessions, events }: OverviewCounts,
  sums: Sums | null,
  sinceMs: number,
) {
  const { byAction, isComplete } = events;
  return {
    users,
    inactiveUsers,
    liveSessions,
    events: {
      since: new Date(sinceMs).toISOString(),
      byAction: Object.fromEntries(byAction.map(({ action, count }) => [action, count])),
      isComplete,
    },
    metrics: sums === null ? null : totalsOf(sums),
  };
}

/** The counters, each over all of its labels; durations are left to `/metrics`. */
function totalsOf(sums: Sums): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const [series, [count = 0]] of sums) {
    const [name = ''] = series.split('{');
    if (name.endsWith('_total')) totals[name] = (totals[name] ?? 0) + count;
  }
  return totals;
}
