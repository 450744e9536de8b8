/** Codes and tokens are unpredictable (OWASP ASVS 5.0 V6.5.3, V6.5.4). */
import { base64url } from 'jose';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createMac } from '../../src/crypto/keys.ts';
import { createSecrets } from '../../src/crypto/secrets.ts';

afterEach(() => vi.restoreAllMocks());

const secrets = createSecrets(createMac(new Uint8Array(32).fill(1)));

describe('a code', () => {
  it('comes from the CSPRNG, each of a million as likely as another', async () => {
    const drawn = vi.spyOn(crypto, 'getRandomValues');
    const draw = (...numbers: number[]) => {
      for (const number of numbers) {
        drawn.mockImplementationOnce((array) => {
          (array as unknown as Uint32Array)[0] = number;
          return array;
        });
      }
      return secrets.newCode('a challenge');
    };
    // 4,294 whole millions fit into 32 bits; what is above would make small numbers likelier.
    expect((await draw(7)).code).toBe('000007');
    expect((await draw(4_293_999_999)).code).toBe('999999');
    expect((await draw(4_294_000_000, 2 ** 32 - 1, 123_456)).code).toBe('123456');
    expect(drawn).toHaveBeenCalledTimes(5);
  });

  it('is hashed under a key, and for its own challenge', async () => {
    vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => array);
    const others = createSecrets(createMac(new Uint8Array(32).fill(2)));
    const kept = await Promise.all([
      secrets.newCode('one'),
      secrets.newCode('one'),
      secrets.newCode('two'),
      others.newCode('one'),
    ]);
    expect(kept.map(({ code }) => code)).toEqual(Array(4).fill('000000'));
    const [first, again, elsewhere, underAnother] = kept.map(({ hash }) => hash);
    expect(again).toBe(first);
    expect(elsewhere).not.toBe(first);
    expect(underAnother).not.toBe(first);
  });
});

describe('a token', () => {
  it('has 256 bits of the CSPRNG', async () => {
    const drawn = vi.spyOn(crypto, 'getRandomValues');
    const tokens = await Promise.all(Array.from({ length: 1_000 }, () => secrets.newToken()));
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(1_000);
    expect(drawn).toHaveBeenCalledTimes(1_000);
    for (const [n, { token }] of tokens.entries()) {
      expect(base64url.decode(token)).toEqual(drawn.mock.results[n]?.value);
      expect(base64url.decode(token)).toHaveLength(32);
    }
  });
});
