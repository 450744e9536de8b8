/** Ends one session of a user, all of them or all but one, and writes an audit event for each. */
import { and, eq, ne, sql, type SQL } from 'drizzle-orm';
import type { SessionEnd } from '../../flows/model/session.ts';
import type { Sessions } from '../../flows/ports/sessions.ts';
import { auditValues, insertAudit } from '../audit.ts';
import { sessions, users } from '../schema.ts';
import { builder, changedRows, existsIn, param, statement } from '../statement.ts';
import { bumpDeviceVersion } from '../users.ts';

type Ended = { userId: number; sessionId: string };

/** The statements of a batch, in this order: those that read the sessions come before the deletion. */
const endWhere = (isEnded: () => SQL | undefined) => ({
  audit: insertAudit<Ended & { action: string }>(
    {
      action: param('action'),
      reason: 'ended',
      userId: sessions.userId,
      sessionId: sessions.id,
    },
    () => ({ from: sessions, where: isEnded() }),
  ),

  /** A browser that logs out, or that its login's answer did not reach, stays a known device. */
  revokeDevices: statement<Ended & { action: string }>(() =>
    builder
      .update(users)
      .set({ deviceVersion: bumpDeviceVersion })
      .where(
        and(
          eq(users.id, param('userId')),
          sql`${param('action')} not in ('LOGOUT', 'LOGIN_UNANSWERED')`,
          existsIn(sessions, isEnded()),
        ),
      ),
  ),

  remove: statement<Ended>(() => builder.delete(sessions).where(isEnded())),
});

const isOwned = () => eq(sessions.userId, param('userId'));
const one = endWhere(() => and(eq(sessions.id, param('sessionId')), isOwned()));
const all = endWhere(isOwned);
const others = endWhere(() => and(ne(sessions.id, param('sessionId')), isOwned()));

export function createSessionEnd(
  database: D1Database,
): Pick<Sessions, 'end' | 'endAll' | 'endOthers'> {
  const end = async (
    { audit, revokeDevices, remove }: typeof one,
    ended: Ended,
    { action, ...context }: SessionEnd,
  ) => {
    const values = { ...auditValues(context), ...ended, action };
    const [, , removed] = await database.batch([
      audit.bind(database, values),
      revokeDevices.bind(database, values),
      remove.bind(database, values),
    ]);
    return changedRows(removed);
  };

  return {
    end: ({ id, userId }, sessionEnd) => end(one, { userId, sessionId: id }, sessionEnd),

    async endAll(userId, sessionEnd) {
      await end(all, { userId, sessionId: '' }, sessionEnd);
    },

    async endOthers({ id, userId }, sessionEnd) {
      await end(others, { userId, sessionId: id }, sessionEnd);
    },
  };
}
