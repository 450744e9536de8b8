/** Looks users up. One statement a look-up, whoever asks and whatever comes of it. */
import { eq, sql, type SQL } from 'drizzle-orm';
import type { Account, User } from '../flows/model/user.ts';
import type { Users } from '../flows/ports/users.ts';
import { roles, teams, users } from './schema.ts';
import { builder, statement } from './statement.ts';

/** What may be shown of a user. Names of its own for every column: the rows come back as objects. */
export const shownColumns = {
  id: users.id,
  publicId: sql<string>`${users.publicId}`.as('publicId'),
  username: users.username,
  email: users.email,
  emailVerified: sql<number>`${users.emailVerified}`.as('emailVerified'),
  name: sql<string | null>`${users.name}`.as('userName'),
  phone: users.phone,
  avatar: users.avatar,
  language: users.language,
  isAdmin: sql<number>`${users.isAdmin}`.as('isAdmin'),
  roleId: sql<string | null>`${roles.id}`.as('roleId'),
  roleName: sql<string | null>`${roles.name}`.as('roleName'),
  teamId: sql<string | null>`${teams.id}`.as('teamId'),
  teamName: sql<string | null>`${teams.name}`.as('teamName'),
  status: users.status,
  createdAtMs: sql<number>`${users.createdAtMs}`.as('createdAtMs'),
  lastLoginAtMs: sql<number | null>`${users.lastLoginAtMs}`.as('lastLoginAtMs'),
};

/** With what a login verifies. */
export const userColumns = {
  ...shownColumns,
  passwordHash: sql<string | null>`${users.passwordHash}`.as('passwordHash'),
  credentialVersion: sql<number>`${users.credentialVersion}`.as('credentialVersion'),
  deviceVersion: sql<number>`${users.deviceVersion}`.as('deviceVersion'),
};

export interface ShownRow {
  id: number;
  publicId: string;
  username: string | null;
  email: string | null;
  emailVerified: number;
  userName: string | null;
  phone: string | null;
  avatar: string | null;
  language: string;
  isAdmin: number;
  roleId: string | null;
  roleName: string | null;
  teamId: string | null;
  teamName: string | null;
  status: string;
  createdAtMs: number;
  lastLoginAtMs: number | null;
}

export interface UserRow extends ShownRow {
  passwordHash: string | null;
  credentialVersion: number;
  deviceVersion: number;
}

/** Device cookies given so far are void. */
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
  email: findUser<{ value: string }>(eq(users.email, sql.placeholder('value'))),
  username: findUser<{ value: string }>(eq(users.usernameKey, sql.placeholder('value'))),
};

export function createUsers(database: D1Database): Users {
  return {
    async find(identifier, from) {
      const constraint = from === 'primary' ? 'first-primary' : 'first-unconstrained';
      const result = await findBy[identifier.kind]
        .bind(database.withSession(constraint), { value: identifier.value })
        .all<UserRow>();
      const [row] = result.results;
      return {
        account: row === undefined ? null : accountOf(row),
        // Without read replication D1 does not say, and then there is only the primary.
        fromPrimary: result.meta.served_by_primary ?? true,
      };
    },
  };
}

export function userOf(row: ShownRow): User {
  return {
    id: row.id,
    publicId: row.publicId,
    username: row.username,
    email: row.email,
    emailVerified: row.emailVerified !== 0,
    name: row.userName,
    phone: row.phone,
    avatar: row.avatar,
    language: row.language,
    isAdmin: row.isAdmin !== 0,
    role: named(row.roleId, row.roleName),
    team: named(row.teamId, row.teamName),
    status: row.status === 'active' ? 'active' : 'inactive',
    createdAtMs: row.createdAtMs,
    lastLoginAtMs: row.lastLoginAtMs,
  };
}

export function accountOf(row: UserRow): Account {
  const { passwordHash, credentialVersion, deviceVersion } = row;
  return { user: userOf(row), passwordHash, credentialVersion, deviceVersion };
}

function named(id: string | null, name: string | null): { id: string; name: string } | null {
  return id === null || name === null ? null : { id, name };
}
