/** Starts what is timed: the deployed bundle alone in a bare Miniflare. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PasswordCost } from '../../../src/crypto/passwords/format.ts';
import { FOREIGN_HASH_COST } from '../../../test/fixtures/account-kinds.ts';
import { buildDeployed } from '../../bench/build.ts';
import { fineCpuMs } from '../../process.ts';
import { migrate, settingsWith, startServer } from '../../server.ts';
import type { Target } from './measure.ts';

const DROPS_MAIL = `import { WorkerEntrypoint } from 'cloudflare:workers';
export default class extends WorkerEntrypoint { async send() { return {}; } }`;

/** `delayMs`: the setting EMAIL_DELAY_MS. */
export async function startTarget({
  cost,
  delayMs,
}: {
  cost: PasswordCost;
  delayMs: number;
}): Promise<Target & { close(): Promise<void> }> {
  const bindings = settingsWith({
    EMAIL_DELAY_MS: delayMs,
    // Beyond the limit the work after a response is not done, and there is nothing to measure.
    EMAIL_LIMITS: { perHour: 1_000_000 },
    PASSWORD_COST: cost,
    FOREIGN_HASH_COST,
  });
  const script = readFileSync(buildDeployed(), 'utf8');
  const options = { serviceBindings: { EMAIL: 'mail' } };
  const server = await startServer({
    workers: [
      { name: 'app', script, bindings, database: 'timing', objects: 'limits', options },
      { name: 'mail', script: DROPS_MAIL },
    ],
  });
  const database = resending(await server.database());
  await migrate(database);
  const idle = () => untilIdle(server.pid);
  return { url: new URL(server.url()), database, idle, close: () => server.close() };
}

/**
 * Sends a batch again whose connection was closed, as happens after idle times on a busy machine. Rows
 * that were stored all the same have names that are taken: then the second batch fails.
 */
function resending(database: D1Database): D1Database {
  const batch: D1Database['batch'] = async (statements) => {
    try {
      return await database.batch(statements);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return database.batch(statements);
    }
  };
  return { prepare: (sql: string) => database.prepare(sql), batch } as D1Database;
}

const POLL_MS = 2;
const PATIENCE_MS = 500;
const IDLE_MS = 0.02;

/** Resolves when the process has used no CPU between two polls. */
async function untilIdle(pid: number): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  for (let before = Number.NaN; performance.now() < endMs;) {
    await sleep(POLL_MS);
    const now = fineCpuMs(pid);
    if (now - before < IDLE_MS) return;
    before = now;
  }
}
