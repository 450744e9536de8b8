/** Conditions on the passkeys of a user. */
import { and, eq, not } from 'drizzle-orm';
import { passkeys, usedChallenges } from '../schema.ts';
import { existsIn, param } from '../statement.ts';

export const isOwned = () => eq(passkeys.userId, param('userId'));
export const isNamed = () => and(eq(passkeys.id, param('passkeyId')), isOwned());

/** No assertion or registration over the challenge was accepted before. */
export const challengeIsUnused = () =>
  not(existsIn(usedChallenges, eq(usedChallenges.id, param('challengeId'))));

/** The passkey is still the user's, and the challenge that it signed is unused. */
export const passkeyIsPresented = () => and(existsIn(passkeys, isNamed()), challengeIsUnused());
