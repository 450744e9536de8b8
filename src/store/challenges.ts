/** Codes and links on their way to a mailbox, and whose they are. Looked at on the primary alone. */
import { and, desc, eq, gt, ne, notExists, or, sql, type SQL } from 'drizzle-orm';
import type { Challenge, ChallengeOwner, OwnedChallenge } from '../flows/model/challenge.ts';
import type { Registration } from '../flows/model/registration.ts';
import type { Challenges } from '../flows/ports/challenges.ts';
import type { Identifier } from '../policy/identifier.ts';
import { auditChange, auditOf, writeOrRecover } from './audit.ts';
import { challenges, registrations, users } from './schema.ts';
import { builder, statement } from './statement.ts';
import { accountOf, findBy, findUser, type UserRow } from './users.ts';

const given = (name: string) => sql.placeholder(name);

/** Names the challenge that a change is fenced on. */
export type Proof = { challengeId: string; secretHash: string; nowMs: number };

/** The challenge, as long as it is as it was when it was looked at, and has not expired. */
export const challengeIsValid = (ofOwner?: SQL) =>
  builder
    .select({ one: sql`1` })
    .from(challenges)
    .where(
      and(
        eq(challenges.id, given('challengeId')),
        eq(challenges.secretHash, given('secretHash')),
        gt(challenges.expiresAtMs, given('nowMs')),
        ofOwner,
      ),
    );

/** A registration that has not expired, and whose address and username are no user's. */
export const canBecomeUser = () =>
  and(
    gt(registrations.expiresAtMs, given('nowMs')),
    notExists(
      builder
        .select({ one: sql`1` })
        .from(users)
        .where(
          or(
            eq(users.email, registrations.email),
            eq(users.usernameKey, registrations.usernameKey),
          ),
        ),
    ),
  );

const registrationColumns = {
  id: registrations.id,
  handleId: sql<string>`${registrations.handleId}`.as('handleId'),
  username: registrations.username,
  email: registrations.email,
  name: registrations.name,
  passwordHash: sql<string>`${registrations.passwordHash}`.as('passwordHash'),
};

const challengeColumns = {
  id: challenges.id,
  secretHash: sql<string>`${challenges.secretHash}`.as('secretHash'),
  email: challenges.email,
};

const named = {
  email: { user: eq(users.email, given('value')), key: registrations.email },
  username: { user: eq(users.usernameKey, given('value')), key: registrations.usernameKey },
};

const registrationBy = (kind: Identifier['kind']) =>
  statement<{ value: string; handleId: string | null; nowMs: number }>(() =>
    builder
      .select(registrationColumns)
      .from(registrations)
      .where(and(eq(named[kind].key, given('value')), canBecomeUser()))
      // Null where there is no handle, and then no registration comes before the newest.
      .orderBy(sql`${registrations.handleId} = ${given('handleId')} desc`, sql`rowid desc`)
      .limit(1),
  );

const isLiveCode = () =>
  and(eq(challenges.purpose, 'verify-email'), gt(challenges.expiresAtMs, given('nowMs')));

const userCodeBy = (kind: Identifier['kind']) =>
  statement<{ value: string; nowMs: number }>(() =>
    builder
      .select(challengeColumns)
      .from(challenges)
      .where(
        and(
          sql`${challenges.userId} = ${builder.select({ id: users.id }).from(users).where(named[kind].user)}`,
          isLiveCode(),
        ),
      ),
  );

const registrationCodesBy = (kind: Identifier['kind']) =>
  statement<{ value: string; nowMs: number; most: number }>(() =>
    builder
      .select({
        ...registrationColumns,
        challengeId: sql<string>`${challenges.id}`.as('challengeId'),
        secretHash: sql<string>`${challenges.secretHash}`.as('secretHash'),
      })
      .from(registrations)
      .innerJoin(challenges, eq(challenges.registrationId, registrations.id))
      .where(and(eq(named[kind].key, given('value')), canBecomeUser(), isLiveCode()))
      .orderBy(desc(challenges.expiresAtMs))
      .limit(given('most')),
  );

const by = {
  email: {
    registration: registrationBy('email'),
    userCode: userCodeBy('email'),
    registrationCodes: registrationCodesBy('email'),
  },
  username: {
    registration: registrationBy('username'),
    userCode: userCodeBy('username'),
    registrationCodes: registrationCodesBy('username'),
  },
};

type Secret = { secretHash: string; purpose: string; nowMs: number };

const withSecret = () =>
  and(
    eq(challenges.secretHash, given('secretHash')),
    eq(challenges.purpose, given('purpose')),
    gt(challenges.expiresAtMs, given('nowMs')),
  );

const challengeBySecret = statement<Secret>(() =>
  builder.select(challengeColumns).from(challenges).where(withSecret()),
);

const userBySecret = findUser<Secret>(
  sql`${users.id} = (select ${challenges.userId} from ${challenges} where ${withSecret()})`,
);

