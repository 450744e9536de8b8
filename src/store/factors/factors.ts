/**
 * Changes second factors. Each change is one transaction. Where several statements depend on one
 * condition, the statement that ends the condition comes last.
 */
import { and, eq, isNull, ne, not, or, sql, type SQL } from 'drizzle-orm';
import type { AuditContext } from '../../flows/model/audit.ts';
import type { FactorUse, StoredRecoveryCode } from '../../flows/model/factor.ts';
import type { LiveSession } from '../../flows/model/session.ts';
import type { Factors } from '../../flows/ports/factors.ts';
import { userIsVerified, verified, type Verified } from '../account-conditions.ts';
import { auditChange, auditValues, changeEvent, insertAudit } from '../audit.ts';
import { hasPasskey } from '../passkeys/conditions.ts';
import { factors, passkeys, sessions } from '../schema.ts';
import { isOwnLive } from '../sessions/live.ts';
import { builder, changedRows, existsIn, insertSelect, param, statement } from '../statement.ts';
import { writeOrRecover } from '../write-or-recover.ts';
import {
  hasTotp,
  isConfirmed,
  isOwned,
  isPresented,
  isRecoveryCode,
  isTotp,
  userIsEnrolled,
} from './conditions.ts';
import { useFactor, useValues } from './use.ts';

const isUnconfirmed = isNull(factors.confirmedAtMs);
const isNamed = () => and(eq(factors.id, param('factorId')), isOwned());

type Named = Verified & { factorId: string };
type NewTotp = Named & { secret: string; name: string | null; nowMs: number; maxFactors: number };

const insertTotp = statement<NewTotp>(() =>
  insertSelect(
    factors,
    {
      id: param('factorId'),
      userId: param('userId'),
      kind: 'totp',
      secret: param('secret'),
      name: param('name'),
      createdAtMs: param('nowMs'),
    },
    {
      where: and(
        userIsVerified(),
        sql`(select count(*) from ${factors} where ${and(isOwned(), isTotp, isConfirmed)}) < ${param('maxFactors')}`,
      ),
    },
  ),
);

const deleteReplaced = statement<Named>(() =>
  builder
    .delete(factors)
    .where(
      and(
        isOwned(),
        isTotp,
        isUnconfirmed,
        ne(factors.id, param('factorId')),
        existsIn(factors, isNamed()),
      ),
    ),
);

const deleteTotp = statement<Named>(() =>
  builder.delete(factors).where(and(isNamed(), isTotp, userIsVerified())),
);

const isLastConfirmed = () =>
  and(
    existsIn(factors, and(isNamed(), isTotp, isConfirmed)),
    not(existsIn(factors, and(isOwned(), isTotp, isConfirmed, ne(factors.id, param('factorId'))))),
  );

/** Before its removal: beside neither an app nor a passkey the codes would be asked for, and not be renewed. */
const deleteCodesOfLast = statement<Named>(() =>
  builder
    .delete(factors)
    .where(and(isOwned(), isRecoveryCode, userIsVerified(), isLastConfirmed(), not(hasPasskey()))),
);

/** Before the deletions. The password's second factors and passkeys are reset as one. */
const auditReset = insertAudit<{ userId: number }>(
  { action: 'ADMIN_FACTORS_RESET', reason: 'done', userId: param('userId') },
  () => ({ where: or(existsIn(factors, isOwned()), hasPasskey()) }),
);

const deleteAll = [factors, passkeys].map((table) =>
  statement<{ userId: number }>(() =>
    builder.delete(table).where(eq(table.userId, param('userId'))),
  ),
);

/** `codes`: a JSON array of StoredRecoveryCode. */
type NewCodes = { userId: number; nowMs: number; codes: string };

const insertCodes = <Values>(isAllowed: () => SQL | undefined) =>
  statement<NewCodes & Values>(() =>
    insertSelect(
      factors,
      {
        id: sql`json_each.value ->> 'id'`,
        userId: param('userId'),
        kind: 'recovery-code',
        secret: sql`json_each.value ->> 'secret'`,
        createdAtMs: param('nowMs'),
        confirmedAtMs: param('nowMs'),
      },
      { from: sql`json_each(${param('codes')})`, where: isAllowed() },
    ),
  );

const mayReplaceCodes = () => and(userIsVerified(), or(hasTotp(), hasPasskey()));

const deleteCodes = statement<Verified>(() =>
  builder.delete(factors).where(and(isOwned(), isRecoveryCode, mayReplaceCodes())),
);
const insertNewCodes = insertCodes<Verified>(mayReplaceCodes);

