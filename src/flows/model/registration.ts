/** Registrations: asked for and not proven yet; and accounts that are made at once. */
import type { NewSession } from './session.ts';
import type { User } from './user.ts';

/** No session can be created for one. */
export interface Registration {
  id: string;
  /** Of the handle that its client was given; registering again with the handle keeps the id. */
  handleId: string;
  username: string | null;
  /** Normalised. */
  email: string;
  name: string | null;
  /** BCP 47: of its e-mails, and of the account that comes from it. */
  language: string;
  passwordHash: string;
}

export interface NewRegistration extends Registration {
  /** Normalised, as it is compared. */
  usernameKey: string | null;
  expiresAtMs: number;
  challenge: { id: string; secretHash: string; expiresAtMs: number };
}

/** An account with its first session, made without a proof of the mailbox. */
export interface NewAccount
  extends
    Pick<
      NewRegistration,
      'username' | 'usernameKey' | 'email' | 'name' | 'language' | 'passwordHash' | 'handleId'
    >,
    Omit<
      NewSession,
      | 'account'
      | 'requiresVerifiedEmail'
      | 'renewedHash'
      | 'secondFactor'
      | 'passkey'
      | 'stepIssuedAtMs'
    > {
  publicId: string;
}

/** The role and the team of an account that comes from a registration; null: none. */
export type NewAccounts = Pick<User, 'role' | 'team'>;
