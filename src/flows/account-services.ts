/**
 * What the flows around an account need of the world besides services.ts, as types only:
 * registrations, challenges (codes and links that prove a mailbox), mail, and password rules.
 */

/** What a letter says. The words, the link's origin and the sender are the mail room's. */
export type Letter =
  /** Six digits that prove the mailbox; `minutes`: how long they are good. */
  | { kind: 'verification-code'; code: string; minutes: number }
  /** Somebody asked to register an address that is known: says so, and where to reset. */
  | { kind: 'registration-attempt' }
  | { kind: 'password-reset'; token: string; minutes: number }
  | { kind: 'password-changed' }
  | { kind: 'email-change-code'; code: string; minutes: number }
  /** To the old address, when a change to another one is asked for. */
  | { kind: 'email-change-notice' };

export interface Mailer {
  /** Tries twice; throws where both failed. `contract`: whose pages the letter's links lead to. */
  send(mail: { to: string; contract: string; letter: Letter }): Promise<void>;
}

/** Why a password may not be set (NIST SP 800-63B-4 3.1.1.2, OWASP ASVS 5.0 V6.2). */
export type PasswordFlaw = 'too-short' | 'too-long' | 'common' | 'personal' | 'breached';

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
