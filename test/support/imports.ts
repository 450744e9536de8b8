/** A local database of a test's own, and imports into it; in plain Node. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LegacyCost } from '../../src/crypto/legacy/costs.ts';
import { migrations } from '../../tools/migrations.ts';
import { openDatabase, type Row } from '../../tools/users/database.ts';
import { importUsers, type Import, type Imported, type Refused } from '../../tools/users/import.ts';

export interface BroughtIn {
  outcome: Imported;
  refused: Refused[];
  /** Null: they were not set. */
  costs: readonly LegacyCost[] | null;
}

export async function importApp() {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  const database = await openDatabase({ remote: false, persistTo: directory });
  for (const statements of migrations()) {
    await database.write(statements.map((sql) => ({ sql })));
  }
  const read = (sql: string) => database.read({ sql });
  let files = 0;
  return {
    database,
    read,
    usersLike: (pattern: string): Promise<Row[]> =>
      read(
        `SELECT * FROM users WHERE email LIKE '${pattern}' OR username_key LIKE '${pattern}' ORDER BY id`,
      ),
    async bringIn(
      content: string | Buffer,
      name = 'csv',
      options: Partial<Import> = {},
    ): Promise<BroughtIn> {
      const file = join(directory, `${(files += 1)}.${name}`);
      writeFileSync(file, content);
      const refused: Refused[] = [];
      let costs: readonly LegacyCost[] | null = null;
      const outcome = await importUsers({
        file,
        database,
        skipRefused: false,
        dryRun: false,
        setCosts: (found) => void (costs = found),
        onRefused: (one) => void refused.push(one),
        ...options,
      });
      return { outcome, refused, costs };
    },
    async close() {
      await database.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
