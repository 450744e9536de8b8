/** Finds challenges and their owners: users, and registrations that can still become users. */
import { and, desc, eq, gt, sql } from 'drizzle-orm';
import type { Challenge, ChallengeOwner } from '../../flows/model/challenge.ts';
import type { Challenges } from '../../flows/ports/challenges.ts';
import type { Identifier } from '../../policy/identifier.ts';
import { challenges, registrations, users } from '../schema.ts';
import { aliased, builder, param, statement, type RowOf } from '../statement.ts';
import { findBy, findUser, firstAccount } from '../users.ts';
import { canBecomeUser } from './conditions.ts';

const registrationColumns = aliased({
  id: registrations.id,
  handleId: registrations.handleId,
  username: registrations.username,
  email: registrations.email,
  name: registrations.name,
  language: registrations.language,
  passwordHash: registrations.passwordHash,
});

const challengeColumns = aliased({
  id: challenges.id,
  secretHash: challenges.secretHash,
  email: challenges.email,
});

const codeColumns = aliased({ challengeId: challenges.id, secretHash: challenges.secretHash });

type RegistrationRow = RowOf<typeof registrationColumns>;
type CodeRow = RegistrationRow & RowOf<typeof codeColumns>;

const isLive = () => gt(challenges.expiresAtMs, param('nowMs'));
const hasPurpose = () => and(eq(challenges.purpose, param('purpose')), isLive());
const hasSecret = () =>
  and(
    eq(challenges.secretHash, param('secretHash')),
    sql`${challenges.purpose} in (select value from json_each(${param('purposes')}))`,
    isLive(),
  );
const isLiveCode = () => and(eq(challenges.purpose, 'verify-email'), isLive());

const statementsBy = (kind: Identifier['kind']) => {
  const [userName, registrationName] = {
    email: [users.email, registrations.email] as const,
    username: [users.usernameKey, registrations.usernameKey] as const,
  }[kind];
  const isNamed = eq(registrationName, param('value'));

  return {
    user: findBy[kind],

    registration: statement<{ value: string; handleId: string | null; nowMs: number }>(() =>
      builder
        .select(registrationColumns)
        .from(registrations)
        .where(and(isNamed, canBecomeUser()))
        // Without a handle the comparison is null for all rows, and the newest comes first.
        .orderBy(sql`${registrations.handleId} = ${param('handleId')} desc`, sql`rowid desc`)
        .limit(1),
    ),

    userCode: statement<{ value: string; nowMs: number }>(() =>
      builder
        .select(challengeColumns)
        .from(challenges)
        .where(
          and(
            sql`${challenges.userId} = (select id from ${users} where ${userName} = ${param('value')})`,
            isLiveCode(),
          ),
        ),
    ),

    registrationCodes: statement<{ value: string; nowMs: number; most: number }>(() =>
      builder
        .select({ ...registrationColumns, ...codeColumns })
        .from(registrations)
        .innerJoin(challenges, eq(challenges.registrationId, registrations.id))
        .where(and(isNamed, canBecomeUser(), isLiveCode()))
        .orderBy(desc(challenges.expiresAtMs))
        .limit(param('most')),
    ),
  };
};

const by = { email: statementsBy('email'), username: statementsBy('username') };

/** `purposes`: a JSON array. */
type Secret = { secretHash: string; purposes: string; nowMs: number };

const challengeBySecret = statement<Secret>(() =>
  builder.select(challengeColumns).from(challenges).where(hasSecret()),
);

const userBySecret = findUser<Secret>(
  sql`${users.id} = (select ${challenges.userId} from ${challenges} where ${hasSecret()})`,
);

const registrationBySecret = statement<Secret>(() =>
  builder
    .select(registrationColumns)
    .from(registrations)
    .where(
      and(
        sql`${registrations.id} = (select ${challenges.registrationId} from ${challenges} where ${hasSecret()})`,
        canBecomeUser(),
      ),
    ),
);

const challengeOfUser = statement<{ userId: number; purpose: string; nowMs: number }>(() =>
  builder
    .select(challengeColumns)
    .from(challenges)
    .where(and(eq(challenges.userId, param('userId')), hasPurpose())),
);

export function createChallengeLookups(database: D1Database): Omit<Challenges, 'issue'> {
  return {
    async findOwner({ kind, value }, { handleId, nowMs }) {
      const [user, registration] = await database.batch([
        by[kind].user.bind(database, { value }),
        by[kind].registration.bind(database, { value, handleId, nowMs }),
      ]);
      return ownerOf(user, registration);
    },

    async findCodes({ kind, value }, { most, nowMs }) {
      const [user, userCode, registrationCodes] = await database.batch([
        by[kind].user.bind(database, { value }),
        by[kind].userCode.bind(database, { value, nowMs }),
        by[kind].registrationCodes.bind(database, { value, nowMs, most }),
      ]);
      const account = firstAccount(user?.results);
      if (account !== null) {
        const codes = (userCode?.results ?? []) as Challenge[];
        const owner = { is: 'user', account } as const;
        return { account, codes: codes.map((challenge) => ({ owner, challenge })) };
      }
      const rows = (registrationCodes?.results ?? []) as CodeRow[];
      const codes = rows.map(({ challengeId: id, secretHash, ...registration }) => ({
        owner: { is: 'registration', registration } as const,
        challenge: { id, secretHash, email: null },
      }));
      return { account, codes };
    },

    async findBySecret(secretHash, purposes, nowMs) {
      const values = { secretHash, purposes: JSON.stringify(purposes), nowMs };
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
      const query = challengeOfUser.bind(database, { userId, purpose, nowMs });
      return (await query.all<Challenge>()).results[0] ?? null;
    },
  };
}

/** A user has the name before any registration. */
function ownerOf(user?: D1Result, registered?: D1Result): ChallengeOwner | null {
  const account = firstAccount(user?.results);
  if (account !== null) return { is: 'user', account };
  const [registration] = (registered?.results ?? []) as RegistrationRow[];
  return registration === undefined ? null : { is: 'registration', registration };
}
