/**
 * Writes all users as CSV or JSON lines, in the form that the import takes; hashes only on request.
 * Spreadsheets run cells that begin like a formula, so those get an apostrophe in front, which the
 * import removes.
 */
import { once } from 'node:events';
import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { Refused, wrongUsage } from '../command-line.ts';
import { removeAtExit } from '../process.ts';
import type { Command } from './api.ts';
import { fieldNames } from './columns.ts';
import { locationOf, locationOptions, openDatabase, type Database } from './database.ts';
import { abortOnInterrupt, finishWith, progressBar, type Progress } from './progress.ts';
import { escapeFormula } from './records.ts';
import { countUsers, page } from './statements.ts';

export const exportCommand: Command = {
  usage: 'export [FILE] [--remote] [--format csv|jsonl] [--with-hashes] [--force]',
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...locationOptions,
        format: { type: 'string' },
        'with-hashes': { type: 'boolean', default: false },
        force: { type: 'boolean', default: false },
      },
    });
    const [file, ...surplus] = positionals;
    if (surplus.length > 0) throw wrongUsage('Name one file to export to.');
    const format = values.format ?? (/\.(jsonl|ndjson|json)$/i.test(file ?? '') ? 'jsonl' : 'csv');
    if (format !== 'csv' && format !== 'jsonl') throw wrongUsage('--format is csv or jsonl.');
    const location = locationOf(values);
    if (file !== undefined && !values.force) await confirmOverwriting(file, process);
    const left = file === undefined ? 'the output is incomplete' : `${file} was not written`;
    const interrupt = abortOnInterrupt(() => `${left}. Run the same export again.`);
    const database = await openDatabase(location);
    const progress = file === undefined ? undefined : progressBar;
    const users = exportUsers({ database, format, withHashes: values['with-hashes'], progress });
    const work =
      file === undefined
        ? pipeline(users, process.stdout, { end: false, signal: interrupt })
        : writeWhole(users, file, interrupt);
    await finishWith(work, { database, interrupt });
  },
};

/** Writes beside the file and renames: an export that ends early leaves an older file as it was. */
async function writeWhole(users: AsyncIterable<string>, file: string, signal: AbortSignal) {
  const part = `${file}.part`;
  // A file that is there keeps its rights; this one is for its owner alone.
  rmSync(part, { force: true });
  const remove = removeAtExit(part);
  try {
    await pipeline(users, createWriteStream(part, { mode: 0o600 }), { signal });
    renameSync(part, file);
  } finally {
    remove();
  }
}

type Terminal = Pick<NodeJS.Process, 'stdin' | 'stderr'>;

/** Asks at a terminal; elsewhere, and without a yes, throws `Refused`. */
export async function confirmOverwriting(file: string, { stdin, stderr }: Terminal): Promise<void> {
  if (!existsSync(file)) return;
  if (!stdin.isTTY || !stderr.isTTY) {
    throw new Refused(`${file} exists already. To overwrite it, add --force.`);
  }
  const prompt = createInterface({ input: stdin, output: stderr });
  const closed = once(prompt, 'close').then(() => '');
  const question = prompt.question(`${file} exists already. Overwrite it? [y/N] `);
  const answer = await Promise.race([question, closed]);
  prompt.close();
  if (!/^y(?:es)?$/i.test(answer.trim())) throw new Refused(`${file} was left as it is.`);
}

interface Export {
  database: Pick<Database, 'read'>;
  format: 'csv' | 'jsonl';
  withHashes: boolean;
  progress?: ((what: string) => Progress) | undefined;
}

const PAGE = 1_000;

export async function* exportUsers(options: Export): AsyncGenerator<string> {
  const { database, format, withHashes, progress } = options;
  const [counted] = progress ? await database.read(countUsers) : [];
  const bar = progress?.('Exporting');
  let exported = 0;
  const names = fieldNames.filter((name) => withHashes || name !== 'password_hash');
  const lineOf = format === 'csv' ? csvLine : jsonLine;
  if (format === 'csv') yield `${names.join(',')}\r\n`;
  for (let afterId = 0; ;) {
    const rows = await database.read(page(afterId, PAGE));
    if (rows.length === 0) break;
    yield rows
      .map((row) => lineOf(names.map((name) => [name, fieldOf(name, row[name] ?? null)])))
      .join('');
    afterId = Number(rows.at(-1)?.['id']);
    exported += rows.length;
    bar?.at(exported, Number(counted?.['users']));
  }
  bar?.end();
}

type Field = string | boolean | null;

function fieldOf(name: string, value: string | number | null): Field {
  if (name === 'created_at') return new Date(Number(value)).toISOString();
  if (name === 'email_verified' || name === 'is_admin') return value !== 0;
  return value === null ? null : String(value);
}

const jsonLine = (fields: [string, Field][]) =>
  `${JSON.stringify(Object.fromEntries(fields.filter(([, value]) => value !== null)))}\n`;

const csvLine = (fields: [string, Field][]) =>
  `${fields.map(([, value]) => quoted(escapeFormula(String(value ?? '')))).join(',')}\r\n`;

const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
