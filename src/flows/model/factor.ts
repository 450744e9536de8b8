/** Second factors: time-based one-time passwords (TOTP, RFC 6238), and recovery codes. */
/** A second factor of an account, or one recovery code of its. */
export interface Factor {
  id: string; // uuid
  kind: 'totp' | 'recovery-code';
  /** Sealed (totp), or the keyed hash of the code. */
  secret: string;
  /** Given by clients that name factors (gotrue's friendly_name); null elsewhere. */
  name: string | null;
  createdAtMs: number;
  /** Null: enrolment is not finished, and the factor proves nothing. */
  confirmedAtMs: number | null;
  lastUsedAtMs: number | null;
  /** The last time step (RFC 6238) whose code was accepted; 0 before. No code of it or before is accepted again. */
  lastStep: number;
}
/** A factor as its owner may list it. */
export type ShownFactor = Omit<Factor, 'secret' | 'lastStep' | 'kind'> & { kind: 'totp' };
/** A factor that a session was opened, or a session's owner recognised, with: used up in the same batch. */
export interface FactorUse {
  factorId: string;
  kind: Factor['kind'];
  /** The time step of the code; 1 for a recovery code. */
  step: number;
  /** The secret under the current key; null leaves it. */
  resealed: string | null;
}
