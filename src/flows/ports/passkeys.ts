import type { AuditContext } from '../model/audit.ts';
import type { NewPasskey, Passkey, PasskeyUse, SignedChallenge } from '../model/passkey.ts';
import type { LiveSession } from '../model/session.ts';
import type { Account } from '../model/user.ts';

/**
 * Changes to passkeys. Each is one transaction with its audit events, fenced on the account or session
 * that was verified; `stale`: that no longer holds, and nothing was written.
 */
export interface Passkeys {
  /** Stores the user's handle where there is none, and answers the one that is stored. Null: no such user. */
  handleOf(userId: number, fresh: string): Promise<string | null>;
  /**
   * Uses the challenge up. `stale` as well where it is used up; `taken`: the credential is registered
   * already; `full`: the account has MAX_PASSKEYS.
   */
  add(
    session: LiveSession,
    passkey: NewPasskey & { id: string; name: string | null },
    how: AuditContext & { challenge: SignedChallenge },
  ): Promise<'added' | 'taken' | 'full' | 'stale'>;
  /** Null: the user has none of this id. */
  rename(
    account: Account,
    passkey: { id: string; name: string },
    auditContext: AuditContext,
  ): Promise<Passkey | null>;
  /**
   * The recovery codes of a user without a confirmed TOTP factor go with the last passkey.
   * `last-way-in`: the user has no password, and could not sign in without it (policy/passkeys.ts).
   */
  remove(
    account: Account,
    id: string,
    auditContext: AuditContext,
  ): Promise<'removed' | 'last-way-in' | 'stale'>;
  /** Uses the challenge up and marks the session as proven. False: stale. */
  prove(session: LiveSession, use: PasskeyUse, auditContext: AuditContext): Promise<boolean>;
}
