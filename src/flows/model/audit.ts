/** The audit's vocabulary: every action that is recorded, and what a row keeps of its request. */
import type { RequestMeta } from './request.ts';

/** Stands in the contract's place in events that an operator caused. */
export const OPERATORS = 'admin';

/** Every action in the audit log. */
export const AUDIT_ACTIONS = [
  /** A session was created; the reason is `passkey` where one opened it. */
  'LOGIN',
  /** A login was refused; the reason says why. */
  'LOGIN_FAILED',
  /** A session was ended because its tokens came too late to be handed out. */
  'LOGIN_UNANSWERED',
  /** A session was ended by one of its own tokens. */
  'LOGOUT',
  /** All sessions of a user were ended by the user. */
  'LOGOUT_ALL',
  /** A session was ended by its user from another one, with all others. */
  'LOGOUT_OTHERS',
  /** A session was ended from the user's list, or as the one too many. */
  'SESSION_ENDED',
  /** A session was ended by the link of an e-mail; the reason is `over` where it had ended before. */
  'SESSION_REVOKED',
  /** A session was given another name, or none, by its user. */
  'SESSION_RENAMED',
  /** An e-mail told of a sign-in on a device that was not known. */
  'NEW_DEVICE_NOTIFIED',
  /** A session was transferred from the sign-in page to an application. */
  'SESSION_TRANSFERRED',
  /** A refresh token was used twice, and its session ended. */
  'REFRESH_REUSED',
  /** A signed-in user was asked for the password and gave a wrong one. */
  'PASSWORD_CHECK_FAILED',
  /** A code was wrong, used up or expired. */
  'CODE_CHECK_FAILED',
  /** A lock began: once for each lock. The reason is `locked`, or `stopped` until a reset. */
  'ACCOUNT_LOCKED',
  /** A registration was asked for; the reason says whether the address was known. */
  'REGISTERED',
  /** A code that verifies an address was issued. */
  'CODE_SENT',
  /** An address was verified. */
  'EMAIL_VERIFIED',
  /** A link that resets a password was issued. */
  'RESET_SENT',
  /** A password was set through a link. */
  'PASSWORD_RESET',
  /** A password was changed by its user. */
  'PASSWORD_CHANGED',
  /** A change of address was asked for. */
  'EMAIL_CHANGE_ASKED',
  /** An address was changed. */
  'EMAIL_CHANGED',
  /** A user's name, avatar, language or bio was changed by its user. */
  'PROFILE_UPDATED',
  /** An account was deleted by its user. */
  'ACCOUNT_DELETED',
  /** A right password was answered by asking for the second factor. */
  'SECOND_FACTOR_ASKED',
  /** The code of a second factor was wrong or used up; the reason says at which operation. */
  'SECOND_FACTOR_FAILED',
  /** A second factor was asked for. It proves nothing before it is confirmed. */
  'FACTOR_ENROLLED',
  /** A second factor was confirmed; the reason is `login` where that opened a session. */
  'FACTOR_CONFIRMED',
  /** A second factor was removed by its user. */
  'FACTOR_REMOVED',
  /** The recovery codes of a user were replaced. */
  'RECOVERY_CODES_REPLACED',
  /** A recovery code was used up; the reason is `login` or `reauthentication`. */
  'RECOVERY_CODE_USED',
  /** A passkey was registered. */
  'PASSKEY_ADDED',
  /** A passkey was given another name. */
  'PASSKEY_RENAMED',
  /** A passkey was removed by its user. */
  'PASSKEY_REMOVED',
  /** A passkey that is bound to a device counts no more signatures than before, as a copy would. */
  'PASSKEY_COUNTED_BACK',
  /** A user who signs in with passkeys removed the password. */
  'PASSWORD_REMOVED',
  /** A signed-in user proved password, second factor or passkey; the reason says which. */
  'REAUTHENTICATED',
  /** An operator made a user active. */
  'ADMIN_ACTIVATED',
  /** An operator made a user inactive. */
  'ADMIN_DEACTIVATED',
  /** An operator ended the sessions of a user. */
  'ADMIN_SESSIONS_ENDED',
  /** An operator set a role; the reason is its id, or `none`. */
  'ADMIN_ROLE_SET',
  /** An operator lifted a lock. */
  'ADMIN_UNLOCKED',
  /** An operator removed the second factors and passkeys of a user. */
  'ADMIN_FACTORS_RESET',
  /** An operator deleted an account. */
  'ADMIN_DELETED',
  /** Users were imported with `npm run users`; the reason counts them. */
  'USERS_IMPORTED',
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** The part of an audit row that comes from the request. */
export interface AuditContext {
  /** A pseudonym of the account, or of a name that no account has; no identifier is kept. */
  accountKey: string;
  /** The contract's name, or `OPERATORS`. */
  contract: string;
  meta: RequestMeta;
  nowMs: number;
  /** The operator who did it; absent: the user, or a stranger. */
  operator?: string;
}

export interface StoredEvent {
  action: AuditAction;
  reason: string;
  atMs: number;
  contract: string;
  sessionId: string | null;
  address: string;
  /** Browser and system; null in an event of an older version. */
  device: string | null;
}

/** An event as the user that it concerns may see it. */
export interface Activity extends Pick<StoredEvent, 'action' | 'reason' | 'atMs' | 'device'> {
  /** Null: an operator's, as is the device then. */
  address: string | null;
  /** Of the session that asks. */
  current: boolean;
}

export interface AuditEvent extends AuditContext {
  action: AuditAction;
  /** Null: no account has the name. */
  userId: number | null;
  reason: string;
}
