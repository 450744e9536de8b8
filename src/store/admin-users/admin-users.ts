/**
 * Reads and changes users for the admin API. A change and its audit event are one transaction, and
 * the audit's statement follows the one whose rows it counts.
 */
import { and, eq, gt, ne, not, sql } from 'drizzle-orm';
import type { AuditAction, AuditContext } from '../../flows/model/audit.ts';
import type { AdminUsers, ChangeResult } from '../../flows/ports/admin.ts';
import { auditChange, auditValues } from '../audit.ts';
import { roles, sessions, users } from '../schema.ts';
import { sessionIsValid } from '../sessions/live.ts';
import { builder, existsIn, insertSelect, param, statement } from '../statement.ts';
import {
  bumpDeviceVersion,
  findUser,
  findUserById as byId,
  firstAccount,
  userOf,
  type ShownRow,
  type UserRow,
} from '../users.ts';
import { HAS_STATUS, searchStatement } from './search.ts';

const byPublicId = findUser<{ publicId: string }>(eq(users.publicId, param('publicId')));

const isUser = () => eq(users.id, param('userId'));
const isOwned = () => eq(sessions.userId, param('userId'));

const countLive = statement<{ userId: number; nowMs: number }>(() =>
  builder
    .select({ live: sql<number>`count(*)`.as('live') })
    .from(sessions)
    .innerJoin(users, sessionIsValid)
    .where(and(isOwned(), gt(sessions.expiresAtMs, param('nowMs')))),
);

const updateStatus = statement<{ userId: number; status: string }>(() =>
  builder
    .update(users)
    .set({ status: sql`${param('status')}`, deviceVersion: bumpDeviceVersion })
    .where(and(isUser(), ne(users.status, param('status')))),
);

const deleteSessions = statement<{ userId: number }>(() =>
  builder.delete(sessions).where(isOwned()),
);

const revokeDevices = statement<{ userId: number }>(() =>
  builder.update(users).set({ deviceVersion: bumpDeviceVersion }).where(isUser()),
);

const deleteSessionsIfInactive = statement<{ userId: number }>(() =>
  builder
    .delete(sessions)
    .where(and(isOwned(), existsIn(users, and(isUser(), HAS_STATUS.inactive)))),
);

type Role = { userId: number; role: string | null };

const roleExists = () => existsIn(roles, eq(roles.id, param('role')));

const insertMissingRole = statement<Role & { name: string | null }>(() =>
  insertSelect(
    roles,
    { id: param('role'), name: param('name') },
    {
      where: and(
        sql`${param('role')} is not null`,
        sql`${param('name')} is not null`,
        not(roleExists()),
        existsIn(users, isUser()),
      ),
    },
  ),
);

const updateRole = statement<Role>(() =>
  builder
    .update(users)
    .set({ roleId: sql`${param('role')}` })
    .where(
      and(
        isUser(),
        sql`${users.roleId} is not ${param('role')}`,
        sql`(${param('role')} is null or ${roleExists()})`,
      ),
    ),
);

const findRole = statement<Role>(() =>
  builder
    .select({ id: roles.id })
    .from(roles)
    .where(eq(roles.id, param('role'))),
);

export function createAdminUsers(database: D1Database): AdminUsers {
  const audit = (
    event: { action: AuditAction; reason?: string; userId: number },
    context: AuditContext,
  ) =>
    auditChange.bind(database, {
      reason: 'done',
      publicId: null,
      ...event,
      ...auditValues(context),
    });

  return {
    async search(search) {
      const { username, email, after, limit } = search;
      const values = { username: username ?? '', email: email ?? '', after, limit };
      const { results } = await searchStatement(search).bind(database, values).all<ShownRow>();
      return results.map(userOf);
    },

    async find(user) {
      const query =
        'id' in user ? byId.bind(database, user) : byPublicId.bind(database, { ...user });
      return firstAccount((await query.all()).results);
    },

    async liveSessions(userId, nowMs) {
      const { results } = await countLive.bind(database, { userId, nowMs }).all<{ live: number }>();
      return results[0]?.live ?? 0;
    },

    async setStatus(userId, status, context) {
      const action = status === 'active' ? 'ADMIN_ACTIVATED' : 'ADMIN_DEACTIVATED';
      const end = deleteSessionsIfInactive.bind(database, { userId });
      const change = [
        updateStatus.bind(database, { userId, status }),
        audit({ action, userId }, context),
      ];
      const user = byId.bind(database, { id: userId });
      if (status === 'active') {
        // Before the change: sessions that something else left over must not come back to life.
        const [ended, set, , found] = await database.batch([end, ...change, user]);
        return changeResult(found, set, ended);
      }
      const [set, , ended, found] = await database.batch([...change, end, user]);
      return changeResult(found, set, ended);
    },

    async endSessions(userId, context) {
      const [ended, , , user] = await database.batch([
        deleteSessions.bind(database, { userId }),
        audit({ action: 'ADMIN_SESSIONS_ENDED', userId }, context),
        revokeDevices.bind(database, { userId }),
        byId.bind(database, { id: userId }),
      ]);
      return changeResult(user, ended, ended);
    },

    async setRole(userId, { id: role, name }, context) {
      const [, set, , known, user] = await database.batch([
        insertMissingRole.bind(database, { userId, role, name }),
        updateRole.bind(database, { userId, role }),
        audit({ action: 'ADMIN_ROLE_SET', reason: role ?? 'none', userId }, context),
        findRole.bind(database, { userId, role }),
        byId.bind(database, { id: userId }),
      ]);
      const result = changeResult(user, set);
      const isUnknown = role !== null && known?.results.length === 0;
      return result !== null && isUnknown ? 'unknown-role' : result;
    },
  };
}

const changes = (result: D1Result | undefined) => result?.meta.changes ?? 0;

function changeResult(
  user: D1Result | undefined,
  change?: D1Result,
  ended?: D1Result,
): ChangeResult {
  const [row] = (user?.results ?? []) as UserRow[];
  if (row === undefined) return null;
  return { user: userOf(row), changed: changes(change) > 0, sessionsEnded: changes(ended) };
}
