import type { AuditContext } from '../model/audit.ts';
import type { Challenge } from '../model/challenge.ts';
import type {
  Extension,
  SessionTransfer,
  ListedSession,
  LiveSession,
  NewSession,
  Rotation,
  SessionEnd,
} from '../model/session.ts';
import type { Account } from '../model/user.ts';

/** All of these read and write the primary. */
export interface Sessions {
  /**
   * Uses the second factor or the challenge of the passkey up, if one is given. False: the account is
   * no longer what was verified, or the factor or challenge is used up, and nothing was written.
   */
  open(newSession: NewSession): Promise<boolean>;
  live(sessionId: string, nowMs: number): Promise<LiveSession | null>;
  /**
   * Swaps the hash if the presented one is current, and answers the session as it stands after
   * that, whichever request swapped it. Null: there is no such live session.
   */
  rotate(rotation: Rotation): Promise<LiveSession | null>;
  /**
   * Never shortens it. Answers the session as it stands after that (null: there is no such live
   * session), and whether the presented token was one that may extend it.
   */
  extend(extension: Extension): Promise<{ session: LiveSession | null; isExtended: boolean }>;
  /** False: the code was used, or the session has ended or was refreshed; nothing was written. */
  transfer(transfer: SessionTransfer): Promise<boolean>;
  /** Marks the session as proven by its user's password. False: it is over. */
  provePassword(session: { id: string; userId: number }, nowMs: number): Promise<boolean>;
  list(userId: number, nowMs: number): Promise<ListedSession[]>;
  /** False: the user has no such live session. A name that it has already is not recorded again. */
  rename(
    session: { id: string; userId: number; name: string | null },
    auditContext: AuditContext,
  ): Promise<boolean>;
  /** False: there was no such session of this user, and nothing was written. */
  end(session: { id: string; userId: number }, sessionEnd: SessionEnd): Promise<boolean>;
  /**
   * Ends the session of a `revoke-session` challenge, and voids the account's device cookies, once. False:
   * the challenge is no longer valid, or its user inactive, and nothing was written.
   */
  revoke(account: Account, proof: Challenge, auditContext: AuditContext): Promise<boolean>;
  endAll(userId: number, sessionEnd: SessionEnd): Promise<void>;
  /** Ends all sessions of the user but the one of this id. */
  endOthers(session: { id: string; userId: number }, sessionEnd: SessionEnd): Promise<void>;
}
