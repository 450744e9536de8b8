/**
 * Imports users with the hashes of another system. The whole file is validated, and compared with
 * itself and the database, before the first write. One refused line stops the import, unless refused
 * lines are to be skipped. Present users are counted and not changed, so that an interrupted import
 * is finished by running it again.
 */
import { parseArgs } from 'node:util';
import type { LegacyCost } from '../../src/crypto/legacy/costs.ts';
import { EXIT, Refused, wrongUsage } from '../command-line.ts';
import { localSettings, prepareDatabase } from '../local.ts';
import { makeSecrets } from '../local-secrets.ts';
import type { Command } from './api.ts';
import { rowOf, type UserRow } from './columns.ts';
import { checkFile } from './file-checks.ts';
import { locationOf, locationOptions, openDatabase, type Database, type Row } from './database.ts';
import { costsIn, setCosts } from './hash-cost.ts';
import { abortOnInterrupt, finishWith, progressBar, type Progress } from './progress.ts';
import { readRecords, sizeOf } from './records.ts';
import { Staging } from './staging.ts';
import { additions, audit, findTaken } from './statements.ts';

export const importCommand: Command = {
  usage: 'import FILE [--remote] [--skip-refused] [--dry-run]      CSV or JSON lines',
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...locationOptions,
        'skip-refused': { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
      },
    });
    const [file] = positionals;
    if (file === undefined || positionals.length > 1) throw wrongUsage('Name one file to import.');
    const location = locationOf(values);
    await checkFile(file);
    let howFar = 'nothing was imported. Run the same import again.';
    const interrupt = abortOnInterrupt(() => howFar);
    const database = await openDatabase(location, async (state) => {
      makeSecrets();
      await prepareDatabase(localSettings(), state);
    });
    const work = importUsers({
      file,
      database,
      skipRefused: values['skip-refused'],
      dryRun: values['dry-run'],
      setCosts: (costs) => setCosts(costs, location.remote),
      onRefused: ({ line, reason }) => console.error(`line ${line}: ${reason}`),
      onWritten: (sentence) => (howFar = sentence),
      progress: progressBar,
      interrupt,
    });
    const outcome = await finishWith(work, { database, interrupt });
    if (outcome === null) return;
    console.log(summary(outcome));
    if (outcome.stopped) process.exitCode = EXIT.refused;
  },
};

export interface RefusedLine {
  line: number;
  reason: string;
}

export interface Import {
  file: string;
  database: Pick<Database, 'read' | 'write'>;
  skipRefused: boolean;
  /** Writes nothing. */
  dryRun: boolean;
  /** Called before the first user is written, so that no imported hash is recognised by its time. */
  setCosts(costs: readonly LegacyCost[]): void | Promise<void>;
  onRefused(refused: RefusedLine): void;
  /** Called with how far the import came, after each step of it. */
  onWritten?(howFar: string): void;
  progress?(what: string): Progress;
  /** Ends the import between two steps. */
  interrupt?: AbortSignal;
}

export interface Imported {
  imported: number;
  /** In the database already. */
  present: number;
  refused: number;
  /** Nothing was written, because of refused lines. */
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
    if (refused === 0 && staging.count() === 0) throw new Refused(`${options.file} has no users.`);
    const present = await compare(options, staging, refuse);
    const stopped = refused > 0 && !skipRefused;
    const outcome = { imported: staging.count(), present, refused, stopped, dryRun };
    if (stopped) return { ...outcome, imported: 0 };
    if (dryRun) return outcome;

    const costs = await costsIn(database);
    for (const { row } of staging.rows()) costs.addHash(row.columns.password_hash);
    await options.setCosts(costs.list());
    await write(options, staging, outcome);
    return outcome;
  } finally {
    staging.close();
  }
}

type Refuse = (line: number, reason: string) => void;

async function read(options: Import, staging: Staging, refuse: Refuse): Promise<void> {
  const { file, progress, interrupt } = options;
  const bar = progress?.('Reading');
  const total = sizeOf(file);
  const nowMs = Date.now();
  for await (const record of readRecords(file)) {
    bar?.at(record.bytes, total);
    interrupt?.throwIfAborted();
    const { line } = record;
    const row = 'fault' in record ? [record.fault] : rowOf(record.fields, nowMs);
    if (Array.isArray(row)) {
      refuse(line, row.join('; '));
      continue;
    }
    const first = staging.add(line, row);
    if (first !== null) refuse(line, `duplicate of line ${first}`);
  }
  bar?.end();
}

/** Removes present users from the staging, and returns how many there are. */
async function compare(options: Import, staging: Staging, refuse: Refuse): Promise<number> {
  const { database, progress, interrupt } = options;
  const bar = progress?.('Comparing');
  const total = staging.count();
  let compared = 0;
  let present = 0;
  for (const staged of staging.pages(COMPARED_AT_ONCE)) {
    interrupt?.throwIfAborted();
    const taken = await database.read(findTaken(staged.map(({ row }) => row)));
    const holders = new Map<string, Row>();
    for (const user of taken) for (const name of namesOf(user)) holders.set(name, user);
    for (const { line, row } of staged) {
      const status = compareWith(row, holders);
      if (status === 'new') continue;
      staging.drop(line);
      if (status === 'present') present += 1;
      else refuse(line, 'another user in the database has this username, address or public_id');
    }
    compared += staged.length;
    bar?.at(compared, total);
  }
  bar?.end();
  return present;
}

const namesOf = (row: Row, keys = ['username_key', 'email', 'public_id']): string[] =>
  keys.flatMap((key) => (row[key] === null ? [] : [`${key}:${row[key]}`]));

/** Present: username and address, as far as they are given, are both those of one user. */
function compareWith({ columns }: UserRow, holders: ReadonlyMap<string, Row>) {
  const names = namesOf(columns, ['username_key', 'email']);
  const found = new Set(names.map((name) => holders.get(name)?.['id']));
  const holder = holders.get(`public_id:${columns.public_id}`);
  if (found.size !== 1) return 'conflict';
  if (found.has(undefined)) return holder === undefined ? 'new' : 'conflict';
  return holder === undefined || found.has(holder['id']) ? 'present' : 'conflict';
}

/** An import that ends early leaves an audit row of what it has written, too, where the database answers. */
async function write(options: Import, staging: Staging, counts: Imported) {
  const { database, progress, interrupt } = options;
  const bar = progress?.('Writing');
  let written = 0;
  const howFar = () =>
    `${written} of ${counts.imported} users were imported. Run the same import again to finish it.`;
  const record = () => database.write([audit({ ...counts, imported: written })]);
  try {
    for (const staged of staging.pages(WRITTEN_AT_ONCE)) {
      interrupt?.throwIfAborted();
      await database.write(additions(staged.map(({ row }) => row)));
      written += staged.length;
      options.onWritten?.(howFar());
      bar?.at(written, counts.imported);
    }
  } catch (error) {
    await record().catch(() => undefined);
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\n${howFar()}`, { cause: error });
  }
  await record();
  bar?.end();
}

function summary({ imported, present, refused, stopped, dryRun }: Imported): string {
  const counts = `${present} present already, ${refused} refused`;
  if (stopped) return `Nothing was imported: ${counts}. Correct the file, or add --skip-refused.`;
  return `${imported} users ${dryRun ? 'would be imported' : 'imported'}, ${counts}.`;
}
