/** Second factors: stored, shown to their owner, used. */

/** A second factor of an account: a TOTP secret, or one recovery code. */
export interface Factor {
  id: string;
  kind: 'totp' | 'recovery-code';
  /** Sealed (TOTP), or the keyed hash of the code. */
  secret: string;
  /** Given by clients that name factors; null elsewhere. */
  name: string | null;
  createdAtMs: number;
  /** Null: enrolment is not finished, and the factor proves nothing. */
  confirmedAtMs: number | null;
  lastUsedAtMs: number | null;
  /**
   * The last time step (RFC 6238) whose code was accepted; 0 before. No code of that step or an
   * earlier one is accepted again.
   */
  lastStep: number;
}

/** A factor as its owner may list it. */
export type ShownFactor = Omit<Factor, 'secret' | 'lastStep' | 'kind'> & { kind: 'totp' };

/** A factor that was matched by a code. It is used up in the batch that stores what it proves. */
export interface FactorUse {
  factorId: string;
  kind: Factor['kind'];
  /** The time step of the code; 1 for a recovery code. */
  step: number;
  /** The secret under the current key; null leaves it. */
  resealed: string | null;
}

/** A recovery code as it is stored. */
export type StoredRecoveryCode = Pick<Factor, 'id' | 'secret'>;

/** A new TOTP factor. The secret is shown in this answer alone. */
export interface Enrolment {
  id: string;
  name: string | null;
  /** Base32. */
  secret: string;
  /** `otpauth:` URI, for a QR code. */
  uri: string;
}
