/** Gives accounts of a database a second factor: an authenticator app, and all recovery codes. */
import { base64url } from 'jose';
import { createFactorSecrets } from '../src/crypto/factors/factor-secrets.ts';
import { createMac } from '../src/crypto/keys.ts';
import { MAX_FACTORS } from '../src/policy/second-factor.ts';
import { insertRows, type TableRow } from '../test/fixtures/rows.ts';
import { secrets } from './server.ts';

interface NamedKey {
  id: string;
  key: string;
}

const namedKeys = JSON.parse(secrets.FACTOR_KEYS) as NamedKey[];
const factorSecrets = createFactorSecrets({
  keys: namedKeys.map(({ id, key }) => ({ id, key: base64url.decode(key) })),
  mac: createMac(base64url.decode(secrets.SERVER_KEY)),
  maxFactors: MAX_FACTORS,
  issuer: 'Gatehouse',
});

/** Returns the secrets of the apps, in the order of the addresses; rows are as the store has them. */
export async function enrolAccounts(
  database: D1Database,
  emails: readonly string[],
): Promise<string[]> {
  const { results } = await database
    .prepare('SELECT id, email FROM users')
    .all<{ id: number; email: string }>();
  const ids = new Map(results.map(({ id, email }) => [email, id]));
  const nowMs = Date.now();
  const shown: string[] = [];
  for (const email of emails) {
    const userId = ids.get(email);
    if (userId === undefined) throw new Error(`there is no account ${email}`);
    const rows: TableRow[] = [];
    const row = (columns: { id: string; kind: string; secret: string }) => ({
      table: 'factors',
      columns: { ...columns, user_id: userId, created_at_ms: nowMs, confirmed_at_ms: nowMs },
    });
    const id = crypto.randomUUID();
    const { sealed, secret } = await factorSecrets.newTotp({ userId, factorId: id }, email);
    const { stored } = await factorSecrets.newRecoveryCodes(userId);
    rows.push(row({ id, kind: 'totp', secret: sealed }));
    rows.push(...stored.map((code) => row({ ...code, kind: 'recovery-code' })));
    shown.push(secret);
    // One by one: the database closes a connection that is idle while many are computed.
    await insertRows(database, rows);
  }
  return shown;
}
