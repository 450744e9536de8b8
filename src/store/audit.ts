/** Writes down what happened to accounts. No identifier and no secret is ever part of a row. */
import { and, eq, gt, sql } from 'drizzle-orm';
import type { AuditContext } from '../flows/model/audit.ts';
import type { Audit } from '../flows/ports/audit.ts';
import { auditEvents } from './schema.ts';
import { builder, statement } from './statement.ts';

const insert = statement<{
  action: string;
  atMs: number;
  reason: string;
  userId: number | null;
  accountKey: string;
  contract: string;
  address: string;
  traceId: string;
}>(() =>
  builder.insert(auditEvents).values({
    action: sql.placeholder('action'),
    atMs: sql.placeholder('atMs'),
    reason: sql.placeholder('reason'),
    userId: sql.placeholder('userId'),
    accountKey: sql.placeholder('accountKey'),
    contract: sql.placeholder('contract'),
    address: sql.placeholder('address'),
    traceId: sql.placeholder('traceId'),
  }),
);

/** What an event keeps of the request that brought it about. */
export function auditOf({ accountKey, contract, meta, nowMs }: AuditContext) {
  return { accountKey, contract, nowMs, address: meta.address, traceId: meta.traceId };
}

/**
 * For a batch, right after the statement that makes a change: writes nothing where that changed
 * nothing. The user is named by either id.
 */
export const auditChange = statement<
  ReturnType<typeof auditOf> & { action: string; userId: number | null; publicId: string | null }
>(() =>
  builder.insert(auditEvents).select(
    sql`select null, ${sql.placeholder('nowMs')}, ${sql.placeholder('action')}, 'done',
        coalesce(${sql.placeholder('userId')},
          (select id from users where public_id = ${sql.placeholder('publicId')})),
        ${sql.placeholder('accountKey')}, null, ${sql.placeholder('contract')},
        ${sql.placeholder('address')}, ${sql.placeholder('traceId')}
      where changes() > 0`,
  ),
);

/** Of the newest events, how many are looked through for one of a moment ago. */
const RECENT = 1000;

const findRecent = statement<{ action: string; traceId: string }>(() =>
  builder
    .select({ reason: auditEvents.reason })
    .from(auditEvents)
    .where(
      and(
        gt(auditEvents.id, sql`(select max(id) from audit_events) - ${sql.raw(String(RECENT))}`),
        eq(auditEvents.action, sql.placeholder('action')),
        eq(auditEvents.traceId, sql.placeholder('traceId')),
      ),
    ),
);

/**
 * Makes a change that the audit is part of. Nobody repeats a write, and an error does not say that
 * nothing was written: the answer may be what was lost. So the audit is asked once whether this
 * request has made the change, or who repeats it would be refused what they have. `told` makes an
 * answer of the reason that was written down.
 */
export async function writeOrRecover<T>(
  database: D1Database,
  write: () => Promise<T>,
  { told, ...event }: { action: string; traceId: string; told(reason: string): T },
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    // Refused unseen, and by somebody who has no time for questions.
    if (/overloaded/.test(String(error))) throw error;
    const query = findRecent.bind(database, event).all<{ reason: string }>();
    const [found] = (await query.catch(() => ({ results: [] }))).results;
    if (found === undefined) throw error;
    return told(found.reason);
  }
}

export function createAudit(database: D1Database): Audit {
  return {
    async record({ meta, nowMs: atMs, ...event }) {
      await insert
        .bind(database, { ...event, atMs, address: meta.address, traceId: meta.traceId })
        .run();
    },
  };
}
