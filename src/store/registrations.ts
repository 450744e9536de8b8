/**
 * Registrations: who asked for an account and has not proven the mailbox yet. Adding one runs the
 * same statements whatever is known of the address, and becoming a user is fenced on the proof.
 */
import { and, eq, exists, lte, or, sql } from 'drizzle-orm';
import type { Happening, Registrations } from '../flows/account-services.ts';
import { auditChange, auditOf, writtenOrAudited } from './audit.ts';
import { stillGood, type Proof } from './challenges.ts';
import { auditEvents, challenges, registrations, users } from './schema.ts';
import { builder, statement } from './statement.ts';

const given = (name: string) => sql.placeholder(name);

/** A name or address that was not proven in time is free again. */
const clearExpired = statement<{ email: string; usernameKey: string | null; nowMs: number }>(() =>
  builder
    .delete(registrations)
    .where(
      and(
        lte(registrations.expiresAtMs, given('nowMs')),
        or(
          eq(registrations.email, given('email')),
          eq(registrations.usernameKey, given('usernameKey')),
        ),
      ),
    ),
);

const insert = statement<{
  id: string;
  username: string | null;
  usernameKey: string | null;
  email: string;
  name: string | null;
  passwordHash: string;
  nowMs: number;
  expiresAtMs: number;
}>(() =>
  builder.insert(registrations).select(
    sql`select ${given('id')}, ${given('username')}, ${given('usernameKey')}, ${given('email')},
        ${given('name')}, ${given('passwordHash')}, new.opens, ${given('nowMs')}, ${given('expiresAtMs')}
      from (select not exists (select 1 from users where email = ${given('email')})
          and not exists (select 1 from registrations where email = ${given('email')} and opens = 1)
          as opens) as new
      where (new.opens = 1 or ${given('usernameKey')} is not null)
        and not exists (select 1 from users where username_key = ${given('usernameKey')})
        and not exists (select 1 from registrations where username_key = ${given('usernameKey')})`,
  ),
);

const insertChallenge = statement<{
  id: string;
  challengeId: string;
  secretHash: string;
  codeExpiresAtMs: number;
}>(() =>
  builder.insert(challenges).select((query) =>
    query
      .select({
        id: sql`${given('challengeId')}`.as('id'),
        userId: sql`null`.as('user_id'),
        registrationId: registrations.id,
        purpose: sql`'verify-email'`.as('purpose'),
        secretHash: sql`${given('secretHash')}`.as('secret_hash'),
        email: sql`null`.as('email'),
        expiresAtMs: sql`${given('codeExpiresAtMs')}`.as('expires_at_ms'),
      })
      .from(registrations)
      .where(and(eq(registrations.id, given('id')), eq(registrations.opens, 1))),
  ),
);

/** A refused username is no event of anybody's account. */
const audit = statement<{
  id: string;
  usernameKey: string | null;
  nowMs: number;
  subject: string;
  contract: string;
  address: string;
  traceId: string;
}>(() =>
  builder.insert(auditEvents).select(
    sql`select null, ${given('nowMs')}, 'REGISTERED',
        case when new.opens = 1 then 'added' else 'kept' end,
        null, ${given('subject')}, null, ${given('contract')}, ${given('address')}, ${given('traceId')}
      from (select (select opens from registrations where id = ${given('id')}) as opens) as new
      where new.opens is not null or ${given('usernameKey')} is null`,
  ),
);

const outcome = statement<{ id: string }>(() =>
  builder
    .select({ opens: registrations.opens })
    .from(registrations)
    .where(eq(registrations.id, given('id'))),
);

const insertUser = statement<
  Proof & { registrationId: string; publicId: string; passwordHash: string | null }
>(() =>
  builder.insert(users).select(
    sql`select null, ${given('publicId')}, r.username, r.username_key, r.email, 1, r.name, null, null,
        'en', 0, null, null, 'active', coalesce(${given('passwordHash')}, r.password_hash), 1, 1,
        ${given('nowMs')}, null
      from registrations as r
      where r.id = ${given('registrationId')} and r.opens = 1 and r.expires_at_ms > ${given('nowMs')}
        and not exists (select 1 from users where email = r.email or username_key = r.username_key)
        and ${exists(stillGood())}`,
  ),
);

const remove = statement<{ registrationId: string; publicId: string }>(() =>
  builder.delete(registrations).where(
    and(
      eq(registrations.id, given('registrationId')),
      exists(
        builder
          .select({ one: sql`1` })
          .from(users)
          .where(eq(users.publicId, given('publicId'))),
      ),
    ),
  ),
);

export function createRegistrations(database: D1Database): Registrations {
  return {
    async add({ challenge, ...registration }, happening) {
      const { nowMs } = happening;
      const usernameKey = registration.username?.toLowerCase() ?? null;
      const values = { ...registration, usernameKey, nowMs };
      const event = auditOf(happening);
      const write = async () => {
        const [, , , , told] = await database.batch<{ opens: number }>([
          clearExpired.bind(database, values),
          insert.bind(database, values),
          insertChallenge.bind(database, {
            id: registration.id,
            challengeId: challenge.id,
            secretHash: challenge.secretHash,
            codeExpiresAtMs: challenge.expiresAtMs,
          }),
          audit.bind(database, { ...event, id: registration.id, usernameKey }),
          outcome.bind(database, { id: registration.id }),
        ]);
        const [row] = told?.results ?? [];
        if (row === undefined) return usernameKey === null ? 'kept' : 'username-taken';
        return row.opens === 1 ? 'added' : 'kept';
      };
      return writtenOrAudited<Awaited<ReturnType<Registrations['add']>>>(database, write, {
        ...event,
        action: 'REGISTERED',
        told: (reason) => (reason === 'added' ? 'added' : 'kept'),
      });
    },

    async admit(registration, proof, { publicId, passwordHash, ...happening }) {
      const values = {
        registrationId: registration.id,
        publicId,
        passwordHash,
        challengeId: proof.id,
        secretHash: proof.secretHash,
        nowMs: happening.nowMs,
      };
      const audit = changed(happening, publicId);
      const write = async () => {
        const [inserted] = await database.batch([
          insertUser.bind(database, values),
          auditChange.bind(database, audit),
          remove.bind(database, values),
        ]);
        return inserted !== undefined && inserted.meta.changes > 0;
      };
      return writtenOrAudited(database, write, { ...audit, told: () => true });
    },
  };
}

const changed = (happening: Happening, publicId: string) => ({
  ...auditOf(happening),
  action: 'EMAIL_VERIFIED',
  userId: null,
  publicId,
});
