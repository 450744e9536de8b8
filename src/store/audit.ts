/** Writes down what happened to accounts. No identifier and no secret is ever part of a row. */
import { sql } from 'drizzle-orm';
import type { Happening } from '../flows/account-services.ts';
import type { OPERATORS as Operators } from '../flows/admin.ts';
import type { Audit } from '../flows/services.ts';
import { auditEvents } from './schema.ts';
import { builder, statement } from './statement.ts';

/** What stands for the contract in events that an operator brought about. */
export const OPERATORS: typeof Operators = 'admin';

const insert = statement<{
  action: string;
  atMs: number;
  reason: string;
  userId: number | null;
  subject: string;
  contract: string;
  address: string;
  traceId: string;
}>(() =>
  builder.insert(auditEvents).values({
    action: sql.placeholder('action'),
    atMs: sql.placeholder('atMs'),
    reason: sql.placeholder('reason'),
    userId: sql.placeholder('userId'),
    subject: sql.placeholder('subject'),
    contract: sql.placeholder('contract'),
    address: sql.placeholder('address'),
    traceId: sql.placeholder('traceId'),
  }),
);

/** What an event keeps of the request that brought it about. */
export function auditOf({ subject, contract, visit, nowMs }: Happening) {
  return { subject, contract, nowMs, address: visit.address, traceId: visit.traceId };
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
        ${sql.placeholder('subject')}, null, ${sql.placeholder('contract')},
        ${sql.placeholder('address')}, ${sql.placeholder('traceId')}
      where changes() > 0`,
  ),
);

export function createAudit(database: D1Database): Audit {
  return {
    async record({ visit, ...event }) {
      await insert
        .bind(database, { ...event, address: visit.address, traceId: visit.traceId })
        .run();
    },
  };
}
