/**
 * Registrations: accounts that were asked for and whose mailbox is not proven yet. Adding one runs
 * the same statements whatever is known of the address. What makes a user of one is in admission.ts.
 */
import { and, eq, exists, gt, lte, ne, notExists, or, sql } from 'drizzle-orm';
import type { NewAccounts } from '../flows/model/registration.ts';
import type { Registrations } from '../flows/ports/registrations.ts';
import { createAdmission } from './admission.ts';
import { auditOf, writeOrRecover } from './audit.ts';
import { auditEvents, challenges, registrations, users } from './schema.ts';
import { builder, statement } from './statement.ts';

const given = (name: string) => sql.placeholder(name);
const one = { one: sql`1` };

/** Matches no code: what a challenge holds whose letter does not carry its code. */
const NO_CODE = '';

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

type Wanted = { usernameKey: string | null; email: string; handleId: string; nowMs: number };

const userHasUsername = () =>
  builder
    .select(one)
    .from(users)
    .where(eq(users.usernameKey, given('usernameKey')));

const othersHoldUsername = () =>
  builder
    .select(one)
    .from(registrations)
    .where(
      and(
        eq(registrations.usernameKey, given('usernameKey')),
        gt(registrations.expiresAtMs, given('nowMs')),
        or(ne(registrations.handleId, given('handleId')), ne(registrations.email, given('email'))),
      ),
    );

const findTaken = statement<Wanted>(() =>
  builder
    .select(one)
    .from(sql`(select 1)`)
    .where(or(exists(userHasUsername()), exists(othersHoldUsername()))),
);

const addressIsKnown = () =>
  builder
    .select(one)
    .from(users)
    .where(eq(users.email, given('email')));

const insert = statement<
  Wanted & {
    id: string;
    username: string | null;
    name: string | null;
    passwordHash: string;
    expiresAtMs: number;
  }
>(() =>
  builder.insert(registrations).select((query) =>
    query
      .select({
        id: sql`${given('id')}`.as('id'),
        handleId: sql`${given('handleId')}`.as('handle_id'),
        username: sql`${given('username')}`.as('username'),
        usernameKey: sql`${given('usernameKey')}`.as('username_key'),
        email: sql`${given('email')}`.as('email'),
        name: sql`${given('name')}`.as('name'),
        passwordHash: sql`${given('passwordHash')}`.as('password_hash'),
        createdAtMs: sql`${given('nowMs')}`.as('created_at_ms'),
        expiresAtMs: sql`${given('expiresAtMs')}`.as('expires_at_ms'),
      })
      .from(sql`(select 1)`)
      // One statement is atomic: of two registrations at once, one gets the username.
      .where(and(notExists(userHasUsername()), notExists(othersHoldUsername()))),
  ),
);

const insertChallenge = statement<{
  id: string;
  email: string;
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
        secretHash:
          sql`case when ${exists(addressIsKnown())} then ${NO_CODE} else ${given('secretHash')} end`.as(
            'secret_hash',
          ),
        email: sql`null`.as('email'),
        expiresAtMs: sql`${given('codeExpiresAtMs')}`.as('expires_at_ms'),
      })
      .from(registrations)
      .where(eq(registrations.id, given('id'))),
  ),
);

const isUnsent = eq(challenges.secretHash, NO_CODE);

/** A refused username is no event of anybody's account. */
const audit = statement<{
  challengeId: string;
  nowMs: number;
  accountKey: string;
  contract: string;
  address: string;
  traceId: string;
}>(() =>
  builder.insert(auditEvents).select((query) =>
    query
      .select({
        id: sql`null`.as('id'),
        atMs: sql`${given('nowMs')}`.as('at_ms'),
        action: sql`'REGISTERED'`.as('action'),
        reason: sql`case when ${isUnsent} then 'known' else 'added' end`.as('reason'),
        userId: sql`null`.as('user_id'),
        accountKey: sql`${given('accountKey')}`.as('accountKey'),
        sessionId: sql`null`.as('session_id'),
        contract: sql`${given('contract')}`.as('contract'),
        address: sql`${given('address')}`.as('address'),
        traceId: sql`${given('traceId')}`.as('trace_id'),
      })
      .from(challenges)
      .where(eq(challenges.id, given('challengeId'))),
  ),
);

const outcome = statement<{ challengeId: string }>(() =>
  builder
    .select({ isKnown: sql<number>`${isUnsent}`.as('isKnown') })
    .from(challenges)
    .where(eq(challenges.id, given('challengeId'))),
);

export function createRegistrations(database: D1Database, newAccounts: NewAccounts): Registrations {
  return {
    async isUsernameTaken({ username, email, handleId }, nowMs) {
      const usernameKey = usernameKeyOf(username);
      const { results } = await findTaken
        .bind(database, { usernameKey, email, handleId, nowMs })
        .all();
      return results.length > 0;
    },

    async add({ challenge, ...registration }, auditContext) {
      const { nowMs } = auditContext;
      const usernameKey = usernameKeyOf(registration.username);
      const values = { ...registration, usernameKey, nowMs };
      const event = auditOf(auditContext);
      const write = async () => {
        const [, , , , told] = await database.batch<{ isKnown: number }>([
          clearExpired.bind(database, values),
          insert.bind(database, values),
          insertChallenge.bind(database, {
            id: registration.id,
            email: registration.email,
            challengeId: challenge.id,
            secretHash: challenge.secretHash,
            codeExpiresAtMs: challenge.expiresAtMs,
          }),
          audit.bind(database, { ...event, challengeId: challenge.id }),
          outcome.bind(database, { challengeId: challenge.id }),
        ]);
        const [row] = told?.results ?? [];
        if (row === undefined) return 'username-taken';
        return row.isKnown === 1 ? 'known' : 'added';
      };
      return writeOrRecover<Awaited<ReturnType<Registrations['add']>>>(database, write, {
        ...event,
        action: 'REGISTERED',
        told: (reason) => (reason === 'added' ? 'added' : 'known'),
      });
    },

    ...createAdmission(database, newAccounts),
  };
}

const usernameKeyOf = (username: string | null): string | null => username?.toLowerCase() ?? null;
