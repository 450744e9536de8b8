/** A login whose password was right, and which waits for the second factor. */
export interface LoginStep {
  contract: string;
  userId: number;
  credentialVersion: number;
  lockoutKey: string;
  ticket: string;
  remember: boolean;
  /** The account has no factor, and has to enrol one. */
  enrols: boolean;
  issuedAtMs: number;
}

/** Handles of login steps: opaque to the client, and good for nothing else. */
export interface LoginSteps {
  issue(step: LoginStep): Promise<string>;
  /** Null: not one of ours, or older than STEP_MS. */
  read(handle: string): Promise<LoginStep | null>;
}
