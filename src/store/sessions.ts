/**
 * Sessions after their login: looked at, rotated, listed, ended. All on the primary: a session that
 * was ended a moment ago must not live on in a copy.
 */
import { and, desc, eq, exists, gt, sql } from 'drizzle-orm';
import type { SessionEnd, ListedSession, LiveSession } from '../flows/model/session.ts';
import type { Sessions } from '../flows/ports/sessions.ts';
import { createOpening } from './opening.ts';
import { MAX_SESSIONS } from './session-limit.ts';
import { auditEvents, roles, sessions, teams, users } from './schema.ts';
import { builder, statement } from './statement.ts';
import { accountOf, bumpDeviceVersion, userColumns, type UserRow } from './users.ts';

/** Who may still use a session: an active user, with the password that opened it. */
export const sessionIsValid = and(
  eq(users.id, sessions.userId),
  eq(users.status, 'active'),
  eq(users.credentialVersion, sessions.credentialVersion),
);

const findLive = statement<{ sessionId: string; nowMs: number }>(() =>
  builder
    .select({
      ...userColumns,
      sessionId: sql<string>`${sessions.id}`.as('sessionId'),
      contract: sessions.contract,
      openedAtMs: sql<number>`${sessions.createdAtMs}`.as('openedAtMs'),
      generation: sql<number>`${sessions.refreshGeneration}`.as('generation'),
      refreshedAtMs: sql<number>`${sessions.refreshedAtMs}`.as('refreshedAtMs'),
    })
    .from(sessions)
    .innerJoin(users, sessionIsValid)
    .leftJoin(roles, eq(roles.id, users.roleId))
    .leftJoin(teams, eq(teams.id, users.teamId))
    .where(
      and(
        eq(sessions.id, sql.placeholder('sessionId')),
        gt(sessions.expiresAtMs, sql.placeholder('nowMs')),
      ),
    ),
);

type LiveRow = UserRow & {
  sessionId: string;
  contract: string;
  openedAtMs: number;
  generation: number;
  refreshedAtMs: number;
};

const swapHash = statement<{
  sessionId: string;
  contract: string;
  presentedHash: string;
  successorHash: string;
  nowMs: number;
  idleMs: number;
  absoluteMs: number;
}>(() =>
  builder
    .update(sessions)
    .set({
      refreshHash: sql`${sql.placeholder('successorHash')}`,
      refreshGeneration: sql`${sessions.refreshGeneration} + 1`,
      refreshedAtMs: sql`${sql.placeholder('nowMs')}`,
      lastUsedAtMs: sql`${sql.placeholder('nowMs')}`,
      expiresAtMs: sql`min(${sql.placeholder('nowMs')} + ${sql.placeholder('idleMs')}, ${sessions.createdAtMs} + ${sql.placeholder('absoluteMs')})`,
    })
    .where(
      and(
        eq(sessions.id, sql.placeholder('sessionId')),
        eq(sessions.contract, sql.placeholder('contract')),
        eq(sessions.refreshHash, sql.placeholder('presentedHash')),
        gt(sessions.expiresAtMs, sql.placeholder('nowMs')),
        sql`${sessions.createdAtMs} + ${sql.placeholder('absoluteMs')} > ${sql.placeholder('nowMs')}`,
        exists(
          builder
            .select({ one: sql`1` })
            .from(users)
            .where(sessionIsValid),
        ),
      ),
    ),
);

const listLive = statement<{ userId: number; nowMs: number }>(() =>
  builder
    .select({
      id: sessions.id,
      contract: sessions.contract,
      startedAtMs: sql<number>`${sessions.createdAtMs}`.as('startedAtMs'),
      lastUsedAtMs: sql<number>`${sessions.lastUsedAtMs}`.as('lastUsedAtMs'),
      address: sessions.address,
      userAgent: sql<string | null>`${sessions.userAgent}`.as('userAgent'),
    })
    .from(sessions)
    .innerJoin(users, sessionIsValid)
    .where(
      and(
        eq(sessions.userId, sql.placeholder('userId')),
        gt(sessions.expiresAtMs, sql.placeholder('nowMs')),
      ),
    )
    .orderBy(desc(sessions.createdAtMs), sql`sessions.rowid desc`)
    .limit(MAX_SESSIONS),
);

