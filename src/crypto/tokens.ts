/**
 * Signs tokens (RFC 7519, access tokens as RFC 9068 types them). The `typ` keeps a refresh token
 * from being taken for an access token and the reverse (RFC 8725 3.11).
 */
import { base64url, SignJWT, type JWK } from 'jose';
import type { TokenClaims, Tokens } from '../flows/services.ts';
import { importSigningKey, type Mac, type SigningKey } from './keys.ts';

export interface TokenSettings {
  issuer: string;
  audience: string;
  /** The first one signs. */
  keys: readonly [JWK, ...JWK[]];
}

export function createTokens({ issuer, audience, keys }: TokenSettings, mac: Mac): Tokens {
  let signing: Promise<SigningKey> | undefined;

  const sign = async (typ: string, claims: TokenClaims): Promise<string> => {
    const { kid, alg, key } = await (signing ??= importSigningKey(keys[0]));
    return new SignJWT({ ...claims.extra, sid: claims.sessionId })
      .setProtectedHeader({ alg, kid, typ })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(claims.subject)
      .setJti(claims.jti)
      .setIssuedAt(claims.issuedAtMs / 1000)
      .setExpirationTime(claims.expiresAtMs / 1000)
      .sign(key);
  };

  return {
    signAccess: (claims) => sign('at+jwt', claims),
    signRefresh: (claims) => sign('rt+jwt', claims),

    async refreshId(sessionId, generation) {
      const jti = await mac('refresh', `${sessionId}.${generation}`);
      const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(jti));
      return { jti, hash: base64url.encode(new Uint8Array(digest)) };
    },
  };
}
