/**
 * Starts Workers in one bare Miniflare, for the bench and the proofs: no proxy and no entry Worker,
 * one workerd, and a socket for each Worker.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { convertV4MiniflareOptions, Miniflare, type V4WorkerOptions } from 'miniflare';
import { unstable_readConfig } from 'wrangler';
import { root } from './install.mjs';
import { migrations } from './migrations.ts';
import { temporaryDirectory, withSpawned } from './process.ts';
import { makers } from './secrets.ts';

const config = unstable_readConfig({ config: join(root, 'wrangler.toml') });

/** The variables of wrangler.toml. */
export const vars: Record<string, unknown> = config.vars;
export const secrets = {
  SERVER_KEY: makers.SERVER_KEY(),
  TOKEN_KEYS: makers.TOKEN_KEYS(),
  FACTOR_KEYS: makers.FACTOR_KEYS(),
};

/**
 * The deployed settings with secrets of this process, over plain HTTP, and e-mail sent at once. There
 * is no OPERATOR_TOKEN: without it no metrics are flushed some seconds after a request.
 */
export const settingsWith = (settings: object = {}): Record<string, unknown> => ({
  ...vars,
  ...secrets,
  LOCAL_DEVELOPMENT: 'true',
  EMAIL_DELAY_MS: 0,
  ...settings,
});

export interface WorkerDefinition {
  name: string;
  /** Its bundle. */
  script: string;
  bindings?: object;
  /** The D1 database of the binding DB, shared by all Workers that name it; no binding where absent. */
  database?: string | undefined;
  /** Durable Objects: those that count logins, or all of wrangler.toml; none where absent. */
  objects?: 'limits' | 'all' | undefined;
  options?: Partial<V4WorkerOptions> | undefined;
}

const LIMITS = new Set(['RATE_LIMITER', 'ACCOUNT_LOCKOUT']);

function durableObjects(objects: 'limits' | 'all') {
  const all: { name: string; class_name: string }[] = config.durable_objects.bindings;
  const bindings = all.filter(({ name }) => objects === 'all' || LIMITS.has(name));
  return Object.fromEntries(
    bindings.map(({ name, class_name }) => [name, { className: class_name, useSQLite: true }]),
  );
}

export interface ServerOptions {
  workers: WorkerDefinition[];
  /** The directory of databases and objects; a new one, in memory if possible, where absent. */
  persistTo?: string | undefined;
  /** The port of the first Worker; chosen by the system where absent. */
  port?: number | undefined;
  inspectorPort?: number;
  onSpawn?: (child: ChildProcess) => void;
}

export interface Server {
  /** The origin of a Worker; the first one where no name is given. */
  url(name?: string): string;
  database(name?: string): Promise<D1Database>;
  miniflare: Miniflare;
  pid: number;
  /** Ends workerd at once by SIGKILL: nothing in it gets to finish. */
  kill(): void;
  /** Resolves when a killed workerd has exited. */
  exited(): Promise<void>;
  close(): Promise<void>;
}

export async function startServer(options: ServerOptions): Promise<Server> {
  const { workers, port, inspectorPort } = options;
  const [first = ''] = workers.map(({ name }) => name);
  const start = async () => {
    const miniflare = new Miniflare(
      convertV4MiniflareOptions({
        workers: workers.map((worker, index): V4WorkerOptions => ({
          name: worker.name,
          modules: [{ type: 'ESModule', path: `${worker.name}.js`, contents: worker.script }],
          modulesRoot: '.',
          compatibilityDate: String(config.compatibility_date),
          bindings: { ...worker.bindings } as Record<string, never>,
          unsafeDirectSockets: [index === 0 && port !== undefined ? { port } : {}],
          ...(worker.database === undefined ? {} : { d1Databases: { DB: worker.database } }),
          ...(worker.objects === undefined
            ? {}
            : { durableObjects: durableObjects(worker.objects) }),
          ...(worker.options as object),
        })),
        cf: false,
        handleStructuredLogs: () => undefined,
        resourcePersistencePath: options.persistTo ?? dataDirectory(),
        ...(inspectorPort === undefined ? {} : { inspectorPort }),
      }),
    );
    try {
      await miniflare.ready;
      const urls = new Map<string, string>();
      for (const { name } of workers) {
        urls.set(name, (await miniflare.unsafeGetDirectURL(name)).origin);
      }
      return { miniflare, urls };
    } catch (error) {
      await miniflare.dispose();
      throw error;
    }
  };
  const { value, child, pid } = await withSpawned(start, options.onSpawn);
  const { miniflare, urls } = value;
  const exit = once(child, 'exit');
  return {
    url: (name = first) => urls.get(name) ?? '',
    database: (name = first) => miniflare.getD1Database('DB', name),
    miniflare,
    pid,
    kill: () => process.kill(pid, 'SIGKILL'),
    exited: async () => {
      await exit;
      await miniflare.dispose();
    },
    close: () => miniflare.dispose(),
  };
}

/** In memory where the system offers that: the disk's speed is not the application's. */
export const dataDirectory = (): string =>
  temporaryDirectory('data', existsSync('/dev/shm') ? '/dev/shm' : tmpdir());

export async function migrate(database: D1Database): Promise<void> {
  for (const statements of migrations()) {
    await database.batch(statements.map((sql) => database.prepare(sql)));
  }
}
