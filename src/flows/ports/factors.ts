import type { AuditContext } from '../model/audit.ts';
import type { Factor, FactorUse, StoredRecoveryCode } from '../model/factor.ts';
import type { LiveSession } from '../model/session.ts';
import type { Account } from '../model/user.ts';

type NewRecoveryCodes = AuditContext & { recoveryCodes: readonly StoredRecoveryCode[] };

/**
 * Changes to second factors. Each is one transaction with its audit events, fenced on what was
 * verified. False: that no longer holds, and nothing was written.
 */
export interface Factors {
  /**
   * Puts an unconfirmed TOTP factor in place of the user's last unconfirmed one. False as well where
   * the account has MAX_FACTORS confirmed ones.
   */
  enroll(
    account: Account,
    factor: Pick<Factor, 'id' | 'secret' | 'name'>,
    auditContext: AuditContext,
  ): Promise<boolean>;
  /**
   * Confirms the factor, uses the code's time step up and marks the session as proven. Stores the
   * recovery codes where the user has neither a confirmed factor nor such codes. False as well where
   * the factor is not unconfirmed.
   */
  confirm(session: LiveSession, use: FactorUse, how: NewRecoveryCodes): Promise<boolean>;
  /** Replaces all recovery codes. False as well where the user has neither a confirmed TOTP factor nor a passkey. */
  replaceRecoveryCodes(account: Account, how: NewRecoveryCodes): Promise<boolean>;
  /** Removes a TOTP factor; the recovery codes of a user without a passkey go with the last confirmed one. */
  remove(account: Account, factorId: string, auditContext: AuditContext): Promise<boolean>;
  /** Uses the factor up and marks the session as proven. */
  prove(session: LiveSession, use: FactorUse, auditContext: AuditContext): Promise<boolean>;
  /** Removes all factors, recovery codes and passkeys, for an operator. False: there is none. */
  reset(account: Account, auditContext: AuditContext): Promise<boolean>;
}