type SessionUse = ReturnType<typeof useValuesOf>;

const useValuesOf = ({ id, user }: LiveSession, use: FactorUse, context: AuditContext) => ({
  ...auditValues(context),
  ...useValues(use),
  sessionId: id,
  userId: user.id,
});

const markSession = (isUsable: SQL) =>
  statement<SessionUse>(() =>
    builder
      .update(sessions)
      .set({ provenAtMs: sql`${param('nowMs')}`, secondFactorAtMs: sql`${param('nowMs')}` })
      .where(and(isOwnLive(), existsIn(factors, and(isPresented(), isUsable)))),
  );

const inSession = (isUsable: SQL) => () => and(isUsable, existsIn(sessions, isOwnLive()));

const confirming = {
  insertFirstCodes: insertCodes<SessionUse>(() =>
    and(
      existsIn(sessions, isOwnLive()),
      existsIn(factors, and(isPresented(), isUnconfirmed)),
      not(userIsEnrolled()),
    ),
  ),
  markSession: markSession(isUnconfirmed),
  use: useFactor(inSession(isUnconfirmed)),
};

const proving = { markSession: markSession(isConfirmed), use: useFactor(inSession(isConfirmed)) };

const codesOf = (recoveryCodes: readonly StoredRecoveryCode[]) => ({
  codes: JSON.stringify(recoveryCodes),
});

/** `maxFactors`: confirmed TOTP factors of an account. */
export function createFactors(
  database: D1Database,
  { maxFactors }: { maxFactors: number },
): Factors {
  /** True: the statement at `at` changed a row. */
  const run = (
    { action, traceId }: Pick<ReturnType<typeof changeEvent>, 'action' | 'traceId'>,
    statements: D1PreparedStatement[],
    at = 0,
  ): Promise<boolean> => {
    const write = async () => changedRows((await database.batch(statements))[at]);
    return writeOrRecover(database, write, { action, traceId, onAudited: () => true });
  };

  return {
    enroll(account, { id: factorId, secret, name }, context) {
      const event = changeEvent('FACTOR_ENROLLED', account.user.id, context);
      const values = {
        ...verified(account),
        factorId,
        secret,
        name,
        maxFactors,
        nowMs: context.nowMs,
      };
      return run(event, [
        insertTotp.bind(database, values),
        auditChange.bind(database, event),
        deleteReplaced.bind(database, values),
      ]);
    },

    confirm(session, use, { recoveryCodes, ...context }) {
      const values = { ...useValuesOf(session, use, context), ...codesOf(recoveryCodes) };
      const event = { action: 'FACTOR_CONFIRMED', traceId: values.traceId } as const;
      const statements = [
        confirming.insertFirstCodes.bind(database, values),
        confirming.markSession.bind(database, values),
        ...confirming.use(database, { ...values, useReason: 'done' }),
      ];
      return run(event, statements, 1);
    },

    replaceRecoveryCodes(account, { recoveryCodes, ...context }) {
      const event = changeEvent('RECOVERY_CODES_REPLACED', account.user.id, context);
      const values = { ...verified(account), ...codesOf(recoveryCodes), nowMs: context.nowMs };
      const statements = [
        deleteCodes.bind(database, values),
        insertNewCodes.bind(database, values),
        auditChange.bind(database, event),
      ];
      return run(event, statements, 1);
    },

    remove(account, factorId, context) {
      const event = changeEvent('FACTOR_REMOVED', account.user.id, context);
      const values = { ...verified(account), factorId };
      const statements = [
        deleteCodesOfLast.bind(database, values),
        deleteTotp.bind(database, values),
        auditChange.bind(database, event),
      ];
      return run(event, statements, 1);
    },

    prove(session, use, context) {
      const values = useValuesOf(session, use, context);
      const event = changeEvent('REAUTHENTICATED', values.userId, context);
      return run(event, [
        proving.markSession.bind(database, values),
        auditChange.bind(database, { ...event, reason: use.kind }),
        ...proving.use(database, { ...values, useReason: 'reauthentication' }),
      ]);
    },

    reset({ user }, context) {
      const event = { action: 'ADMIN_FACTORS_RESET', traceId: context.meta.traceId } as const;
      return run(event, [
        auditReset.bind(database, { ...auditValues(context), userId: user.id }),
        ...deleteAll.map((each) => each.bind(database, { userId: user.id })),
      ]);
    },
  };
}
