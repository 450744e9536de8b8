/**
 * Where an import keeps what it has read until all of it is known to be good: an SQLite file of its
 * own, so that memory stays flat and the file is read once. It holds hashes: nobody else may read it,
 * and it goes with the import.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { UserRow } from './columns.ts';

export interface Staged {
  line: number;
  row: UserRow;
}

/** Rows of one transaction: a commit after each would wait for the disk. */
const TRANSACTION = 10_000;

export class Staging {
  // mkdtemp's directories are their owner's alone.
  readonly #directory = mkdtempSync(join(tmpdir(), 'gatehouse-import-'));
  readonly #database = new DatabaseSync(join(this.#directory, 'staged.db'));
  readonly #insert;
  readonly #same;
  readonly #drop;
  readonly #page;
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
    this.#drop = this.#database.prepare('DELETE FROM rows WHERE line = ?');
    this.#page = this.#database.prepare(
      'SELECT line, row FROM rows WHERE line > ? ORDER BY line LIMIT ?',
    );
  }

  /** The line that already has one of these names, or null: it was added. */
  add(line: number, row: UserRow): number | null {
    const { usernameKey, email, publicId } = row;
    const names = [usernameKey, email, publicId] as const;
    const { changes } = this.#insert.run(line, ...names, JSON.stringify(row));
    if (Number(changes) === 0) return Number(this.#same.get(...names)?.['line']);
    this.#pending += 1;
    if (this.#pending % TRANSACTION === 0) this.#database.exec('COMMIT; BEGIN');
    return null;
  }

  drop(line: number): void {
    this.#drop.run(line);
  }

  count(): number {
    return Number(this.#database.prepare('SELECT count(*) AS n FROM rows').get()?.['n']);
  }

  *pages(size: number): Generator<Staged[]> {
    for (let line = 0; ;) {
      const page = this.#page.all(line, size).map((found) => ({
        line: Number(found['line']),
        row: JSON.parse(String(found['row'])) as UserRow,
      }));
      if (page.length === 0) return;
      yield page;
      line = page.at(-1)?.line ?? 0;
    }
  }

  close(): void {
    this.#database.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
