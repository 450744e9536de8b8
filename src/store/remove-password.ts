/**
 * Leaves an account without a password, fenced on passkeys that its owner can sign in with. The change
 * itself comes last, since the other statements depend on the conditions that it ends.
 */
import { and, eq, isNotNull, ne, sql } from 'drizzle-orm';
import type { AccountChanges } from '../flows/ports/account-changes.ts';
import { isActive, isVerified, verified, type Verified } from './account-conditions.ts';
import { auditChange, changeEvent } from './audit.ts';
import { isOwned, staysReachable } from './passkeys/conditions.ts';
import { challenges, sessions, users } from './schema.ts';
import { builder, changedRows, existsIn, param, statement } from './statement.ts';
import { bumpDeviceVersion } from './users.ts';
import { writeOrRecover } from './write-or-recover.ts';

type Removal = Verified & { keepSessionId: string };

const hasPassword = () => and(isVerified(), isActive, isNotNull(users.passwordHash));
const isAllowed = () => and(hasPassword(), staysReachable(isOwned));
const mayRemove = () => existsIn(users, isAllowed());

const isSessionOfUser = () => eq(sessions.userId, param('userId'));

const endOtherSessions = statement<Removal>(() =>
  builder
    .delete(sessions)
    .where(and(isSessionOfUser(), ne(sessions.id, param('keepSessionId')), mayRemove())),
);

const keepSession = statement<Removal>(() =>
  builder
    .update(sessions)
    .set({ credentialVersion: sql`${sessions.credentialVersion} + 1` })
    .where(and(eq(sessions.id, param('keepSessionId')), isSessionOfUser(), mayRemove())),
);

const deleteChallenges = statement<Removal>(() =>
  builder.delete(challenges).where(and(eq(challenges.userId, param('userId')), mayRemove())),
);

const clearPassword = statement<Removal>(() =>
  builder
    .update(users)
    .set({
      passwordHash: sql`null`,
      credentialVersion: sql`${users.credentialVersion} + 1`,
      deviceVersion: bumpDeviceVersion,
    })
    .where(isAllowed()),
);

const findPassword = statement<Removal>(() =>
  builder
    .select({ id: sql`${users.id}`.as('id') })
    .from(users)
    .where(hasPassword()),
);

export function createPasswordRemoval(
  database: D1Database,
): Pick<AccountChanges, 'removePassword'> {
  return {
    removePassword(account, { keepSessionId, ...context }) {
      const values = { ...verified(account), keepSessionId };
      const event = changeEvent('PASSWORD_REMOVED', values.userId, context);
      const write = async () => {
        const [, , , removed, , left] = await database.batch([
          ...[endOtherSessions, keepSession, deleteChallenges, clearPassword].map((each) =>
            each.bind(database, values),
          ),
          auditChange.bind(database, event),
          findPassword.bind(database, values),
        ]);
        if (changedRows(removed)) return 'removed';
        return left?.results.length === 0 ? 'stale' : 'last-way-in';
      };
      const { action, traceId } = event;
      return writeOrRecover(database, write, { action, traceId, onAudited: () => 'removed' });
    },
  };
}
