/** Decides about second factors. */

/** Confirmed TOTP factors of one account. */
export const MAX_FACTORS = 5;

/** The account has a confirmed TOTP factor: a password alone does not sign in. */
export const isEnrolled = ({ user }: { user: { factors: readonly Confirmable[] } }): boolean =>
  user.factors.some(({ confirmedAtMs }) => confirmedAtMs !== null);

interface Confirmable {
  confirmedAtMs: number | null;
}
