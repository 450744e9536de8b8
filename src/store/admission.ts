/** Makes a user of a registration whose mailbox was proven, fenced on the proof. */
import { and, eq, exists, sql } from 'drizzle-orm';
import type { Registrations } from '../flows/account-services.ts';
import { auditChange, auditOf, writtenOrAudited } from './audit.ts';
import { canBecomeUser, stillGood, type Proof } from './challenges.ts';
import { challenges, registrations, users } from './schema.ts';
import { builder, statement } from './statement.ts';

const given = (name: string) => sql.placeholder(name);

type Admission = Proof & { registrationId: string; publicId: string; passwordHash: string | null };

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
        roleId: sql`null`.as('role_id'),
        teamId: sql`null`.as('team_id'),
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
          exists(stillGood(eq(challenges.registrationId, registrations.id))),
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

export function createAdmission(database: D1Database): Pick<Registrations, 'admit'> {
  return {
    async admit(registration, proof, { publicId, passwordHash, ...happening }) {
      const values = {
        registrationId: registration.id,
        publicId,
        passwordHash,
        challengeId: proof.id,
        secretHash: proof.secretHash,
        nowMs: happening.nowMs,
      };
      const audit = { ...auditOf(happening), action: 'EMAIL_VERIFIED', userId: null, publicId };
      const write = async () => {
        const [, , , found] = await database.batch<{ userId: number; deviceVersion: number }>([
          insertUser.bind(database, values),
          auditChange.bind(database, audit),
          remove.bind(database, values),
          findAdmitted.bind(database, values),
        ]);
        const [device] = found?.results ?? [];
        return device === undefined ? null : { device };
      };
      return writtenOrAudited<Awaited<ReturnType<Registrations['admit']>>>(database, write, {
        ...audit,
        told: () => ({ device: null }),
      });
    },
  };
}
