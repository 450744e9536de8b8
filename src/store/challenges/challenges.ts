/** Stores codes and links on their way to a mailbox. Reads and writes the primary alone. */
import { and, eq, inArray, or, sql } from 'drizzle-orm';
import type { AuditAction } from '../../flows/model/audit.ts';
import type { Purpose } from '../../flows/model/challenge.ts';
import type { Challenges } from '../../flows/ports/challenges.ts';
import { auditChange, auditValues } from '../audit.ts';
import { challenges, registrations, users } from '../schema.ts';
import { builder, changedRows, existsIn, insertSelect, param, statement } from '../statement.ts';
import { writeOrRecover } from '../write-or-recover.ts';
import { createChallengeLookups } from './find.ts';

type OwnerIds = { userId: number | null; registrationId: string | null; purpose: string };

/** Replaces codes only: several links of one owner are valid at the same time. */
const deletePreviousCode = statement<OwnerIds>(() =>
  builder
    .delete(challenges)
    .where(
      and(
        eq(challenges.purpose, param('purpose')),
        inArray(challenges.purpose, ['verify-email', 'change-email']),
        or(
          eq(challenges.userId, param('userId')),
          eq(challenges.registrationId, param('registrationId')),
        ),
      ),
    ),
);

type Inserted = OwnerIds & {
  id: string;
  secretHash: string;
  email: string | null;
  sessionId: string | null;
  expiresAtMs: number;
  to: string;
};

/**
 * Inserts nothing where the owner is gone (a registration may have become a user meanwhile), or where the
 * user's address is another by now: the former mailbox must get no link to the account.
 */
const insert = statement<Inserted>(() =>
  insertSelect(
    challenges,
    {
      id: param('id'),
      userId: param('userId'),
      registrationId: param('registrationId'),
      purpose: param('purpose'),
      secretHash: param('secretHash'),
      email: param('email'),
      sessionId: param('sessionId'),
      expiresAtMs: param('expiresAtMs'),
    },
    {
      where: or(
        existsIn(
          users,
          and(
            eq(users.id, param('userId')),
            or(sql`${param('purpose')} = 'change-email'`, eq(users.email, param('to'))),
          ),
        ),
        existsIn(registrations, eq(registrations.id, param('registrationId'))),
      ),
    },
  ),
);

const ISSUED: Record<Purpose, AuditAction> = {
  'verify-email': 'CODE_SENT',
  'reset-password': 'RESET_SENT',
  'change-email': 'EMAIL_CHANGE_ASKED',
  'revoke-session': 'NEW_DEVICE_NOTIFIED',
};

export function createChallenges(database: D1Database): Challenges {
  return {
    ...createChallengeLookups(database),

    async issue(owner, { purpose, expiresAtMs, ...challenge }, context) {
      const userId = owner.is === 'user' ? owner.account.user.id : null;
      const registrationId = owner.is === 'user' ? null : owner.registration.id;
      const values = { ...challenge, userId, registrationId, purpose, expiresAtMs };
      const event = { ...auditValues(context), action: ISSUED[purpose], reason: 'done' };
      const write = async () => {
        const [, inserted] = await database.batch([
          deletePreviousCode.bind(database, values),
          insert.bind(database, values),
          auditChange.bind(database, { ...event, userId, publicId: null }),
        ]);
        return changedRows(inserted);
      };
      return writeOrRecover(database, write, { ...event, onAudited: () => true });
    },
  };
}
