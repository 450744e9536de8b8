/** The accepted forms of token keys, each with one member changed. */
import type { JWK } from 'jose';
import { expect, it } from 'vitest';
import { validateKey } from '../../src/crypto/keys.ts';

/** 32 bytes in base64url. */
const PART = 'A'.repeat(43);
const okp = { kty: 'OKP', crv: 'Ed25519', x: PART, d: PART };
const keys: Record<string, JWK> = {
  EdDSA: okp,
  Ed25519: okp,
  ES256: { kty: 'EC', crv: 'P-256', x: PART, y: PART, d: PART },
  HS256: { kty: 'oct', k: PART },
};

it.each(Object.entries(keys))('takes a key of %s, and none with one member changed', (alg, key) => {
  const named = { ...key, alg, kid: 'a-key' };
  expect(validateKey(named)).toBeNull();
  for (const member of Object.keys(key)) {
    for (const value of [undefined, '', 'other', `${PART.slice(1)}=`, PART.slice(1)]) {
      const flaw = validateKey({ ...named, [member]: value } as JWK);
      expect([member, value, flaw]).toEqual([member, value, expect.stringContaining(alg)]);
    }
  }
});

it.each([undefined, ''])('takes no key whose kid is %s', (kid) => {
  expect(validateKey({ ...okp, alg: 'EdDSA', kid } as JWK)).toBe('has no kid');
});

it('takes a key of HS256 without a kid only where it is restricted to contracts', () => {
  const secret: JWK = { kty: 'oct', k: PART, alg: 'HS256' };
  expect(validateKey(secret)).toBe('has no kid');
  expect(validateKey({ ...secret, contracts: ['one'] })).toBeNull();
  expect(validateKey({ ...secret, contracts: ['one'], kid: '' })).toBe('has no kid');
  expect(validateKey({ ...okp, alg: 'EdDSA', contracts: ['one'] })).toBe('has no kid');
});

// 43 is the least, and 45 cannot be decoded.
it.each([
  [43, true],
  [44, true],
  [45, false],
  [46, true],
])('takes a secret of %i characters: %s', (length, taken) => {
  const flaw = validateKey({ kty: 'oct', k: 'A'.repeat(length), alg: 'HS256', kid: 'a-key' });
  expect(flaw === null).toBe(taken);
});

it.each([undefined, 'none', 'RS256', 'HS512', 'eddsa', 'constructor'])(
  'takes no key whose alg is %s',
  (alg) => {
    expect(validateKey({ ...okp, alg, kid: 'a-key' } as JWK)).toBe(
      'has no alg of EdDSA, Ed25519, ES256, HS256',
    );
  },
);
