/** Uses a second factor up, as part of the batch that stores what its code proves. */
import { and, isNull, or, sql, type SQL } from 'drizzle-orm';
import type { FactorUse } from '../../flows/model/factor.ts';
import { auditValues, insertAudit } from '../audit.ts';
import { factors } from '../schema.ts';
import { builder, param, statement } from '../statement.ts';
import { isPresented, isRecoveryCode } from './conditions.ts';

/** The values of `isPresented`, and the rest of a use. */
export const useValues = ({ factorId, kind, step, resealed }: FactorUse) => ({
  factorId,
  factorKind: kind as FactorUse['kind'] | null,
  step,
  resealed,
});

type Use = Omit<ReturnType<typeof useValues>, 'factorId'> & { factorId: string | null };

/** Meets `isPresented` of no factor. */
export const NO_FACTOR: Use = { factorId: null, factorKind: null, step: 0, resealed: null };

type Values = ReturnType<typeof auditValues> &
  Use & { userId: number; sessionId: string; useReason: string };

/**
 * Builds the statements that use the factor up where `isAllowed`: for the end of a batch, since the
 * factor does not meet `isPresented` after them. The last one changes a row if the factor was used.
 */
export function useFactor(isAllowed: () => SQL | undefined) {
  const where = () => and(isPresented(), isAllowed());

  /** A confirmed TOTP factor leaves no event of its own. */
  const audit = insertAudit<Values>(
    {
      action: sql`iif(${isRecoveryCode}, 'RECOVERY_CODE_USED', 'FACTOR_CONFIRMED')`,
      reason: param('useReason'),
      userId: factors.userId,
      sessionId: param('sessionId'),
    },
    () => ({
      from: factors,
      where: and(where(), or(isRecoveryCode, isNull(factors.confirmedAtMs))),
    }),
  );

  const swapStep = statement<Values>(() =>
    builder
      .update(factors)
      .set({
        lastStep: sql`${param('step')}`,
        lastUsedAtMs: sql`${param('nowMs')}`,
        confirmedAtMs: sql`coalesce(${factors.confirmedAtMs}, ${param('nowMs')})`,
        secret: sql`coalesce(${param('resealed')}, ${factors.secret})`,
      })
      .where(where()),
  );

  const deleteCode = statement<Values>(() => builder.delete(factors).where(where()));

  return (database: D1Database, values: Values): D1PreparedStatement[] => [
    audit.bind(database, values),
    (values.factorKind === 'totp' ? swapStep : deleteCode).bind(database, values),
  ];
}
