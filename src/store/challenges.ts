/** Codes and links on their way to a mailbox, and whose they are. Looked at on the primary alone. */
import { and, eq, gt, or, sql } from 'drizzle-orm';
import type { Challenge, Challenges, Owner, Registration } from '../flows/account-services.ts';
import type { Identifier } from '../policy/identifier.ts';
import { auditChange, auditOf, writtenOrAudited } from './audit.ts';
import { challenges, registrations, users } from './schema.ts';
import { builder, statement } from './statement.ts';
import { accountOf, findBy, findUser, type UserRow } from './users.ts';

const given = (name: string) => sql.placeholder(name);

/** Names the challenge that a change is fenced on. */
export type Proof = { challengeId: string; secretHash: string; nowMs: number };

/** The challenge, as long as it is as it was when it was looked at, and has not expired. */
export const stillGood = () =>
  builder
    .select({ one: sql`1` })
    .from(challenges)
    .where(
      and(
        eq(challenges.id, given('challengeId')),
        eq(challenges.secretHash, given('secretHash')),
        gt(challenges.expiresAtMs, given('nowMs')),
      ),
    );

const registrationColumns = {
  id: registrations.id,
  username: registrations.username,
  email: registrations.email,
  name: registrations.name,
  passwordHash: sql<string>`${registrations.passwordHash}`.as('passwordHash'),
};

const challengeColumns = {
  id: challenges.id,
  userId: sql<number | null>`${challenges.userId}`.as('userId'),
  registrationId: sql<string | null>`${challenges.registrationId}`.as('registrationId'),
  secretHash: sql<string>`${challenges.secretHash}`.as('secretHash'),
  email: challenges.email,
};

type ChallengeRow = Challenge & { userId: number | null; registrationId: string | null };

const openRegistration = () =>
  and(eq(registrations.opens, 1), gt(registrations.expiresAtMs, given('nowMs')));

const named = {
  email: { user: eq(users.email, given('value')), key: registrations.email },
  username: { user: eq(users.usernameKey, given('value')), key: registrations.usernameKey },
};

const registrationBy = (kind: Identifier['kind']) =>
  statement<{ value: string; nowMs: number }>(() =>
    builder
      .select(registrationColumns)
      .from(registrations)
      .where(and(eq(named[kind].key, given('value')), openRegistration())),
  );

const challengeBy = (kind: Identifier['kind']) =>
  statement<{ value: string; purpose: string; nowMs: number }>(() =>
    builder
      .select(challengeColumns)
      .from(challenges)
      .where(
        and(
          eq(challenges.purpose, given('purpose')),
          gt(challenges.expiresAtMs, given('nowMs')),
          or(
            sql`${challenges.userId} in ${builder.select({ id: users.id }).from(users).where(named[kind].user)}`,
            sql`${challenges.registrationId} in ${builder
              .select({ id: registrations.id })
              .from(registrations)
              .where(eq(named[kind].key, given('value')))}`,
          ),
        ),
      ),
  );

const by = {
  email: { registration: registrationBy('email'), challenge: challengeBy('email') },
  username: { registration: registrationBy('username'), challenge: challengeBy('username') },
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
        openRegistration(),
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

const replace = statement<OwnerIds>(() =>
  builder
    .delete(challenges)
    .where(
      and(
        eq(challenges.purpose, given('purpose')),
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

export function createChallenges(database: D1Database): Challenges {
  const read = async (
    statements: [D1PreparedStatement, D1PreparedStatement, D1PreparedStatement],
  ) => {
    const [user, registration, challenge] = await database.batch(statements);
    const [userRow] = (user?.results ?? []) as UserRow[];
    const [registered] = (registration?.results ?? []) as Registration[];
    const owner = ownerOf(userRow, registered);
    const rows = (challenge?.results ?? []) as ChallengeRow[];
    return { owner, challenge: rows.find((row) => isOf(row, owner)) ?? null };
  };

  return {
    find: ({ kind, value }, purpose, nowMs) =>
      read([
        findBy[kind].bind(database, { value }),
        by[kind].registration.bind(database, { value, nowMs }),
        by[kind].challenge.bind(database, { value, purpose, nowMs }),
      ]),

    async findBySecret(secretHash, purpose, nowMs) {
      const values = { secretHash, purpose, nowMs };
      const { owner, challenge } = await read([
        userBySecret.bind(database, values),
        registrationBySecret.bind(database, values),
        challengeBySecret.bind(database, values),
      ]);
      return owner === null || challenge === null ? null : { owner, challenge };
    },

    async ofUser(userId, purpose, nowMs) {
      const { results } = await ofUser
        .bind(database, { userId, purpose, nowMs })
        .all<ChallengeRow>();
      return results[0] ?? null;
    },

    async issue(owner, { purpose, expiresAtMs, ...challenge }, happening) {
      const ids = { ...idsOf(owner), purpose };
      const { userId } = ids;
      const audit = { ...auditOf(happening), action: SENT[purpose], userId, publicId: null };
      const write = async () => {
        await database.batch([
          replace.bind(database, ids),
          insert.bind(database, { ...ids, ...challenge, expiresAtMs }),
          auditChange.bind(database, audit),
        ]);
      };
      await writtenOrAudited(database, write, { ...audit, told: () => undefined });
    },
  };
}

function ownerOf(user: UserRow | undefined, registration: Registration | undefined): Owner | null {
  if (user !== undefined) return { is: 'user', account: accountOf(user) };
  return registration === undefined ? null : { is: 'registration', registration };
}

function idsOf(owner: Owner) {
  return owner.is === 'user'
    ? { userId: owner.account.user.id, registrationId: null }
    : { userId: null, registrationId: owner.registration.id };
}

function isOf(row: ChallengeRow, owner: Owner | null): boolean {
  if (owner === null) return false;
  const { userId, registrationId } = idsOf(owner);
  return row.userId === userId && row.registrationId === registrationId;
}
