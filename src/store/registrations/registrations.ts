/**
 * Stores registrations: accounts that were asked for and whose mailbox is not proven yet. Adding one
 * runs the same statements whether its address is known or not. admit.ts makes users of them, and create-account.ts makes
 * users without one.
 */
import { and, eq, lte, or, sql } from 'drizzle-orm';
import type { NewAccounts } from '../../flows/model/registration.ts';
import type { Registrations } from '../../flows/ports/registrations.ts';
import { auditValues, insertAudit } from '../audit.ts';
import { challenges, registrations, users } from '../schema.ts';
import { builder, existsIn, insertSelect, param, statement } from '../statement.ts';
import { writeOrRecover } from '../write-or-recover.ts';
import { createAdmission } from './admit.ts';
import { createAccountCreation } from './create-account.ts';
import { emailLanguage } from './email-language.ts';
import { usernameIsTaken, type Wanted } from './username.ts';

/** Stored in place of a code's hash where the address is known: no code has this hash. */
const NO_CODE = '';

/** Frees a username or address that was not proven in time. */
const deleteExpired = statement<{ email: string; usernameKey: string | null; nowMs: number }>(() =>
  builder
    .delete(registrations)
    .where(
      and(
        lte(registrations.expiresAtMs, param('nowMs')),
        or(
          eq(registrations.email, param('email')),
          eq(registrations.usernameKey, param('usernameKey')),
        ),
      ),
    ),
);

const findTaken = statement<Wanted>(() =>
  builder
    .select({ one: sql`1` })
    .from(sql`(select 1)`)
    .where(usernameIsTaken()),
);

const insert = statement<
  Wanted & {
    id: string;
    username: string | null;
    name: string | null;
    language: string;
    passwordHash: string;
    expiresAtMs: number;
  }
>(() =>
  insertSelect(
    registrations,
    {
      id: param('id'),
      handleId: param('handleId'),
      username: param('username'),
      usernameKey: param('usernameKey'),
      email: param('email'),
      name: param('name'),
      language: param('language'),
      passwordHash: param('passwordHash'),
      createdAtMs: param('nowMs'),
      expiresAtMs: param('expiresAtMs'),
    },
    // One statement is atomic: of two registrations at once, one gets the username.
    { where: sql`not ${usernameIsTaken()}` },
  ),
);

const insertChallenge = statement<{
  id: string;
  email: string;
  challengeId: string;
  secretHash: string;
  codeExpiresAtMs: number;
}>(() =>
  insertSelect(
    challenges,
    {
      id: param('challengeId'),
      registrationId: registrations.id,
      purpose: 'verify-email',
      secretHash: sql`iif(${existsIn(users, eq(users.email, param('email')))}, ${NO_CODE}, ${param('secretHash')})`,
      expiresAtMs: param('codeExpiresAtMs'),
    },
    { from: registrations, where: eq(registrations.id, param('id')) },
  ),
);

const isAddressKnown = eq(challenges.secretHash, NO_CODE);
const isNewChallenge = () => eq(challenges.id, param('challengeId'));

/** A username that is taken leaves no challenge, so no event is written. */
const auditRegistration = insertAudit<{ challengeId: string }>(
  { action: 'REGISTERED', reason: sql`iif(${isAddressKnown}, 'known', 'added')` },
  () => ({ from: challenges, where: isNewChallenge() }),
);

type OutcomeRow = { isKnown: number; language: string };

const findOutcome = statement<{ challengeId: string; email: string; language: string }>(() =>
  builder
    .select({
      isKnown: sql<number>`${isAddressKnown}`.as('isKnown'),
      language: emailLanguage().as('language'),
    })
    .from(challenges)
    .where(isNewChallenge()),
);

export function createRegistrations(database: D1Database, newAccounts: NewAccounts): Registrations {
  return {
    async isUsernameTaken({ usernameKey, email, handleId }, nowMs) {
      const query = findTaken.bind(database, { usernameKey, email, handleId, nowMs });
      return (await query.all()).results.length > 0;
    },

    async add({ challenge, ...registration }, context) {
      const values = {
        ...registration,
        ...auditValues(context),
        challengeId: challenge.id,
        secretHash: challenge.secretHash,
        codeExpiresAtMs: challenge.expiresAtMs,
      };
      const write = async () => {
        const results = await database.batch<OutcomeRow>([
          deleteExpired.bind(database, values),
          insert.bind(database, values),
          insertChallenge.bind(database, values),
          auditRegistration.bind(database, values),
          findOutcome.bind(database, values),
        ]);
        const [row] = results.at(-1)?.results ?? [];
        if (row === undefined) return 'username-taken';
        const { isKnown, language } = row;
        return isKnown === 1 ? { known: { language } } : 'added';
      };
      return writeOrRecover<Awaited<ReturnType<Registrations['add']>>>(database, write, {
        action: 'REGISTERED',
        traceId: values.traceId,
        onAudited: (reason) =>
          reason === 'added' ? 'added' : { known: { language: values.language } },
      });
    },

    ...createAdmission(database, newAccounts),
    ...createAccountCreation(database, newAccounts),
  };
}
