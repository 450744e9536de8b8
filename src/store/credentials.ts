/**
 * What changes about a user: proven mailbox, password, address, and the end. Each change is one
 * transaction that begins with a fenced statement; the others act only where that one did.
 */
import { and, eq, exists, ne, notExists, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import type { Challenge, Credentials, Happening } from '../flows/account-services.ts';
import type { Account } from '../flows/services.ts';
import { auditChange, auditOf, OPERATORS, writtenOrAudited } from './audit.ts';
import { stillGood, type Proof } from './challenges.ts';
import { auditEvents, challenges, registrations, sessions, users } from './schema.ts';
import { builder, statement } from './statement.ts';
import { nextDevices } from './users.ts';

const given = (name: string) => sql.placeholder(name);

type Verified = { userId: number; credentialVersion: number };

/** The user, with the password that was verified. */
const asVerified = () =>
  and(eq(users.id, given('userId')), eq(users.credentialVersion, given('credentialVersion')));

const isActive = eq(users.status, 'active');

const verify = statement<Verified & Proof>(() =>
  builder
    .update(users)
    .set({ emailVerified: 1, deviceVersion: nextDevices })
    .where(and(asVerified(), isActive, exists(stillGood()))),
);

const setPassword = {
  passwordHash: sql`${given('passwordHash')}`,
  credentialVersion: sql`${users.credentialVersion} + 1`,
  deviceVersion: nextDevices,
};

const reset = statement<{ userId: number; passwordHash: string } & Proof>(() =>
  builder
    .update(users)
    .set({ ...setPassword, emailVerified: 1 })
    .where(and(eq(users.id, given('userId')), isActive, exists(stillGood()))),
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
        exists(stillGood()),
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
    exists(stillGood()),
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

const proofOf = ({ id, secretHash }: Challenge, { nowMs }: Happening): Proof => ({
  challengeId: id,
  secretHash,
  nowMs,
});

export function createCredentials(database: D1Database): Credentials {
  /** What `first` changes is audited, and what follows acts by its own fence. */
  const run = async (
    first: D1PreparedStatement,
    event: { action: string; userId: number | null; happening: Happening },
    rest: D1PreparedStatement[],
  ): Promise<boolean> => {
    const { action, userId, happening } = event;
    const audit = { ...auditOf(happening), action, userId, publicId: null };
    const write = async () => {
      const [changed] = await database.batch([first, auditChange.bind(database, audit), ...rest]);
      return changed !== undefined && changed.meta.changes > 0;
    };
    return writtenOrAudited(database, write, { ...audit, told: () => true });
  };

  return {
    verifyEmail(account, proof, happening) {
      const values = { ...verifiedOf(account), ...proofOf(proof, happening) };
      const event = { action: 'EMAIL_VERIFIED', userId: values.userId, happening };
      return run(verify.bind(database, values), event, [
        endUnproven.bind(database, values),
        dropProof.bind(database, values),
      ]);
    },

    resetPassword(account, proof, { passwordHash, ...happening }) {
      const userId = account.user.id;
      const values = { userId, passwordHash, keepSessionId: '' };
      const fenced = { ...values, ...proofOf(proof, happening) };
      return run(reset.bind(database, fenced), { action: 'PASSWORD_RESET', userId, happening }, [
        endOthers.bind(database, values),
        dropChallenges.bind(database, values),
      ]);
    },

    changePassword(account, { passwordHash, keepSessionId, ...happening }) {
      const verified = verifiedOf(account);
      const values = { userId: verified.userId, passwordHash, keepSessionId };
      const event = { action: 'PASSWORD_CHANGED', userId: verified.userId, happening };
      return run(change.bind(database, { ...verified, passwordHash }), event, [
        endOthers.bind(database, values),
        keepOne.bind(database, values),
        dropChallenges.bind(database, values),
      ]);
    },

    changeEmail(account, proof, happening) {
      const { email } = proof;
      const values = { ...verifiedOf(account), ...proofOf(proof, happening), email };
      const event = { action: 'EMAIL_CHANGED', userId: values.userId, happening };
      return run(move.bind(database, values), event, [dropMoved.bind(database, values)]);
    },

    remove(account, { by, ...happening }) {
      const values = verifiedOf(account);
      // The user is gone by the time it is written down: the row has the pseudonym alone.
      const nameless = { ...happening, visit: { ...happening.visit, address: '' } };
      const event =
        by === 'operator'
          ? { action: 'ADMIN_DELETED', userId: null, happening }
          : { action: 'ACCOUNT_DELETED', userId: null, happening: nameless };
      return run(removeUser.bind(database, values), event, [
        forget.bind(database, values),
        dropRegistrations.bind(database, { ...values, email: account.user.email ?? '' }),
      ]);
    },
  };
}
