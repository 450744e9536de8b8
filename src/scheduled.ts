/** Runs the cleanup on the cron trigger, and logs its result. */
import { contracts } from './contracts/index.ts';
import { deleteExpired, type CleanupRun } from './flows/cleanup.ts';
import { logFailure, logCleanup } from './telemetry/log.ts';
import { readSettings } from './settings.ts';
import { createCleanup } from './store/cleanup.ts';

const DAY_MS = 86_400_000;

/** Does not throw if the database fails: the failure is logged, and the next run continues. */
export async function runCleanup(env: Env, batchSize?: CleanupRun['batchSize']): Promise<void> {
  const startedAtMs = Date.now();
  const { removed, finished } = await deleteExpired({
    cleanup: createCleanup(env.DB),
    nowMs: startedAtMs,
    auditRetentionMs: readSettings(env, contracts).auditRetentionDays * DAY_MS,
    ...(batchSize === undefined ? {} : { batchSize }),
    onFailure: (error, table) => logFailure(error, `cleanup of ${table}`, null),
  });
  logCleanup({ removed, finished, durationMs: Date.now() - startedAtMs });
}
