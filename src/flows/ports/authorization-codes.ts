/** A session that an application may take over. */
export interface AuthorizationGrant {
  /** A UUID: each code is accepted once. */
  id: string;
  contract: string;
  sessionId: string;
  userId: number;
  credentialVersion: number;
  /** SHA-256 of the application's verifier, base64url (RFC 7636 4.2, S256). */
  codeChallenge: string;
  issuedAtMs: number;
}

/** Codes that a page hands to the application that sent its user: opaque, and good for nothing else. */
export interface AuthorizationCodes {
  /** `returnTo`: the address that the code is sent to. */
  issue(grant: AuthorizationGrant & { returnTo: string }): Promise<string>;
  /**
   * Null: not one of ours, too old, of another client (its verifier is not the challenge's), or sent to
   * another address.
   */
  verify(
    code: string,
    client: { codeVerifier: string; returnTo: string },
  ): Promise<AuthorizationGrant | null>;
}
