/**
 * Counts for operators at a glance. Every statement looks at a bounded number of rows, so that a look
 * costs the same whatever the size of the deployment.
 */
import { eq, sql, type SQL } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { BoundedCount, Overview } from '../flows/ports/admin.ts';
import { HAS_STATUS } from './admin-users/search.ts';
import { auditEvents, sessions, users } from './schema.ts';
import { builder, param, statement } from './statement.ts';

/** Rows that one statement looks at. */
const MOST_ROWS = 10_000;

/** Counts rows of a table up to one beyond the bound. */
const countUpTo = (table: SQLiteTable, where?: SQL) =>
  statement<Record<string, never>>(() =>
    builder.select({ count: sql<number>`count(*)`.as('count') }).from(
      builder
        .select({ one: sql`1`.as('one') })
        .from(table)
        .where(where)
        .limit(MOST_ROWS + 1)
        .as('some'),
    ),
  );

const countUsers = countUpTo(users);
const countInactive = countUpTo(users, HAS_STATUS.inactive);

/** Expired sessions are deleted every quarter of an hour, so that few of the rows are such. */
const countSessions = statement<{ nowMs: number }>(() =>
  builder
    .select({
      count: sql<number>`sum(expires_at_ms > ${param('nowMs')})`.as('count'),
      looked: sql<number>`count(*)`.as('looked'),
    })
    .from(
      builder
        .select({ expiresAtMs: sql`${sessions.expiresAtMs}`.as('expires_at_ms') })
        .from(sessions)
        .limit(MOST_ROWS + 1)
        .as('some'),
    ),
);

const firstId = sql`(select max(id) from audit_events) - ${sql.raw(String(MOST_ROWS))}`;

const countEvents = statement<{ sinceMs: number }>(() =>
  builder
    .select({
      action: auditEvents.action,
      count: sql<number>`count(*)`.as('count'),
    })
    .from(auditEvents)
    .where(sql`${auditEvents.id} > ${firstId} and ${auditEvents.atMs} >= ${param('sinceMs')}`)
    .groupBy(auditEvents.action)
    .orderBy(auditEvents.action),
);

/** The event before those that are counted. */
const findEventBefore = statement<Record<string, never>>(() =>
  builder
    .select({ atMs: sql<number>`${auditEvents.atMs}`.as('atMs') })
    .from(auditEvents)
    .where(eq(auditEvents.id, firstId)),
);

export function createOverview(database: D1Database): Overview {
  return {
    async count({ nowMs, sinceMs }) {
      const [all, inactive, live, events, before] = await database.batch([
        countUsers.bind(database, {}),
        countInactive.bind(database, {}),
        countSessions.bind(database, { nowMs }),
        countEvents.bind(database, { sinceMs }),
        findEventBefore.bind(database, {}),
      ]);
      const [earlier] = (before?.results ?? []) as { atMs: number }[];
      return {
        users: bounded(all),
        inactiveUsers: bounded(inactive),
        liveSessions: bounded(live),
        events: {
          byAction: (events?.results ?? []) as { action: string; count: number }[],
          isComplete: earlier === undefined || earlier.atMs < sinceMs,
        },
      };
    },
  };
}

function bounded(result: D1Result | undefined): BoundedCount {
  const [row] = (result?.results ?? []) as { count: number | null; looked?: number }[];
  const count = row?.count ?? 0;
  return { count: Math.min(count, MOST_ROWS), isComplete: (row?.looked ?? count) <= MOST_ROWS };
}
