/** An e-mail's kind and content. Wording, the link's origin and the sender are mail/'s. */
export type EmailTemplate =
  /** Six digits that prove the mailbox of a user; `minutes`: how long they are good. */
  | { kind: 'verification-code'; code: string; minutes: number }
  /** The same for a registration: the code is good with that registration's password alone. */
  | { kind: 'registration-code'; code: string; minutes: number }
  /** The address was to be registered and is a user's: says so, and where to reset. */
  | { kind: 'registration-attempt' }
  | { kind: 'password-reset'; token: string; minutes: number }
  /** `passkeysStay`: after a reset of the password, the account's passkeys sign in as before. */
  | { kind: 'password-changed'; passkeysStay?: boolean }
  | { kind: 'email-change-code'; code: string; minutes: number }
  /** To the old address, when a change to another one is asked for. */
  | { kind: 'email-change-notice' }
  /** To the old address, when it no longer is the account's. */
  | { kind: 'email-changed' }
  | { kind: 'factor-added' }
  | { kind: 'factor-removed' }
  | { kind: 'recovery-codes-replaced' }
  /** A recovery code opened a session or proved an identity; `left`: how many there are now. */
  | { kind: 'recovery-code-used'; left: number }
  /** `name`: the passkey's; null: its owner gave none. */
  | { kind: 'passkey-added'; name: string | null }
  | { kind: 'passkey-removed'; name: string | null }
  /** A passkey that does not leave its device reported no more signatures than before, as a copy would. */
  | { kind: 'passkey-counted-back'; name: string | null }
  | { kind: 'password-removed' }
  /** An operator removed all second factors and passkeys. */
  | { kind: 'factors-reset' }
  /**
   * A session was opened on a device that the account had not been used on. `device`: browser and system,
   * as far as they are known; `token`: ends that session, and sets a new password.
   */
  | {
      kind: 'new-device';
      device: readonly string[];
      atMs: number;
      token: string;
      minutes: number;
    }
  | { kind: 'account-deleted' };

/** A mailbox, and the language that its owner reads (BCP 47). */
export interface Recipient {
  email: string;
  language: string;
}

export interface Mailer {
  /**
   * Tries twice; throws where both failed. `contract`: the contract of the pages that the e-mail's links
   * lead to.
   */
  send(mail: { to: Recipient; contract: string; template: EmailTemplate }): Promise<void>;
}
