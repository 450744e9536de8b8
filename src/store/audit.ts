/** Writes audit events. No identifier and no secret is ever part of a row. */
import { sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { AuditAction, AuditContext } from '../flows/model/audit.ts';
import type { Audit } from '../flows/ports/audit.ts';
import { auditEvents } from './schema.ts';
import { insertSelect, param, statement } from './statement.ts';

/** The values that every statement of `insertAudit` takes from the request. */
export function auditValues({ accountKey, contract, meta, nowMs, operator }: AuditContext) {
  const { address, traceId } = meta;
  return { accountKey, contract, nowMs, address, traceId, operator: operator ?? null };
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

export function createAudit(database: D1Database): Audit {
  return {
    async record({ action, reason, userId, ...context }) {
      const values = { ...auditValues(context), action, reason, userId };
      await insertEvent.bind(database, values).run();
    },
  };
}
