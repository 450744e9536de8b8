/**
 * Deletes what is of no use any more. Tables are walked through by row id, a piece at a time, and
 * the place is kept: an index on the expiry would be written with every login and every refresh,
 * to be read four times an hour.
 */
import { and, gt, inArray, lte, notExists, or, sql, type SQL } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Cleanup, CleanupStep } from '../flows/ports/cleanup.ts';
import { auditEvents, challenges, housekeeping, registrations, sessions, users } from './schema.ts';
import { sessionIsValid } from './sessions.ts';
import { builder, statement } from './statement.ts';

const given = (name: string) => sql.placeholder(name);

const findPosition = statement<{ task: string }>(() =>
  builder
    .select({ position: housekeeping.position })
    .from(housekeeping)
    .where(sql`${housekeeping.task} = ${given('task')}`),
);

/** Keeps where the next piece ends; 0 where there is no next one, so that it begins anew. */
const advance = (table: SQLiteTable) =>
  statement<{ task: string; position: number; rows: number }>(() =>
    builder
      .insert(housekeeping)
      .values({
        task: given('task'),
        position: sql`coalesce((select max(row) from (select rowid as row from ${table}
          where rowid > ${given('position')} order by rowid limit ${given('rows')})), 0)`,
      })
      .onConflictDoUpdate({ target: housekeeping.task, set: { position: sql`excluded.position` } })
      .returning({ position: housekeeping.position }),
  );

const clear = (table: SQLiteTable, useless: () => SQL | undefined) =>
  statement<{ task: string; position: number; nowMs: number }>(() =>
    builder
      .delete(table)
      .where(
        and(
          gt(sql`rowid`, given('position')),
          lte(sql`rowid`, sql`(select position from housekeeping where task = ${given('task')})`),
          useless(),
        ),
      ),
  );

/**
 * A session whose user is gone, inactive, or has another password by now is refused wherever it is
 * shown; by the time it is found here, nobody misses it.
 */
const isDead = () =>
  or(
    lte(sessions.expiresAtMs, given('nowMs')),
    notExists(
      builder
        .select({ one: sql`1` })
        .from(users)
        .where(sessionIsValid),
    ),
  );

/** The owner went without its foreign key, as in a restored or imported database. */
const hasNoOwner = sql`
  not exists (select 1 from users where id = ${challenges.userId})
  and not exists (select 1 from registrations where id = ${challenges.registrationId})`;

const walks = {
  sessions: { advance: advance(sessions), clear: clear(sessions, isDead) },
  challenges: {
    advance: advance(challenges),
    clear: clear(challenges, () => or(lte(challenges.expiresAtMs, given('nowMs')), hasNoOwner)),
  },
  registrations: {
    advance: advance(registrations),
    clear: clear(registrations, () => lte(registrations.expiresAtMs, given('nowMs'))),
  },
} satisfies Record<CleanupStep, unknown>;

/** Numbers go up with time: the oldest events are the first ones. */
const forget = statement<{ olderThanMs: number; rows: number }>(() =>
  builder.delete(auditEvents).where(
    inArray(
      auditEvents.id,
      sql`(select id from (select id, at_ms from audit_events where id > 0 order by id limit ${given('rows')})
        where at_ms < ${given('olderThanMs')})`,
    ),
  ),
);

export function createCleanup(database: D1Database): Cleanup {
  return {
    async position(task) {
      const query = findPosition.bind(database, { task });
      return (await query.all<{ position: number }>()).results[0]?.position ?? 0;
    },

    async sweep(task, { position, rows, nowMs }) {
      const { advance, clear } = walks[task];
      const [advanced, cleared] = await database.batch<{ position: number }>([
        advance.bind(database, { task, position, rows }),
        clear.bind(database, { task, position, nowMs }),
      ]);
      return {
        removed: cleared?.meta.changes ?? 0,
        reached: advanced?.results[0]?.position ?? 0,
      };
    },

    async forgetEvents(olderThanMs, rows) {
      const { meta } = await forget.bind(database, { olderThanMs, rows }).run();
      return meta.changes;
    },
  };
}