const registrationBySecret = statement<Secret>(() =>
  builder
    .select(registrationColumns)
    .from(registrations)
    .where(
      and(
        sql`${registrations.id} = (select ${challenges.registrationId} from ${challenges} where ${withSecret()})`,
        canBecomeUser(),
      ),
    ),
);

const ofUser = statement<{ userId: number; purpose: string; nowMs: number }>(() =>
  builder
    .select(challengeColumns)
    .from(challenges)
    .where(
      and(
        eq(challenges.userId, given('userId')),
        eq(challenges.purpose, given('purpose')),
        gt(challenges.expiresAtMs, given('nowMs')),
      ),
    ),
);

type OwnerIds = { userId: number | null; registrationId: string | null; purpose: string };

/** Only codes: of links, several are good at once. */
const replaceCode = statement<OwnerIds>(() =>
  builder
    .delete(challenges)
    .where(
      and(
        eq(challenges.purpose, given('purpose')),
        ne(challenges.purpose, 'reset-password'),
        or(
          eq(challenges.userId, given('userId')),
          eq(challenges.registrationId, given('registrationId')),
        ),
      ),
    ),
);

/** Of an owner who still exists: a registration may have become a user meanwhile. */
const insert = statement<
  OwnerIds & { id: string; secretHash: string; email: string | null; expiresAtMs: number }
>(() =>
  builder.insert(challenges).select(
    sql`select ${given('id')}, ${given('userId')}, ${given('registrationId')}, ${given('purpose')},
        ${given('secretHash')}, ${given('email')}, ${given('expiresAtMs')}
      where exists (select 1 from users where id = ${given('userId')})
        or exists (select 1 from registrations where id = ${given('registrationId')})`,
  ),
);

const SENT = {
  'verify-email': 'CODE_SENT',
  'reset-password': 'RESET_SENT',
  'change-email': 'EMAIL_CHANGE_ASKED',
};

type RegistrationCodeRow = Registration & { challengeId: string; secretHash: string };

export function createChallenges(database: D1Database): Challenges {
  return {
    async findOwner({ kind, value }, { handleId, nowMs }) {
      const [user, registration] = await database.batch([
        findBy[kind].bind(database, { value }),
        by[kind].registration.bind(database, { value, handleId, nowMs }),
      ]);
      return ownerOf(user, registration);
    },

    async findCodes({ kind, value }, { most, nowMs }) {
      const [user, ofUser, ofRegistrations] = await database.batch([
        findBy[kind].bind(database, { value }),
        by[kind].userCode.bind(database, { value, nowMs }),
        by[kind].registrationCodes.bind(database, { value, nowMs, most }),
      ]);
      const [userRow] = (user?.results ?? []) as UserRow[];
      const account = userRow === undefined ? null : accountOf(userRow);
      const codes: OwnedChallenge[] =
        account === null
          ? ((ofRegistrations?.results ?? []) as RegistrationCodeRow[]).map(
              ({ challengeId, secretHash, ...registration }) => ({
                owner: { is: 'registration', registration },
                challenge: { id: challengeId, secretHash, email: null },
              }),
            )
          : ((ofUser?.results ?? []) as Challenge[]).map((challenge) => ({
              owner: { is: 'user', account },
              challenge,
            }));
      return { account, codes };
    },

    async findBySecret(secretHash, purpose, nowMs) {
      const values = { secretHash, purpose, nowMs };
      const [user, registration, found] = await database.batch([
        userBySecret.bind(database, values),
        registrationBySecret.bind(database, values),
        challengeBySecret.bind(database, values),
      ]);
      const owner = ownerOf(user, registration);
      const [challenge] = (found?.results ?? []) as Challenge[];
      return owner === null || challenge === undefined ? null : { owner, challenge };
    },

    async ofUser(userId, purpose, nowMs) {
      const { results } = await ofUser.bind(database, { userId, purpose, nowMs }).all<Challenge>();
      return results[0] ?? null;
    },

    async issue(owner, { purpose, expiresAtMs, ...challenge }, auditContext) {
      const ids = { ...idsOf(owner), purpose };
      const { userId } = ids;
      const audit = { ...auditOf(auditContext), action: SENT[purpose], userId, publicId: null };
      const write = async () => {
        await database.batch([
          replaceCode.bind(database, ids),
          insert.bind(database, { ...ids, ...challenge, expiresAtMs }),
          auditChange.bind(database, audit),
        ]);
      };
      await writeOrRecover(database, write, { ...audit, told: () => undefined });
    },
  };
}

function ownerOf(user?: D1Result, registration?: D1Result): ChallengeOwner | null {
  const [userRow] = (user?.results ?? []) as UserRow[];
  if (userRow !== undefined) return { is: 'user', account: accountOf(userRow) };
  const [registered] = (registration?.results ?? []) as Registration[];
  return registered === undefined ? null : { is: 'registration', registration: registered };
}

function idsOf(owner: ChallengeOwner) {
  return owner.is === 'user'
    ? { userId: owner.account.user.id, registrationId: null }
    : { userId: null, registrationId: owner.registration.id };
}
