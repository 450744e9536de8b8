/**
 * Writes all users as CSV or JSON lines, in the form that the import takes; hashes only on request.
 * Spreadsheets run cells that begin like a formula, so those get an apostrophe in front, which the
 * import removes.
 */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { wrongUsage } from '../command-line.ts';
import type { Command } from './api.ts';
import { fieldNames } from './columns.ts';
import { locationOf, locationOptions, openDatabase, type Database } from './database.ts';
import { escapeFormula } from './records.ts';
import { page } from './statements.ts';

export const exportCommand: Command = {
  usage: 'export [FILE] [--remote] [--format csv|jsonl] [--with-hashes]',
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...locationOptions,
        format: { type: 'string' },
        'with-hashes': { type: 'boolean', default: false },
      },
    });
    const [file] = positionals;
    const format = values.format ?? (/\.(jsonl|ndjson|json)$/i.test(file ?? '') ? 'jsonl' : 'csv');
    if (format !== 'csv' && format !== 'jsonl') throw wrongUsage('--format is csv or jsonl.');
    const database = await openDatabase(locationOf(values));
    try {
      const lines = exportUsers({ database, format, withHashes: values['with-hashes'] });
      if (file === undefined) await pipeline(lines, process.stdout, { end: false });
      else await pipeline(lines, createWriteStream(file, { mode: 0o600 }));
    } finally {
      await database.close();
    }
  },
};

interface Export {
  database: Pick<Database, 'read'>;
  format: 'csv' | 'jsonl';
  withHashes: boolean;
}

const PAGE = 1_000;

export async function* exportUsers(options: Export): AsyncGenerator<string> {
  const { database, format, withHashes } = options;
  const names = fieldNames.filter((name) => withHashes || name !== 'password_hash');
  const lineOf = format === 'csv' ? csvLine : jsonLine;
  if (format === 'csv') yield `${names.join(',')}\r\n`;
  for (let afterId = 0; ;) {
    const rows = await database.read(page(afterId, PAGE));
    if (rows.length === 0) return;
    yield rows
      .map((row) => lineOf(names.map((name) => [name, fieldOf(name, row[name] ?? null)])))
      .join('');
    afterId = Number(rows.at(-1)?.['id']);
  }
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
