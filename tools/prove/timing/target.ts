/**
 * What is timed: the bundle that is deployed, alone in a bare Miniflare, at the deployed password
 * cost. Letters go to a Worker that drops them; everything else is as it is.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import type { PasswordCost } from '../../../src/crypto/password.ts';
import { buildDeployed } from '../../bench/build.ts';
import {
  compatibilityDate,
  makeDataDirectory,
  migrate,
  secrets,
  vars,
} from '../../bench/server.ts';
import { fineCpuMs, spawning } from '../../bench/process.ts';
import { FOREIGN_HASH_COST } from '../../../test/fixtures/account-kinds.ts';

export interface Target {
  url: URL;
  database: D1Database;
  /** Resolves when nothing is being done any more. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

const DROPPING = `import { WorkerEntrypoint } from 'cloudflare:workers';
export default class extends WorkerEntrypoint { async send() { return {}; } }`;

interface TargetOptions {
  cost: PasswordCost;
  /** EMAIL_DELAY_MS. */
  delayMs: number;
}

const settings = ({ cost, delayMs }: TargetOptions): object => ({
  ...vars,
  ...secrets,
  EMAIL_DELAY_MS: delayMs,
  // Beyond it the work behind an answer is not done, and there is nothing to be told.
  EMAIL_LIMITS: { perHour: 1_000_000 },
  LOCAL_DEVELOPMENT: 'true',
  PASSWORD_COST: cost,
  FOREIGN_HASH_COST,
});

export async function openTarget(options: TargetOptions): Promise<Target> {
  const built = mkdtempSync(join(tmpdir(), 'gatehouse-timing-'));
  const app = readFileSync(buildDeployed(built), 'utf8');
  rmSync(built, { recursive: true, force: true });
  const shared = { modulesRoot: '.', compatibilityDate };
  const module = (name: string, contents: string) => ({
    name,
    modules: [{ type: 'ESModule' as const, path: `${name}.js`, contents }],
  });
  const start = async () => {
    const miniflare = new Miniflare(
      convertV4MiniflareOptions({
        workers: [
          {
            ...shared,
            ...module('app', app),
            bindings: { ...settings(options) } as Record<string, never>,
            d1Databases: { DB: 'timing' },
            durableObjects: {
              RATE_LIMITER: { className: 'RateLimiter', useSQLite: true },
              ACCOUNT_LOCKOUT: { className: 'AccountLockout', useSQLite: true },
            },
            serviceBindings: { EMAIL: 'letters' },
            unsafeDirectSockets: [{}],
          },
          { ...shared, ...module('letters', DROPPING) },
        ],
        cf: false,
        handleStructuredLogs: () => undefined,
        resourcePersistencePath: makeDataDirectory(),
      }),
    );
    await miniflare.ready;
    return miniflare;
  };
  const { value: miniflare, pid } = await spawning(start);
  await migrate(miniflare, 'app');
  return {
    url: await miniflare.unsafeGetDirectURL('app'),
    database: await miniflare.getD1Database('DB', 'app'),
    quiet: () => quiet(pid),
    close: () => miniflare.dispose(),
  };
}

const LOOK_MS = 2;
const PATIENCE_MS = 500;

/** Until the process has used no CPU from one look to the next. */
async function quiet(pid: number): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  for (let before = -1; performance.now() < endMs;) {
    await new Promise((done) => setTimeout(done, LOOK_MS));
    const now = fineCpuMs(pid);
    if (now - before < 0.02 && before >= 0) return;
    before = now;
  }
}
