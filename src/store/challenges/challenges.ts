/** Stores codes and links on their way to a mailbox. Reads and writes the primary alone. */
import { and, eq, ne, or } from 'drizzle-orm';
import type { AuditAction } from '../../flows/model/audit.ts';
import type { Purpose } from '../../flows/model/challenge.ts';
import type { Challenges } from '../../flows/ports/challenges.ts';
import { auditChange, auditValues } from '../audit.ts';
import { challenges, registrations, users } from '../schema.ts';
import { builder, existsIn, insertSelect, param, statement } from '../statement.ts';
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
        ne(challenges.purpose, 'reset-password'),
        or(
          eq(challenges.userId, param('userId')),
          eq(challenges.registrationId, param('registrationId')),
        ),
      ),
    ),
);

/** Inserts nothing where the owner is gone: a registration may have become a user meanwhile. */
const insert = statement<
  OwnerIds & { id: string; secretHash: string; email: string | null; expiresAtMs: number }
>(() =>
  insertSelect(
    challenges,
    {
      id: param('id'),
      userId: param('userId'),
      registrationId: param('registrationId'),
      purpose: param('purpose'),
      secretHash: param('secretHash'),
      email: param('email'),
      expiresAtMs: param('expiresAtMs'),
    },
    {
      where: or(
        existsIn(users, eq(users.id, param('userId'))),
        existsIn(registrations, eq(registrations.id, param('registrationId'))),
      ),
    },
  ),
);

const ISSUED: Record<Purpose, AuditAction> = {
  'verify-email': 'CODE_SENT',
  'reset-password': 'RESET_SENT',
  'change-email': 'EMAIL_CHANGE_ASKED',
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
        await database.batch([
          deletePreviousCode.bind(database, values),
          insert.bind(database, values),
          auditChange.bind(database, { ...event, userId, publicId: null }),
        ]);
      };
      await writeOrRecover(database, write, { ...event, onAudited: () => undefined });
    },
  };
}
