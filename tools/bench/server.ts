/**
 * One bare Miniflare with the app and the floors in it, each on a socket of its own: no proxy, no
 * entry Worker, one workerd for all, so that they meet the same machine and the same database.
 */
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertV4MiniflareOptions, Miniflare, type V4WorkerOptions } from 'miniflare';
import { unstable_readConfig } from 'wrangler';
import { createPasswords, type PasswordCost } from '../../src/crypto/password.ts';
import { root } from '../install.mjs';
import { makers } from '../secrets.ts';
import type { Built, Script } from './build.ts';
import { spawning } from './process.ts';
import { liveStatement, loginStatements, probeSql } from './statements.ts';

export const PASSWORD = 'correct horse battery staple';
export const USERS = 64;
export const LIMITED_CONTRACT = 'email-remember';
export const WIDER_CONTRACT = 'email-cookie';

export const DEPLOYED_COST: PasswordCost = { iterations: 100_000, rounds: 6 };
/** A deployment refuses this (settings.ts); with it, the rest of a login is visible. */
export const CUT_COST: PasswordCost = { iterations: 1, rounds: 1 };

/** `cut` is the app with the hash cut down. */
export type BenchUser = Script | 'cut';

export interface Server {
  url(inhabitant: BenchUser): string;
  miniflare: Miniflare;
  pid: number;
  spawnedAtMs: number;
  close(): Promise<void>;
}

const config = unstable_readConfig({ config: join(root, 'wrangler.toml') });
export const compatibilityDate = config.compatibility_date ?? '';
export const vars: Record<string, unknown> = config.vars;
export const secrets = { SERVER_KEY: makers.SERVER_KEY(), TOKEN_KEYS: makers.TOKEN_KEYS() };
const guards = { RATE_LIMITER: 'RateLimiter', ACCOUNT_LOCKOUT: 'AccountLockout' };
export const durableObjects = Object.fromEntries(
  Object.entries(guards).map(([binding, className]) => [binding, { className, useSQLite: true }]),
);

function settings(cost: PasswordCost) {
  return {
    ...vars,
    ...secrets,
    LOCAL_DEVELOPMENT: 'true',
    // A letter's code is waited for, and more are asked for than a deployment sends in an hour.
    EMAIL_DELAY_MS: 0,
    EMAIL_LIMITS: { perHour: 1_000_000 },
    ADDRESS_LIMITS: { [LIMITED_CONTRACT]: 1 },
    PASSWORD_COST: cost,
  };
}

const bindingsOf: Record<BenchUser, () => Promise<object> | object> = {
  app: () => settings(DEPLOYED_COST),
  unsliced: () => settings(DEPLOYED_COST),
  distant: () => settings(DEPLOYED_COST),
  cut: () => settings(CUT_COST),
  counted: () => settings(CUT_COST),
  calls: async () => ({
    STATEMENTS: { ...(await loginStatements(LIMITED_CONTRACT)), live: await liveStatement() },
  }),
  derives: () => ({}),
  hono: () => ({}),
  'no-op': async () => ({ PROBE: await probeSql() }),
};

interface HouseOptions {
  built: Built;
  inhabitants: readonly BenchUser[];
  /** Of the first inhabitant's socket; chosen by the system where absent. */
  port?: number;
  /** Where database and guards keep their data; memory where the system has a place for that. */
  persistTo?: string;
  inspectorPort?: number;
  onSpawn?: (child: ChildProcess) => void;
}

