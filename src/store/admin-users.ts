/**
 * Users as their operator searches and changes them. A change is one transaction with what the
 * audit keeps of it, and the audit's statement comes right after the one that it speaks of.
 */
import { and, eq, exists, gt, ne, sql, type SQL } from 'drizzle-orm';
import type { AuditContext } from '../flows/model/audit.ts';
import type { ChangeResult, AdminUsers, UserSearch } from '../flows/ports/admin.ts';
import type { User } from '../flows/model/user.ts';
import { auditOf } from './audit.ts';
import { auditEvents, roles, sessions, teams, users } from './schema.ts';
import { sessionIsValid } from './sessions.ts';
import { builder, statement, type Statement } from './statement.ts';
import {
  accountOf,
  findUser,
  bumpDeviceVersion,
  shownColumns,
  userOf,
  type ShownRow,
  type UserRow,
} from './users.ts';

const given = (name: string) => sql.placeholder(name);

/** Through the column's index: text of this beginning lies between it and its greatest successor. */
const beginsWith = (column: typeof users.email | typeof users.usernameKey, name: string) =>
  sql`${column} >= ${given(name)} and ${column} < ${given(name)} || char(1114111)`;

type Values = { username: string; email: string; after: number; limit: number };

/** Written out, since a partial index (users_inactive) serves no placeholder. */
const IS: Record<User['status'], SQL> = {
  active: sql`${users.status} = 'active'`,
  inactive: sql`${users.status} = 'inactive'`,
};

const searches = new Map<string, Statement<Values>>();

function searchFor({ username, email, status }: UserSearch): Statement<Values> {
  const key = `${username !== null} ${email !== null} ${status}`;
  const found = searches.get(key);
  if (found !== undefined) return found;
  const named = username !== null || email !== null;
  const made = statement<Values>(() =>
    builder
      .select(shownColumns)
      .from(users)
      .leftJoin(roles, eq(roles.id, users.roleId))
      .leftJoin(teams, eq(teams.id, users.teamId))
      .where(
        and(
          username === null ? undefined : beginsWith(users.usernameKey, 'username'),
          email === null ? undefined : beginsWith(users.email, 'email'),
          status === null ? undefined : IS[status],
          // The plus keeps SQLite from walking all users by number where a name narrows them down.
          named ? sql`+${users.id} > ${given('after')}` : gt(users.id, given('after')),
        ),
      )
      .orderBy(users.id)
      .limit(given('limit')),
  );
  searches.set(key, made);
  return made;
}

const byId = findUser<{ id: number }>(eq(users.id, given('id')));
const byPublicId = findUser<{ publicId: string }>(eq(users.publicId, given('publicId')));

const countLive = statement<{ userId: number; nowMs: number }>(() =>
  builder
    .select({ live: sql<number>`count(*)`.as('live') })
    .from(sessions)
    .innerJoin(users, sessionIsValid)
    .where(and(eq(sessions.userId, given('userId')), gt(sessions.expiresAtMs, given('nowMs')))),
);

const audit = statement<
  ReturnType<typeof auditOf> & { action: string; reason: string; userId: number }
>(() =>
  builder.insert(auditEvents).select(
    sql`select null, ${given('nowMs')}, ${given('action')}, ${given('reason')}, ${given('userId')},
        ${given('accountKey')}, null, ${given('contract')}, ${given('address')}, ${given('traceId')}
      where changes() > 0`,
  ),
);

const setStatus = statement<{ userId: number; status: string }>(() =>
  builder
    .update(users)
    .set({ status: sql`${given('status')}`, deviceVersion: bumpDeviceVersion })
    .where(and(eq(users.id, given('userId')), ne(users.status, given('status')))),
);

const endAll = statement<{ userId: number }>(() =>
  builder.delete(sessions).where(eq(sessions.userId, given('userId'))),
);

const revokeDevices = statement<{ userId: number }>(() =>
  builder
    .update(users)
    .set({ deviceVersion: bumpDeviceVersion })
    .where(eq(users.id, given('userId'))),
);

