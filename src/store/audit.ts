/** Writes audit events. No identifier and no secret is ever part of a row. */
import { and, desc, eq, ne, sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { AuditAction, AuditContext, StoredEvent } from '../flows/model/audit.ts';
import type { Audit } from '../flows/ports/audit.ts';
import { createKnownDevices } from './known-devices.ts';
import { auditEvents } from './schema.ts';
import { aliased, builder, insertSelect, param, statement } from './statement.ts';

/** The values that every statement of `insertAudit` takes from the request. */
export function auditValues({ accountKey, contract, meta, nowMs, operator }: AuditContext) {
  const { address, browser, traceId } = meta;
  const device = browser as string | null;
  return { accountKey, contract, nowMs, address, device, traceId, operator: operator ?? null };
}

interface EventColumns {
  action: AuditAction | SQLWrapper;
  reason: string | SQLWrapper;
  userId?: SQLWrapper;
  sessionId?: SQLWrapper;
}

/**
 * Builds the insertion of audit events: one for each row of `from` that meets `where`, or one where
 * there is no source. Every row of the audit is written by a statement made here.
 */
export const insertAudit = <Values = unknown>(
  event: EventColumns,
  source?: () => { from?: SQLiteTable; where: SQL | undefined },
) =>
  statement<ReturnType<typeof auditValues> & Values>(() =>
    insertSelect(
      auditEvents,
      {
        ...event,
        atMs: param('nowMs'),
        accountKey: param('accountKey'),
        contract: param('contract'),
        address: param('address'),
        device: param('device'),
        traceId: param('traceId'),
        operator: param('operator'),
      },
      source?.(),
    ),
  );

const named = { action: param('action'), reason: param('reason') };

/**
 * For a batch, right after the statement that makes a change: writes nothing where that changed no
 * row. The user is named by either id.
 */
export const auditChange = insertAudit<{
  action: AuditAction;
  reason: string;
  userId: number | null;
  publicId: string | null;
}>(
  {
    ...named,
    userId: sql`coalesce(${param('userId')},
      (select id from users where public_id = ${param('publicId')}))`,
  },
  () => ({ where: sql`changes() > 0` }),
);

/** The values of `auditChange` for a change to the user. */
export const changeEvent = (action: AuditAction, userId: number | null, context: AuditContext) => ({
  ...auditValues(context),
  action,
  reason: 'done',
  userId,
  publicId: null,
});

const insertEvent = insertAudit<{ action: AuditAction; reason: string; userId: number | null }>({
  ...named,
  userId: param('userId'),
});

/** Leaves out the notice of a sign-in: the sign-in itself is in the list. */
const findNewest = statement<{ userId: number; limit: number }>(() =>
  builder
    .select(
      aliased({
        action: auditEvents.action,
        reason: auditEvents.reason,
        atMs: auditEvents.atMs,
        contract: auditEvents.contract,
        sessionId: auditEvents.sessionId,
        address: auditEvents.address,
        device: auditEvents.device,
      }),
    )
    .from(auditEvents)
    .where(and(eq(auditEvents.userId, param('userId')), ne(auditEvents.action, NOTIFIED)))
    .orderBy(desc(auditEvents.id))
    .limit(param('limit')),
);

const NOTIFIED: AuditAction = 'NEW_DEVICE_NOTIFIED';

export function createAudit(database: D1Database): Audit {
  return {
    ...createKnownDevices(database),

    async record({ action, reason, userId, ...context }) {
      const values = { ...auditValues(context), action, reason, userId };
      await insertEvent.bind(database, values).run();
    },

    async newestOf(userId, limit) {
      const query = findNewest.bind(database, { userId, limit });
      return (await query.all<StoredEvent>()).results;
    },
  };
}
