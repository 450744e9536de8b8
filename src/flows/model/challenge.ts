/** Challenges: codes and links that were sent to a mailbox and prove it. */
import type { Registration } from './registration.ts';
import type { Account } from './user.ts';

/** The user or the registration whose mailbox a challenge proves. */
export type ChallengeOwner =
  | { is: 'user'; account: Account }
  | { is: 'registration'; registration: Registration };

/** `revoke-session`: of an e-mail about a sign-in, which resets the password as well. */
export type Purpose = 'verify-email' | 'reset-password' | 'change-email' | 'revoke-session';

/** A code or a link that has neither been used nor expired. */
export interface Challenge {
  id: string;
  secretHash: string;
  /** The new address of a `change-email` challenge. */
  email: string | null;
}

export interface OwnedChallenge {
  owner: ChallengeOwner;
  challenge: Challenge;
}

/** Matches no code. Compared with where there is no challenge, so that its absence does not show. */
export const DECOY_CHALLENGE: Challenge = { id: '', secretHash: '-'.repeat(43), email: null };
