/** Makes a user and the first session at once, fenced on names that are free. */
import { eq, sql } from 'drizzle-orm';
import type { NewAccounts } from '../../flows/model/registration.ts';
import type { Registrations } from '../../flows/ports/registrations.ts';
import { auditValues, insertAudit } from '../audit.ts';
import { users } from '../schema.ts';
import { auditLogin, insertSession, sessionValues } from '../sessions/create.ts';
import { builder, existsIn, insertSelect, param, statement } from '../statement.ts';
import { findUser, firstAccount } from '../users.ts';
import { writeOrRecover } from '../write-or-recover.ts';
import { insertRoleAndTeam } from './admit.ts';
import { emailLanguage } from './email-language.ts';
import { usernameIsTaken, type Wanted } from './username.ts';

type NewUser = Wanted & {
  publicId: string;
  username: string | null;
  name: string | null;
  language: string;
  passwordHash: string;
  roleId: string | null;
  teamId: string | null;
};

/** One statement is atomic: of two registrations at once, one gets the names. */
const insertUser = statement<NewUser>(() =>
  insertSelect(
    users,
    {
      publicId: param('publicId'),
      username: param('username'),
      usernameKey: param('usernameKey'),
      email: param('email'),
      name: param('name'),
      language: param('language'),
      roleId: param('roleId'),
      teamId: param('teamId'),
      passwordHash: param('passwordHash'),
      createdAtMs: param('nowMs'),
      lastLoginAtMs: param('nowMs'),
    },
    {
      where: sql`not ${usernameIsTaken()} and not ${existsIn(users, eq(users.email, param('email')))}`,
    },
  ),
);

/** The public id is random, so a user who has it was inserted by this batch. */
const isCreated = () => eq(users.publicId, param('publicId'));
const insertFirstSession = insertSession<{ publicId: string }>(isCreated);
const findCreated = findUser<{ publicId: string }>(isCreated());

type OutcomeName = 'granted' | 'username-taken' | 'email-taken';

const outcome = () =>
  sql<OutcomeName>`case when ${existsIn(users, isCreated())} then 'granted'
    when ${usernameIsTaken()} then 'username-taken' else 'email-taken' end`;

const auditRegistration = insertAudit<Wanted & { publicId: string }>({
  action: 'REGISTERED',
  reason: outcome(),
  userId: sql`(select id from users where ${isCreated()})`,
});

const findOutcome = statement<Wanted & { publicId: string; language: string }>(() =>
  builder
    .select({ outcome: outcome().as('outcome'), language: emailLanguage().as('language') })
    .from(sql`(select 1)`),
);

type Created = Awaited<ReturnType<Registrations['createAccount']>>;

function createdIn([found, end]: readonly (D1Result | undefined)[]): Created {
  const account = firstAccount(found?.results);
  if (account !== null) return { account };
  const [row] = (end?.results ?? []) as { outcome: OutcomeName; language: string }[];
  return row === undefined || row.outcome === 'username-taken'
    ? { taken: 'username' }
    : { taken: 'email', language: row.language };
}

export function createAccountCreation(
  database: D1Database,
  newAccounts: NewAccounts,
): Pick<Registrations, 'createAccount'> {
  return {
    async createAccount({ username, usernameKey, email, name, language, handleId, ...account }) {
      const values = {
        ...auditValues(account),
        ...sessionValues(account),
        publicId: account.publicId,
        passwordHash: account.passwordHash,
        username,
        usernameKey,
        email,
        name,
        language,
        handleId,
        roleId: newAccounts.role?.id ?? null,
        teamId: newAccounts.team?.id ?? null,
      };
      const reads = () => [findCreated.bind(database, values), findOutcome.bind(database, values)];
      const write = async () => {
        const results = await database.batch([
          ...insertRoleAndTeam(database, newAccounts),
          insertUser.bind(database, values),
          insertFirstSession.bind(database, values),
          auditRegistration.bind(database, values),
          auditLogin.bind(database, values),
          ...reads(),
        ]);
        return createdIn(results.slice(-2));
      };
      const created = await writeOrRecover<Created | null>(database, write, {
        action: 'REGISTERED',
        traceId: values.traceId,
        onAudited: () => null,
      });
      return created ?? createdIn(await database.batch(reads()));
    },
  };
}
