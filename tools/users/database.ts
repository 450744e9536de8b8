/**
 * The local or the deployed database behind two calls. Values travel as one JSON text for each
 * statement, which has no limit of bound parameters and can be written into a file.
 */
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { getPlatformProxy, unstable_readConfig } from 'wrangler';
import { Refused, wrongUsage } from '../command-line.ts';
import { root } from '../install.mjs';
import { lockState } from '../lock.ts';
import { removeAtExit } from '../process.ts';
import { runWrangler } from '../wrangler.ts';

export interface Query {
  /** `?1` stands for `json`, where there is one. */
  sql: string;
  json?: unknown;
}

export type Row = Record<string, string | number | null>;

export interface Database {
  read(query: Query): Promise<Row[]>;
  /** In this order; locally in one transaction. */
  write(queries: readonly Query[]): Promise<void>;
  close(): Promise<void>;
}

interface Location {
  remote: boolean;
  /** As `wrangler dev --persist-to`. */
  persistTo?: string | undefined;
}

export const locationOptions = {
  local: { type: 'boolean' },
  remote: { type: 'boolean' },
  'persist-to': { type: 'string' },
} as const;

type LocationValues = {
  [K in keyof typeof locationOptions]?: (K extends 'persist-to' ? string : boolean) | undefined;
};

export function locationOf({ local, remote = false, ...rest }: LocationValues): Location {
  if (local === true && remote) throw wrongUsage('Use either --local or --remote.');
  return { remote, persistTo: rest['persist-to'] };
}

/** Locks a local database until it is closed. `prepare` is called with its folder before it is opened. */
export async function openDatabase(
  { remote, persistTo = '.wrangler/state' }: Location,
  prepare?: (stateDirectory: string) => Promise<void>,
): Promise<Database> {
  if (remote) return remoteDatabase(executeRemotely);
  const state = resolve(root, persistTo);
  if (prepare === undefined && !existsSync(join(state, 'v3', 'd1'))) {
    throw new Refused(`${state} has no database: \`npm start\` and an import make it.`);
  }
  const lock = lockState(state, 'npm run users');
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-users-'));
  const remove = removeAtExit(directory);
  const release = () => {
    remove();
    lock.release();
  };
  try {
    await prepare?.(state);
    const proxy = await getPlatformProxy<{ DB: D1Database }>({
      configPath: databaseConfig(directory),
      persist: { path: join(state, 'v3') },
      remoteBindings: false,
    });
    return {
      ...boundDatabase(proxy.env.DB),
      close: async () => {
        await proxy.dispose();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}

/** A configuration of the database alone: Durable Objects cannot run without their Worker. */
function databaseConfig(directory: string): string {
  const { compatibility_date, d1_databases } = unstable_readConfig({
    config: join(root, 'wrangler.toml'),
  });
  const file = join(directory, 'wrangler.json');
  writeFileSync(file, JSON.stringify({ name: 'gatehouse', compatibility_date, d1_databases }));
  return file;
}

function boundDatabase(binding: D1Database): Omit<Database, 'close'> {
  const prepared = ({ sql, json }: Query) => {
    const statement = binding.prepare(sql);
    return json === undefined ? statement : statement.bind(JSON.stringify(json));
  };
  return {
    read: async (query) => (await prepared(query).all<Row>()).results,
    write: async (queries) => {
      if (queries.length > 0) await binding.batch(queries.map(prepared));
    },
  };
}

/** D1 takes a file as one upload, and blocks other queries while it runs it. */
const LARGEST_FILE = 2_000_000;

/** Through wrangler, which is logged in. It has no parameters: texts are in the statement. */
export function remoteDatabase(wrangler: (argv: string[]) => Promise<string>): Database {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-users-'));
  const remove = removeAtExit(directory);
  const execute = (...how: string[]) =>
    wrangler(['d1', 'execute', 'DB', '--remote', '--yes', ...how]);
  return {
    async read(query) {
      const printed = await execute('--json', '--command', literal(query));
      const [answer] = JSON.parse(printed) as { results: Row[] }[];
      return answer?.results ?? [];
    },
    async write(queries) {
      const file = join(directory, 'part.sql');
      for (const part of parts(queries.map(literal))) {
        writeFileSync(file, part, { mode: 0o600 });
        await execute('--file', file);
      }
    },
    close: async () => remove(),
  };
}

/** The statement with its JSON in it. */
export function literal({ sql, json }: Query): string {
  if (json === undefined) return sql;
  // A function, so that "$&" in a name means nothing.
  return sql.replaceAll('?1', () => `'${JSON.stringify(json).replaceAll("'", "''")}'`);
}

function* parts(statements: readonly string[]): Generator<string> {
  let part = '';
  for (const statement of statements) {
    if (part !== '' && part.length + statement.length > LARGEST_FILE) {
      yield part;
      part = '';
    }
    part += `${statement};\n`;
  }
  if (part !== '') yield part;
}

async function executeRemotely(argv: string[]): Promise<string> {
  const { ok, stdout, problem } = await runWrangler(argv);
  if (!ok) throw new Error(`wrangler ${argv.slice(0, 4).join(' ')} failed: ${problem}.`);
  return stdout;
}
