/**
 * Brings users in, with the hashes that another system made. All of the file is read and held
 * against the rules, itself and the database before the first write; one refused line stops it,
 * unless refused lines are to be skipped. Who is there already is counted, and not changed: an import
 * that was cut off is finished by running it again.
 */
import { parseArgs } from 'node:util';
import type { LegacyCost } from '../../src/crypto/legacy/costs.ts';
import { localSettings, makeSecrets, prepareDatabase } from '../local.ts';
import { misused } from './api.ts';
import { rowOf, type Costliest, type UserRow } from './columns.ts';
import { openDatabase, type Database, type Row } from './database.ts';
import { costsIn, setCosts } from './hash-cost.ts';
import { progressOn, type Progress } from './progress.ts';
import { readRecords, sizeOf } from './records.ts';
import { Staging, type Staged } from './staging.ts';
import { additions, audit, findTaken } from './statements.ts';
import { where, whereOptions } from './where.ts';

export const importCommand = {
  usage: 'import FILE [--remote] [--skip-refused] [--dry-run]      CSV or JSON lines',
  async run(argv: string[]): Promise<void> {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        ...whereOptions,
        'skip-refused': { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
      },
    });
    const [file] = positionals;
    if (file === undefined || positionals.length > 1) throw misused('Name one file to import.');
    const whereabouts = where(values);
    const database = await openDatabase(whereabouts, async (state) => {
      makeSecrets();
      await prepareDatabase(localSettings(), state);
    });
    try {
      const outcome = await importUsers({
        file,
        database,
        skipRefused: values['skip-refused'],
        dryRun: values['dry-run'],
        setCosts: (costs) => setCosts(costs, whereabouts.remote),
        onRefused: ({ line, reason }) => console.error(`line ${line}: ${reason}`),
        progress: (what) => progressOn(process.stderr, what),
      });
      console.log(summary(outcome));
      if (outcome.stopped) process.exitCode = 1;
    } finally {
      await database.close();
    }
  },
};

export interface Refused {
  line: number;
  reason: string;
}

export interface Import {
  file: string;
  database: Pick<Database, 'read' | 'write'>;
  skipRefused: boolean;
  /** Everything but the writing. */
  dryRun: boolean;
  /** Called before the first user is written, so that nobody's hash is told by its time. */
  setCosts(costs: readonly LegacyCost[]): void | Promise<void>;
  onRefused(refused: Refused): void;
  progress?(what: string): Progress;
}

export interface Imported {
  imported: number;
  present: number;
  refused: number;
  /** Refused lines kept it from writing anything. */
  stopped: boolean;
  dryRun: boolean;
}

const COMPARED_AT_ONCE = 500;
const WRITTEN_AT_ONCE = 5_000;

export async function importUsers(options: Import): Promise<Imported> {
  const { database, skipRefused, dryRun } = options;
  const staging = new Staging();
  try {
    let refused = 0;
    const refuse = (line: number, reason: string) => {
      refused += 1;
      options.onRefused({ line, reason });
    };
    await read(options, staging, refuse);
    const present = await compare(options, staging, refuse);
    const stopped = refused > 0 && !skipRefused;
    const outcome = { imported: staging.count(), present, refused, stopped, dryRun };
    if (stopped) return { ...outcome, imported: 0 };
    if (dryRun) return outcome;

    const costs = await costsIn(database);
    addCosts(costs, staging);
    await options.setCosts(costs.list());
    await write(options, staging, outcome);
    return outcome;
  } finally {
    staging.close();
  }
}

type Refuse = (line: number, reason: string) => void;

async function read({ file, progress }: Import, staging: Staging, refuse: Refuse): Promise<void> {
  const bar = progress?.('Reading');
  const total = sizeOf(file);
  const nowMs = Date.now();
  for await (const record of readRecords(file)) {
    bar?.at(record.bytes, total);
    const { line } = record;
    if ('fault' in record) {
      refuse(line, record.fault);
      continue;
    }
    const row = rowOf(record.fields, nowMs);
    if (Array.isArray(row)) {
      refuse(line, row.join('; '));
      continue;
    }
    const first = staging.add(line, row);
    if (first !== null) refuse(line, `duplicate of line ${first}`);
  }
  bar?.end();
}

/** Drops from what is staged who is there already, and counts them. */
async function compare(
  { database, progress }: Import,
  staging: Staging,
  refuse: Refuse,
): Promise<number> {
  const bar = progress?.('Comparing');
  const total = staging.count();
  let compared = 0;
  let present = 0;
  for (const staged of staging.pages(COMPARED_AT_ONCE)) {
    const taken = await database.read(findTaken(staged.map(({ row }) => row)));
    const holders = new Map<string, Row>();
    for (const user of taken) {
      for (const name of namesOf(user['username_key'], user['email'], user['public_id'])) {
        holders.set(name, user);
      }
    }
    for (const one of staged) {
      const standing = standingOf(one, holders);
      if (standing === 'new') continue;
      staging.drop(one.line);
      if (standing === 'present') present += 1;
      else refuse(one.line, 'another user in the database has this username, address or public_id');
    }
    compared += staged.length;
    bar?.at(compared, total);
  }
  bar?.end();
  return present;
}

type Name = string | number | null | undefined;

const namesOf = (...[usernameKey, email, publicId]: Name[]): string[] =>
  [
    ['u', usernameKey],
    ['e', email],
    ['p', publicId],
  ].flatMap(([kind, name]) => (name === null || name === undefined ? [] : [`${kind}:${name}`]));

/** Present: username and address, as far as they are given, are both those of one user. */
function standingOf(
  { row }: Staged,
  holders: ReadonlyMap<string, Row>,
): 'new' | 'present' | 'conflict' {
  const names = namesOf(row.usernameKey, row.email);
  const found = new Set(names.map((name) => holders.get(name)?.['id']));
  const holder = holders.get(`p:${row.publicId}`);
  if (found.size === 1 && !found.has(undefined)) {
    return holder === undefined || found.has(holder['id']) ? 'present' : 'conflict';
  }
  return found.size === 1 && holder === undefined ? 'new' : 'conflict';
}

function addCosts(costs: Costliest, staging: Staging): void {
  for (const staged of staging.pages(WRITTEN_AT_ONCE)) {
    for (const { row } of staged) costs.addHash(row.passwordHash);
  }
}

/** An import that is cut off leaves an audit row of what it has done, too. */
async function write(
  { database, progress }: Import,
  staging: Staging,
  { imported, present, refused }: Imported,
): Promise<void> {
  const bar = progress?.('Writing');
  let written = 0;
  try {
    for (const staged of staging.pages(WRITTEN_AT_ONCE)) {
      const rows: UserRow[] = staged.map(({ row }) => row);
      await database.write(additions(rows));
      written += rows.length;
      bar?.at(written, imported);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${reason}\n${written} of ${imported} users were imported. Run the same import again to finish it.`,
      { cause: error },
    );
  } finally {
    await database.write([audit({ nowMs: Date.now(), imported: written, present, refused })]);
  }
  bar?.end();
}

function summary({ imported, present, refused, stopped, dryRun }: Imported): string {
  const counted = `${present} there already, ${refused} refused`;
  if (stopped) return `Nothing was imported: ${counted}. Mend the file, or add --skip-refused.`;
  return `${imported} users ${dryRun ? 'would be imported' : 'imported'}, ${counted}.`;
}
