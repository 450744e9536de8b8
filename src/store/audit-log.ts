/**
 * Reads the audit, newest first. An index is written with every login, so there is only the user's:
 * ids go up with time, so a moment is found among them by binary search, and any other filter looks
 * through a bounded range of ids at a time.
 */
import { and, desc, eq, gte, lt, sql, type SQL } from 'drizzle-orm';
import type { AuditLog, AuditLogEntry } from '../flows/ports/admin.ts';
import { namedUserId } from './audit.ts';
import { auditEvents } from './schema.ts';
import { aliased, builder, param, statement } from './statement.ts';

/** Ids that one call looks through. */
const MOST_IDS = 50_000;

/** An event is written some time after it happened, and not by one clock. */
const OUT_OF_ORDER_MS = 600_000;

/** The lowest id from which on no event is older than the moment `name`; null without events. */
const firstIdSince = (name: string) => {
  const middle = sql`(select at_ms from audit_events where id >= (low + high) / 2 order by id limit 1)`;
  return sql<number | null>`(
    with recursive halves(low, high) as (
      select (select min(id) from audit_events), (select max(id) from audit_events) + 1
      union all
      select iif(${middle} < ${param(name)}, (low + high) / 2 + 1, low),
        iif(${middle} < ${param(name)}, high, (low + high) / 2)
      from halves where low < high
    )
    select low from halves where low >= high)`;
};

const findBounds = statement<{ sinceMs: number; untilMs: number }>(() =>
  builder
    .select({
      oldest: sql`(select min(id) from audit_events)`.as('oldest'),
      newest: sql`(select max(id) from audit_events)`.as('newest'),
      first: firstIdSince('sinceMs').as('first'),
      end: firstIdSince('untilMs').as('end'),
    })
    .from(sql`(select 1)`),
);

type Bounds = Record<'oldest' | 'newest' | 'first' | 'end', number | null>;

type Search = {
  low: number;
  high: number;
  fromMs: number;
  toMs: number;
  action: string | null;
  operator: string | null;
  address: string | null;
  limit: number;
};

const readWhere = <Values = unknown>(isSought?: () => SQL) =>
  statement<Search & Values>(() =>
    builder
      .select(
        aliased({
          id: auditEvents.id,
          atMs: auditEvents.atMs,
          action: auditEvents.action,
          reason: auditEvents.reason,
          userId: auditEvents.userId,
          subject: auditEvents.accountKey,
          sessionId: auditEvents.sessionId,
          contract: auditEvents.contract,
          address: auditEvents.address,
          device: auditEvents.device,
          traceId: auditEvents.traceId,
          operator: auditEvents.operator,
        }),
      )
      .from(auditEvents)
      .where(
        and(
          isSought?.(),
          gte(auditEvents.id, param('low')),
          lt(auditEvents.id, param('high')),
          gte(auditEvents.atMs, param('fromMs')),
          lt(auditEvents.atMs, param('toMs')),
          sql`(${param('action')} is null or ${auditEvents.action} = ${param('action')})`,
          sql`(${param('operator')} is null or ${auditEvents.operator} = ${param('operator')})`,
          sql`(${param('address')} is null or ${auditEvents.address} = ${param('address')})`,
        ),
      )
      .orderBy(desc(auditEvents.id))
      .limit(param('limit')),
  );

const readAll = readWhere();
const readUser = readWhere<{ userId: number | null; publicId: string | null }>(() =>
  eq(auditEvents.userId, namedUserId),
);

export function createAuditLog(database: D1Database): AuditLog {
  return {
    async read({ user, before, limit, ...search }) {
      const fromMs = search.fromMs ?? Number.MIN_SAFE_INTEGER;
      const toMs = search.toMs ?? Number.MAX_SAFE_INTEGER;
      const range = { sinceMs: fromMs - OUT_OF_ORDER_MS, untilMs: toMs + OUT_OF_ORDER_MS };
      const [bounds] = (await findBounds.bind(database, range).all<Bounds>()).results;
      const { oldest = null, newest = null, first = null, end = null } = bounds ?? {};
      if (oldest === null || newest === null) return { events: [], next: null };
      const lowest = Math.max(oldest, first ?? oldest);
      const high = Math.min(before ?? Infinity, newest + 1, end ?? Infinity);
      // The index leads to a user's events alone: these are read without bounded ranges.
      const low = user === null ? Math.max(lowest, high - MOST_IDS) : lowest;

      // One event more than asked for shows whether there is a next page.
      const { action, operator, address } = search;
      const sought = { action, operator, address };
      const values = { low, high, fromMs, toMs, ...sought, limit: limit + 1 };
      const query =
        user === null
          ? readAll.bind(database, values)
          : readUser.bind(database, {
              ...values,
              userId: 'id' in user ? user.id : null,
              publicId: 'id' in user ? null : user.publicId,
            });
      const { results } = await query.all<AuditLogEntry>();
      const events = results.slice(0, limit);
      const last = events.at(-1);
      if (results.length > limit && last !== undefined) return { events, next: last.id };
      return { events, next: low > lowest ? low : null };
    },
  };
}
