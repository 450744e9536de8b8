/**
 * Deletes rows that are no longer of use. Tables are gone through by row id, a batch at a time, and
 * the position is stored: an index on the expiry would be written with every login and every
 * refresh, to be read four times an hour.
 */
import { and, eq, gt, inArray, lte, not, or, sql, type SQL } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Cleanup, CleanupTable } from '../flows/ports/cleanup.ts';
import {
  auditEvents,
  challenges,
  cleanupPositions,
  registrations,
  sessions,
  usedChallenges,
  users,
} from './schema.ts';
import { sessionIsValid } from './sessions/live.ts';
import { builder, existsIn, param, statement } from './statement.ts';

const findPosition = statement<{ task: string }>(() =>
  builder
    .select({ position: cleanupPositions.position })
    .from(cleanupPositions)
    .where(eq(cleanupPositions.task, param('task'))),
);

/** Stores where the next batch ends; 0 at the end of the table, so that the next run starts over. */
const advance = (table: SQLiteTable) =>
  statement<{ task: string; position: number; rows: number }>(() =>
    builder
      .insert(cleanupPositions)
      .values({
        task: param('task'),
        position: sql`coalesce((select max(row) from (select rowid as row from ${table}
          where rowid > ${param('position')} order by rowid limit ${param('rows')})), 0)`,
      })
      .onConflictDoUpdate({
        target: cleanupPositions.task,
        set: { position: sql`excluded.position` },
      })
      .returning({ position: cleanupPositions.position }),
  );

const deleteBatch = (table: SQLiteTable, isUseless: () => SQL | undefined) =>
  statement<{ task: string; position: number; nowMs: number }>(() =>
    builder
      .delete(table)
      .where(
        and(
          gt(sql`rowid`, param('position')),
          lte(sql`rowid`, sql`(select position from housekeeping where task = ${param('task')})`),
          isUseless(),
        ),
      ),
  );

const hasExpired = (table: typeof sessions | typeof challenges | typeof registrations) =>
  lte(table.expiresAtMs, param('nowMs'));

/** The time that a request elsewhere may see may be earlier than the cleanup's. */
const CLOCK_SKEW_MS = 60_000;

/** The owner was deleted without its foreign key, as in a restored or imported database. */
const hasNoOwner = () =>
  and(
    not(existsIn(users, eq(users.id, challenges.userId))),
    not(existsIn(registrations, eq(registrations.id, challenges.registrationId))),
  );

const steps = {
  sessions: {
    advance: advance(sessions),
    // A session that is not valid is refused everywhere, so its row is of no use.
    deleteBatch: deleteBatch(sessions, () =>
      or(hasExpired(sessions), not(existsIn(users, sessionIsValid))),
    ),
  },
  challenges: {
    advance: advance(challenges),
    deleteBatch: deleteBatch(challenges, () => or(hasExpired(challenges), hasNoOwner())),
  },
  registrations: {
    advance: advance(registrations),
    deleteBatch: deleteBatch(registrations, () => hasExpired(registrations)),
  },
  used_challenges: {
    advance: advance(usedChallenges),
    // Not before every request refuses the challenge as expired: it must not be accepted again.
    deleteBatch: deleteBatch(usedChallenges, () =>
      lte(usedChallenges.expiresAtMs, sql`${param('nowMs')} - ${sql.raw(String(CLOCK_SKEW_MS))}`),
    ),
  },
} satisfies Record<CleanupTable, unknown>;

/** Ids go up with time: the oldest events are the first ones. */
const deleteOldest = statement<{ olderThanMs: number; rows: number }>(() =>
  builder.delete(auditEvents).where(
    inArray(
      auditEvents.id,
      sql`(select id from (select id, at_ms from audit_events where id > 0 order by id limit ${param('rows')})
        where at_ms < ${param('olderThanMs')})`,
    ),
  ),
);

export function createCleanup(database: D1Database): Cleanup {
  return {
    async cursor(task) {
      const query = findPosition.bind(database, { task });
      return (await query.all<{ position: number }>()).results[0]?.position ?? 0;
    },

    async deleteBatch(task, { cursor: position, rows, nowMs }) {
      const { advance, deleteBatch } = steps[task];
      const [advanced, deleted] = await database.batch<{ position: number }>([
        advance.bind(database, { task, position, rows }),
        deleteBatch.bind(database, { task, position, nowMs }),
      ]);
      return {
        removed: deleted?.meta.changes ?? 0,
        cursor: advanced?.results[0]?.position ?? 0,
      };
    },

    async deleteEvents(olderThanMs, rows) {
      const { meta } = await deleteOldest.bind(database, { olderThanMs, rows }).run();
      return meta.changes;
    },
  };
}
