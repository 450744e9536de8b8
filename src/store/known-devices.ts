/** Looks for earlier sign-ins of a device among a user's newest events. */
import { sql } from 'drizzle-orm';
import type { Audit } from '../flows/ports/audit.ts';
import { auditEvents } from './schema.ts';
import { builder, param, statement } from './statement.ts';

/** A bound on what a login without a device cookie reads. */
const RECENT_EVENTS = 500;

/** The user ended such a session from another one, or its tokens reached no browser. */
const DISTRUSTED = sql.raw("'SESSION_ENDED', 'LOGOUT_OTHERS', 'LOGIN_UNANSWERED'");

/** Void the device cookies and sign-ins before them. The device that set the password is known by that. */
const NEW_PASSWORD = sql.raw("'PASSWORD_RESET', 'PASSWORD_CHANGED', 'PASSWORD_REMOVED'");

/**
 * Of two sign-ins at once the later one finds the earlier, and never the other way round: one of them is
 * told of. After a revoked session or a new password no earlier sign-in counts, as no earlier device cookie
 * does.
 */
const findEarlier = statement<{
  userId: number;
  sessionId: string;
  address: string;
  device: string;
}>(() =>
  builder
    .select({
      isKnown: sql<number>`exists (
        with recent as materialized (
          select * from ${auditEvents} where ${auditEvents.userId} = ${param('userId')}
          order by ${auditEvents.id} desc limit ${sql.raw(String(RECENT_EVENTS))})
        select 1 from recent
        where action in ('LOGIN', ${NEW_PASSWORD}) and address = ${param('address')} and device = ${param('device')}
          and id < (select id from recent where action = 'LOGIN' and session_id = ${param('sessionId')})
          and id >= coalesce((
            select max(id) from recent where action in ('SESSION_REVOKED', ${NEW_PASSWORD})), 0)
          and coalesce(session_id, '') not in (
            select session_id from recent
            where action in (${DISTRUSTED}) and reason = 'ended' and session_id is not null))`.as(
        'isKnown',
      ),
    })
    .from(sql`(select 1)`),
);

export const createKnownDevices = (database: D1Database): Pick<Audit, 'knowsDevice'> => ({
  async knowsDevice(session, { address, browser: device }) {
    const query = findEarlier.bind(database, { ...session, address, device });
    const [found] = (await query.all<{ isKnown: number }>()).results;
    return found?.isKnown === 1;
  },
});
