/**
 * Writes all users as CSV or JSON lines, in the form that the import takes. Hashes stay where they
 * are unless they are asked for. Spreadsheets run cells that begin like a formula, so those get an
 * apostrophe in front, which the import takes off again.
 */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { misused } from './api.ts';
import { columns } from './columns.ts';
import { openDatabase, type Database, type Row } from './database.ts';
import { guarded } from './records.ts';
import { page } from './statements.ts';
import { where, whereOptions } from './where.ts';

export const exportCommand = {
  usage: 'export [FILE] [--remote] [--format csv|jsonl] [--with-hashes]',
  async run(argv: string[]): Promise<void> {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        ...whereOptions,
        format: { type: 'string' },
        'with-hashes': { type: 'boolean', default: false },
      },
    });
    const [file] = positionals;
    const format = values.format ?? (/\.(jsonl|ndjson|json)$/i.test(file ?? '') ? 'jsonl' : 'csv');
    if (format !== 'csv' && format !== 'jsonl') throw misused('--format is csv or jsonl.');
    const database = await openDatabase(where(values));
    try {
      const lines = exportUsers({ database, format, withHashes: values['with-hashes'] });
      if (file === undefined) await pipeline(lines, process.stdout, { end: false });
      else await pipeline(lines, createWriteStream(file, { mode: 0o600 }));
    } finally {
      await database.close();
    }
  },
};

export interface Export {
  database: Pick<Database, 'read'>;
  format: 'csv' | 'jsonl';
  withHashes: boolean;
}

const PAGE = 1_000;

export async function* exportUsers({
  database,
  format,
  withHashes,
}: Export): AsyncGenerator<string> {
  const shown = columns.filter((name) => withHashes || name !== 'password_hash');
  const line = format === 'csv' ? csvLine : jsonLine;
  if (format === 'csv') yield `${shown.join(',')}\r\n`;
  for (let afterId = 0; ;) {
    const rows = await database.read(page(afterId, PAGE));
    if (rows.length === 0) return;
    yield rows.map((row) => line(shown.map((name) => [name, cellOf(row, name)] as const))).join('');
    afterId = Number(rows.at(-1)?.['id']);
  }
}

type Cell = string | boolean | null;

function cellOf(row: Row, column: string): Cell {
  if (column === 'created_at') return new Date(Number(row['created_at_ms'])).toISOString();
  if (column === 'email_verified' || column === 'is_admin') return row[column] !== 0;
  const name = { role: 'role_id', team: 'team_id' }[column] ?? column;
  const value = row[name] ?? null;
  return value === null ? null : String(value);
}

const jsonLine = (cells: readonly (readonly [string, Cell])[]) =>
  `${JSON.stringify(Object.fromEntries(cells.filter(([, cell]) => cell !== null)))}\n`;

const csvLine = (cells: readonly (readonly [string, Cell])[]) =>
  `${cells.map(([, cell]) => quoted(guarded(cell === null ? '' : String(cell)))).join(',')}\r\n`;

const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
