/**
 * Reads the audit, newest first. An index is written with every login, so there is none but the
 * user's: numbers go up with time, so a time is found among them by halving, and what else is
 * looked for is looked for in a bounded stretch of numbers at a time.
 */
import { and, desc, eq, gte, lt, sql } from 'drizzle-orm';
import type { AuditLog, AuditLogEntry } from '../flows/ports/admin.ts';
import { auditEvents } from './schema.ts';
import { builder, statement } from './statement.ts';

const given = (name: string) => sql.placeholder(name);

/** How many numbers one call looks at. */
const STRETCH = 50_000;

/** An event is written some time after it happened, and not by one clock. */
const OUT_OF_ORDER_MS = 600_000;

/** The lowest number from which on events are not older than this; null where there is none. */
const firstSince = (name: string) => {
  const middle = sql`(select at_ms from audit_events where id >= (low + high) / 2 order by id limit 1)`;
  return sql<number | null>`(
    with recursive halves(low, high) as (
      select (select min(id) from audit_events), (select max(id) from audit_events) + 1
      union all
      select iif(${middle} < ${given(name)}, (low + high) / 2 + 1, low),
        iif(${middle} < ${given(name)}, high, (low + high) / 2)
      from halves where low < high
    )
    select low from halves where low >= high)`;
};

const findEdges = statement<{ sinceMs: number; untilMs: number }>(() =>
  builder
    .select({
      oldest: sql`(select min(id) from audit_events)`.as('oldest'),
      newest: sql`(select max(id) from audit_events)`.as('newest'),
      first: firstSince('sinceMs').as('first'),
      end: firstSince('untilMs').as('end'),
    })
    .from(sql`(select 1)`),
);

interface Edges {
  oldest: number | null;
  newest: number | null;
  first: number | null;
  end: number | null;
}

const columns = {
  id: auditEvents.id,
  atMs: sql<number>`${auditEvents.atMs}`.as('atMs'),
  action: auditEvents.action,
  reason: auditEvents.reason,
  userId: sql<number | null>`${auditEvents.userId}`.as('userId'),
  subject: auditEvents.accountKey,
  sessionId: sql<string | null>`${auditEvents.sessionId}`.as('sessionId'),
  contract: auditEvents.contract,
  address: auditEvents.address,
  traceId: sql<string>`${auditEvents.traceId}`.as('traceId'),
};

type Stretch = {
  low: number;
  high: number;
  fromMs: number;
  toMs: number;
  action: string | null;
  address: string | null;
  limit: number;
};

const matches = () =>
  and(
    gte(auditEvents.id, given('low')),
    lt(auditEvents.id, given('high')),
    gte(auditEvents.atMs, given('fromMs')),
    lt(auditEvents.atMs, given('toMs')),
    sql`(${given('action')} is null or ${auditEvents.action} = ${given('action')})`,
    sql`(${given('address')} is null or ${auditEvents.address} = ${given('address')})`,
  );

const readAll = statement<Stretch>(() =>
  builder
    .select(columns)
    .from(auditEvents)
    .where(matches())
    .orderBy(desc(auditEvents.id))
    .limit(given('limit')),
);

const readUser = statement<Stretch & { userId: number | null; publicId: string | null }>(() =>
  builder
    .select(columns)
    .from(auditEvents)
    .where(
      and(
        eq(
          auditEvents.userId,
          sql`coalesce(${given('userId')}, (select id from users where public_id = ${given('publicId')}))`,
        ),
        matches(),
      ),
    )
    .orderBy(desc(auditEvents.id))
    .limit(given('limit')),
);

export function createAuditLog(database: D1Database): AuditLog {
  return {
    async read({ user, action, address, before, limit, ...search }) {
      const fromMs = search.fromMs ?? Number.MIN_SAFE_INTEGER;
      const toMs = search.toMs ?? Number.MAX_SAFE_INTEGER;
      const [edges] = (
        await findEdges
          .bind(database, { sinceMs: fromMs - OUT_OF_ORDER_MS, untilMs: toMs + OUT_OF_ORDER_MS })
          .all<Edges>()
      ).results;
      const { oldest = null, newest = null, first = null, end = null } = edges ?? {};
      if (oldest === null || newest === null) return { events: [], next: null };
      const floor = Math.max(oldest, first ?? oldest);
      const high = Math.min(before ?? Infinity, newest + 1, end ?? Infinity);
      // The index leads to a user's events alone: these need no stretches.
      const low = user === null ? Math.max(floor, high - STRETCH) : floor;

      // One more than asked for says whether there is more.
      const values = { low, high, fromMs, toMs, action, address, limit: limit + 1 };
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
      return { events, next: low > floor ? low : null };
    },
  };
}
