/**
 * Changes accounts: proven mailbox, password, address, deletion. Each change is one transaction that
 * begins with a fenced statement; the others act only where that one did.
 */
import { and, eq, ne, not, sql } from 'drizzle-orm';
import { OPERATORS, type AuditContext } from '../flows/model/audit.ts';
import type { Challenge } from '../flows/model/challenge.ts';
import type { AccountChanges } from '../flows/ports/account-changes.ts';
import { auditChange, changeEvent } from './audit.ts';
import { isActive, isUser, isVerified, verified, type Verified } from './account-conditions.ts';
import { challengeIsValid, type Proof } from './challenges/conditions.ts';
import { createPasswordRemoval } from './remove-password.ts';
import { auditEvents, challenges, registrations, sessions, users } from './schema.ts';
import { builder, changedRows, existsIn, param, statement } from './statement.ts';
import { createProfileUpdate } from './update-profile.ts';
import { bumpDeviceVersion } from './users.ts';
import { writeOrRecover } from './write-or-recover.ts';

type User = { userId: number };

const verifyEmail = statement<Verified & Proof>(() =>
  builder
    .update(users)
    .set({ emailVerified: 1, deviceVersion: bumpDeviceVersion })
    .where(and(isVerified(), isActive, challengeIsValid())),
);

const newPassword = {
  passwordHash: sql`${param('passwordHash')}`,
  credentialVersion: sql`${users.credentialVersion} + 1`,
  deviceVersion: bumpDeviceVersion,
};

const resetPassword = statement<User & { passwordHash: string } & Proof>(() =>
  builder
    .update(users)
    .set({ ...newPassword, emailVerified: 1 })
    .where(and(isUser(), isActive, challengeIsValid())),
);

const changePassword = statement<Verified & { passwordHash: string }>(() =>
  builder.update(users).set(newPassword).where(and(isVerified(), isActive)),
);

const renewHash = statement<Verified & { passwordHash: string; oldHash: string | null }>(() =>
  builder
    .update(users)
    .set({ passwordHash: sql`${param('passwordHash')}` })
    .where(and(isVerified(), eq(users.passwordHash, param('oldHash')))),
);

const changeEmail = statement<Verified & { email: string | null } & Proof>(() =>
  builder
    .update(users)
    .set({ email: sql`${param('email')}`, emailVerified: 1 })
    .where(
      and(
        isVerified(),
        isActive,
        challengeIsValid(),
        not(existsIn(users, eq(users.email, param('email')))),
      ),
    ),
);

/**
 * Salts are random, so a user with exactly this hash was updated by the first statement of this
 * batch.
 */
const passwordWasChanged = () =>
  existsIn(users, and(isUser(), eq(users.passwordHash, param('passwordHash'))));

const emailWasChanged = () => existsIn(users, and(isUser(), eq(users.email, param('email'))));

/** The first statement leaves its own conditions as they were, so they hold for the whole batch. */
const emailWasVerified = () =>
  and(challengeIsValid(), existsIn(users, and(isVerified(), isActive)));

const wasDeleted = () => not(existsIn(users, isUser()));

const isSessionOfUser = () => eq(sessions.userId, param('userId'));
const isChallengeOfUser = () => eq(challenges.userId, param('userId'));

type NewPassword = User & { passwordHash: string; keepSessionId: string };

const endOtherSessions = statement<NewPassword>(() =>
  builder
    .delete(sessions)
    .where(and(isSessionOfUser(), ne(sessions.id, param('keepSessionId')), passwordWasChanged())),
);

const keepSession = statement<NewPassword>(() =>
  builder
    .update(sessions)
    .set({ credentialVersion: sql`${sessions.credentialVersion} + 1` })
    .where(and(eq(sessions.id, param('keepSessionId')), isSessionOfUser(), passwordWasChanged())),
);

const deleteChallengesOfPassword = statement<NewPassword>(() =>
  builder.delete(challenges).where(and(isChallengeOfUser(), passwordWasChanged())),
);

const deleteChallengesOfEmail = statement<User & { email: string | null }>(() =>
  builder.delete(challenges).where(and(isChallengeOfUser(), emailWasChanged())),
);

const endUnverifiedSessions = statement<Verified & Proof>(() =>
  builder.delete(sessions).where(and(isSessionOfUser(), emailWasVerified())),
);

