/** Sessions: to be created, alive, listed, rotated, ended. */
import type { Expiries } from '../../policy/lifetimes.ts';
import type { AuditAction, AuditContext } from './audit.ts';
import type { FactorUse } from './factor.ts';
import type { PasskeyUse } from './passkey.ts';
import type { Account, User } from './user.ts';

/** The one batch that a login writes. */
export interface NewSession extends AuditContext {
  account: Account;
  sessionId: string;
  expiries: Expiries;
  requiresVerifiedEmail: boolean;
  /** SHA-256 of the refresh token's id. */
  refreshHash: string | null;
  /** Replaces the stored hash; null leaves it. */
  renewedHash: string | null;
  /**
   * Null: none was asked for; without a passkey the session is stored only where the user has no
   * confirmed one.
   */
  secondFactor: FactorUse | null;
  /** Proves both factors; its challenge is used up with it. Null: the password was verified. */
  passkey: PasskeyUse | null;
  /**
   * When the password was verified, where the second factor came in a later request: a login since
   * then makes the step void. Null: there was no step.
   */
  stepIssuedAtMs: number | null;
}

/** A session that has neither ended nor expired, of a user who may still use it. */
export interface LiveSession {
  id: string;
  contract: string;
  user: User;
  /** The same user, with what a password is verified against. */
  account: Account;
  createdAtMs: number;
  /** Of its refresh token: 0 after login, one more with every rotation. */
  generation: number;
  refreshedAtMs: number;
  expiresAtMs: number;
  /** The last time that password or factor was proven in this session; 0 in one of before. */
  provenAtMs: number;
  /** The last time that a second factor was proven in this session; null: never. */
  secondFactorAtMs: number | null;
  openedBy: 'password' | 'passkey';
}

/** A session as its owner may list it. */
export interface ListedSession {
  id: string;
  contract: string;
  startedAtMs: number;
  lastUsedAtMs: number;
  address: string;
  userAgent: string | null;
  /** Null: its user has given it none. */
  name: string | null;
}

/** More time for a session: `idleMs` from now, and never beyond `absoluteMs` from its creation. */
interface MoreTime {
  sessionId: string;
  contract: string;
  nowMs: number;
  idleMs: number;
  absoluteMs: number;
}

/** A swap of the session's refresh token for its successor. */
export interface Rotation extends MoreTime {
  presentedHash: string;
  successorHash: string;
}

/** A session's transfer to an application, which uses its code up. */
export interface SessionTransfer extends MoreTime, AuditContext {
  userId: number;
  code: { id: string; expiresAtMs: number };
  /** Of its current refresh token, and of the one that takes its place. Null: the contract has none. */
  presentedHash: string | null;
  successorHash: string | null;
}

/** An extension of a session whose refresh token, if it has one, stays as it is. */
export interface Extension extends MoreTime {
  /** Of the refresh token that was presented; null: an access token was. */
  refreshHash: string | null;
}

/** The reason for the end of sessions, for the audit. */
export interface SessionEnd extends AuditContext {
  action: Extract<
    AuditAction,
    | 'LOGOUT'
    | 'LOGOUT_ALL'
    | 'LOGOUT_OTHERS'
    | 'SESSION_ENDED'
    | 'REFRESH_REUSED'
    | 'LOGIN_UNANSWERED'
  >;
}
