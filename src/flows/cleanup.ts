/**
 * Deletes expired rows batch by batch, so that logins get their turn in between. A run is bounded;
 * the next run continues where this one stopped.
 */
import type { Cleanup, CleanupTable } from './ports/cleanup.ts';

/** Rows that a statement looks at, and statements a run takes for each table. */
const BATCH_SIZE = { rows: 500, perRun: 100 };

const TABLES: readonly CleanupTable[] = [
  'sessions',
  'challenges',
  'registrations',
  'used_challenges',
];

export interface CleanupRun {
  cleanup: Cleanup;
  nowMs: number;
  auditRetentionMs: number;
  batchSize?: typeof BATCH_SIZE;
  /** One table's failure leaves the others to be done. */
  onFailure(error: unknown, table: string): void;
}

interface CleanupResult {
  removed: Record<CleanupTable | 'audit_events', number>;
  /** Nothing was left for the next run, and nothing failed. */
  finished: boolean;
}

export async function deleteExpired({
  cleanup,
  nowMs,
  auditRetentionMs,
  batchSize: { rows, perRun } = BATCH_SIZE,
  onFailure,
}: CleanupRun): Promise<CleanupResult> {
  const removed = {
    sessions: 0,
    challenges: 0,
    registrations: 0,
    used_challenges: 0,
    audit_events: 0,
  };
  let finished = true;

  const deleteRows = async (table: CleanupTable): Promise<boolean> => {
    let cursor = await cleanup.cursor(table);
    for (let n = 0; n < perRun; n += 1) {
      const batch = await cleanup.deleteBatch(table, { cursor, rows, nowMs });
      removed[table] += batch.removed;
      ({ cursor } = batch);
      if (cursor === 0) return true;
    }
    return false;
  };

  const deleteEvents = async (): Promise<boolean> => {
    for (let n = 0; n < perRun; n += 1) {
      const deleted = await cleanup.deleteEvents(nowMs - auditRetentionMs, rows);
      removed.audit_events += deleted;
      if (deleted < rows) return true;
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

  for (const table of TABLES) await attempt(table, () => deleteRows(table));
  await attempt('audit_events', deleteEvents);
  return { removed, finished };
}
