/** Makes a user of a registration whose mailbox was proven, fenced on the proof. */
import { and, eq, exists, sql } from 'drizzle-orm';
import type { NewAccounts } from '../flows/model/registration.ts';
import type { Registrations } from '../flows/ports/registrations.ts';
import { auditChange, auditOf, writeOrRecover } from './audit.ts';
import { canBecomeUser, challengeIsValid, type Proof } from './challenges.ts';
import { challenges, registrations, roles, teams, users } from './schema.ts';
import { builder, statement } from './statement.ts';

const given = (name: string) => sql.placeholder(name);

/** Adds the role or team of new accounts where it is missing; one that is there keeps its name. */
const insertNamed = (table: typeof roles | typeof teams) =>
  statement<{ id: string; name: string }>(() =>
    builder
      .insert(table)
      .values({ id: given('id'), name: given('name') })
      .onConflictDoNothing(),
  );
const insertRole = insertNamed(roles);
const insertTeam = insertNamed(teams);

type Admission = Proof & {
  registrationId: string;
  publicId: string;
  passwordHash: string | null;
  roleId: string | null;
  teamId: string | null;
};

const insertUser = statement<Admission>(() =>
  builder.insert(users).select((query) =>
    query
      .select({
        id: sql`null`.as('id'),
        publicId: sql`${given('publicId')}`.as('public_id'),
        username: registrations.username,
        usernameKey: registrations.usernameKey,
        email: registrations.email,
        emailVerified: sql`1`.as('email_verified'),
        name: registrations.name,
        phone: sql`null`.as('phone'),
        avatar: sql`null`.as('avatar'),
        language: sql`'en'`.as('language'),
        isAdmin: sql`0`.as('is_admin'),
        roleId: sql`${given('roleId')}`.as('role_id'),
        teamId: sql`${given('teamId')}`.as('team_id'),
        status: sql`'active'`.as('status'),
        passwordHash: sql`coalesce(${given('passwordHash')}, ${registrations.passwordHash})`.as(
          'password_hash',
        ),
        credentialVersion: sql`1`.as('credential_version'),
        deviceVersion: sql`1`.as('device_version'),
        createdAtMs: sql`${given('nowMs')}`.as('created_at_ms'),
        lastLoginAtMs: sql`null`.as('last_login_at_ms'),
      })
      .from(registrations)
      .where(
        and(
          eq(registrations.id, given('registrationId')),
          canBecomeUser(),
          exists(challengeIsValid(eq(challenges.registrationId, registrations.id))),
        ),
      ),
  ),
);

const admitted = () =>
  builder
    .select({
      userId: sql<number>`${users.id}`.as('userId'),
      deviceVersion: sql<number>`${users.deviceVersion}`.as('deviceVersion'),
    })
    .from(users)
    .where(eq(users.publicId, given('publicId')));

/** The others of its address stay: they hold their usernames until they expire. */
const remove = statement<{ registrationId: string; publicId: string }>(() =>
  builder
    .delete(registrations)
    .where(and(eq(registrations.id, given('registrationId')), exists(admitted()))),
);

const findAdmitted = statement<{ publicId: string }>(admitted);

export function createAdmission(
  database: D1Database,
  { role, team }: NewAccounts,
): Pick<Registrations, 'admit'> {
  return {
    async admit(registration, proof, { publicId, passwordHash, ...auditContext }) {
      const values = {
        registrationId: registration.id,
        publicId,
        passwordHash,
        roleId: role?.id ?? null,
        teamId: team?.id ?? null,
        challengeId: proof.id,
        secretHash: proof.secretHash,
        nowMs: auditContext.nowMs,
      };
      const audit = { ...auditOf(auditContext), action: 'EMAIL_VERIFIED', userId: null, publicId };
      const write = async () => {
        const results = await database.batch<{ userId: number; deviceVersion: number }>([
          ...(role === null ? [] : [insertRole.bind(database, role)]),
          ...(team === null ? [] : [insertTeam.bind(database, team)]),
          insertUser.bind(database, values),
          auditChange.bind(database, audit),
          remove.bind(database, values),
          findAdmitted.bind(database, values),
        ]);
        const [device] = results.at(-1)?.results ?? [];
        return device === undefined ? null : { device };
      };
      return writeOrRecover<Awaited<ReturnType<Registrations['admit']>>>(database, write, {
        ...audit,
        told: () => ({ device: null }),
      });
    },
  };
}
