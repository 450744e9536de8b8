/** Exporting users from a real local database, and how a deployed one is reached. */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { rowOf } from '../../tools/users/columns.ts';
import { literal, remoteDatabase, type Row } from '../../tools/users/database.ts';
import { exportUsers } from '../../tools/users/export.ts';
import { additions } from '../../tools/users/statements.ts';
import { createImportDatabase } from '../fixtures/user-imports.ts';

const { database, read, usersLike, importText, close } = await createImportDatabase();
const hash = `$2b$12$${'a'.repeat(53)}`;

afterAll(close);

async function writtenOut(format: 'csv' | 'jsonl', withHashes = false): Promise<string> {
  let text = '';
  for await (const part of exportUsers({ database, format, withHashes })) text += part;
  return text;
}

describe('an export', () => {
  it('leaves hashes out unless they are asked for', async () => {
    await importText(`email,password_hash\nexported@example.com,${hash}\n`);
    for (const format of ['csv', 'jsonl'] as const) {
      expect(await writtenOut(format)).not.toContain('$2b$12');
      expect(await writtenOut(format, true)).toContain('$2b$12');
    }
  });

  it('keeps spreadsheets from running what users call themselves, and comes back as it was', async () => {
    const names = ['=HYPERLINK("http://x")', '+1', '-1', '@SUM(A1)', "'=1", "'quoted'"];
    const lines = names.map((name, at) =>
      JSON.stringify({ username: `formula${at}`, name, phone: '+49 30 1', password_hash: hash }),
    );
    await importText(lines.join('\n'), 'jsonl');
    const csv = await writtenOut('csv', true);
    for (const cell of csv.split(/[,\r\n]/)) expect(cell).not.toMatch(/^"?[=+\-@\t]/);
    const before = await usersLike('formula%');
    await database.write([{ sql: "DELETE FROM users WHERE username_key LIKE 'formula%'" }]);
    expect((await importText(csv)).refused).toEqual([]);
    const after = await usersLike('formula%');
    expect(after.map(({ name, phone }) => [name, phone])).toEqual(
      before.map(({ name, phone }) => [name, phone]),
    );
  });

  it('in JSON lines comes back whole', async () => {
    const all = await read('SELECT * FROM users ORDER BY public_id');
    const lines = await writtenOut('jsonl', true);
    await database.write([{ sql: 'DELETE FROM users' }]);
    expect((await importText(lines, 'jsonl')).outcome.imported).toBe(all.length);
    const without = (rows: Row[]) => rows.map((row) => ({ ...row, id: 0 }));
    expect(without(await read('SELECT * FROM users ORDER BY public_id'))).toEqual(without(all));
  });
});

describe('the deployed database', () => {
  it('is written through files of bounded size, with every text in quotes', async () => {
    const files: string[] = [];
    const remote = remoteDatabase(async (argv) => {
      files.push(readFileSync(argv.at(-1) ?? '', 'utf8'));
      return '';
    });
    const rows = Array.from({ length: 20_000 }, (_, at) => {
      const fields = {
        username: `o'${at}`,
        name: "'); DROP TABLE users; -- $& ?1",
        password_hash: hash,
      };
      const row = rowOf(new Map(Object.entries(fields)), 0);
      if (Array.isArray(row)) throw new Error(row.join());
      return row;
    });
    await remote.write(additions(rows));
    await remote.close();
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) expect(file.length).toBeLessThanOrEqual(2_000_000);
    const statements = files
      .join('')
      .split(/;\n(?=INSERT|$)/)
      .filter(Boolean);
    for (const statement of statements) expect(Buffer.byteLength(statement)).toBeLessThan(100_000);
    await database.write(statements.slice(0, 2).map((sql) => ({ sql })));
    expect((await usersLike("o''1"))[0]).toMatchObject({ name: "'); DROP TABLE users; -- $& ?1" });
  });

  it('is read through wrangler’s JSON', async () => {
    const asked: string[][] = [];
    const remote = remoteDatabase(async (argv) => {
      asked.push(argv);
      return JSON.stringify([{ results: [{ id: 1 }], success: true }]);
    });
    expect(await remote.read({ sql: 'SELECT ?1', json: ["it's"] })).toEqual([{ id: 1 }]);
    await remote.close();
    expect(asked[0]).toEqual([
      'd1',
      'execute',
      'DB',
      '--remote',
      '--yes',
      '--json',
      '--command',
      `SELECT '["it''s"]'`,
    ]);
    expect(literal({ sql: 'SELECT 1' })).toBe('SELECT 1');
  });
});
