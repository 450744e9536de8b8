/**
 * The outcomes of use cases. Refusals are values, each with its precise reason; a contract decides
 * what its clients see of it. Exceptions are left for bugs and outages.
 */
import type { PasswordFlaw } from '../../policy/password-rules.ts';
import type { FactorMethod } from '../../policy/second-factor.ts';
import type { Limit } from '../../policy/throttle.ts';
import type { PasskeyFlaw } from './passkey.ts';
import type { User } from './user.ts';

export type { PasswordFlaw } from '../../policy/password-rules.ts';

/** One fault of a request's body. */
export interface Issue {
  /** Its name on the wire, with dots where it is nested; `body` where the whole cannot be read. */
  field: string;
  message: string;
  /** The field is absent, null or empty. */
  missing: boolean;
  /** Absent: the fault is none of a new password's. */
  flaw?: PasswordFlaw;
}

export type Refusal =
  | { reason: 'malformed'; issues: readonly [Issue, ...Issue[]] }
  /** The path has several operations, and the request asks for none of them. */
  | { reason: 'unknown-variant'; issues: readonly [Issue, ...Issue[]] }
  /** The address has used up its attempts. */
  | { reason: 'limited'; limit: Limit; retryAtMs: number }
  /** Too many attempts at this account are under way at once. */
  | { reason: 'busy' }
  /** `untilReset`: waiting does not help, only a password reset does. */
  | { reason: 'locked'; untilMs: number; untilReset: boolean }
  /** `because` is for the log and the audit alone: no client sees it. */
  | { reason: 'invalid'; because: InvalidBecause }
  /** The password was right. `enrolment-required`: the account has no factor, and needs one. */
  | { reason: 'second-factor-required'; step: PendingStep }
  | { reason: 'enrolment-required'; step: PendingStep }
  /** The code of a second factor is wrong or used up. */
  | { reason: 'invalid-factor' }
  /** The step between password and second factor is over, used up, or none of ours. */
  | { reason: 'expired-step' }
  /** The session's owner has to prove their identity again, by one of these. */
  | { reason: 'reauthentication-required'; methods: readonly FactorMethod[] }
  /** Of a sign-in or a proof. `because` is for the log and the audit alone: no client sees it. */
  | { reason: 'invalid-passkey'; because: PasskeyFlaw }
  /** The challenge that a passkey has signed is too old, or used up. */
  | { reason: 'expired-challenge' }
  /** The account takes no passkey that may be copied to other devices. */
  | { reason: 'unacceptable-passkey' }
  /** The account has as many passkeys as it may have. */
  | { reason: 'too-many-passkeys' }
  /** Without it the account's owner could not sign in. */
  | { reason: 'last-way-in' }
  /** The account has as many factors as it may have. */
  | { reason: 'too-many-factors' }
  | { reason: 'inactive' }
  | { reason: 'unverified' }
  | { reason: 'internal' }
  /** No token, or (`presented`) one that is not or no longer good; `sessionEnded`: for that alone. */
  | { reason: 'unauthenticated'; presented: boolean; sessionEnded?: true }
  /**
   * Usernames are public. Addresses are not: `email` only where a contract grants at once, since its
   * clients take a grant or a refusal for an answer.
   */
  | { reason: 'taken'; field: 'username' | 'email' }
  /** Code or password is wrong, or the code is used up or expired: no client is told which. */
  | { reason: 'invalid-code' }
  /** The link is used up, expired or forged. */
  | { reason: 'invalid-link' }
  /** A request with a cookie that another site may have caused. */
  | { reason: 'cross-site' }
  /** The resource of the path does not exist, or is not the caller's. */
  | { reason: 'not-found' }
  | { reason: 'unknown-path' }
  | { reason: 'wrong-method'; allow: readonly string[] }
  /** Plain http. Refused, not redirected: the password has already crossed the wire. */
  | { reason: 'insecure' };

type InvalidBecause = 'unknown-user' | 'wrong-password' | 'no-password' | 'wrong-code' | 'no-code';

/** A login whose password was right, and whose second factor is owed. */
export interface PendingStep {
  /** Opens nothing but the second request of this login. */
  handle: string;
  methods: readonly FactorMethod[];
  issuedAtMs: number;
  expiresAtMs: number;
  user: User;
  /** Holds the handle, at contracts whose steps travel in a token; null elsewhere. */
  token: string | null;
}

export type Outcome<T> = { ok: true; value: T } | { ok: false; refusal: Refusal };

/** A successful login, before a contract gives it its shape. */
export interface Granted {
  /** `lastLoginAtMs` is this login's. */
  user: User;
  sessionId: string;
  /** In whole seconds, as the tokens' `iat` is. */
  issuedAtMs: number;
  access: IssuedToken;
  /** Null where the contract has no refresh token, and where the client keeps the one it has. */
  refresh: IssuedToken | null;
}

/** The cookie that makes a browser a known device, after its user has proven the password. */
export interface NewDeviceCookie {
  /** Null: this deployment issues none. */
  deviceCookie: string | null;
}

/** A registration is accepted, of a known or an unknown address: nothing but what the client sent. */
export interface RegistrationAccepted {
  /** Random, and of no account: for wires that show a user at once. */
  placeholderId: string;
  acceptedAtMs: number;
  /** Normalised. */
  email: string;
  name: string | null;
  /** Sent back with the code, it has its tries counted apart (crypto/registration-handles.ts). */
  handle: string;
}

export interface LoginResult extends Granted, NewDeviceCookie {}

interface IssuedToken {
  token: string;
  expiresAtMs: number;
}

export const ok = <T>(value: T): Outcome<T> => ({ ok: true, value });
export const refuse = (refusal: Refusal): { ok: false; refusal: Refusal } => ({
  ok: false,
  refusal,
});
