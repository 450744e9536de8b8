/** Looks users up. A look-up is one statement, whatever it finds. */
import { eq, getTableColumns, sql, type Column, type SQL } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Factor, ShownFactor } from '../flows/model/factor.ts';
import type { StoredPasskey } from '../flows/model/passkey.ts';
import type { Account, User } from '../flows/model/user.ts';
import type { Users } from '../flows/ports/users.ts';
import { passkeyColumns, passkeyOf, type PasskeyRow } from './passkeys/row.ts';
import { factors, passkeys, roles, teams, users } from './schema.ts';
import { aliased, builder, param, statement, type RowOf } from './statement.ts';

/** Selects a user's rows of a table as one JSON text, so that a look-up stays one statement. */
const rowsAsJson = (table: SQLiteTable, owner: Column, columns: Record<string, Column>) => {
  const pairs = Object.entries(columns).map(
    ([name, column]) => sql`${sql.raw(`'${name}'`)}, ${column}`,
  );
  return sql<string>`(select json_group_array(json_object(${sql.join(pairs, sql`, `)}))
    from ${table} where ${eq(owner, users.id)})`;
};
const factorsAsJson = (columns: Record<string, Column>) =>
  rowsAsJson(factors, factors.userId, columns).as('factors');

const { userId: _, ...factorColumns } = getTableColumns(factors);
const { secret: __, lastStep: ___, ...shownFactorColumns } = factorColumns;

/** The columns that may be shown of a user, with those of role and team (null where there is none). */
export const shownColumns = {
  ...aliased({
    id: users.id,
    publicId: users.publicId,
    username: users.username,
    email: users.email,
    emailVerified: users.emailVerified,
    name: users.name,
    phone: users.phone,
    avatar: users.avatar,
    bio: users.bio,
    language: users.language,
    isAdmin: users.isAdmin,
    roleId: roles.id,
    roleName: roles.name,
    teamId: teams.id,
    teamName: teams.name,
    status: users.status,
    createdAtMs: users.createdAtMs,
    lastLoginAtMs: users.lastLoginAtMs,
  }),
  factors: factorsAsJson(shownFactorColumns),
  passkeys: rowsAsJson(passkeys, passkeys.userId, passkeyColumns).as('passkeys'),
};

/** The columns that a login verifies against, besides those that may be shown. */
export const userColumns = {
  ...shownColumns,
  ...aliased({
    passwordHash: users.passwordHash,
    credentialVersion: users.credentialVersion,
    deviceVersion: users.deviceVersion,
    userHandle: users.passkeyHandle,
  }),
  factors: factorsAsJson(factorColumns),
};

type Joined = Record<'roleId' | 'roleName' | 'teamId' | 'teamName', string | null>;
export type ShownRow = Omit<RowOf<typeof shownColumns>, keyof Joined> & Joined;
export type UserRow = Omit<RowOf<typeof userColumns>, keyof Joined> & Joined;

/** Voids the device cookies that were issued so far. */
export const bumpDeviceVersion = sql`${users.deviceVersion} + 1`;

export const findUser = <Values extends Record<string, string | number>>(where: SQL) =>
  statement<Values>(() =>
    builder
      .select(userColumns)
      .from(users)
      .leftJoin(roles, eq(roles.id, users.roleId))
      .leftJoin(teams, eq(teams.id, users.teamId))
      .where(where),
  );

export const findBy = {
  email: findUser<{ value: string }>(eq(users.email, param('value'))),
  username: findUser<{ value: string }>(eq(users.usernameKey, param('value'))),
};

export const findUserById = findUser<{ id: number }>(eq(users.id, param('id')));

const presentedColumns = {
  ...userColumns,
  ...aliased({
    passkeyId: passkeys.id,
    publicKey: passkeys.publicKey,
    signCount: passkeys.signCount,
  }),
};
type PresentedRow = UserRow & RowOf<typeof presentedColumns>;

const findByCredential = statement<{ credentialId: string }>(() =>
  builder
    .select(presentedColumns)
    .from(passkeys)
    .innerJoin(users, eq(users.id, passkeys.userId))
    .leftJoin(roles, eq(roles.id, users.roleId))
    .leftJoin(teams, eq(teams.id, users.teamId))
    .where(eq(passkeys.credentialId, param('credentialId'))),
);

export function createUsers(database: D1Database): Users {
  return {
    async find(identifier, from) {
      const constraint = from === 'primary' ? 'first-primary' : 'first-unconstrained';
      const { results, meta } = await findBy[identifier.kind]
        .bind(database.withSession(constraint), { value: identifier.value })
        .all<UserRow>();
      return {
        account: firstAccount(results),
        // Without read replication D1 leaves it out, and there is only the primary.
        fromPrimary: meta.served_by_primary ?? true,
      };
    },

    async findById(id) {
      return firstAccount((await findUserById.bind(database, { id }).all()).results);
    },

    async findByPasskey(credentialId) {
      const query = findByCredential.bind(database, { credentialId });
      const [row] = (await query.all<PresentedRow>()).results;
      if (row === undefined) return null;
      const account = accountOf(row);
      const found = account.user.passkeys.find(({ id }) => id === row.passkeyId);
      if (found === undefined) return null;
      const passkey: StoredPasskey = {
        ...found,
        publicKey: row.publicKey,
        signCount: row.signCount,
      };
      return { account, passkey };
    },
  };
}

/** The account of a look-up's only row; null where there is none. */
export function firstAccount(rows: readonly unknown[] | undefined): Account | null {
  const [row] = (rows ?? []) as UserRow[];
  return row === undefined ? null : accountOf(row);
}

export function accountOf(row: UserRow): Account {
  const { passwordHash, credentialVersion, deviceVersion, userHandle } = row;
  const factors = JSON.parse(row.factors) as Factor[];
  return { user: userOf(row), passwordHash, credentialVersion, deviceVersion, factors, userHandle };
}

export function userOf(row: ShownRow): User {
  const factors = JSON.parse(row.factors) as Omit<Factor, 'secret' | 'lastStep'>[];
  return {
    id: row.id,
    publicId: row.publicId,
    username: row.username,
    email: row.email,
    emailVerified: row.emailVerified !== 0,
    name: row.name,
    phone: row.phone,
    avatar: row.avatar,
    bio: row.bio,
    language: row.language,
    isAdmin: row.isAdmin !== 0,
    role: namedOrNull(row.roleId, row.roleName),
    team: namedOrNull(row.teamId, row.teamName),
    status: row.status === 'active' ? 'active' : 'inactive',
    createdAtMs: row.createdAtMs,
    lastLoginAtMs: row.lastLoginAtMs,
    factors: factors.flatMap(shownFactor).toSorted(byAge),
    recoveryCodesLeft: factors.filter(({ kind }) => kind === 'recovery-code').length,
    passkeys: (JSON.parse(row.passkeys) as PasskeyRow[]).map(passkeyOf).toSorted(byAge),
  };
}

const byAge = (one: { createdAtMs: number }, other: { createdAtMs: number }) =>
  one.createdAtMs - other.createdAtMs;

/** None of a recovery code. */
function shownFactor({ kind, ...factor }: Omit<Factor, 'secret' | 'lastStep'>): ShownFactor[] {
  const { id, name, createdAtMs, confirmedAtMs, lastUsedAtMs } = factor;
  return kind === 'totp' ? [{ id, kind, name, createdAtMs, confirmedAtMs, lastUsedAtMs }] : [];
}

function namedOrNull(id: string | null, name: string | null): { id: string; name: string } | null {
  return id === null || name === null ? null : { id, name };
}
