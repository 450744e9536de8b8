/**
 * Ends a user's oldest sessions beyond MAX_SESSIONS, as part of the batch that creates a new one.
 * Acts only if that session was stored, and never on it. Device cookies stay valid: nothing was
 * stolen.
 */
import { and, desc, eq, gt, inArray, ne, sql } from 'drizzle-orm';
import { insertAudit } from '../audit.ts';
import { sessions } from '../schema.ts';
import { builder, existsIn, param, statement } from '../statement.ts';

/** Live sessions of one user. */
export const MAX_SESSIONS = 100;

/** SQLite has no offset without a limit. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** The session that the batch creates, where it was stored. */
export const isCreated = () => eq(sessions.id, param('sessionId'));

const isSurplus = () =>
  and(
    inArray(
      sessions.id,
      builder
        .select({ id: sessions.id })
        .from(sessions)
        .where(
          and(
            eq(sessions.userId, param('userId')),
            gt(sessions.expiresAtMs, param('nowMs')),
            ne(sessions.id, param('sessionId')),
          ),
        )
        .orderBy(desc(sessions.createdAtMs), sql`rowid desc`)
        .limit(NO_LIMIT)
        .offset(MAX_SESSIONS - 1),
    ),
    existsIn(sessions, isCreated()),
  );

type Created = { sessionId: string; userId: number; nowMs: number };

const auditSurplus = insertAudit<Created>(
  {
    action: 'SESSION_ENDED',
    reason: 'too-many',
    userId: sessions.userId,
    sessionId: sessions.id,
  },
  () => ({ from: sessions, where: isSurplus() }),
);

const deleteSurplus = statement<Created>(() => builder.delete(sessions).where(isSurplus()));

/** For the batch, in this order: the audit reads the sessions that are deleted after it. */
export const endSurplus = [auditSurplus, deleteSurplus] as const;
