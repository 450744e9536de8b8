/** Conditions on the passkeys of a user. */
import { and, eq, ne, not, sql } from 'drizzle-orm';
import { hasRecoveryCode } from '../factors/conditions.ts';
import { passkeys, usedChallenges } from '../schema.ts';
import { existsIn, param } from '../statement.ts';

export const isOwned = () => eq(passkeys.userId, param('userId'));
export const isNamed = () => and(eq(passkeys.id, param('passkeyId')), isOwned());
export const isOther = () => and(ne(passkeys.id, param('passkeyId')), isOwned());
export const hasPasskey = () => existsIn(passkeys, isOwned());

/** Neither an assertion nor a registration over the challenge was accepted before. */
export const challengeIsUnused = () =>
  not(existsIn(usedChallenges, eq(usedChallenges.id, param('challengeId'))));

/** The passkey is still the user's, and the challenge that it signed is unused. */
export const passkeyIsPresented = () => and(existsIn(passkeys, isNamed()), challengeIsUnused());

/** `staysReachable` of policy/passkeys.ts, as a condition on the passkeys that are `left`. */
export const staysReachable = (left: typeof isOwned | typeof isOther) => {
  const count = sql`(select count(*) from ${passkeys} where ${left()})`;
  return sql`(${count} >= 2 or (${count} = 1 and ${hasRecoveryCode()}))`;
};
