import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-pool-workers';
import { defineConfig } from 'vitest/config';
import { makeAssets } from '../tools/assets.ts';
import { testSecrets } from './support/secrets.ts';

// The Worker's static assets must be there before its configuration is read.
await makeAssets();

/** The seed of `npm test`; tools/fuzz.ts sets others, and the path to a single case. */
const { FUZZ_SEED: seed, FUZZ_PATH: path } = process.env;
const properties = {
  seed: Number(seed ?? 1),
  ...(path === undefined ? {} : { path }),
  // Vitest prints an error's cause by itself; its JSON report leaves it out.
  includeErrorInReport: seed !== undefined,
};

const disk = tmpdir();
moveToMemory();

/**
 * Puts the files of Durable Objects and databases into memory where there is room for them: a new
 * object, of which most tests make several, takes a millisecond there and nine on a disk.
 */
function moveToMemory(): void {
  const memory = '/dev/shm';
  if (!existsSync(memory) || disk.startsWith(memory)) return;
  const { bavail, bsize } = statfsSync(memory);
  if (bavail * bsize < 2 ** 30) return;
  const folder = mkdtempSync(join(memory, 'gatehouse-test-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  process.env['TMPDIR'] = folder;
}

export default defineConfig({
  test: {
    silent: 'passed-only',
    // Files wait for timers and processes half of their time.
    maxWorkers: availableParallelism() + 2,
    provide: { properties },
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          // A guard against hanging, not a measure: these machines are shared.
          testTimeout: 60_000,
          include: ['test/unit/**/*.test.ts'],
          setupFiles: ['test/support/platform-limits.ts', 'test/support/seed.ts'],
        },
      },
      {
        test: {
          name: 'start',
          environment: 'node',
          include: ['test/start/**/*.test.ts'],
          env: { TMPDIR: disk },
          // Several starts of the whole, each of which may have to look for another port.
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
      {
        test: {
          // Client packages of foreign wires, unmodified, against a server of their own: support/client-server.ts.
          name: 'clients',
          environment: 'node',
          include: ['test/clients/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'browser',
          environment: 'node',
          include: ['test/browser/**/*.test.ts'],
          env: { TMPDIR: disk },
          globalSetup: ['test/support/browser-server.ts'],
          testTimeout: 240_000,
          hookTimeout: 120_000,
          // E-mails are sent after the answer, on machines that are shared.
          expect: { poll: { timeout: 60_000 } },
        },
      },
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: 'wrangler.toml' },
            miniflare: {
              bindings: {
                ...testSecrets(),
                // Few iterations: what is tested is the order of things, not the arithmetic.
                PASSWORD_COST: { iterations: 100, rounds: 6 },
                METRICS_FLUSH_SECONDS: 0,
                // E-mails leave at once, and files send more of them than a deployment does in an hour.
                EMAIL_DELAY_MS: 0,
                EMAIL_LIMITS: { perAddressPerHour: 10, perHour: 1_000_000 },
                MIGRATIONS: await readD1Migrations('migrations'),
              },
            },
          })),
        ],
        test: {
          name: 'worker',
          // A runtime takes three seconds to start, most of them to load the code. Files share one
          // after another, each with empty storage (support/database.ts).
          isolate: false,
          restoreMocks: true,
          testTimeout: 300_000,
          include: ['test/worker/**/*.test.ts'],
          setupFiles: [
            'test/support/platform-limits.ts',
            'test/support/seed.ts',
            'test/support/clock.ts',
            'test/support/database.ts',
          ],
        },
      },
    ],
  },
});
