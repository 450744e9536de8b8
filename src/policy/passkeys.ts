/** Rules of passkeys: how many, which ones sign in, and what may be removed without locking out. */

/** The setting PASSKEYS. */
export interface PasskeyPolicy {
  isOffered: boolean;
  /** The accounts that take no passkey whose private key may be copied to other devices. */
  deviceBound: 'none' | 'admins' | 'all';
}

/** Passkeys of one account. */
export const MAX_PASSKEYS = 20;

/** Lifetime of a challenge that a passkey signs. */
export const CHALLENGE_MS = 300_000;

/** Tells whether the user may sign in with the passkey, or register it. */
export const acceptsPasskey = (
  { deviceBound }: PasskeyPolicy,
  { isAdmin }: { isAdmin: boolean },
  { isSyncable }: { isSyncable: boolean },
): boolean => !isSyncable || deviceBound === 'none' || (deviceBound === 'admins' && !isAdmin);

/** The passkeys that sign the user in, as the settings are now. */
export const usablePasskeys = <Passkey extends { isSyncable: boolean }>(
  policy: PasskeyPolicy,
  user: { isAdmin: boolean; passkeys: readonly Passkey[] },
): readonly Passkey[] =>
  policy.isOffered ? user.passkeys.filter((passkey) => acceptsPasskey(policy, user, passkey)) : [];

/**
 * Tells whether an account can lose its password, or a passkey of an account without one, and leave a
 * way in that does not hang by one device.
 */
export const staysReachable = (left: { passkeys: number; recoveryCodes: number }): boolean =>
  left.passkeys >= 2 || (left.passkeys === 1 && left.recoveryCodes > 0);