const deleteProof = statement<Verified & Proof>(() =>
  builder
    .delete(challenges)
    .where(and(eq(challenges.id, param('challengeId')), emailWasVerified())),
);

const deleteUser = statement<Verified>(() => builder.delete(users).where(isVerified()));

/**
 * Leaves only the pseudonym of a deleted user: user id, addresses and devices are personal data. Those
 * of operators stay.
 */
const anonymiseEvents = statement<User>(() =>
  builder
    .update(auditEvents)
    .set({
      userId: sql`null`,
      address: sql`case ${auditEvents.contract} when ${OPERATORS} then ${auditEvents.address} else '' end`,
      device: sql`case ${auditEvents.contract} when ${OPERATORS} then ${auditEvents.device} end`,
    })
    .where(and(eq(auditEvents.userId, param('userId')), wasDeleted())),
);

/** Deletes what others asked for in the name of a deleted user. */
const deleteRegistrations = statement<User & { email: string }>(() =>
  builder.delete(registrations).where(and(eq(registrations.email, param('email')), wasDeleted())),
);

const proven = ({ id, secretHash }: Challenge, { nowMs }: AuditContext): Proof => ({
  challengeId: id,
  secretHash,
  nowMs,
});

export function createAccountChanges(database: D1Database): AccountChanges {
  /** Runs the fenced change, the audit of it, and what follows from it, in one batch. */
  const run = async (
    change: D1PreparedStatement,
    event: ReturnType<typeof changeEvent>,
    rest: D1PreparedStatement[],
  ): Promise<boolean> => {
    const write = async () => {
      const audit = auditChange.bind(database, event);
      const [changed] = await database.batch([change, audit, ...rest]);
      return changedRows(changed);
    };
    const { action, traceId } = event;
    return writeOrRecover(database, write, { action, traceId, onAudited: () => true });
  };

  return {
    ...createProfileUpdate(database),
    ...createPasswordRemoval(database),

    verifyEmail(account, proof, context) {
      const values = { ...verified(account), ...proven(proof, context) };
      const event = changeEvent('EMAIL_VERIFIED', values.userId, context);
      return run(verifyEmail.bind(database, values), event, [
        endUnverifiedSessions.bind(database, values),
        deleteProof.bind(database, values),
      ]);
    },

    resetPassword(account, proof, { passwordHash, ...context }) {
      const userId = account.user.id;
      const values = { userId, passwordHash, keepSessionId: '', ...proven(proof, context) };
      const event = changeEvent('PASSWORD_RESET', userId, context);
      return run(resetPassword.bind(database, values), event, [
        endOtherSessions.bind(database, values),
        deleteChallengesOfPassword.bind(database, values),
      ]);
    },

    changePassword(account, { passwordHash, keepSessionId, ...context }) {
      const values = { ...verified(account), passwordHash, keepSessionId };
      const event = changeEvent('PASSWORD_CHANGED', values.userId, context);
      return run(changePassword.bind(database, values), event, [
        endOtherSessions.bind(database, values),
        keepSession.bind(database, values),
        deleteChallengesOfPassword.bind(database, values),
      ]);
    },

    async renewHash(account, passwordHash) {
      const values = { ...verified(account), passwordHash, oldHash: account.passwordHash };
      await renewHash.bind(database, values).run();
    },

    changeEmail(account, proof, context) {
      const values = { ...verified(account), ...proven(proof, context), email: proof.email };
      const event = changeEvent('EMAIL_CHANGED', values.userId, context);
      return run(changeEmail.bind(database, values), event, [
        deleteChallengesOfEmail.bind(database, values),
      ]);
    },

    remove(account, { by, ...context }) {
      const values = { ...verified(account), email: account.user.email ?? '' };
      // Written after the user is gone: it has no user id, and an address only if it is an operator's.
      const event =
        by === 'operator'
          ? changeEvent('ADMIN_DELETED', null, context)
          : { ...changeEvent('ACCOUNT_DELETED', null, context), address: '', device: null };
      return run(deleteUser.bind(database, values), event, [
        anonymiseEvents.bind(database, values),
        deleteRegistrations.bind(database, values),
      ]);
    },
  };
}
