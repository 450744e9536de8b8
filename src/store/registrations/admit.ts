/** Makes a user of a registration whose mailbox was proven, fenced on the proof. */
import { and, eq, sql } from 'drizzle-orm';
import type { NewAccounts } from '../../flows/model/registration.ts';
import type { Registrations } from '../../flows/ports/registrations.ts';
import { auditChange, auditValues } from '../audit.ts';
import { canBecomeUser, challengeIsValid, type Proof } from '../challenges/conditions.ts';
import { challenges, registrations, roles, teams, users } from '../schema.ts';
import { aliased, builder, existsIn, insertSelect, param, statement } from '../statement.ts';
import { writeOrRecover } from '../write-or-recover.ts';

/** Adds the role or team of new accounts where it is missing; an existing one keeps its name. */
const insertMissing = (table: typeof roles | typeof teams) =>
  statement<{ id: string; name: string }>(() =>
    builder
      .insert(table)
      .values({ id: param('id'), name: param('name') })
      .onConflictDoNothing(),
  );
const insertRole = insertMissing(roles);
const insertTeam = insertMissing(teams);

/** The statements that precede the insertion of a user who is to have them. */
export const insertRoleAndTeam = (database: D1Database, { role, team }: NewAccounts) => [
  ...(role === null ? [] : [insertRole.bind(database, role)]),
  ...(team === null ? [] : [insertTeam.bind(database, team)]),
];

type Admission = Proof & {
  registrationId: string;
  publicId: string;
  passwordHash: string | null;
  roleId: string | null;
  teamId: string | null;
};

const insertUser = statement<Admission>(() =>
  insertSelect(
    users,
    {
      publicId: param('publicId'),
      username: registrations.username,
      usernameKey: registrations.usernameKey,
      email: registrations.email,
      emailVerified: 1,
      name: registrations.name,
      language: registrations.language,
      roleId: param('roleId'),
      teamId: param('teamId'),
      passwordHash: sql`coalesce(${param('passwordHash')}, ${registrations.passwordHash})`,
      createdAtMs: param('nowMs'),
    },
    {
      from: registrations,
      where: and(
        eq(registrations.id, param('registrationId')),
        canBecomeUser(),
        challengeIsValid(eq(challenges.registrationId, registrations.id)),
      ),
    },
  ),
);

const isAdmitted = () => eq(users.publicId, param('publicId'));

/** The other registrations of the address hold their usernames until they expire. */
const deleteRegistration = statement<{ registrationId: string; publicId: string }>(() =>
  builder
    .delete(registrations)
    .where(and(eq(registrations.id, param('registrationId')), existsIn(users, isAdmitted()))),
);

const findAdmitted = statement<{ publicId: string }>(() =>
  builder
    .select(aliased({ userId: users.id, deviceVersion: users.deviceVersion }))
    .from(users)
    .where(isAdmitted()),
);

export function createAdmission(
  database: D1Database,
  newAccounts: NewAccounts,
): Pick<Registrations, 'admit'> {
  return {
    async admit(registration, proof, { publicId, passwordHash, ...context }) {
      const values = {
        ...auditValues(context),
        registrationId: registration.id,
        publicId,
        passwordHash,
        roleId: newAccounts.role?.id ?? null,
        teamId: newAccounts.team?.id ?? null,
        challengeId: proof.id,
        secretHash: proof.secretHash,
        action: 'EMAIL_VERIFIED' as const,
        reason: 'done',
        userId: null,
      };
      const write = async () => {
        const results = await database.batch<{ userId: number; deviceVersion: number }>([
          ...insertRoleAndTeam(database, newAccounts),
          insertUser.bind(database, values),
          auditChange.bind(database, values),
          deleteRegistration.bind(database, values),
          findAdmitted.bind(database, values),
        ]);
        const [device] = results.at(-1)?.results ?? [];
        return device === undefined ? null : { device };
      };
      return writeOrRecover<Awaited<ReturnType<Registrations['admit']>>>(database, write, {
        action: values.action,
        traceId: values.traceId,
        onAudited: () => ({ device: null }),
      });
    },
  };
}
