/** Rules of a contract's tokens: issuer, audience, type, algorithms and claims. */
import type { LiveSession } from './session.ts';
import type { User } from './user.ts';

/** The only algorithms that are ever accepted (RFC 8725 3.1). */
export type Algorithm = 'EdDSA' | 'Ed25519' | 'ES256' | 'HS256';

/** Claims that every token has from the core; no contract sets them. */
type CoreClaim = 'iss' | 'aud' | 'sub' | 'iat' | 'exp' | 'jti' | 'sid' | 'gen' | 'step';

export type ContractClaims = Readonly<Record<string, unknown>> & {
  readonly [C in CoreClaim]?: never;
};

/** The facts that a contract's claims may be made of. */
export interface ClaimContext<U extends User = User> {
  user: U;
  sessionId: string;
  /** In whole seconds, as the token's `iat` is. */
  issuedAtMs: number;
  /** When password or passkey was verified, in whole seconds; no refresh moves it. */
  authenticatedAtMs: number;
  openedBy: LiveSession['openedBy'];
  /** When a second factor was last verified in the session, in whole seconds; null: none was. */
  secondFactorAtMs: number | null;
}

/** A contract's part; what it leaves out is the deployment's. */
export interface TokenDeclaration<U extends User = User> {
  /** Path after the setting ISSUER; `:name` is replaced by the request's path parameter. */
  readonly issuer?: `/${string}`;
  /** Absent: the setting AUDIENCE. */
  readonly audience?: string;
  /** Header `typ` of access tokens; absent: `at+jwt` (RFC 9068). Refresh tokens have `rt+jwt`. */
  readonly type?: 'at+jwt' | 'JWT';
  /** The signature algorithms that the wire's clients can verify; absent: any. */
  readonly algorithms?: readonly [Algorithm, ...Algorithm[]];
  /** Claims besides those of the core; absent: none. */
  claims?(context: ClaimContext<U>): { access: ContractClaims; refresh: ContractClaims };
  /** Claims of the token of a login's step, where the contract has those; absent: none. */
  stepClaims?(context: Pick<ClaimContext<U>, 'issuedAtMs'>): ContractClaims;
}

/** The rules that a request's tokens are signed and verified with. */
export interface TokenRules {
  contract: string;
  issuer: string;
  audience: string;
  /**
   * The issuer, if the contract names an audience: a service that shares the audience and the key
   * takes no refresh token for an access token, even if it does not look at `typ`.
   */
  refreshAudience: string;
  type: 'at+jwt' | 'JWT';
  /** Absent: any. */
  algorithms: readonly Algorithm[] | undefined;
  claims: NonNullable<TokenDeclaration['claims']>;
  stepClaims: NonNullable<TokenDeclaration['stepClaims']>;
}

/** `params`: of the request's path, decoded. Throws if the issuer names one that the path lacks. */
export function tokenRulesOf(
  { name, tokens }: { name: string; tokens: TokenDeclaration },
  settings: { issuer: string; audience: string },
  params: Readonly<Record<string, string>> = {},
): TokenRules {
  const path = (tokens.issuer ?? '').replaceAll(/:(\w+)/g, (_, param: string) => {
    if (!Object.hasOwn(params, param)) throw new Error(`the path of ${name} has no :${param}`);
    return encodeURIComponent(params[param] ?? '');
  });
  const issuer = path === '' ? settings.issuer : settings.issuer.replace(/\/$/, '') + path;
  return {
    contract: name,
    issuer,
    audience: tokens.audience ?? settings.audience,
    refreshAudience: tokens.audience === undefined ? settings.audience : issuer,
    type: tokens.type ?? 'at+jwt',
    algorithms: tokens.algorithms,
    claims: tokens.claims ?? (() => ({ access: {}, refresh: {} })),
    stepClaims: tokens.stepClaims ?? (() => ({})),
  };
}
