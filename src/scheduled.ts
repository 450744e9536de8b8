/** What the platform's clock starts: the housekeeping, and the line that says what it did. */
import { contracts } from './contracts/index.ts';
import { keepHouse as sweep, type HousekeepingRun } from './flows/housekeeping.ts';
import { logFailure, logHousekeeping } from './observe/log.ts';
import { readSettings } from './settings.ts';
import { createHousekeeping } from './store/housekeeping.ts';

const DAY_MS = 86_400_000;

/** Never throws for a database's sake: what fails is logged, and the next run goes on. */
export async function keepHouse(env: Env, piece?: HousekeepingRun['piece']): Promise<void> {
  const startedAtMs = Date.now();
  const { removed, finished } = await sweep({
    housekeeping: createHousekeeping(env.DB),
    nowMs: startedAtMs,
    auditRetentionMs: readSettings(env, contracts).auditRetentionDays * DAY_MS,
    ...(piece === undefined ? {} : { piece }),
    onFailure: (error, table) => logFailure(error, `housekeeping of ${table}`, null),
  });
  logHousekeeping({ removed, finished, durationMs: Date.now() - startedAtMs });
}
