/**
 * Holds the rows of an import until all of them are validated: in an SQLite file, so that memory
 * stays flat and the input is read once. It contains hashes: only its owner may read it, and it is
 * deleted with the import.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { removeAtExit } from '../process.ts';
import type { UserRow } from './columns.ts';

export interface StagedRow {
  line: number;
  row: UserRow;
}

/** Rows of one transaction: a commit after each would wait for the disk. */
const TRANSACTION = 10_000;

export class Staging {
  // mkdtemp makes directories that only their owner can read.
  readonly #directory = mkdtempSync(join(tmpdir(), 'gatehouse-import-'));
  readonly #remove = removeAtExit(this.#directory);
  readonly #database = new DatabaseSync(join(this.#directory, 'staged.db'));
  readonly #insert;
  readonly #same;
  #pending = 0;

  constructor() {
    this.#database.exec(`
      PRAGMA journal_mode = OFF;
      PRAGMA synchronous = OFF;
      CREATE TABLE rows (
        line INTEGER PRIMARY KEY, username_key TEXT UNIQUE, email TEXT UNIQUE,
        public_id TEXT UNIQUE, row TEXT NOT NULL
      );
      BEGIN;
    `);
    this.#insert = this.#database.prepare('INSERT OR IGNORE INTO rows VALUES (?, ?, ?, ?, ?)');
    this.#same = this.#database.prepare(
      `SELECT line FROM rows WHERE username_key = ?1
       UNION SELECT line FROM rows WHERE email = ?2
       UNION SELECT line FROM rows WHERE public_id = ?3 ORDER BY line LIMIT 1`,
    );
  }

  /** Returns the line that already has one of the names, or null where the row was added. */
  add(line: number, row: UserRow): number | null {
    const { username_key, email, public_id } = row.columns;
    const names = [username_key, email, public_id] as const;
    const { changes } = this.#insert.run(line, ...names, JSON.stringify(row));
    if (Number(changes) === 0) return Number(this.#same.get(...names)?.['line']);
    this.#pending += 1;
    if (this.#pending % TRANSACTION === 0) this.#database.exec('COMMIT; BEGIN');
    return null;
  }

  drop(line: number): void {
    this.#database.prepare('DELETE FROM rows WHERE line = ?').run(line);
  }

  count(): number {
    return Number(this.#database.prepare('SELECT count(*) AS n FROM rows').get()?.['n']);
  }

  *pages(size: number): Generator<StagedRow[]> {
    const select = this.#database.prepare(
      'SELECT line, row FROM rows WHERE line > ? ORDER BY line LIMIT ?',
    );
    for (let line = 0; ;) {
      const page = select.all(line, size).map((found) => ({
        line: Number(found['line']),
        row: JSON.parse(String(found['row'])) as UserRow,
      }));
      if (page.length === 0) return;
      yield page;
      line = page.at(-1)?.line ?? 0;
    }
  }

  *rows(): Generator<StagedRow> {
    for (const page of this.pages(TRANSACTION)) yield* page;
  }

  close(): void {
    this.#database.close();
    this.#remove();
  }
}