const endOfInactive = statement<{ userId: number }>(() =>
  builder.delete(sessions).where(
    and(
      eq(sessions.userId, given('userId')),
      exists(
        builder
          .select({ one: sql`1` })
          .from(users)
          .where(and(eq(users.id, given('userId')), IS.inactive)),
      ),
    ),
  ),
);

type Role = { userId: number; role: string | null };

const makeRole = statement<Role & { name: string | null }>(() =>
  builder.insert(roles).select(
    sql`select ${given('role')}, ${given('name')}
      where ${given('role')} is not null and ${given('name')} is not null
        and not exists (select 1 from roles where id = ${given('role')})
        and exists (select 1 from users where id = ${given('userId')})`,
  ),
);

const setRole = statement<Role>(() =>
  builder
    .update(users)
    .set({ roleId: sql`${given('role')}` })
    .where(
      and(
        eq(users.id, given('userId')),
        sql`${users.roleId} is not ${given('role')}`,
        sql`(${given('role')} is null or exists (select 1 from roles where id = ${given('role')}))`,
      ),
    ),
);

const findRole = statement<Role>(() =>
  builder
    .select({ id: roles.id })
    .from(roles)
    .where(eq(roles.id, given('role'))),
);

const changes = (result: D1Result | undefined) => result?.meta.changes ?? 0;

function changed(user: D1Result | undefined, change?: D1Result, ended?: D1Result): ChangeResult {
  const [row] = (user?.results ?? []) as UserRow[];
  if (row === undefined) return null;
  return { user: userOf(row), changed: changes(change) > 0, sessionsEnded: changes(ended) };
}

export function createAdminUsers(database: D1Database): AdminUsers {
  const auditing = (
    event: { action: string; reason?: string; userId: number },
    how: AuditContext,
  ) => audit.bind(database, { reason: 'done', ...event, ...auditOf(how) });

  return {
    async search(search) {
      const { username, email, after, limit } = search;
      const values = { username: username ?? '', email: email ?? '', after, limit };
      const { results } = await searchFor(search).bind(database, values).all<ShownRow>();
      return results.map(userOf);
    },

    async find(who) {
      const query = 'id' in who ? byId.bind(database, who) : byPublicId.bind(database, { ...who });
      const [row] = (await query.all<UserRow>()).results;
      return row === undefined ? null : accountOf(row);
    },

    async liveSessions(userId, nowMs) {
      const { results } = await countLive.bind(database, { userId, nowMs }).all<{ live: number }>();
      return results[0]?.live ?? 0;
    },

    async setStatus(userId, status, auditContext) {
      const action = status === 'active' ? 'ADMIN_ACTIVATED' : 'ADMIN_DEACTIVATED';
      const end = endOfInactive.bind(database, { userId });
      const change = [
        setStatus.bind(database, { userId, status }),
        auditing({ action, userId }, auditContext),
      ];
      const user = byId.bind(database, { id: userId });
      if (status === 'active') {
        // Before the change: sessions from before, which something else left over, end as well.
        const [ended, set, , found] = await database.batch([end, ...change, user]);
        return changed(found, set, ended);
      }
      const [set, , ended, found] = await database.batch([...change, end, user]);
      return changed(found, set, ended);
    },

    async endSessions(userId, auditContext) {
      const [ended, , , user] = await database.batch([
        endAll.bind(database, { userId }),
        auditing({ action: 'ADMIN_SESSIONS_ENDED', userId }, auditContext),
        revokeDevices.bind(database, { userId }),
        byId.bind(database, { id: userId }),
      ]);
      return changed(user, ended, ended);
    },

    async setRole(userId, { id: role, name }, auditContext) {
      const event = { action: 'ADMIN_ROLE_SET', reason: role ?? 'none', userId };
      const [, set, , known, user] = await database.batch([
        makeRole.bind(database, { userId, role, name }),
        setRole.bind(database, { userId, role }),
        auditing(event, auditContext),
        findRole.bind(database, { userId, role }),
        byId.bind(database, { id: userId }),
      ]);
      const outcome = changed(user, set);
      const unknown = role !== null && known?.results.length === 0;
      return outcome !== null && unknown ? 'unknown-role' : outcome;
    },
  };
}
