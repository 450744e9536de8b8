/**
 * Signs and verifies tokens (RFC 7519; access tokens as RFC 9068 types them). What RFC 8725 asks
 * of a verifier holds for both kinds: the algorithm is the key's and never the token's (3.1),
 * issuer and audience are ours (3.8, 3.9), and the `typ` keeps one kind from being taken for the
 * other (3.11).
 */
import { base64url, jwtVerify, SignJWT, type JWK } from 'jose';
import type { TokenClaims, Tokens, VerifiedClaims } from '../flows/ports/tokens.ts';
import { importSigningKey, importVerifyingKey, type Mac, type SigningKey } from './keys.ts';

export interface TokenSettings {
  issuer: string;
  audience: string;
  /** The first one signs, all verify. */
  keys: readonly [JWK, ...JWK[]];
}

/** Tokens found genuine, until they expire: their signature needs no second look. */
export interface VerifiedTokenCache {
  get(token: string, nowMs: number): Genuine | null;
  set(token: string, entry: Genuine): void;
}

interface Genuine {
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
    const own = claims.generation === undefined ? {} : { gen: claims.generation };
    return new SignJWT({ ...claims.extra, sid: claims.sessionId, ...own })
      .setProtectedHeader({ alg, kid, typ: TYPES[kind] })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(claims.sub)
      .setJti(claims.jti)
      .setIssuedAt(claims.issuedAtMs / 1000)
      .setExpirationTime(claims.expiresAtMs / 1000)
      .sign(key);
  };

  /** By `kid` among our own keys: a token brings no key, and names none by address (3.5, 3.10). */
  const keyOf = async ({ kid, alg }: { kid?: string; alg?: string }) => {
    const jwk = keys.find((candidate) => candidate.kid === kid);
    if (jwk === undefined || kid === undefined || jwk.alg !== alg) throw new Error('no such key');
    let key = verifying.get(kid);
    if (key === undefined) verifying.set(kid, (key = importVerifyingKey(jwk)));
    return (await key).key;
  };

  return {
    signAccess: (claims) => sign('access', claims),
    signRefresh: (claims) => sign('refresh', claims),

    async verify(kind, token, expiredToo) {
      const known = kind === 'access' ? verifiedTokens.get(token, nowMs()) : null;
      if (known !== null) return known.claims;
      if (!isCanonical(token)) return null;
      try {
        const { payload } = await jwtVerify(token, keyOf, {
          issuer,
          audience,
          algorithms,
          typ: TYPES[kind],
          requiredClaims: ['sub', 'sid', 'jti', 'iat', 'exp'],
          ...(expiredToo ? { currentDate: new Date(0) } : {}),
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
      const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(jti));
      return { jti, hash: base64url.encode(new Uint8Array(digest)) };
    },
  };
}

/**
 * Three parts of base64url, each written in the one way there is. The decoder behind jose takes
 * others too (padding, white space, stray bits at the end), and two spellings of one token are two
 * tokens to whoever compares them.
 */
function isCanonical(token: string): boolean {
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return false;
  try {
    return token.split('.').every((part) => base64url.encode(base64url.decode(part)) === part);
  } catch {
    return false;
  }
}
