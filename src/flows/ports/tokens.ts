/** Tokens, codes and cookies that are handed out: signed, or from the CSPRNG. */
import type { Identifier } from '../../policy/identifier.ts';
import type { Challenge } from '../model/challenge.ts';
import type { ContractClaims, TokenRules } from '../model/token-rules.ts';
import type { Account } from '../model/user.ts';

export interface TokenClaims {
  jti: string;
  sub: string;
  sessionId: string;
  issuedAtMs: number;
  expiresAtMs: number;
  /** The contract's own; the core's claims take precedence. */
  extra: ContractClaims;
}

export interface VerifiedClaims {
  jti: string;
  sessionId: string;
  /** Null in an access token. */
  generation: number | null;
}

export interface Tokens {
  signAccess(claims: TokenClaims, rules: TokenRules): Promise<string>;
  signRefresh(claims: TokenClaims & { generation: number }, rules: TokenRules): Promise<string>;
  /** Puts a step's handle into a token of a kind and a key of its own. */
  signStep(
    claims: Omit<TokenClaims, 'sessionId'> & { handle: string },
    rules: TokenRules,
  ): Promise<string>;
  /** The handle in a token of a step; null: it is none. The handle has its own end. */
  readStep(token: string, rules: TokenRules): Promise<string | null>;
  /**
   * Null: not a valid token of this kind under these rules. `ignoreExpiry` accepts it however old
   * it is.
   */
  verify(
    kind: 'access' | 'refresh',
    token: string,
    options: { rules: TokenRules; ignoreExpiry?: boolean },
  ): Promise<VerifiedClaims | null>;
  /** The id of a session's refresh token, and what the database keeps of it. */
  refreshId(sessionId: string, generation: number): Promise<{ jti: string; hash: string }>;
}

/** Codes and tokens from the CSPRNG, and what the database keeps of them. */
export interface Secrets {
  /** Six digits. */
  newCode(challengeId: string): Promise<{ code: string; hash: string }>;
  /** 256 bits, base64url. */
  newToken(): Promise<{ token: string; hash: string }>;
  isCode(challenge: Challenge, code: string): Promise<boolean>;
  hashOfToken(token: string): Promise<string>;
}

/** Cookies of browsers on which a user has signed in: they have lockouts of their own. */
export interface Devices {
  /** The device's own lockout key; null: the attempt counts for the name, as strangers' do. */
  lockoutKeyFor(cookie: string | null, account: Account | null): Promise<string | null>;
  /** A new cookie after the password was proven; null: this deployment gives none. */
  issue(owner: { userId: number; deviceVersion: number }): Promise<string | null>;
}

/** Handles that a client gets with its registration, for known and unknown addresses alike. */
export interface RegistrationHandles {
  /** Its id. Null: no handle, a malformed one, or one that was issued for another name. */
  read(handle: string | null, identifier: Identifier): Promise<string | null>;
  /** For an e-mail address and a username, in this order. `knownId`: the id of the handle it replaces. */
  issue(
    names: readonly Identifier[],
    knownId: string | null,
  ): Promise<{ id: string; handle: string }>;
}
