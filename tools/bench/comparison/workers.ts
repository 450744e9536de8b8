/**
 * The Workers of the comparison: Gatehouse, better-auth with either hash, and baselines, in one
 * workerd. Each product has a database of its own, created once a run by the product itself and
 * copied for every server.
 */
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataDirectory, secrets } from '../../server.ts';
import { buildDeployed, bundled, gzipKib, type Built } from '../build.ts';
import type { Cell } from '../cells.ts';
import {
  CUT_COST,
  DEPLOYED_COST,
  gatehouse,
  LIMITED_CONTRACT,
  PASSWORD,
  seedDatabase,
  starterOf,
  USERS,
  type Definition,
  type Scripts,
} from '../workers.ts';

export const betterAuthFolder = join(import.meta.dirname, 'better-auth');

const betterAuth = (database: string, bindings: object = {}, script = 'better-auth') => ({
  script,
  database,
  bindings: { BETTER_AUTH_SECRET: secrets.SERVER_KEY, ...bindings },
});

const COST = DEPLOYED_COST;

const table = {
  gatehouse: { script: 'app', ...gatehouse(DEPLOYED_COST) },
  'gatehouse cut': { script: 'app', ...gatehouse(CUT_COST) },
  'gatehouse traced': { script: 'distant', ...gatehouse(DEPLOYED_COST) },
  scrypt: betterAuth('scrypt'),
  'scrypt traced': betterAuth('scrypt', {}, 'traced'),
  'scrypt traced, joins': betterAuth('scrypt', { JOINS: true }, 'traced'),
  'scrypt seed': betterAuth('scrypt', {}, 'seed'),
  'two-factor': betterAuth('two-factor', { TWO_FACTOR: true }),
  'two-factor seed': betterAuth('two-factor', { TWO_FACTOR: true }, 'seed'),
  passkey: betterAuth('passkey', { COST }, 'passkey'),
  'passkey seed': betterAuth('passkey', { COST }, 'passkey seed'),
  pbkdf2: betterAuth('pbkdf2', { COST }),
  'pbkdf2 traced': betterAuth('pbkdf2', { COST }, 'traced'),
  'pbkdf2 seed': betterAuth('pbkdf2', { COST }, 'seed'),
  'pbkdf2 cut': betterAuth('cut', { COST: CUT_COST }),
  'pbkdf2 cut, kept': betterAuth('cut', { COST: CUT_COST, KEPT: true }),
  'pbkdf2 cut seed': betterAuth('cut', { COST: CUT_COST }, 'seed'),
  derives: { script: 'derives' },
  'scrypt alone': { script: 'scrypt alone', bindings: { PASSWORD } },
  'no-op': { script: 'no-op', database: 'gatehouse', objects: 'limits' },
} satisfies Record<string, Definition>;

export type WorkerName = keyof typeof table;
export const startWorkers = starterOf<WorkerName>(table);

const PBKDF2 = 'PBKDF2, 600,000';
const SCRYPT = 'scrypt, 2^14·16·1';

/** A column of the table. `alone`: its hash and nothing else; `cut`: with next to no hash. */
export const products = {
  gatehouse: { title: 'Gatehouse', hash: PBKDF2, alone: 'derives', cut: 'gatehouse cut' },
  scrypt: { title: 'better-auth', hash: SCRYPT, alone: 'scrypt alone', cut: 'pbkdf2 cut' },
  pbkdf2: { title: 'better-auth', hash: PBKDF2, alone: 'derives', cut: 'pbkdf2 cut' },
} as const;
export type Product = keyof typeof products;
export const productNames = Object.keys(products) as Product[];

/** better-auth's `baseURL`, in better-auth/auth.ts. */
export const BASE_URL = 'https://auth.example';

/** The Origin that a browser sends from a page of the product. */
export const originOf = (product: Product, url: string) =>
  product === 'gatehouse' ? new URL(url).origin : BASE_URL;

