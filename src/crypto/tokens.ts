/**
 * Signs and verifies tokens (RFC 7519; access tokens as RFC 9068 types them). Both kinds are verified
 * as RFC 8725 asks, by the rules of the contract that they are presented to: the algorithm is the
 * key's and never the token's (3.1), issuer and audience are the contract's (3.8, 3.9), and the `typ`
 * keeps one kind from being accepted for the other (3.11).
 */
import { base64url, decodeProtectedHeader, jwtVerify, SignJWT, type JWTVerifyOptions } from 'jose';
import type { TokenRules } from '../flows/model/token-rules.ts';
import type { TokenClaims, Tokens, VerifiedClaims } from '../flows/ports/tokens.ts';
import { sha256Text } from './digest.ts';
import {
  importSigningKey,
  importVerifyingKey,
  keysFor,
  type Mac,
  type SigningKey,
  type TokenKey,
} from './keys.ts';
import { createStepTokens } from './step-tokens.ts';

/** Remembers verified tokens until they expire, so that a signature is verified once. */
interface VerifiedTokenCache {
  get(key: string, nowMs: number): VerifiedToken | null;
  set(key: string, entry: VerifiedToken): void;
}

interface VerifiedToken {
  claims: VerifiedClaims;
  untilMs: number;
}

interface TokenOptions {
  mac: Mac;
  nowMs(): number;
  verifiedTokens: VerifiedTokenCache;
}

const REFRESH_TYPE = 'rt+jwt';

/** `keys`: of those that fit a contract the first signs, and all verify. */
export function createTokens(
  keys: readonly TokenKey[],
  { mac, nowMs, verifiedTokens }: TokenOptions,
): Tokens {
  const signing = new Map<TokenKey, Promise<SigningKey>>();
  const verifying = new Map<TokenKey, Promise<SigningKey>>();

  const findSigningKey = (rules: TokenRules) => {
    const [key] = keysFor(keys, rules.contract, rules.algorithms);
    if (key === undefined) throw new Error(`no token key fits ${rules.contract}`);
    return once(signing, key, importSigningKey);
  };

  const sign = async (
    claims: TokenClaims & { generation?: number },
    rules: TokenRules,
    { typ, audience }: { typ: string; audience: string },
  ): Promise<string> => {
    const { kid, alg, key } = await findSigningKey(rules);
    // After the contract's own: it overrides none of the core's claims, not even an absent one.
    return new SignJWT({ ...claims.extra, sid: claims.sessionId, gen: claims.generation })
      .setProtectedHeader({ alg, ...(kid === undefined ? {} : { kid }), typ })
      .setIssuer(rules.issuer)
      .setAudience(audience)
      .setSubject(claims.sub)
      .setJti(claims.jti)
      .setIssuedAt(claims.issuedAtMs / 1000)
      .setExpirationTime(claims.expiresAtMs / 1000)
      .sign(key);
  };

  /** Finds keys by `kid` among our own: a token brings no key and names no URL (3.5, 3.10). */
  const findKeys = (token: string, { contract, algorithms }: TokenRules) => {
    const header = readHeader(token);
    return keysFor(keys, contract, algorithms).filter(
      ({ kid, alg }) => header !== null && header.kid === kid && header.alg === alg,
    );
  };

  const readPayload = async (token: string, key: TokenKey, checks: JWTVerifyOptions) => {
    try {
      const verifyingKey = await once(verifying, key, importVerifyingKey);
      const algorithms = [verifyingKey.alg];
      return (await jwtVerify(token, verifyingKey.key, { ...checks, algorithms })).payload;
    } catch {
      return null;
    }
  };

  return {
    signAccess: (claims, rules) =>
      sign(claims, rules, { typ: rules.type, audience: rules.audience }),
    signRefresh: (claims, rules) =>
      sign(claims, rules, { typ: REFRESH_TYPE, audience: rules.refreshAudience }),

    async verify(kind, token, { rules, ignoreExpiry = false }) {
      const isAccess = kind === 'access';
      const { contract, issuer, audience, type } = rules;
      // A verdict holds under the rules that it was reached by, and no others.
      const cacheKey = JSON.stringify([contract, issuer, audience, type, token]);
      const cached = isAccess ? verifiedTokens.get(cacheKey, nowMs()) : null;
      if (cached !== null) return cached.claims;
      const checks = {
        issuer,
        audience: isAccess ? audience : rules.refreshAudience,
        typ: isAccess ? type : REFRESH_TYPE,
        requiredClaims: ['sub', 'sid', 'jti', 'iat', 'exp'],
        // jose has no option to ignore `exp`: at the beginning of Unix time no token has expired.
        ...(ignoreExpiry ? { currentDate: new Date(0) } : {}),
      };
      for (const key of findKeys(token, rules)) {
        const { jti, sid, gen, exp = 0 } = (await readPayload(token, key, checks)) ?? {};
        if (typeof jti !== 'string' || typeof sid !== 'string') continue;
        // Apart by more than the type, of which a contract may have a usual one.
        if (isAccess ? gen !== undefined : !Number.isSafeInteger(gen)) continue;
        const generation = isAccess ? null : Number(gen);
        const claims = { jti, sessionId: sid, generation };
        if (isAccess) verifiedTokens.set(cacheKey, { claims, untilMs: exp * 1000 });
        return claims;
      }
      return null;
    },

    ...createStepTokens(mac),

    async refreshId(sessionId, generation) {
      const jti = await mac('refresh', `${sessionId}.${generation}`);
      return { jti, hash: await sha256Text(jti) };
    },
  };
}

function once<K, V>(made: Map<K, V>, key: K, make: (key: K) => V): V {
  let value = made.get(key);
  if (value === undefined) made.set(key, (value = make(key)));
  return value;
}

/**
 * Returns a token's header; null unless the token is three parts of base64url in their canonical
 * encoding. jose's decoder accepts others too (padding, white space, stray bits at the end), and code
 * that compares tokens would take two spellings of one token for two tokens.
 */
function readHeader(token: string): { kid?: string; alg?: string } | null {
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return null;
  try {
    const parts = token.split('.');
    const isCanonical = parts.every((part) => base64url.encode(base64url.decode(part)) === part);
    return isCanonical ? decodeProtectedHeader(token) : null;
  } catch {
    return null;
  }
}
