/** Recovers the outcome of a write whose answer was lost, from the audit event that it left. */
import { and, eq, gt, sql } from 'drizzle-orm';
import type { AuditAction } from '../flows/model/audit.ts';
import { auditEvents } from './schema.ts';
import { builder, param, statement } from './statement.ts';

/** The newest events among which the one of this request is looked for. */
const RECENT_EVENTS = 1000;

const findRecent = statement<{ action: string; traceId: string }>(() =>
  builder
    .select({ reason: auditEvents.reason })
    .from(auditEvents)
    .where(
      and(
        gt(
          auditEvents.id,
          sql`(select max(id) from audit_events) - ${sql.raw(String(RECENT_EVENTS))}`,
        ),
        eq(auditEvents.action, param('action')),
        eq(auditEvents.traceId, param('traceId')),
      ),
    ),
);

/**
 * Makes a change that writes an audit event in the same batch. D1 never retries writes, and a failed
 * call may still have committed. On error this looks, once, for the request's own event: where it
 * exists, the write is done and `onAudited` turns the event's reason into its result, so that the
 * client's retry is not refused. Otherwise the error is thrown.
 */
export async function writeOrRecover<T>(
  database: D1Database,
  write: () => Promise<T>,
  { onAudited, ...event }: { action: AuditAction; traceId: string; onAudited(reason: string): T },
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    // An overloaded database refuses a call before it runs, and needs no further question.
    if (/overloaded/.test(String(error))) throw error;
    const query = findRecent.bind(database, event).all<{ reason: string }>();
    const [found] = (await query.catch(() => ({ results: [] }))).results;
    if (found === undefined) throw error;
    return onAudited(found.reason);
  }
}