export const pathsOf = (worker: WorkerName) =>
  worker.startsWith('gatehouse')
    ? { login: `/${LIMITED_CONTRACT}/api/v1/auth/login`, health: '/healthz' }
    : { login: '/api/auth/sign-in/email', health: '/api/auth/ok' };

type CellFields = Partial<Cell> & Pick<Cell, 'seconds'>;

const cell = (to: WorkerName, name: string, fields: CellFields): [string, Cell] => [
  name === '' ? to : `${to}, ${name}`,
  {
    title: `${to} ${name}`,
    to,
    path: name === '' ? '/' : pathsOf(to).login,
    every: USERS,
    status: 200,
    ...fields,
  },
];
const failing = { password: 'not the password', status: 401, hashes: true, alone: true } as const;

export const cells: Record<string, Cell> = Object.fromEntries([
  ...productNames.map((to) =>
    cell(to, 'right', { email: 'right-{n}@bench.example', hashes: true, seconds: 1.4 }),
  ),
  cell('derives', '', { hashes: true, seconds: 1.4 }),
  cell('scrypt alone', '', { hashes: true, seconds: 1.4 }),
  ...productNames.flatMap((to) => [
    cell(to, 'wrong', { ...failing, email: 'right-{n}@bench.example', seconds: 1 }),
    cell(to, 'unknown', { ...failing, email: 'unknown-{n}@bench.example', seconds: 1 }),
  ]),
  ...(['gatehouse cut', 'pbkdf2 cut', 'pbkdf2 cut, kept'] as const).map((to) =>
    cell(to, 'right', { email: 'cut-{n}@bench.example', seconds: 0.8 }),
  ),
  cell('no-op', '', { seconds: 0.3 }),
]);

export interface Comparison {
  scripts: Scripts;
  gzipKib: Record<Product | 'passkey', number>;
  /** The directory with every product's database. */
  seeded: string;
}

export async function buildComparison(built: Built): Promise<Comparison> {
  const [betterAuth, passkey] = ['worker.ts', 'passkey.ts'].map((entry) =>
    readFileSync(buildDeployed({ cwd: betterAuthFolder, entry }), 'utf8'),
  ) as [string, string];
  const [alone = '', seed = '', traced = '', passkeySeed = ''] = await Promise.all(
    ['scrypt', 'seed', 'traced', 'passkey-seed'].map((name) =>
      bundled(join(betterAuthFolder, `${name}.ts`)),
    ),
  );
  const own = {
    'better-auth': betterAuth,
    'scrypt alone': alone,
    seed,
    traced,
    passkey,
    'passkey seed': passkeySeed,
  };
  const kib = gzipKib(betterAuth);
  const scripts = { ...built.scripts, ...own };
  return {
    scripts,
    gzipKib: { gatehouse: built.gzipKib, scrypt: kib, pbkdf2: kib, passkey: gzipKib(passkey) },
    seeded: await seedProducts(scripts),
  };
}

/** A copy of the products' databases. */
export function copyOf({ seeded }: Comparison): { persistTo: string } {
  const persistTo = dataDirectory();
  cpSync(seeded, persistTo, { recursive: true });
  return { persistTo };
}

async function seedProducts(scripts: Scripts): Promise<string> {
  const persistTo = dataDirectory();
  const seeds = [
    'scrypt seed',
    'two-factor seed',
    'passkey seed',
    'pbkdf2 seed',
    'pbkdf2 cut seed',
  ] as const;
  const server = await startWorkers(scripts, ['gatehouse', ...seeds], { persistTo });
  try {
    await seedDatabase(server);
    for (const name of seeds) {
      const prefix = name === 'pbkdf2 cut seed' ? 'cut' : 'right';
      const emails = Array.from({ length: USERS }, (_, n) => `${prefix}-${n}@bench.example`);
      const body = JSON.stringify({ emails, password: PASSWORD });
      const response = await fetch(server.url(name), { method: 'POST', body });
      if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
    }
    return persistTo;
  } finally {
    await server.close();
  }
}
