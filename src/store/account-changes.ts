/**
 * What changes about a user: proven mailbox, password, address, and the end. Each change is one
 * transaction that begins with a fenced statement; the others act only where that one did.
 */
import { and, eq, exists, ne, notExists, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import { OPERATORS, type AuditContext } from '../flows/model/audit.ts';
import type { Challenge } from '../flows/model/challenge.ts';
import type { AccountChanges } from '../flows/ports/account-changes.ts';
import type { Account } from '../flows/model/user.ts';
import { auditChange, auditOf, writeOrRecover } from './audit.ts';
import { challengeIsValid, type Proof } from './challenges.ts';
import { auditEvents, challenges, registrations, sessions, users } from './schema.ts';
import { builder, statement } from './statement.ts';
import { bumpDeviceVersion } from './users.ts';

const given = (name: string) => sql.placeholder(name);

type Verified = { userId: number; credentialVersion: number };

/** The user, with the password that was verified. */
const asVerified = () =>
  and(eq(users.id, given('userId')), eq(users.credentialVersion, given('credentialVersion')));

const isActive = eq(users.status, 'active');

const verify = statement<Verified & Proof>(() =>
  builder
    .update(users)
    .set({ emailVerified: 1, deviceVersion: bumpDeviceVersion })
    .where(and(asVerified(), isActive, exists(challengeIsValid()))),
);

const setPassword = {
  passwordHash: sql`${given('passwordHash')}`,
  credentialVersion: sql`${users.credentialVersion} + 1`,
  deviceVersion: bumpDeviceVersion,
};

const reset = statement<{ userId: number; passwordHash: string } & Proof>(() =>
  builder
    .update(users)
    .set({ ...setPassword, emailVerified: 1 })
    .where(and(eq(users.id, given('userId')), isActive, exists(challengeIsValid()))),
);

const change = statement<Verified & { passwordHash: string }>(() =>
  builder.update(users).set(setPassword).where(and(asVerified(), isActive)),
);

const others = alias(users, 'others');

const move = statement<Verified & { email: string | null } & Proof>(() =>
  builder
    .update(users)
    .set({ email: sql`${given('email')}`, emailVerified: 1 })
    .where(
      and(
        asVerified(),
        isActive,
        exists(challengeIsValid()),
        notExists(
          builder
            .select({ one: sql`1` })
            .from(others)
            .where(eq(others.email, given('email'))),
        ),
      ),
    ),
);

/** No hash is made twice (its salt is random): who has it, has just been given it. */
const wasGiven = () =>
  exists(
    builder
      .select({ one: sql`1` })
      .from(users)
      .where(and(eq(users.id, given('userId')), eq(users.passwordHash, given('passwordHash')))),
  );

const hasMoved = () =>
  exists(
    builder
      .select({ one: sql`1` })
      .from(users)
      .where(and(eq(users.id, given('userId')), eq(users.email, given('email')))),
  );

const endOthers = statement<{ userId: number; passwordHash: string; keepSessionId: string }>(() =>
  builder
    .delete(sessions)
    .where(
      and(
        eq(sessions.userId, given('userId')),
        ne(sessions.id, given('keepSessionId')),
        wasGiven(),
      ),
    ),
);

const keepOne = statement<{ userId: number; passwordHash: string; keepSessionId: string }>(() =>
  builder
    .update(sessions)
    .set({ credentialVersion: sql`${sessions.credentialVersion} + 1` })
    .where(
      and(
        eq(sessions.id, given('keepSessionId')),
        eq(sessions.userId, given('userId')),
        wasGiven(),
      ),
    ),
);

const dropChallenges = statement<{ userId: number; passwordHash: string }>(() =>
  builder.delete(challenges).where(and(eq(challenges.userId, given('userId')), wasGiven())),
);

const dropMoved = statement<{ userId: number; email: string | null }>(() =>
  builder.delete(challenges).where(and(eq(challenges.userId, given('userId')), hasMoved())),
);

const endUnproven = statement<Verified & Proof>(() =>
  builder.delete(sessions).where(and(eq(sessions.userId, given('userId')), isProven())),
);

const dropProof = statement<Verified & Proof>(() =>
  builder.delete(challenges).where(and(eq(challenges.id, given('challengeId')), isProven())),
);

const isProven = () =>
  and(
    exists(challengeIsValid()),
    exists(
      builder
        .select({ one: sql`1` })
        .from(users)
        .where(and(asVerified(), isActive)),
    ),
  );

const removeUser = statement<Verified>(() => builder.delete(users).where(asVerified()));

const isGone = () =>
  notExists(
    builder
      .select({ one: sql`1` })
      .from(users)
      .where(eq(users.id, given('userId'))),
  );

/** Addresses are personal data; who they belonged to is gone, and only a pseudonym stays. */
const forget = statement<{ userId: number }>(() =>
  builder
    .update(auditEvents)
    .set({
      userId: sql`null`,
      // What operators did came from addresses of their own.
      address: sql`case ${auditEvents.contract} when ${OPERATORS} then ${auditEvents.address} else '' end`,
    })
    .where(and(eq(auditEvents.userId, given('userId')), isGone())),
);

/** What others asked for in the name of who is gone. */
const dropRegistrations = statement<{ userId: number; email: string }>(() =>
  builder.delete(registrations).where(and(eq(registrations.email, given('email')), isGone())),
);

const verifiedOf = ({ user, credentialVersion }: Account): Verified => ({
  userId: user.id,
  credentialVersion,
});

const proofOf = ({ id, secretHash }: Challenge, { nowMs }: AuditContext): Proof => ({
  challengeId: id,
  secretHash,
  nowMs,
});

export function createAccountChanges(database: D1Database): AccountChanges {
  /** What `first` changes is audited, and what follows acts by its own fence. */
  const run = async (
    first: D1PreparedStatement,
    event: { action: string; userId: number | null; auditContext: AuditContext },
    rest: D1PreparedStatement[],
  ): Promise<boolean> => {
    const { action, userId, auditContext } = event;
    const audit = { ...auditOf(auditContext), action, userId, publicId: null };
    const write = async () => {
      const [changed] = await database.batch([first, auditChange.bind(database, audit), ...rest]);
      return changed !== undefined && changed.meta.changes > 0;
    };
    return writeOrRecover(database, write, { ...audit, told: () => true });
  };

  return {
    verifyEmail(account, proof, auditContext) {
      const values = { ...verifiedOf(account), ...proofOf(proof, auditContext) };
      const event = { action: 'EMAIL_VERIFIED', userId: values.userId, auditContext };
      return run(verify.bind(database, values), event, [
        endUnproven.bind(database, values),
        dropProof.bind(database, values),
      ]);
    },

    resetPassword(account, proof, { passwordHash, ...auditContext }) {
      const userId = account.user.id;
      const values = { userId, passwordHash, keepSessionId: '' };
      const fenced = { ...values, ...proofOf(proof, auditContext) };
      return run(reset.bind(database, fenced), { action: 'PASSWORD_RESET', userId, auditContext }, [
        endOthers.bind(database, values),
        dropChallenges.bind(database, values),
      ]);
    },

    changePassword(account, { passwordHash, keepSessionId, ...auditContext }) {
      const verified = verifiedOf(account);
      const values = { userId: verified.userId, passwordHash, keepSessionId };
      const event = { action: 'PASSWORD_CHANGED', userId: verified.userId, auditContext };
      return run(change.bind(database, { ...verified, passwordHash }), event, [
        endOthers.bind(database, values),
        keepOne.bind(database, values),
        dropChallenges.bind(database, values),
      ]);
    },

    changeEmail(account, proof, auditContext) {
      const { email } = proof;
      const values = { ...verifiedOf(account), ...proofOf(proof, auditContext), email };
      const event = { action: 'EMAIL_CHANGED', userId: values.userId, auditContext };
      return run(move.bind(database, values), event, [dropMoved.bind(database, values)]);
    },

    remove(account, { by, ...auditContext }) {
      const values = verifiedOf(account);
      // The user is gone by the time it is written down: the row has the pseudonym alone.
      const nameless = { ...auditContext, meta: { ...auditContext.meta, address: '' } };
      const event =
        by === 'operator'
          ? { action: 'ADMIN_DELETED', userId: null, auditContext }
          : { action: 'ACCOUNT_DELETED', userId: null, auditContext: nameless };
      return run(removeUser.bind(database, values), event, [
        forget.bind(database, values),
        dropRegistrations.bind(database, { ...values, email: account.user.email ?? '' }),
      ]);
    },
  };
}
