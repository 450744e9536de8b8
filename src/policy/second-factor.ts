/** Rules of second factors: the accounts that need one, and how long a proof of identity is recent. */

/**
 * The setting SECOND_FACTOR. Under `off` no account can enrol, and one that has a factor is asked for
 * it all the same. Under `required` an account without a factor can do nothing but enrol one.
 */
export type SecondFactorPolicy = 'off' | 'optional' | 'required' | 'required-for-admins';

/** Confirmed TOTP factors of one account: each makes a guess at a code likelier to be right. */
export const MAX_FACTORS = 5;

/** Changes of credentials need a proof of identity that is no older. */
export const RECENT_PROOF_MS = 300_000;

export type FactorMethod = 'password' | 'totp' | 'recovery-code';

/** A user, by their authenticator apps: those that are not confirmed prove nothing. */
interface WithFactors {
  factors: readonly { kind: 'totp'; confirmedAtMs: number | null }[];
}

/** Tells whether the user has a factor that a login must prove. */
export const isEnrolled = ({ factors }: WithFactors): boolean =>
  factors.some(({ confirmedAtMs }) => confirmedAtMs !== null);

export const requiresSecondFactor = (
  policy: SecondFactorPolicy,
  { isAdmin }: { isAdmin: boolean },
): boolean => policy === 'required' || (policy === 'required-for-admins' && isAdmin);

/** The methods that prove a user's identity: the strongest that their account has. */
export const methodsOf = (user: WithFactors): readonly FactorMethod[] =>
  isEnrolled(user) ? ['totp', 'recovery-code'] : ['password'];

/**
 * Tells whether the session's owner proved their identity a moment ago, by a factor where the account
 * has one (NIST SP 800-63B 4.1.2: at the highest level that the account has).
 */
export function isRecentlyProven(
  session: { user: WithFactors; provenAtMs: number; secondFactorAtMs: number | null },
  nowMs: number,
): boolean {
  const provenMs = isEnrolled(session.user) ? session.secondFactorAtMs : session.provenAtMs;
  return provenMs !== null && nowMs - provenMs < RECENT_PROOF_MS;
}
