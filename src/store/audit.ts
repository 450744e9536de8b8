/** Writes down what happened to accounts. No identifier and no secret is ever part of a row. */
import { sql } from 'drizzle-orm';
import type { Audit } from '../flows/services.ts';
import { auditEvents } from './schema.ts';
import { builder, statement } from './statement.ts';

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

export function createAudit(database: D1Database): Audit {
  return {
    async record({ visit, ...event }) {
      await insert
        .bind(database, { ...event, address: visit.address, traceId: visit.traceId })
        .run();
    },
  };
}
