/** The keys among the settings: what is no sound key stops the start, and none is ever shown. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { complaint, ed25519, settingsWith } from './sample-env.ts';

const bytes = (count: number) => randomBytes(count).toString('base64url');

const privateJwk = (type: 'P-256' | 'P-384') =>
  generateKeyPairSync('ec', { namedCurve: type }).privateKey.export({ format: 'jwk' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  format: 'jwk',
});
const ed = ed25519('ed');
const { d: _private, ...edPublic } = ed;
const { kid: _kid, ...edNameless } = ed;
const { alg: _alg, ...edWithoutAlg } = ed;
const es = { ...privateJwk('P-256'), kid: 'es', alg: 'ES256' };
const { d: _alsoPrivate, ...esPublic } = es;
const hs = { kty: 'oct', k: bytes(32), kid: 'hs', alg: 'HS256' };

/** Every secret part of the keys in a setting, as it would be shown. */
const secretsIn = (value: unknown): string[] =>
  [...JSON.stringify(value).matchAll(/"(?:k|d|p|q|dp|dq|qi|key)":"([^"]+)"/g)].map(
    ([, secret = '']) => secret,
  );

describe('TOKEN_KEYS', () => {
  it.each([
    { name: 'Ed25519, as EdDSA', keys: [ed] },
    { name: 'Ed25519, by its own name', keys: [{ ...ed, alg: 'Ed25519' }] },
    { name: 'ES256', keys: [es] },
    { name: 'HS256', keys: [hs] },
    { name: 'several, of which the first will sign', keys: [es, ed, hs] },
  ])('may hold $name', ({ keys }) => {
    expect(settingsWith({ TOKEN_KEYS: { keys } }).tokens.keys).toEqual(keys);
    expect(settingsWith({ TOKEN_KEYS: JSON.stringify({ keys }) }).tokens.keys).toEqual(keys);
  });

  it.each<{ name: string; keys: unknown; says: string }>([
    { name: 'no key', keys: [], says: '' },
    { name: 'what is no key', keys: ['c4n4ry'], says: '' },
    { name: 'a key with no kid', keys: [edNameless], says: 'has no kid' },
    { name: 'a key with an empty kid', keys: [{ ...ed, kid: '' }], says: 'has no kid' },
    { name: 'a key with no alg', keys: [edWithoutAlg], says: 'has no alg of' },
    { name: 'a public key', keys: [edPublic], says: 'is not a private key' },
    { name: 'a public EC key', keys: [esPublic], says: 'is not a private key' },
    { name: 'an RSA key', keys: [{ ...rsa, kid: 'rs', alg: 'RS256' }], says: 'has no alg of' },
    { name: 'alg none', keys: [{ ...ed, alg: 'none' }], says: 'has no alg of' },
    {
      name: 'an alg that every object has',
      keys: [{ ...ed, alg: 'constructor' }],
      says: 'has no alg of',
    },
    {
      name: 'an alg that no object likes',
      keys: [{ ...ed, alg: '__proto__' }],
      says: 'has no alg of',
    },
    { name: 'a kid that is a number', keys: [{ ...ed, kid: 7 }], says: 'has no kid' },
    {
      name: 'a key that is not base64url',
      keys: [{ ...ed, d: '!'.repeat(43) }],
      says: 'is not a private key',
    },
    {
      name: 'a secret of spaces',
      keys: [{ ...hs, k: ' '.repeat(43) }],
      says: 'is not a private key',
    },
    { name: 'alg in lower case', keys: [{ ...es, alg: 'es256' }], says: 'has no alg of' },
    { name: 'HS512', keys: [{ ...hs, alg: 'HS512' }], says: 'has no alg of' },
    {
      name: 'the alg of another key type',
      keys: [{ ...ed, alg: 'ES256' }],
      says: 'is not a private key',
    },
    {
      name: 'HS256 on a public key',
      keys: [{ ...edPublic, alg: 'HS256' }],
      says: 'is not a private key',
    },
    {
      name: 'ES256 on another curve',
      keys: [{ ...privateJwk('P-384'), kid: 'a', alg: 'ES256' }],
      says: 'is not a private key',
    },
    { name: 'a short HS256 secret', keys: [{ ...hs, k: bytes(31) }], says: 'too short' },
    {
      name: 'an HS256 key with no secret',
      keys: [{ ...hs, k: undefined }],
      says: 'is not a private key',
    },
    { name: 'one kid twice', keys: [ed, { ...es, kid: 'ed' }], says: 'has a kid twice' },
    { name: 'a sound key and then a public one', keys: [ed, esPublic], says: 'keys.1: is not' },
  ])('may not hold $name', ({ keys, says }) => {
    const message = complaint({ TOKEN_KEYS: { keys } });
    expect(message).toMatch(/^ {2}TOKEN_KEYS[.:]/m);
    expect(message).toContain(says);
    for (const secret of [...secretsIn(keys), 'c4n4ry']) expect(message).not.toContain(secret);
  });

  it.each(['c4n4ry', '', '"c4n4ry"', '["c4n4ry"]', '{"c4n4ry":1}', '{"keys":"c4n4ry"}', null, 5])(
    'is a JWK set, not %j',
    (value) => {
      const message = complaint({ TOKEN_KEYS: value });
      expect(message).toMatch(/^ {2}TOKEN_KEYS[.:]/m);
      expect(message).not.toContain('c4n4ry');
    },
  );

  it('shows no key that is cut off, as a pasted one may be', () => {
    const text = JSON.stringify({ keys: [hs] }).slice(0, -3);
    const message = complaint({ TOKEN_KEYS: text });
    expect(message).toContain('TOKEN_KEYS: is not JSON');
    expect(message).not.toContain(hs.k.slice(0, 6));
  });
});

