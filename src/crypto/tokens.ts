/**
 * Signs and verifies tokens (RFC 7519; access tokens as RFC 9068 types them). Both kinds are verified
 * as RFC 8725 asks: the algorithm is the key's and never the token's (3.1), issuer and audience are
 * ours (3.8, 3.9), and the `typ` keeps one kind from being accepted for the other (3.11).
 */
import { base64url, jwtVerify, SignJWT, type JWK } from 'jose';
import type { TokenClaims, Tokens, VerifiedClaims } from '../flows/ports/tokens.ts';
import { sha256Text } from './digest.ts';
import { importSigningKey, importVerifyingKey, type Mac, type SigningKey } from './keys.ts';

export interface TokenSettings {
  issuer: string;
  audience: string;
  /** The first one signs, all verify. */
  keys: readonly [JWK, ...JWK[]];
}

/** Remembers verified tokens until they expire, so that a signature is verified once. */
export interface VerifiedTokenCache {
  get(token: string, nowMs: number): VerifiedToken | null;
  set(token: string, entry: VerifiedToken): void;
}

interface VerifiedToken {
  claims: VerifiedClaims;
  untilMs: number;
}

export interface TokenOptions {
  mac: Mac;
  nowMs(): number;
  verifiedTokens: VerifiedTokenCache;
}

const TYPES = { access: 'at+jwt', refresh: 'rt+jwt' } as const;

export function createTokens(
  { issuer, audience, keys }: TokenSettings,
  { mac, nowMs, verifiedTokens }: TokenOptions,
): Tokens {
  let signing: Promise<SigningKey> | undefined;
  const verifying = new Map<string, Promise<SigningKey>>();
  const algorithms = [...new Set(keys.map(({ alg = '' }) => alg))];

  const sign = async (
    kind: keyof typeof TYPES,
    claims: TokenClaims & { generation?: number },
  ): Promise<string> => {
    const { kid, alg, key } = await (signing ??= importSigningKey(keys[0]));
    const generation = claims.generation === undefined ? {} : { gen: claims.generation };
    return new SignJWT({ ...claims.extra, sid: claims.sessionId, ...generation })
      .setProtectedHeader({ alg, kid, typ: TYPES[kind] })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(claims.sub)
      .setJti(claims.jti)
      .setIssuedAt(claims.issuedAtMs / 1000)
      .setExpirationTime(claims.expiresAtMs / 1000)
      .sign(key);
  };

  /** Finds the key by `kid` among our own: a token brings no key and names no URL (3.5, 3.10). */
  const findKey = async ({ kid, alg }: { kid?: string; alg?: string }) => {
    const jwk = keys.find((candidate) => candidate.kid === kid);
    if (jwk === undefined || kid === undefined || jwk.alg !== alg) throw new Error('no such key');
    let key = verifying.get(kid);
    if (key === undefined) verifying.set(kid, (key = importVerifyingKey(jwk)));
    return (await key).key;
  };

  return {
    signAccess: (claims) => sign('access', claims),
    signRefresh: (claims) => sign('refresh', claims),

    async verify(kind, token, { ignoreExpiry } = { ignoreExpiry: false }) {
      const cached = kind === 'access' ? verifiedTokens.get(token, nowMs()) : null;
      if (cached !== null) return cached.claims;
      if (!isCanonical(token)) return null;
      try {
        const { payload } = await jwtVerify(token, findKey, {
          issuer,
          audience,
          algorithms,
          typ: TYPES[kind],
          requiredClaims: ['sub', 'sid', 'jti', 'iat', 'exp'],
          // jose has no option to ignore `exp`: at the beginning of Unix time no token has expired.
          ...(ignoreExpiry ? { currentDate: new Date(0) } : {}),
        });
        const { jti, sid, gen, exp = 0 } = payload;
        if (typeof jti !== 'string' || typeof sid !== 'string') return null;
        const generation = Number.isSafeInteger(gen) ? Number(gen) : null;
        const claims = { jti, sessionId: sid, generation };
        if (kind === 'access') verifiedTokens.set(token, { claims, untilMs: exp * 1000 });
        return claims;
      } catch {
        return null;
      }
    },

    async refreshId(sessionId, generation) {
      const jti = await mac('refresh', `${sessionId}.${generation}`);
      return { jti, hash: await sha256Text(jti) };
    },
  };
}

/**
 * Accepts three parts of base64url in their canonical encoding alone. jose's decoder accepts others
 * too (padding, white space, stray bits at the end), and code that compares tokens would take two
 * spellings of one token for two tokens.
 */
function isCanonical(token: string): boolean {
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return false;
  try {
    return token.split('.').every((part) => base64url.encode(base64url.decode(part)) === part);
  } catch {
    return false;
  }
}
