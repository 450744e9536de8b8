/**
 * Every test file starts from the migrated schema, the demo accounts, and limits that have counted
 * nothing, though files share a runtime: `reset` leaves the Durable Objects that are not in memory,
 * but their names are derived from the server's key.
 */
import { applyD1Migrations, reset, type D1Migration } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { base64url } from 'jose';
import { beforeAll } from 'vitest';
import { createPasswords } from '../../src/crypto/passwords/hash.ts';
import { demoSql } from '../fixtures/demo-accounts.ts';

const { DB, MIGRATIONS, PASSWORD_COST } = env as Env & { MIGRATIONS: D1Migration[] };

Object.assign(env, { SERVER_KEY: base64url.encode(crypto.getRandomValues(new Uint8Array(32))) });

beforeAll(async () => {
  await reset();
  await applyD1Migrations(DB, MIGRATIONS);
  const passwords = createPasswords({ cost: PASSWORD_COST, peppers: [] }, async () => undefined);
  const statements = await demoSql(passwords.hash);
  await DB.batch(statements.map((sql) => DB.prepare(sql)));
});