export async function startServer(options: HouseOptions): Promise<Server> {
  const { built, inhabitants, port } = options;
  const workers = await Promise.all(
    inhabitants.map(async (name, index): Promise<V4WorkerOptions> => {
      const hasGuards = name !== 'derives' && name !== 'hono';
      return {
        name,
        modules: [
          {
            type: 'ESModule',
            path: `${name}.js`,
            contents: built.scripts[name === 'cut' ? 'app' : name],
          },
        ],
        modulesRoot: '.',
        compatibilityDate,
        bindings: { ...(await bindingsOf[name]()) } as Record<string, never>,
        ...(hasGuards ? { d1Databases: { DB: 'bench' }, durableObjects } : {}),
        ...(name === 'distant' ? { email: { send_email: [{ name: 'EMAIL' }] } } : {}),
        unsafeDirectSockets: [index === 0 && port !== undefined ? { port } : {}],
      };
    }),
  );
  return openWorkers({ ...options, workers });
}

type WorkersOptions = Pick<HouseOptions, 'persistTo' | 'inspectorPort' | 'onSpawn'> & {
  workers: V4WorkerOptions[];
};

/** Each on a socket of its own. */
export async function openWorkers(
  options: WorkersOptions,
): Promise<Server & { url(name: string): string }> {
  const { workers, persistTo, inspectorPort, onSpawn } = options;
  const dataDirectory = persistTo ?? makeDataDirectory();
  const start = async () => {
    const miniflare = new Miniflare(
      convertV4MiniflareOptions({
        workers,
        cf: false,
        handleStructuredLogs: () => undefined,
        resourcePersistencePath: dataDirectory,
        ...(inspectorPort === undefined ? {} : { inspectorPort }),
      }),
    );
    try {
      await miniflare.ready;
      const urls = new Map<string, string>();
      for (const { name = '' } of workers) {
        const { origin } = await miniflare.unsafeGetDirectURL(name);
        urls.set(name, origin);
      }
      return { miniflare, urls };
    } catch (error) {
      await miniflare.dispose();
      throw error;
    }
  };
  const { value, pid, spawnedAtMs } = await spawning(start, onSpawn);
  return {
    url: (name) => value.urls.get(name) ?? '',
    miniflare: value.miniflare,
    pid,
    spawnedAtMs,
    close: async () => {
      await value.miniflare.dispose();
      if (persistTo === undefined) rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}

/** A disk's own pace is nothing that the app could change, and differs from run to run. */
export function makeDataDirectory(): string {
  const memory = '/dev/shm';
  const directory = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'gatehouse-bench-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Users `right-<n>` have a hash of the deployed cost, `cut-<n>` one of the cut cost. */
export async function seedDatabase(
  { miniflare }: Server,
  owner: BenchUser,
  amount = USERS,
): Promise<void> {
  const database = await miniflare.getD1Database('DB', owner);
  await migrate(miniflare, owner);
  for (const [prefix, hash] of Object.entries(await hashes())) {
    const rows = Array.from({ length: amount }, (_, n) =>
      database
        .prepare(
          'INSERT INTO users (public_id, email, email_verified, name, password_hash, created_at_ms)' +
            ' VALUES (?, ?, 1, ?, ?, ?)',
        )
        .bind(crypto.randomUUID(), `${prefix}-${n}@bench.example`, `User ${n}`, hash, Date.now()),
    );
    await database.batch(rows);
  }
}

export async function migrate(miniflare: Miniflare, owner: string): Promise<void> {
  const database = await miniflare.getD1Database('DB', owner);
  const directory = join(root, 'migrations');
  const files = readdirSync(directory).filter((name) => name.endsWith('.sql'));
  for (const file of files.toSorted()) {
    const statements = readFileSync(join(directory, file), 'utf8').split(
      '--> statement-breakpoint',
    );
    await database.batch(statements.map((sql) => database.prepare(sql)));
  }
}

let made: Promise<{ right: string; cut: string }> | undefined;

/** Made once a run: one hash serves all users, since nothing remembers a hash. */
function hashes(): Promise<{ right: string; cut: string }> {
  const hash = (cost: PasswordCost) =>
    createPasswords({ cost, peppers: [] }, async () => undefined).hash(PASSWORD);
  return (made ??= (async () => ({
    right: await hash(DEPLOYED_COST),
    cut: await hash(CUT_COST),
  }))());
}
