/** Kinds of accounts with a second factor: an authenticator app, and all recovery codes. */
import { base64url } from 'jose';
import { createFactorSecrets } from '../../../src/crypto/factors/factor-secrets.ts';
import { createMac } from '../../../src/crypto/keys.ts';
import { MAX_FACTORS } from '../../../src/policy/second-factor.ts';
import type { AccountKind, Person } from '../../../test/fixtures/account-kinds.ts';
import { insertRows, type TableRow } from '../../../test/fixtures/rows.ts';
import { secrets } from '../../server.ts';

/** `isEnrolled`: its accounts have a second factor. */
export type TimedKind = AccountKind & { isEnrolled?: true };

const ISSUER = 'Timing';

/** Gives every account of the enrolled kinds its factors, as the store has them. */
export async function enrolAccounts(
  database: D1Database,
  kinds: readonly TimedKind[],
  users: ReadonlyMap<string, readonly Person[]>,
): Promise<void> {
  const persons = kinds
    .filter(({ isEnrolled }) => isEnrolled)
    .flatMap(({ name }) => users.get(name) ?? []);
  if (persons.length === 0) return;
  const keys = (JSON.parse(secrets.FACTOR_KEYS) as { id: string; key: string }[]).map(
    ({ id, key }) => ({ id, key: base64url.decode(key) }),
  );
  const mac = createMac(base64url.decode(secrets.SERVER_KEY));
  const factorSecrets = createFactorSecrets({ keys, mac, maxFactors: MAX_FACTORS, issuer: ISSUER });
  const { results } = await database
    .prepare('SELECT id, email FROM users')
    .all<{ id: number; email: string }>();
  const ids = new Map(results.map(({ id, email }) => [email, id]));
  const nowMs = Date.now();
  const rows: TableRow[] = [];
  for (const { email } of persons) {
    const userId = ids.get(email) ?? 0;
    const factorId = crypto.randomUUID();
    const { sealed } = await factorSecrets.newTotp({ userId, factorId }, email);
    const { stored } = await factorSecrets.newRecoveryCodes(userId);
    const row = (columns: { id: string; kind: string; secret: string }) => ({
      table: 'factors',
      columns: { ...columns, user_id: userId, created_at_ms: nowMs, confirmed_at_ms: nowMs },
    });
    rows.push(row({ id: factorId, kind: 'totp', secret: sealed }));
    rows.push(...stored.map((code) => row({ ...code, kind: 'recovery-code' })));
  }
  await insertRows(database, rows);
}
