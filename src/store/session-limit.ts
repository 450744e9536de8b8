/**
 * Ends a user's oldest sessions beyond MAX_SESSIONS, as part of the batch that opens a new one. Acts
 * only if that session was stored, and never on it. Device cookies stay good: nothing was stolen.
 */
import { and, desc, eq, exists, gt, inArray, ne, sql } from 'drizzle-orm';
import { auditEvents, sessions } from './schema.ts';
import { builder, statement } from './statement.ts';

/** Live sessions of one user. */
export const MAX_SESSIONS = 100;

/** SQLite has no offset without a limit. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** The session that the batch opens, where it was stored. */
export const thisSession = () =>
  builder
    .select({ one: sql`1` })
    .from(sessions)
    .where(eq(sessions.id, sql.placeholder('sessionId')));

const surplus = () =>
  and(
    inArray(
      sessions.id,
      builder
        .select({ id: sessions.id })
        .from(sessions)
        .where(
          and(
            eq(sessions.userId, sql.placeholder('userId')),
            gt(sessions.expiresAtMs, sql.placeholder('nowMs')),
            ne(sessions.id, sql.placeholder('sessionId')),
          ),
        )
        .orderBy(desc(sessions.createdAtMs), sql`rowid desc`)
        .limit(NO_LIMIT)
        .offset(MAX_SESSIONS - 1),
    ),
    exists(thisSession()),
  );

type Opened = {
  sessionId: string;
  userId: number;
  nowMs: number;
};

const auditSurplus = statement<
  Opened & { accountKey: string; contract: string; address: string; traceId: string }
>(() =>
  builder.insert(auditEvents).select((query) =>
    query
      .select({
        id: sql`null`.as('id'),
        atMs: sql`${sql.placeholder('nowMs')}`.as('at_ms'),
        action: sql`'SESSION_ENDED'`.as('action'),
        reason: sql`'too-many'`.as('reason'),
        userId: sessions.userId,
        accountKey: sql`${sql.placeholder('accountKey')}`.as('accountKey'),
        sessionId: sessions.id,
        contract: sql`${sql.placeholder('contract')}`.as('contract'),
        address: sql`${sql.placeholder('address')}`.as('address'),
        traceId: sql`${sql.placeholder('traceId')}`.as('trace_id'),
      })
      .from(sessions)
      .where(surplus()),
  ),
);

const removeSurplus = statement<Opened>(() => builder.delete(sessions).where(surplus()));

/** For the batch, in this order: what the audit is made of is deleted after it. */
export const endSurplus = [auditSurplus, removeSurplus] as const;
