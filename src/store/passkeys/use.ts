/** Uses a challenge up, as part of the batch that stores what a passkey's signature over it proves. */
import { and, sql, type SQL } from 'drizzle-orm';
import type { PasskeyUse, SignedChallenge } from '../../flows/model/passkey.ts';
import { passkeys, usedChallenges } from '../schema.ts';
import { builder, insertSelect, param, statement } from '../statement.ts';
import { isNamed } from './conditions.ts';

export const challengeValues = ({ id, expiresAtMs }: SignedChallenge) => ({
  challengeId: id,
  challengeExpiresAtMs: expiresAtMs,
});

export const passkeyValues = ({ passkeyId, signCount, challenge }: PasskeyUse) => ({
  ...challengeValues(challenge),
  passkeyId,
  signCount,
});

/**
 * Builds the statement that uses the challenge up where `isAllowed`: for the end of a batch, since
 * `challengeIsUnused` does not hold after it.
 */
export const useChallenge = <Values>(isAllowed: () => SQL | undefined) =>
  statement<ReturnType<typeof challengeValues> & Values>(() =>
    insertSelect(
      usedChallenges,
      { id: param('challengeId'), expiresAtMs: param('challengeExpiresAtMs') },
      { where: isAllowed() },
    ),
  );

type Values = ReturnType<typeof passkeyValues> & { userId: number; nowMs: number };

/** Builds the statements that note the passkey's use and use its challenge up, where `isAllowed`. */
export function usePasskey<More>(isAllowed: () => SQL | undefined) {
  const note = statement<Values & More>(() =>
    builder
      .update(passkeys)
      .set({ signCount: sql`${param('signCount')}`, lastUsedAtMs: sql`${param('nowMs')}` })
      .where(and(isNamed(), isAllowed())),
  );
  const spend = useChallenge<Values & More>(isAllowed);
  return (database: D1Database, values: Values & More): D1PreparedStatement[] => [
    note.bind(database, values),
    spend.bind(database, values),
  ];
}
