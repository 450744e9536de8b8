/** The ids of refresh tokens are unguessable and unique (OWASP ASVS 5.0 V7.2.3). */
import { base64url } from 'jose';
import { describe, expect, it } from 'vitest';
import { createMac } from '../../src/crypto/keys.ts';
import { createTokens } from '../../src/crypto/tokens.ts';
import { ExpiringCache } from '../../src/policy/expiring-cache.ts';
import { generateKey } from '../../tools/key-set.ts';

const tokensUnder = (fill: number) =>
  createTokens([generateKey('EdDSA')], {
    mac: createMac(new Uint8Array(32).fill(fill)),
    nowMs: () => 0,
    verifiedTokens: new ExpiringCache(1),
  });

describe('a refresh token’s id', () => {
  it('has 256 bits, and its own for every session and generation', async () => {
    const { refreshId } = tokensUnder(1);
    const seen = new Set<string>();
    for (let n = 0; n < 100; n += 1) {
      const session = crypto.randomUUID();
      for (const generation of [0, 1, 2, 10, 11]) {
        const { jti, hash } = await refreshId(session, generation);
        expect(base64url.decode(jti)).toHaveLength(32);
        expect(hash).not.toContain(jti);
        seen.add(jti).add(hash);
      }
    }
    expect(seen.size).toBe(100 * 5 * 2);
  });

  it('cannot be told without the server’s key', async () => {
    const [one, same, other] = await Promise.all(
      [1, 1, 2].map((fill) => tokensUnder(fill).refreshId('a session', 0)),
    );
    expect(same).toEqual(one);
    expect(other?.jti).not.toBe(one?.jti);
  });
});
