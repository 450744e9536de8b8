/** Forged, expired and misused tokens are refused. */
import { env } from 'cloudflare:workers';
import { base64url, importJWK, SignJWT, type JWK, type JWTPayload } from 'jose';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { addUser, createTestApp } from '../support/test-app.ts';
import { client, tokensOf } from '../support/session.ts';

const here = createTestApp();
const { login, profile, refresh } = client(here, 'username-pair');
const [own] = (JSON.parse(env.TOKEN_KEYS) as { keys: [JWK] }).keys;
let access = '';
let refreshToken = '';
let claims: JWTPayload & Record<string, unknown> = {};

beforeAll(async () => {
  ({ access, refresh: refreshToken } = tokensOf(await login(await addUser())));
  claims = JSON.parse(new TextDecoder().decode(base64url.decode(access.split('.')[1] ?? '')));
});
afterEach(() => {
  vi.useRealTimers();
});

const encode = (value: object) => base64url.encode(JSON.stringify(value));

/** A token like ours with some changes; signed with our own key where none is given. */
async function forged(change: { header?: object; claims?: object; key?: JWK; alg?: string } = {}) {
  const alg = change.alg ?? 'EdDSA';
  const key = await importJWK(change.key ?? own, alg);
  return new SignJWT({ ...claims, ...change.claims } as JWTPayload)
    .setProtectedHeader({ alg, kid: own.kid ?? '', typ: 'at+jwt', ...change.header })
    .sign(key, { crit: { x: true } });
}

const signatureOf = (token: string) => token.slice(token.lastIndexOf('.') + 1);

it('accepts a token that is made like ours', async () => {
  expect((await profile(await forged())).status).toBe(200);
});

describe('a token is refused', () => {
  const now = () => Math.floor(Date.now() / 1000);
  const stranger: JWK = {
    kty: 'oct',
    k: base64url.encode(crypto.getRandomValues(new Uint8Array(32))),
  };

  it.each<[string, () => Promise<string>]>([
    ['with alg none', async () => `${encode({ alg: 'none', typ: 'at+jwt' })}.${encode(claims)}.`],
    [
      'with alg none and our signature',
      async () =>
        `${encode({ alg: 'none', typ: 'at+jwt', kid: own.kid })}.${encode(claims)}.${signatureOf(access)}`,
    ],
    [
      'signed by HMAC with our public key',
      () => forged({ alg: 'HS256', key: { kty: 'oct', k: own.x ?? '' } }),
    ],
    ['signed by HMAC with a secret of the caller’s', () => forged({ alg: 'HS256', key: stranger })],
    [
      'that names RS256',
      async () =>
        `${encode({ alg: 'RS256', typ: 'at+jwt', kid: own.kid })}.${encode(claims)}.${signatureOf(access)}`,
    ],
    ['of an unknown kid', () => forged({ header: { kid: 'someone-elses' } })],
    [
      'of a kid that every object has as a property',
      () => forged({ header: { kid: '__proto__' } }),
    ],
    [
      'that brings its own key',
      async () => {
        const { privateKey, publicKey } = (await crypto.subtle.generateKey('Ed25519', true, [
          'sign',
          'verify',
        ])) as CryptoKeyPair;
        const jwk = await crypto.subtle.exportKey('jwk', publicKey);
        return new SignJWT(claims as JWTPayload)
          .setProtectedHeader({ alg: 'EdDSA', kid: own.kid ?? '', typ: 'at+jwt', jwk: jwk as JWK })
          .sign(privateKey);
      },
    ],
    [
      'that names a key by address',
      () => forged({ header: { jku: 'https://evil.example/jwks.json', kid: 'theirs' } }),
    ],
    ['for another audience', () => forged({ claims: { aud: 'https://elsewhere.example' } })],
    ['for no audience', () => forged({ claims: { aud: undefined } })],
    ['of another issuer', () => forged({ claims: { iss: 'https://elsewhere.example' } })],
    ['of another type', () => forged({ header: { typ: 'JWT' } })],
    ['of no type', () => forged({ header: { typ: undefined } })],
    ['that is a refresh token', async () => refreshToken],
    ['that has expired', () => forged({ claims: { exp: now() - 1 } })],
    ['that never expires', () => forged({ claims: { exp: undefined } })],
    ['that is not valid yet', () => forged({ claims: { nbf: now() + 60 } })],
    ['without a session', () => forged({ claims: { sid: undefined } })],
    ['of an unknown session', () => forged({ claims: { sid: crypto.randomUUID() } })],
    ['with an unknown critical header', () => forged({ header: { crit: ['x'], x: 1 } })],
    ['with padding', async () => `${access}=`],
    ['with white space in it', async () => access.replace('.', '.\u00a0')],
    ['in plain base64', async () => access.replaceAll('-', '+').replaceAll('_', '/') + '+'],
    ['with a fourth part', async () => `${access}.${signatureOf(access)}`],
    ['without a signature', async () => access.slice(0, access.lastIndexOf('.') + 1)],
    [
      'that is no JSON',
      async () => `${base64url.encode('x')}.${base64url.encode('y')}.${signatureOf(access)}`,
    ],
  ])('%s', async (_, make) => {
    const answer = await profile(await make());
    expect(answer.status).toBe(401);
    expect(answer.headers.get('WWW-Authenticate')).toBe('Bearer error="invalid_token"');
  });

  it('as a refresh token, where it is an access token', async () => {
    expect((await refresh(access)).status).toBe(401);
    expect(
      (await refresh(await forged({ header: { typ: 'rt+jwt' }, claims: { gen: 0 } }))).status,
    ).toBe(401);
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  it('with any one character changed', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (let at = 0; at < access.length; at += 1) {
      const character = access[at] ?? '';
      // The neighbour in the alphabet: at the end of a part it differs in bits that do not count.
      const other = character === '.' ? 'A' : alphabet[alphabet.indexOf(character) ^ 1];
      const changed = access.slice(0, at) + other + access.slice(at + 1);
      expect([at, (await profile(changed)).status]).toEqual([at, 401]);
    }
  });

  it('from the second on at which it expires', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Number(claims.exp) * 1000 - 1000 });
    expect((await profile(access)).status).toBe(200);
    vi.setSystemTime(Number(claims.exp) * 1000);
    expect((await profile(access)).status).toBe(401);
  });
});

