/**
 * What the flows around an account need of the world besides services.ts, as types only:
 * registrations, challenges (codes and links that prove a mailbox), mail, and password rules.
 */

import type { Identifier } from '../policy/identifier.ts';
import type { Admission, Limit } from '../policy/throttle.ts';
import type { Account, RememberedRefusal, User, RequestMeta } from './services.ts';

/** Asked for and not proven yet. Nothing can be opened with it. */
export interface Registration {
  id: string;
  /** Of the handle that its client was given; registering again with the handle keeps the id. */
  handleId: string;
  username: string | null;
  /** Normalised. */
  email: string;
  name: string | null;
  passwordHash: string;
}

/** The role and the team of an account that comes from a registration; null: none. */
export type NewAccounts = Pick<User, 'role' | 'team'>;

/** Whose mailbox a challenge proves. */
export type ChallengeOwner =
  | { is: 'user'; account: Account }
  | { is: 'registration'; registration: Registration };

export type Purpose = 'verify-email' | 'reset-password' | 'change-email';

/** A code or a link that was sent to a mailbox and has neither been used nor expired. */
export interface Challenge {
  id: string;
  secretHash: string;
  /** The address that a change of address leads to. */
  email: string | null;
}

/** What the audit keeps of a change. */
export interface AuditContext {
  accountKey: string;
  contract: string;
  meta: RequestMeta;
  nowMs: number;
}

export interface NewRegistration extends Registration {
  expiresAtMs: number;
  challenge: { id: string; secretHash: string; expiresAtMs: number };
}

/** All of these read and write the primary, each in one round trip. */
export interface Registrations {
  /**
   * Whether the username is a user's, or held by a registration other than those of the same handle
   * and address.
   */
  isUsernameTaken(
    wanted: Pick<Registration, 'username' | 'email' | 'handleId'>,
    nowMs: number,
  ): Promise<boolean>;
  /**
   * Stores the registration beside the others of its address. `known`: the address is a user's, and
   * the stored challenge matches no code. The same statements run, and the same rows are written,
   * whether the address is known or not.
   */
  add(
    registration: NewRegistration,
    auditContext: AuditContext,
  ): Promise<'added' | 'known' | 'username-taken'>;
  /**
   * Makes a user of the registration; `passwordHash` replaces its own. Null: the challenge is no
   * longer good. `device` is what a device cookie names; null where the database's answer was lost.
   */
  admit(
    registration: Registration,
    proof: Challenge,
    how: AuditContext & { publicId: string; passwordHash: string | null },
  ): Promise<{ device: { userId: number; deviceVersion: number } | null } | null>;
}

/** A code that was sent to the mailbox of its owner. */
export interface SentCode {
  owner: ChallengeOwner;
  challenge: Challenge;
}

export interface Challenges {
  /**
   * Finds whose mailbox a name leads to: the user's, else that of the newest registration that can
   * still become a user; those of the handle come first.
   */
  findOwner(
    identifier: Identifier,
    how: { handleId: string | null; nowMs: number },
  ): Promise<ChallengeOwner | null>;
  /** Finds the codes that can verify a name's address: at most `most`, the newest first. */
  findCodes(
    identifier: Identifier,
    how: { most: number; nowMs: number },
  ): Promise<{ account: Account | null; codes: SentCode[] }>;
  findBySecret(
    secretHash: string,
    purpose: Purpose,
    nowMs: number,
  ): Promise<{ owner: ChallengeOwner; challenge: Challenge } | null>;
  ofUser(userId: number, purpose: Purpose, nowMs: number): Promise<Challenge | null>;
  /** A code takes the place of its owner's previous one; links stand side by side. */
  issue(
    owner: ChallengeOwner,
    challenge: Challenge & { purpose: Purpose; expiresAtMs: number },
    auditContext: AuditContext,
  ): Promise<void>;
}

/** Changes to a user. Each is one transaction, fenced on what was verified; false: it is not so. */
export interface AccountChanges {
  /** Ends the sessions that were opened before the mailbox was proven. */
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
  /** False as well where somebody else has the address by now. */
  changeEmail(account: Account, proof: Challenge, auditContext: AuditContext): Promise<boolean>;
  /** Sessions and challenges go with the user; the audit keeps the pseudonym alone. */
  remove(account: Account, how: AuditContext & { by?: 'operator' }): Promise<boolean>;
}

/** Codes and tokens from the CSPRNG, and what the database keeps of them. */
export interface Secrets {
  /** Six digits. */
  newCode(challengeId: string): Promise<{ code: string; hash: string }>;
  /** 256 bits, base64url. */
  newToken(): Promise<{ token: string; hash: string }>;
  isCode(challenge: Challenge, code: string): Promise<boolean>;
  hashOfToken(token: string): Promise<string>;
}

/** What a client that registers is given, for known and unknown addresses alike. */
export interface RegistrationHandles {
  /** Its id. Null: no handle, a malformed one, or one that was issued for another name. */
  read(handle: string | null, identifier: Identifier): Promise<string | null>;
  /** For an e-mail address and a username, in this order. `knownId`: the id of the handle it replaces. */
  issue(
    names: readonly Identifier[],
    knownId: string | null,
  ): Promise<{ id: string; handle: string }>;
}

/** What a letter says. The words, the link's origin and the sender are the mail room's. */
export type EmailTemplate =
  /** Six digits that prove the mailbox of a user; `minutes`: how long they are good. */
  | { kind: 'verification-code'; code: string; minutes: number }
  /** The same for a registration: the code is good with that registration's password alone. */
  | { kind: 'registration-code'; code: string; minutes: number }
  /** Somebody asked to register an address that is a user's: says so, and where to reset. */
  | { kind: 'registration-attempt' }
  | { kind: 'password-reset'; token: string; minutes: number }
  | { kind: 'password-changed' }
  | { kind: 'email-change-code'; code: string; minutes: number }
  /** To the old address, when a change to another one is asked for. */
  | { kind: 'email-change-notice' }
  /** To the old address, when it no longer is the account's. */
  | { kind: 'email-changed' };

export interface Mailer {
  /** Tries twice; throws where both failed. `contract`: whose pages the letter's links lead to. */
  send(mail: { to: string; contract: string; template: EmailTemplate }): Promise<void>;
}

/** Limits on the e-mail that requests cause, whoever the recipient is and whether there is one. */
export interface EmailLimits {
  /** Requests that one sending address may make. */
  readonly perAddress: Limit;
  /** Returns the refusal of this address that the isolate remembers. Makes no call. */
  rememberedRefusal(address: string): RememberedRefusal | null;
  /** Counts one request of this address. */
  consume(address: string): Promise<Admission>;
  /** Counts one e-mail of the whole deployment. False: the limit is reached; send nothing. */
  consumeInTotal(): Promise<boolean>;
}

/** Why a password may not be set (NIST SP 800-63B-4 3.1.1.2, OWASP ASVS 5.0 V6.2). */
export type PasswordFlaw =
  | 'too-short'
  | 'too-long'
  | 'ambiguous'
  | 'common'
  | 'personal'
  | 'breached';

export interface PasswordRules {
  /**
   * What is wrong with a password that is to be set, in words for the one who chose it; null where
   * nothing is. `personal`: the user's own names and addresses, which it must not be.
   */
  flawOf(
    password: string,
    personal: readonly string[],
  ): Promise<{ flaw: PasswordFlaw; message: string } | null>;
}
