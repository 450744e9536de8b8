/**
 * Ends the session that an e-mail told of. The challenge loses its session with that, so that the batch
 * acts once for each link; it stays valid for a new password.
 */
import { and, eq, gt, isNotNull, sql } from 'drizzle-orm';
import type { Sessions } from '../../flows/ports/sessions.ts';
import { isActive, isUser } from '../account-conditions.ts';
import { auditValues, insertAudit } from '../audit.ts';
import type { Proof } from '../challenges/conditions.ts';
import { challenges, sessions, users } from '../schema.ts';
import { builder, existsIn, param, statement } from '../statement.ts';
import { bumpDeviceVersion } from '../users.ts';
import { writeOrRecover } from '../write-or-recover.ts';

type Revoked = Proof & { userId: number };

const isValid = () =>
  and(
    eq(challenges.id, param('challengeId')),
    eq(challenges.secretHash, param('secretHash')),
    eq(challenges.userId, param('userId')),
    gt(challenges.expiresAtMs, param('nowMs')),
    existsIn(users, and(isUser(), isActive)),
  );

/** The session that the challenge ends is still to be ended. */
const isPending = () => and(isValid(), isNotNull(challenges.sessionId));

const auditRevocation = insertAudit<Revoked>(
  {
    action: 'SESSION_REVOKED',
    reason: sql`iif(${existsIn(sessions, eq(sessions.id, challenges.sessionId))}, 'ended', 'over')`,
    userId: challenges.userId,
    sessionId: challenges.sessionId,
  },
  () => ({ from: challenges, where: isPending() }),
);

/** The session's browser has such a cookie, whether the session is over or not. */
const revokeDevices = statement<Revoked>(() =>
  builder
    .update(users)
    .set({ deviceVersion: bumpDeviceVersion })
    .where(and(isUser(), existsIn(challenges, isPending()))),
);

const deleteSession = statement<Revoked>(() =>
  builder
    .delete(sessions)
    .where(
      and(
        eq(sessions.userId, param('userId')),
        existsIn(challenges, and(isPending(), eq(challenges.sessionId, sessions.id))),
      ),
    ),
);

const forgetSession = statement<Revoked>(() =>
  builder
    .update(challenges)
    .set({ sessionId: sql`null` })
    .where(isPending()),
);

const findValid = statement<Revoked>(() =>
  builder.select({ id: challenges.id }).from(challenges).where(isValid()),
);

export function createSessionRevocation(database: D1Database): Pick<Sessions, 'revoke'> {
  return {
    revoke({ user }, { id: challengeId, secretHash }, context) {
      const values = { ...auditValues(context), challengeId, secretHash, userId: user.id };
      const write = async () => {
        const results = await database.batch([
          auditRevocation.bind(database, values),
          revokeDevices.bind(database, values),
          deleteSession.bind(database, values),
          forgetSession.bind(database, values),
          findValid.bind(database, values),
        ]);
        return (results.at(-1)?.results.length ?? 0) > 0;
      };
      const { traceId } = context.meta;
      const action = 'SESSION_REVOKED';
      return writeOrRecover(database, write, { action, traceId, onAudited: () => true });
    },
  };
}
