/**
 * `gatehouse/verify`: checks access tokens in the services behind Gatehouse, as RFC 8725 asks: by the
 * published keys and the algorithms that these name, with issuer, audience and kind of the token.
 * Runs in Node 20 or newer, in Workers, and wherever `fetch` and WebCrypto are.
 */
import { base64url, createRemoteJWKSet, customFetch, jwtVerify } from 'jose';
import { CONTRACTS, type ContractFacts, type ContractName } from './contracts.ts';
import { VerifyError, verifyError } from './error.ts';

export { VerifyError, type VerifyErrorCode } from './error.ts';
export type { ContractFacts, ContractName } from './contracts.ts';

export interface VerifierOptions {
  /** `iss` of the tokens: the setting ISSUER, and what the contract adds to it. */
  issuer: string;
  /** `aud` of the tokens: the setting AUDIENCE; at `gotrue` it is `authenticated`. */
  audience: string;
  /** The contract that issues the tokens, or the facts of one of your own. */
  contract: ContractName | (ContractFacts & { readonly name: string });
  /** The origin that Gatehouse answers at; absent: the issuer's. */
  origin?: string;
  /** Asks for keys and profile, such as a service binding's; absent: the global `fetch`. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Seconds for which keys are kept; absent: 300. A withdrawn key is good for as long. */
  keysMaxAgeSeconds?: number;
  /** Seconds between two requests for keys that are not known; absent: 30. */
  cooldownSeconds?: number;
}

/** The claims of every access token, and those that the contract adds. */
export interface Claims {
  iss: string;
  aud: string | string[];
  /** The user's id: the same in every token of the account. */
  sub: string;
  /** The session's id. */
  sid: string;
  jti: string;
  /** Seconds since 1970. */
  iat: number;
  exp: number;
  [claim: string]: unknown;
}

export interface Verifier {
  /** Returns the claims of an access token. Throws a VerifyError. */
  verify(token: string): Promise<Claims>;
  /**
   * Asks Gatehouse whether the session of the token still lives: one request each time. False for a
   * token that is refused. Throws a VerifyError with the code `unavailable` where no answer came.
   */
  isSessionLive(token: string): Promise<boolean>;
}

/** No secret is ever published, so a token signed with one is never accepted. */
const ALGORITHMS = ['EdDSA', 'Ed25519', 'ES256'];
const TIMEOUT_MS = 5_000;
/** Longer than any token that is issued: one with the longest picture address has some 10,000 characters. */
const MAX_TOKEN_LENGTH = 12_288;

/** Throws a TypeError where an option is unfit. Make one and keep it: it keeps the keys. */
export function createVerifier(options: VerifierOptions): Verifier {
  const { issuer, audience, contract, keysMaxAgeSeconds = 300, cooldownSeconds = 30 } = options;
  const { name, facts } = factsOf(contract);
  const ask = options.fetch ?? ((url, init) => fetch(url, init));
  const base = secureOrigin(options.origin ?? new URL(issuer).origin);
  if (typeof audience !== 'string' || audience === '') throw new TypeError('audience is missing');
  const realm = new URL(issuer).pathname.split('/').at(-1) ?? '';
  const address = (path: string) => new URL(`/${name}${path.replace(':realm', realm)}`, base).href;
  // Without the keys that sign for other contracts alone.
  const keysAt = `${base}/.well-known/jwks.json?contract=${encodeURIComponent(name)}`;
  const keys = createRemoteJWKSet(new URL(keysAt), {
    cacheMaxAge: keysMaxAgeSeconds * 1000,
    cooldownDuration: cooldownSeconds * 1000,
    timeoutDuration: TIMEOUT_MS,
    [customFetch]: ask,
  });
  const checks = {
    issuer,
    audience,
    typ: facts.type,
    algorithms: ALGORITHMS,
    requiredClaims: ['sub', 'sid', 'jti', 'iat', 'exp'],
  };

  const verify = async (token: string): Promise<Claims> => {
    if (!isCanonical(token)) throw new VerifyError('malformed');
    const { payload } = await jwtVerify(token, keys, checks).catch((error: unknown) => {
      throw verifyError(error);
    });
    // A refresh token has a generation, beside a type of its own.
    if (typeof payload['sid'] !== 'string' || 'gen' in payload) throw new VerifyError('wrong-kind');
    return payload as unknown as Claims;
  };

  return {
    verify,

    async isSessionLive(token) {
      try {
        await verify(token);
      } catch (error) {
        if (error instanceof VerifyError && error.code !== 'unavailable') return false;
        throw error;
      }
      const response = await ask(address(facts.profilePath), {
        headers: { Authorization: `${facts.scheme} ${token}` },
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }).catch((cause: unknown) => {
        throw new VerifyError('unavailable', { cause });
      });
      await response.body?.cancel();
      if (response.status === 200) return true;
      if (facts.ended.includes(response.status)) return false;
      throw new VerifyError('unavailable', { cause: `the profile answered ${response.status}` });
    },
  };
}

function factsOf(contract: VerifierOptions['contract']): { name: string; facts: ContractFacts } {
  if (typeof contract === 'object') return { name: contract.name, facts: contract };
  if (!Object.hasOwn(CONTRACTS, contract)) throw new TypeError(`unknown contract: ${contract}`);
  return { name: contract, facts: CONTRACTS[contract] };
}

/** Keys and tokens travel to it: plain http is for this machine alone. */
function secureOrigin(text: string): string {
  const { protocol, hostname, origin } = new URL(text);
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if (protocol === 'https:' || (protocol === 'http:' && isLocal)) return origin;
  throw new TypeError('Gatehouse is asked over https only');
}

/** A token has one spelling, so that code which compares tokens never takes one for two. */
function isCanonical(token: unknown): token is string {
  if (typeof token !== 'string' || token.length > MAX_TOKEN_LENGTH) return false;
  try {
    return token.split('.').every((part) => base64url.encode(base64url.decode(part)) === part);
  } catch {
    return false;
  }
}
