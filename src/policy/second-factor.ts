/** Rules of second factors: the accounts that need one, and how long a proof of identity is recent. */
import { usablePasskeys, type PasskeyPolicy } from './passkeys.ts';

/**
 * The setting SECOND_FACTOR. Under `off` no account can enrol, and one that has a factor is asked for
 * it all the same. Under `required` an account without a factor can do nothing but enrol one.
 */
export type SecondFactorPolicy = 'off' | 'optional' | 'required' | 'required-for-admins';

/** Confirmed TOTP factors of one account: each makes a guess at a code likelier to be right. */
export const MAX_FACTORS = 5;

/** Changes of credentials need a proof of identity that is no older. */
export const RECENT_PROOF_MS = 300_000;

export type FactorMethod = 'password' | 'totp' | 'recovery-code' | 'passkey';

/** A user, by their authenticator apps, of which those that are not confirmed prove nothing, and codes. */
interface WithFactors {
  factors: readonly { kind: 'totp'; confirmedAtMs: number | null }[];
  recoveryCodesLeft: number;
}

/** Tells whether the user has a confirmed authenticator app. */
export const hasApp = ({ factors }: Pick<WithFactors, 'factors'>): boolean =>
  factors.some(({ confirmedAtMs }) => confirmedAtMs !== null);

/**
 * Tells whether a password alone does not sign the user in. Recovery codes without an app stand beside
 * passkeys: where the passkeys are lost, a code has to back the password that a link has set.
 */
export const isEnrolled = (user: WithFactors): boolean =>
  hasApp(user) || user.recoveryCodesLeft > 0;

export const requiresSecondFactor = (
  policy: SecondFactorPolicy,
  { isAdmin }: { isAdmin: boolean },
): boolean => policy === 'required' || (policy === 'required-for-admins' && isAdmin);

interface WithMethods {
  user: WithFactors & { isAdmin: boolean; passkeys: readonly { isSyncable: boolean }[] };
  passwordHash: string | null;
}

/** The methods that prove a user's identity: the strongest that their account has, and passkeys. */
export function methodsOf(
  { user, passwordHash }: WithMethods,
  { passkeys }: { passkeys: PasskeyPolicy },
): readonly FactorMethod[] {
  const methods: FactorMethod[] = [];
  if (hasApp(user)) methods.push('totp');
  if (isEnrolled(user)) methods.push('recovery-code');
  else if (passwordHash !== null) methods.push('password');
  if (usablePasskeys(passkeys, user).length > 0) methods.push('passkey');
  return methods;
}

/**
 * Tells whether the session's owner proved their identity a moment ago, by a factor where the account
 * has one (NIST SP 800-63B 4.1.2: at the highest level that the account has).
 */
export function isRecentlyProven(
  session: { user: WithFactors; provenAtMs: number; secondFactorAtMs: number | null },
  nowMs: number,
): boolean {
  return isRecent(isEnrolled(session.user) ? session.secondFactorAtMs : session.provenAtMs, nowMs);
}

/** `provenAtMs`: null: never. */
export const isRecent = (provenAtMs: number | null, nowMs: number): boolean =>
  provenAtMs !== null && nowMs - provenAtMs < RECENT_PROOF_MS;
