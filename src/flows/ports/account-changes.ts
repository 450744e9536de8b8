import type { AuditContext } from '../model/audit.ts';
import type { Challenge } from '../model/challenge.ts';
import type { LiveSession } from '../model/session.ts';
import type { Account, User } from '../model/user.ts';
import type { ProfileChange } from '../../policy/profile-rules.ts';

/**
 * Changes to a user. Each is one transaction, fenced on what was verified. False: the account or the
 * challenge is no longer that, and nothing was written.
 */
export interface AccountChanges {
  /** Ends the sessions that were created before the mailbox was proven. */
  verifyEmail(account: Account, proof: Challenge, auditContext: AuditContext): Promise<boolean>;
  /** Marks the address verified, and ends all sessions and all other challenges. */
  resetPassword(
    account: Account,
    proof: Challenge,
    how: AuditContext & { passwordHash: string },
  ): Promise<boolean>;
  /** Ends all sessions but one, and all challenges. */
  changePassword(
    account: Account,
    how: AuditContext & { passwordHash: string; keepSessionId: string },
  ): Promise<boolean>;
  /**
   * Leaves the account without a password, and ends all sessions but one, and all challenges.
   * `last-way-in`: its owner could not sign in without it (policy/passkeys.ts).
   */
  removePassword(
    account: Account,
    how: AuditContext & { keepSessionId: string },
  ): Promise<'removed' | 'last-way-in' | 'stale'>;
  /** Replaces a hash of the same password; a hash that is no longer the account's stays. */
  renewHash(account: Account, passwordHash: string): Promise<void>;
  /** False as well where another account has the address by now. */
  changeEmail(account: Account, proof: Challenge, auditContext: AuditContext): Promise<boolean>;
  /** Answers the user after the change. Null: the session has ended, and nothing was written. */
  updateProfile(
    session: LiveSession,
    change: ProfileChange,
    auditContext: AuditContext,
  ): Promise<User | null>;
  /** Sessions and challenges go with the user; the audit keeps the pseudonym alone. */
  remove(account: Account, how: AuditContext & { by?: 'operator' }): Promise<boolean>;
}
