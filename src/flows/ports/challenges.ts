import type { Identifier } from '../../policy/identifier.ts';
import type { AuditContext } from '../model/audit.ts';
import type { Challenge, ChallengeOwner, OwnedChallenge, Purpose } from '../model/challenge.ts';
import type { Account } from '../model/user.ts';

export interface Challenges {
  /**
   * Finds the owner of a name: the user, else the newest registration that can still become a user;
   * those of the handle come first.
   */
  findOwner(
    identifier: Identifier,
    how: { handleId: string | null; nowMs: number },
  ): Promise<ChallengeOwner | null>;
  /** Finds the codes that can verify a name's address: at most `most`, the newest first. */
  findCodes(
    identifier: Identifier,
    how: { most: number; nowMs: number },
  ): Promise<{ account: Account | null; codes: OwnedChallenge[] }>;
  findBySecret(
    secretHash: string,
    purposes: readonly Purpose[],
    nowMs: number,
  ): Promise<OwnedChallenge | null>;
  ofUser(userId: number, purpose: Purpose, nowMs: number): Promise<Challenge | null>;
  /**
   * A code takes the place of its owner's previous one; links stand side by side. `to`: the mailbox that
   * it is sent to. False: the owner is gone, or has another address by now, and nothing may be sent.
   */
  issue(
    owner: ChallengeOwner,
    challenge: Challenge & {
      purpose: Purpose;
      expiresAtMs: number;
      sessionId: string | null;
      to: string;
    },
    auditContext: AuditContext,
  ): Promise<boolean>;
}
