/**
 * What a flow can answer. Refusals are values, each with its precise reason; a contract decides
 * what its clients see of it. Exceptions are left for bugs and outages.
 */
import type { Limit } from '../../policy/throttle.ts';
import type { User } from './user.ts';

/** One thing that is wrong with a request's body. */
export interface Issue {
  /** The field's name on the wire; `body` where the body as a whole cannot be read. */
  field: string;
  message: string;
  /** The field is absent, null or empty. */
  missing: boolean;
}

export type Refusal =
  | { reason: 'malformed'; issues: readonly [Issue, ...Issue[]] }
  /** The address has used up its attempts. */
  | { reason: 'limited'; limit: Limit; retryAtMs: number }
  /** Too many attempts at this account are under way at once. */
  | { reason: 'busy' }
  /** `untilReset`: waiting does not help, only a password reset does. */
  | { reason: 'locked'; untilMs: number; untilReset: boolean }
  /** Nobody but the log and the audit may tell why. */
  | { reason: 'invalid'; because: 'unknown-user' | 'wrong-password' | 'no-password' }
  | { reason: 'inactive' }
  | { reason: 'unverified' }
  | { reason: 'internal' }
  /** No token, or (`presented`) one that is not good, or no longer. */
  | { reason: 'unauthenticated'; presented: boolean }
  /** The username is somebody's. Usernames are public; addresses are not, and never refused so. */
  | { reason: 'taken' }
  /** Code or password is wrong, or the code is used up or too old: which, nobody is told. */
  | { reason: 'invalid-code' }
  /** The link is used up, too old, or none of ours. */
  | { reason: 'invalid-link' }
  /** A request with a cookie that another site may have caused. */
  | { reason: 'cross-site' }
  /** What the path names is not there, or not the caller's. */
  | { reason: 'not-found' }
  | { reason: 'unknown-path' }
  | { reason: 'wrong-method'; allow: readonly string[] }
  /** Plain http. Refused, not redirected: the password has already crossed the wire. */
  | { reason: 'insecure' };

export type Outcome<T> = { ok: true; value: T } | { ok: false; refusal: Refusal };

/** A successful login, before a contract gives it its shape. */
export interface Granted {
  /** `lastLoginAtMs` is this login's. */
  user: User;
  /** In whole seconds, as the tokens' `iat` is. */
  issuedAtMs: number;
  access: IssuedToken;
  /** Null where the contract has no refresh token. */
  refresh: IssuedToken | null;
}

/** The password has just been proven: the cookie that makes the browser a known one. */
export interface NewDeviceCookie {
  /** Null: this deployment gives none. */
  device: string | null;
}

/** A registration was asked for, of a known or an unknown address. */
export interface RegistrationAccepted {
  /** Brought back with the code, it has its tries counted apart (crypto/registration-handles.ts). */
  handle: string;
}

export interface LoginResult extends Granted, NewDeviceCookie {}

export interface IssuedToken {
  token: string;
  expiresAtMs: number;
}

export const ok = <T>(value: T): Outcome<T> => ({ ok: true, value });
export const refuse = (refusal: Refusal): { ok: false; refusal: Refusal } => ({
  ok: false,
  refusal,
});
