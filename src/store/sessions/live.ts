/** Reads sessions that may still be used. */
import { and, eq, gt } from 'drizzle-orm';
import type { LiveSession } from '../../flows/model/session.ts';
import { roles, sessions, teams, users } from '../schema.ts';
import { aliased, builder, existsIn, param, statement, type RowOf } from '../statement.ts';
import { accountOf, userColumns, type UserRow } from '../users.ts';

/** A session may be used while its user is active and has the password that it was created with. */
export const sessionIsValid = and(
  eq(users.id, sessions.userId),
  eq(users.status, 'active'),
  eq(users.credentialVersion, sessions.credentialVersion),
);

/** The session is this user's, and may be used. */
export const isOwnLive = () =>
  and(
    eq(sessions.id, param('sessionId')),
    eq(sessions.userId, param('userId')),
    gt(sessions.expiresAtMs, param('nowMs')),
    existsIn(users, sessionIsValid),
  );

const sessionColumns = aliased({
  sessionId: sessions.id,
  contract: sessions.contract,
  startedAtMs: sessions.createdAtMs,
  generation: sessions.refreshGeneration,
  refreshedAtMs: sessions.refreshedAtMs,
  sessionExpiresAtMs: sessions.expiresAtMs,
  provenAtMs: sessions.provenAtMs,
  secondFactorAtMs: sessions.secondFactorAtMs,
  openedBy: sessions.openedBy,
});

export type LiveRow = UserRow & RowOf<typeof sessionColumns>;

export const findLive = statement<{ sessionId: string; nowMs: number }>(() =>
  builder
    .select({ ...userColumns, ...sessionColumns })
    .from(sessions)
    .innerJoin(users, sessionIsValid)
    .leftJoin(roles, eq(roles.id, users.roleId))
    .leftJoin(teams, eq(teams.id, users.teamId))
    .where(and(eq(sessions.id, param('sessionId')), gt(sessions.expiresAtMs, param('nowMs')))),
);

export function liveSession([row]: readonly LiveRow[]): LiveSession | null {
  if (row === undefined) return null;
  const account = accountOf(row);
  return {
    id: row.sessionId,
    contract: row.contract,
    user: account.user,
    account,
    createdAtMs: row.startedAtMs,
    generation: row.generation,
    refreshedAtMs: row.refreshedAtMs,
    expiresAtMs: row.sessionExpiresAtMs,
    provenAtMs: row.provenAtMs,
    secondFactorAtMs: row.secondFactorAtMs,
    openedBy: row.openedBy,
  };
}
