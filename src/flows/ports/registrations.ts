import type { AuditContext } from '../model/audit.ts';
import type { Challenge } from '../model/challenge.ts';
import type { NewAccount, NewRegistration, Registration } from '../model/registration.ts';
import type { Account, User } from '../model/user.ts';

/** All of these read and write the primary, each in one round trip. */
export interface Registrations {
  /**
   * Tells whether the username is a user's, or held by a registration other than those of the same
   * handle and address.
   */
  isUsernameTaken(
    wanted: Pick<NewRegistration, 'usernameKey' | 'email' | 'handleId'>,
    nowMs: number,
  ): Promise<boolean>;
  /**
   * Stores the registration beside the others of its address. `known`: the address is this user's, and
   * the stored challenge matches no code. The same statements run, and the same rows are written,
   * whether the address is known or not.
   */
  add(
    registration: NewRegistration,
    auditContext: AuditContext,
  ): Promise<'added' | { known: Pick<User, 'language'> } | 'username-taken'>;
  /**
   * Makes a user, unverified, and its first session where neither the username nor the address is
   * taken; else answers which of them is, the username first, and the language of the address's user.
   * The same statements run either way.
   */
  createAccount(
    newAccount: NewAccount,
  ): Promise<{ account: Account } | { taken: 'username' } | { taken: 'email'; language: string }>;
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
