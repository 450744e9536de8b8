/** Every test file starts from the migrated schema and the demo accounts. */
import { applyD1Migrations, type D1Migration } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll } from 'vitest';
import { createPasswords } from '../../src/crypto/passwords/hash.ts';
import { demoSql } from '../fixtures/demo-accounts.ts';

const { DB, MIGRATIONS, PASSWORD_COST } = env as Env & { MIGRATIONS: D1Migration[] };

beforeAll(async () => {
  await applyD1Migrations(DB, MIGRATIONS);
  const passwords = createPasswords({ cost: PASSWORD_COST, peppers: [] }, async () => undefined);
  const statements = await demoSql(passwords.hash);
  await DB.batch(statements.map((sql) => DB.prepare(sql)));
});
