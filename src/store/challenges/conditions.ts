/** Conditions of fenced changes: the challenge is valid, and the registration can become a user. */
import { and, eq, gt, not, or, type SQL } from 'drizzle-orm';
import { challenges, registrations, users } from '../schema.ts';
import { existsIn, param } from '../statement.ts';

/** Names the challenge that a change is fenced on. */
export type Proof = { challengeId: string; secretHash: string; nowMs: number };

/** The challenge has neither been used, replaced nor expired since it was read. */
export const challengeIsValid = (isOwned?: SQL) =>
  existsIn(
    challenges,
    and(
      eq(challenges.id, param('challengeId')),
      eq(challenges.secretHash, param('secretHash')),
      gt(challenges.expiresAtMs, param('nowMs')),
      isOwned,
    ),
  );

/** The registration has not expired, and no user has its address or username. */
export const canBecomeUser = () =>
  and(
    gt(registrations.expiresAtMs, param('nowMs')),
    not(
      existsIn(
        users,
        or(eq(users.email, registrations.email), eq(users.usernameKey, registrations.usernameKey)),
      ),
    ),
  );
