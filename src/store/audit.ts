/** Writes audit events. No identifier and no secret is ever part of a row. */
import { desc, sql, type SQL, type SQLWrapper } from 'drizzle-orm';
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

/** The id of the user that either of its ids names. */
export const namedUserId = sql`coalesce(${param('userId')},
  (select id from users where public_id = ${param('publicId')}))`;

/**
 * For a batch, right after the statement that makes a change: writes nothing where that changed no
 * row. The user is named by either id.
 */
export const auditChange = insertAudit<{
  action: AuditAction;
  reason: string;
  userId: number | null;
  publicId: string | null;
}>({ ...named, userId: namedUserId }, () => ({ where: sql`changes() > 0` }));

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

/** Say nothing that the list has not beside them, or tell of no change. */
const UNLISTED = sql.raw("'NEW_DEVICE_NOTIFIED', 'REGISTERED', 'CODE_SENT', 'FACTOR_ENROLLED'");

/**
 * The newest of one kind that are listed, unless they are sign-ins: neither the attempts of strangers nor
 * the renamings of a thief push what else has happened out of the list.
 */
const SHOWN_OF_EACH = sql.raw('5');

/** A bound on what is read. */
const RECENT_EVENTS = sql.raw('5000');

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
    .where(
      sql`${auditEvents.id} in (
        select id from (
          select id, action, row_number() over (partition by action order by id desc) as position
          from (
            select id, action from audit_events
            where user_id = ${param('userId')} and action not in (${UNLISTED})
            order by id desc limit ${RECENT_EVENTS}))
        where action = 'LOGIN' or position <= ${SHOWN_OF_EACH}
        order by id desc limit ${param('limit')})`,
    )
    .orderBy(desc(auditEvents.id)),
);

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
