/** Whom a peer is to sign up before it is measured. */
export interface Wanted {
  emails: string[];
  password: string;
  /** Of PBKDF2; the peer's own hash where absent. */
  cost?: { iterations: number; rounds: number };
}