describe('SERVER_KEY', () => {
  it.each([32, 33, 64])('may have %i bytes', (count) => {
    expect(settingsWith({ SERVER_KEY: bytes(count) }).serverKey).toHaveLength(count);
  });

  it.each([
    { name: 'shorter than 32 bytes', value: bytes(31) },
    { name: 'empty', value: '' },
    { name: 'of a length that no bytes have', value: 'A'.repeat(45) },
    { name: 'plain base64', value: `${bytes(30)}+/==` },
    { name: 'a passphrase', value: 'correct horse battery staple c4n4ry correct horse' },
    { name: 'a number', value: 123_456_789 },
    { name: 'a JSON object', value: { key: bytes(32) } },
  ])('may not be $name, and is not shown', ({ value }) => {
    const message = complaint({ SERVER_KEY: value });
    expect(message).toMatch(/^ {2}SERVER_KEY: /m);
    expect(value === '' || !message.includes(String(value))).toBe(true);
    expect(message).not.toContain('c4n4ry');
  });
});

describe('PEPPERS', () => {
  it('may be several, in their order', () => {
    const PEPPERS = [
      { id: 'b', key: bytes(32) },
      { id: 'a_1.x-y', key: bytes(48) },
    ];
    const { peppers } = settingsWith({ PEPPERS: JSON.stringify(PEPPERS) }).passwords;
    expect(
      peppers.map(({ id, key }) => ({ id, key: Buffer.from(key).toString('base64url') })),
    ).toEqual(PEPPERS);
  });

  it.each<{ name: string; value: unknown }>([
    { name: 'cut-off JSON', value: '[{"id":"a","key":"c4n4ry' },
    { name: 'one outside a list', value: { id: 'a', key: bytes(32) } },
    { name: 'bare keys', value: [bytes(32)] },
    { name: 'without id', value: [{ key: bytes(32) }] },
    { name: 'of an empty id', value: [{ id: '', key: bytes(32) }] },
    { name: 'of an id that a hash cannot hold', value: [{ id: 'a$b', key: bytes(32) }] },
    { name: 'of an id with a comma', value: [{ id: 'a,b', key: bytes(32) }] },
    { name: 'of a long id', value: [{ id: 'a'.repeat(65), key: bytes(32) }] },
    { name: 'without key', value: [{ id: 'a' }] },
    { name: 'of a short key', value: [{ id: 'a', key: bytes(31) }] },
    { name: 'of a key of a length that no bytes have', value: [{ id: 'a', key: 'A'.repeat(45) }] },
    { name: 'of a key in plain base64', value: [{ id: 'a', key: `${bytes(30)}+/==` }] },
    { name: 'null', value: null },
  ])('may not be $name, and are not shown', ({ value }) => {
    const message = complaint({ PEPPERS: value });
    expect(message).toMatch(/^ {2}PEPPERS[.:]/m);
    for (const secret of [...secretsIn(value), 'c4n4ry']) expect(message).not.toContain(secret);
  });
});