/** What the audit keeps of an ending; nothing, where there is nothing to end. */
const auditEnding = (where: 'one' | 'all') =>
  statement<{
    nowMs: number;
    action: string;
    userId: number;
    accountKey: string;
    sessionId: string;
    contract: string;
    address: string;
    traceId: string;
  }>(() =>
    builder.insert(auditEvents).select((query) =>
      query
        .select({
          id: sql`null`.as('id'),
          atMs: sql`${sql.placeholder('nowMs')}`.as('at_ms'),
          action: sql`${sql.placeholder('action')}`.as('action'),
          reason: sql`'ended'`.as('reason'),
          userId: sessions.userId,
          accountKey: sql`${sql.placeholder('accountKey')}`.as('accountKey'),
          sessionId: sessions.id,
          contract: sql`${sql.placeholder('contract')}`.as('contract'),
          address: sql`${sql.placeholder('address')}`.as('address'),
          traceId: sql`${sql.placeholder('traceId')}`.as('trace_id'),
        })
        .from(sessions)
        .where(theirs(where)),
    ),
  );

const removeWhere = (where: 'one' | 'all') =>
  statement<{ userId: number; sessionId: string }>(() =>
    builder.delete(sessions).where(theirs(where)),
  );

const theirs = (where: 'one' | 'all') => {
  const user = eq(sessions.userId, sql.placeholder('userId'));
  return where === 'all' ? user : and(eq(sessions.id, sql.placeholder('sessionId')), user);
};

/** Where there is a session to end. A logout leaves its browser a known one, and so does an accident. */
const revokeDevices = (where: 'one' | 'all') =>
  statement<{ userId: number; sessionId: string; action: string }>(() =>
    builder
      .update(users)
      .set({ deviceVersion: bumpDeviceVersion })
      .where(
        and(
          eq(users.id, sql.placeholder('userId')),
          sql`${sql.placeholder('action')} not in ('LOGOUT', 'LOGIN_UNANSWERED')`,
          exists(
            builder
              .select({ one: sql`1` })
              .from(sessions)
              .where(theirs(where)),
          ),
        ),
      ),
  );

const endOne = [auditEnding('one'), revokeDevices('one'), removeWhere('one')] as const;
const endAll = [auditEnding('all'), revokeDevices('all'), removeWhere('all')] as const;

export function createSessions(database: D1Database): Sessions {
  const end = async (
    [audit, revoke, remove]: typeof endOne,
    who: { id: string; userId: number },
    sessionEnd: SessionEnd,
  ) => {
    const { meta, ...rest } = sessionEnd;
    const values = { ...rest, userId: who.userId, sessionId: who.id };
    const [, , removed] = await database.batch([
      audit.bind(database, { ...values, address: meta.address, traceId: meta.traceId }),
      revoke.bind(database, values),
      remove.bind(database, values),
    ]);
    return removed !== undefined && removed.meta.changes > 0;
  };

  return {
    ...createOpening(database),

    async live(sessionId, nowMs) {
      const { results } = await findLive.bind(database, { sessionId, nowMs }).all<LiveRow>();
      return liveOf(results);
    },

    async rotate(rotation) {
      const { sessionId, nowMs } = rotation;
      const [, found] = await database.batch<LiveRow>([
        swapHash.bind(database, { ...rotation }),
        findLive.bind(database, { sessionId, nowMs }),
      ]);
      return liveOf(found?.results ?? []);
    },

    async list(userId, nowMs) {
      const { results } = await listLive.bind(database, { userId, nowMs }).all<ListedSession>();
      return results;
    },

    end: (session, sessionEnd) => end(endOne, session, sessionEnd),

    async endAll(userId, sessionEnd) {
      await end(endAll, { id: '', userId }, sessionEnd);
    },
  };
}

function liveOf([row]: readonly LiveRow[]): LiveSession | null {
  if (row === undefined) return null;
  const account = accountOf(row);
  return {
    id: row.sessionId,
    contract: row.contract,
    user: account.user,
    account,
    createdAtMs: row.openedAtMs,
    generation: row.generation,
    refreshedAtMs: row.refreshedAtMs,
  };
}
