/**
 * Who may be asked about, and what the database holds of them. A stranger sees one name and one
 * wrong password, and must not learn from the time which kind the name is of.
 *
 * All names are random and of one length, and rows are written in random order, so that neither a
 * name's bytes nor its place in an index goes with its kind. Every request is about a name that was
 * never asked about, so that every one finds its guards untouched.
 */
import { randomBytes, randomInt } from 'node:crypto';
import type { LegacyCost } from '../../../src/crypto/legacy/costs.ts';
import { createPasswords, type PasswordCost } from '../../../src/crypto/password.ts';

export interface Somebody {
  username: string;
  email: string;
}

type Columns = Record<string, string | number | null>;

export interface Kind {
  name: string;
  /** The row in `users`, where there is one: what differs from an ordinary one. */
  user?: Columns;
  /** Asked for an account, and has not proven the address. */
  registered?: boolean;
}

/** What an import writes where the costliest foreign hash is a bcrypt of this cost. */
export const FOREIGN_HASH_COST: readonly LegacyCost[] = [{ kind: 'bcrypt', cost: 6 }];

const ALIKE: readonly Kind[] = [
  { name: 'unknown' },
  { name: 'known', user: {} },
  { name: 'no password', user: { password_hash: null } },
  { name: 'inactive', user: { status: 'inactive' } },
  { name: 'unverified', user: { email_verified: 0 } },
  { name: 'registered', registered: true },
];

/** `cost`: of a password that is set today. */
export async function kindsOf(operation: string, cost: PasswordCost): Promise<readonly Kind[]> {
  if (operation !== 'login') return ALIKE;
  const cheaper = { iterations: Math.ceil(cost.iterations / 10), rounds: 1 };
  return [
    ...ALIKE,
    { name: 'cheaper hash', user: { password_hash: await hashOf(cheaper) } },
    { name: 'foreign hash', user: { password_hash: `$2b$05$${'a'.repeat(53)}` } },
  ];
}

const hashOf = (cost: PasswordCost) =>
  createPasswords({ cost, peppers: [] }, async () => undefined).hash('nobody guesses this');

export function somebody(): Somebody {
  const username = `u${randomBytes(10).toString('hex')}`;
  return { username, email: `${username}@timing.example` };
}

/** Fisher and Yates, with numbers that nothing can be in step with. */
export function shuffled<T>(items: readonly T[]): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [order[last], order[other]] = [order[other] as T, order[last] as T];
  }
  return order;
}

/** Makes `each` people of every kind; answers them by the kind's name. */
export async function settle(
  database: D1Database,
  { kinds, each, cost }: { kinds: readonly Kind[]; each: number; cost: PasswordCost },
): Promise<Map<string, Somebody[]>> {
  const password_hash = await hashOf(cost);
  const people = new Map(
    kinds.map(({ name }) => [name, Array.from({ length: each }, () => somebody())]),
  );
  const rows = kinds.flatMap(({ name, user, registered }) =>
    (people.get(name) ?? []).flatMap((person) => {
      if (user !== undefined) return [userRow(person, { password_hash, ...user })];
      return registered === true ? [registrationRow(person, { password_hash })] : [];
    }),
  );
  const statements = shuffled(rows).map(({ table, columns }) => {
    const names = Object.keys(columns);
    return database
      .prepare(`INSERT INTO ${table} (${names.join()}) VALUES (${names.map(() => '?').join()})`)
      .bind(...Object.values(columns));
  });
  const MOST_AT_ONCE = 500;
  for (let from = 0; from < statements.length; from += MOST_AT_ONCE) {
    await database.batch(statements.slice(from, from + MOST_AT_ONCE));
  }
  return people;
}

const DAY_MS = 86_400_000;

function userRow({ username, email }: Somebody, columns: Columns) {
  const row: Columns = {
    public_id: crypto.randomUUID(),
    username,
    username_key: username,
    email,
    email_verified: 1,
    created_at_ms: Date.now(),
    ...columns,
  };
  return { table: 'users', columns: row };
}

function registrationRow({ username, email }: Somebody, columns: Columns) {
  const row: Columns = {
    id: crypto.randomUUID(),
    username,
    username_key: username,
    email,
    created_at_ms: Date.now(),
    expires_at_ms: Date.now() + DAY_MS,
    ...columns,
  };
  return { table: 'registrations', columns: row };
}