describe('/.well-known/jwks.json', () => {
  const secret = base64url.encode(crypto.getRandomValues(new Uint8Array(32)));
  const hmac = { kty: 'oct', k: secret, kid: 'shared', alg: 'HS256' };

  it('has the public keys and nothing else, and may be cached', async () => {
    const { status, headers, text } = await createTestApp({
      TOKEN_KEYS: JSON.stringify({ keys: [own, hmac] }),
    }).fetch('/.well-known/jwks.json');
    expect([status, headers.get('Cache-Control')]).toEqual([200, 'public, max-age=300']);
    const { kty, crv, x, kid, alg } = own;
    expect(JSON.parse(text)).toEqual({ keys: [{ kty, crv, x, kid, alg, use: 'sig' }] });
    expect(text).not.toContain(own.d ?? 'no private key');
    expect(text).not.toContain(secret);
  });

  it.each([
    { path: '/.well-known/jwks.json', kids: ['test-key', 'all', 'ours', 'others'] },
    { path: '/.well-known/jwks.json?contract=gotrue', kids: ['test-key', 'all', 'ours'] },
    { path: '/.well-known/jwks.json?contract=email-cookie', kids: ['test-key', 'all', 'others'] },
    { path: '/.well-known/jwks.json?contract=', kids: ['test-key', 'all'] },
    { path: '/gotrue/auth/v1/.well-known/jwks.json', kids: ['all', 'ours'] },
    {
      path: '/keycloak/realms/main/protocol/openid-connect/certs',
      kids: ['test-key', 'all', 'ours'],
    },
  ])('has at $path the keys that fit there: $kids', async ({ path, kids }) => {
    const curve = { name: 'ECDSA', namedCurve: 'P-256' };
    const pair = (await crypto.subtle.generateKey(curve, true, [
      'sign',
      'verify',
    ])) as CryptoKeyPair;
    const es = { ...(await crypto.subtle.exportKey('jwk', pair.privateKey)), alg: 'ES256' };
    const ours = ['gotrue', 'keycloak'];
    const keys = [
      own,
      { ...es, kid: 'all' },
      { ...es, kid: 'ours', contracts: ours },
      { ...es, kid: 'others', contracts: ['email-cookie'] },
      { ...hmac, contracts: ours },
    ];
    const { text } = await createTestApp({ TOKEN_KEYS: JSON.stringify({ keys }) }).fetch(path);
    const published: JWK[] = JSON.parse(text).keys;
    expect(published.map(({ kid }) => kid)).toEqual(kids);
    for (const key of published) expect(key).not.toHaveProperty('d');
    expect(text).not.toMatch(`${secret}|contracts`);
  });

  it('verifies with every key of the set, and signs with the first', async () => {
    const rotated = createTestApp({ TOKEN_KEYS: JSON.stringify({ keys: [hmac, own] }) });
    const after = client(rotated, 'username-pair');
    expect((await after.profile(access)).status).toBe(200);
    const signedIn = tokensOf(await after.login(await addUser()));
    expect(JSON.parse(atob(signedIn.access.split('.')[0] ?? ''))).toMatchObject({
      kid: 'shared',
      alg: 'HS256',
    });
    expect((await after.profile(signedIn.access)).status).toBe(200);
    expect((await profile(signedIn.access)).status).toBe(401);
  });
});
