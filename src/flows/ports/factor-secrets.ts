import type { FactorUse, StoredRecoveryCode } from '../model/factor.ts';
import type { Account } from '../model/user.ts';

/** Secrets of second factors, and the codes that prove them. */
export interface FactorSecrets {
  /**
   * Draws the secret of a TOTP factor. `sealed` is for the store, and opens for this user and factor
   * alone; `secret` (base32) and `uri`, which names the `account`, are for the owner's authenticator app,
   * shown once.
   */
  newTotp(
    owner: { userId: number; factorId: string },
    account: string,
  ): Promise<{ sealed: string; secret: string; uri: string }>;
  /**
   * Finds the factor of the account that a code proves: among confirmed TOTP factors and recovery
   * codes, or, where `enrolling`, the unconfirmed TOTP factor alone. Null: none, or a code that is used
   * up. Takes the same work whatever the account has; without an account, that of a decoy. Throws an
   * error with the key's id where no factor matches and the key of one is lost.
   */
  match(
    account: Account | null,
    code: string,
    how: { nowMs: number; enrolling: boolean },
  ): Promise<FactorUse | null>;
  /** A set of recovery codes: `shown` once to the owner, `stored` as keyed hashes. */
  newRecoveryCodes(userId: number): Promise<{ shown: string[]; stored: StoredRecoveryCode[] }>;
}
