/**
 * What goes by itself, a piece at a time, so that logins get their turn in between. A run is
 * bounded; what it leaves, the next one finds where this one stopped.
 */
import type { Cleanup, CleanupStep } from './ports/cleanup.ts';

/** A statement looks at so many rows, and a run takes so many statements a table. */
export const BATCH_SIZE = { rows: 500, perRun: 100 };

const WALKED: readonly CleanupStep[] = ['sessions', 'challenges', 'registrations'];

export interface CleanupRun {
  housekeeping: Cleanup;
  nowMs: number;
  auditRetentionMs: number;
  batchSize?: typeof BATCH_SIZE;
  /** One table's failure leaves the others to be done. */
  onFailure(error: unknown, table: string): void;
}

export interface CleanupResult {
  removed: Record<CleanupStep | 'audit_events', number>;
  /** Nothing was left for the next run, and nothing failed. */
  finished: boolean;
}

export async function deleteExpired({
  housekeeping,
  nowMs,
  auditRetentionMs,
  batchSize: { rows, perRun } = BATCH_SIZE,
  onFailure,
}: CleanupRun): Promise<CleanupResult> {
  const removed: CleanupResult['removed'] = {
    sessions: 0,
    challenges: 0,
    registrations: 0,
    audit_events: 0,
  };
  let finished = true;

  const walk = async (table: CleanupStep): Promise<boolean> => {
    let position = await housekeeping.position(table);
    for (let n = 0; n < perRun; n += 1) {
      const swept = await housekeeping.sweep(table, { position, rows, nowMs });
      removed[table] += swept.removed;
      position = swept.reached;
      if (position === 0) return true;
    }
    return false;
  };

  const forget = async (): Promise<boolean> => {
    for (let n = 0; n < perRun; n += 1) {
      const gone = await housekeeping.forgetEvents(nowMs - auditRetentionMs, rows);
      removed.audit_events += gone;
      if (gone < rows) return true;
    }
    return false;
  };

  const attempt = async (table: string, work: () => Promise<boolean>): Promise<void> => {
    try {
      finished = (await work()) && finished;
    } catch (error) {
      finished = false;
      onFailure(error, table);
    }
  };

  for (const table of WALKED) await attempt(table, () => walk(table));
  await attempt('audit_events', forget);
  return { removed, finished };
}
