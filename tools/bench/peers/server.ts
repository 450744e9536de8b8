/**
 * One bare Miniflare with Gatehouse, its peers and the floors in it: one workerd, one machine, the
 * same minute. Each product has a database of its own, furnished once a run by itself and copied
 * for every house.
 */
import type { ChildProcess } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { V4WorkerOptions } from 'miniflare';
import { buildDeployed, bundled, gzipKib, type Built } from '../build.ts';
import {
  compatibilityDate,
  CUT_COST,
  DEPLOYED_COST,
  durableObjects,
  seedDatabase,
  makeDataDirectory,
  openWorkers,
  PASSWORD,
  secrets,
  USERS,
  vars,
} from '../server.ts';
import type { Wanted } from './wanted.ts';

export const peersFolder = join(import.meta.dirname, 'better-auth');

/** `app` is Gatehouse; `scrypt` and `pbkdf2` are better-auth with either hash; `cut` has next to none. */
const inhabitants = {
  app: { script: 'app', database: 'gatehouse', bindings: gatehouse(DEPLOYED_COST) },
  cut: { script: 'app', database: 'gatehouse', bindings: gatehouse(CUT_COST) },
  scrypt: { script: 'scrypt', database: 'scrypt', bindings: {} },
  pbkdf2: { script: 'pbkdf2', database: 'pbkdf2', bindings: { COST: DEPLOYED_COST } },
  'pbkdf2-cut': { script: 'pbkdf2', database: 'cut', bindings: { COST: CUT_COST } },
  'pbkdf2-cut, kept': {
    script: 'pbkdf2',
    database: 'cut',
    bindings: { COST: CUT_COST, KEPT: true },
  },
  'derives alone': { script: 'derives', database: null, bindings: {} },
  'scrypt alone': { script: 'scrypt alone', database: null, bindings: { PASSWORD } },
  'no-op': { script: 'no-op', database: 'gatehouse', bindings: {} },
  'furnish scrypt': { script: 'furnish', database: 'scrypt', bindings: {} },
  'furnish pbkdf2': { script: 'furnish', database: 'pbkdf2', bindings: {} },
  'furnish cut': { script: 'furnish', database: 'cut', bindings: {} },
  'app traced': { script: 'app traced', database: 'gatehouse', bindings: gatehouse(DEPLOYED_COST) },
  'scrypt traced': { script: 'peer traced', database: 'scrypt', bindings: { JOINS: false } },
  'scrypt traced, joins': { script: 'peer traced', database: 'scrypt', bindings: { JOINS: true } },
  'pbkdf2 traced': {
    script: 'peer traced',
    database: 'pbkdf2',
    bindings: { JOINS: false, COST: DEPLOYED_COST },
  },
} satisfies Record<string, Dweller>;

interface Dweller {
  script: string;
  database: string | null;
  bindings: object;
}

const common = { BETTER_AUTH_SECRET: secrets.SERVER_KEY };

export type BenchUser = keyof typeof inhabitants;

function gatehouse(cost: typeof DEPLOYED_COST): object {
  return { ...vars, ...secrets, LOCAL_DEVELOPMENT: 'true', PASSWORD_COST: cost };
}

export interface PeersBuilt {
  scripts: Record<string, string>;
  gzipKib: Record<'app' | 'scrypt' | 'pbkdf2', number>;
}

export async function buildPeers(built: Built, directory: string): Promise<PeersBuilt> {
  const [scrypt = '', pbkdf2 = ''] = ['default.ts', 'pbkdf2.ts'].map((script) =>
    readFileSync(buildDeployed(directory, false, { cwd: peersFolder, script }), 'utf8'),
  );
  const [alone, furnish, traced, appTraced] = await Promise.all([
    bundled(join(peersFolder, 'scrypt.ts')),
    bundled(join(peersFolder, 'furnish.ts')),
    bundled(join(peersFolder, 'traced.ts')),
    bundled(join(import.meta.dirname, 'gatehouse-traced.ts')),
  ]);
  const own = { 'scrypt alone': alone, furnish, 'peer traced': traced, 'app traced': appTraced };
  return {
    scripts: { ...built.scripts, scrypt, pbkdf2, ...own },
    gzipKib: { app: built.gzipKib, scrypt: gzipKib(scrypt), pbkdf2: gzipKib(pbkdf2) },
  };
}

export interface PeersOptions {
  built: PeersBuilt;
  inhabitants: readonly BenchUser[];
  /** A furnished directory: a copy of it is lived in. */
  from?: string;
  persistTo?: string;
  /** Of the first inhabitant. */
  port?: number;
  networkMs?: number;
  onSpawn?: (child: ChildProcess) => void;
}

export async function startPeers(options: PeersOptions) {
  const { built, from, networkMs = 0, onSpawn } = options;
  const persistTo = options.persistTo ?? makeDataDirectory();
  if (from !== undefined) cpSync(from, persistTo, { recursive: true });
  const workers = options.inhabitants.map((name, index): V4WorkerOptions => {
    const { script, database, bindings }: Dweller = inhabitants[name];
    const contents = built.scripts[script] ?? '';
    const port = index === 0 ? options.port : undefined;
    return {
      name,
      modules: [{ type: 'ESModule', path: `${script}.js`, contents }],
      modulesRoot: '.',
      compatibilityDate,
      bindings: { ...bindings, ...common, NETWORK_MS: networkMs } as object as Record<
        string,
        never
      >,
      ...(database === null ? {} : { d1Databases: { DB: database } }),
      ...(database === 'gatehouse' ? { durableObjects } : {}),
      unsafeDirectSockets: [port === undefined ? {} : { port }],
    };
  });
  return openWorkers({ workers, persistTo, ...(onSpawn === undefined ? {} : { onSpawn }) });
}

export type PeersServer = Awaited<ReturnType<typeof startPeers>>;

/** Users `right-<n>` have a hash of the deployed cost, `cut-<n>` next to none. */
export async function seedPeers(built: PeersBuilt): Promise<string> {
  const directory = makeDataDirectory();
  const peers = ['furnish scrypt', 'furnish pbkdf2', 'furnish cut'] as const;
  const inhabitants = ['app', ...peers] as const;
  const house = await startPeers({ built, inhabitants, persistTo: directory });
  try {
    await seedDatabase(house, 'app');
    for (const name of peers) {
      const prefix = name === 'furnish cut' ? 'cut' : 'right';
      const emails = Array.from({ length: USERS }, (_, n) => `${prefix}-${n}@bench.example`);
      const cost = name === 'furnish cut' ? CUT_COST : DEPLOYED_COST;
      const wanted: Wanted = {
        emails,
        password: PASSWORD,
        ...(name === 'furnish scrypt' ? {} : { cost }),
      };
      const response = await fetch(house.url(name), {
        method: 'POST',
        body: JSON.stringify(wanted),
      });
      if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
    }
    return directory;
  } finally {
    await house.close();
  }
}
