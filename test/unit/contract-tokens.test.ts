/** Tokens of a contract with its own issuer, audience, type, algorithms, claims and key. */
import { createPublicKey } from 'node:crypto';
import { base64url, decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { gotrue } from '../../src/contracts/gotrue.ts';
import { importSigningKey, type TokenKey } from '../../src/crypto/keys.ts';
import { createTokens } from '../../src/crypto/tokens.ts';
import { tokenRulesOf, type TokenDeclaration } from '../../src/flows/model/token-rules.ts';
import { ExpiringCache } from '../../src/policy/expiring-cache.ts';
import { generateKey } from '../../tools/key-set.ts';
import { alice } from './flows/fixtures.ts';

const settings = { issuer: 'https://a.example', audience: 'https://app.example' };
const rulesOf = (name: string, tokens: TokenDeclaration, params?: Record<string, string>) =>
  tokenRulesOf({ name, tokens }, settings, params);

const supabase = rulesOf('gotrue', gotrue.tokens);
const plain = rulesOf('plain', {});
const realm = (name: string) => rulesOf('realms', { issuer: '/realms/:realm' }, { realm: name });

const secret = Buffer.from('a secret of at least thirty-two bytes');
const ed = generateKey('EdDSA');
const es = generateKey('ES256');
const own = generateKey('HS256', { contracts: ['gotrue'], secret });
const forPlain = generateKey('HS256', { contracts: ['plain'] });

const tokensWith = (...keys: TokenKey[]) =>
  createTokens(keys, {
    mac: async (...parts) => parts.join(' '),
    nowMs: Date.now,
    verifiedTokens: new ExpiringCache(10),
  });
const tokens = tokensWith(ed, own, forPlain);

const nowSeconds = Math.floor(Date.now() / 1000);
const claims = {
  jti: 'token-id',
  sub: 'alice',
  sessionId: 'session-id',
  issuedAtMs: nowSeconds * 1000,
  expiresAtMs: (nowSeconds + 600) * 1000,
  extra: supabase.claims({
    user: alice.user,
    sessionId: 'session-id',
    issuedAtMs: nowSeconds * 1000,
    secondFactorAtMs: null,
    openedBy: 'password',
    authenticatedAtMs: nowSeconds * 1000,
  }).access,
};
const verified = { jti: 'token-id', sessionId: 'session-id', generation: null };
const access = await tokens.signAccess(claims, supabase);

describe('a token of a secret that PostgREST shares', () => {
  it('passes the checks of PostgREST', async () => {
    const options = { audience: 'authenticated', algorithms: ['HS256'] };
    const { payload, protectedHeader } = await jwtVerify(access, secret, options);
    // A `kid` would be refused: a secret in plain text has none.
    expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect(payload).toMatchObject({
      role: 'authenticated',
      email: 'alice@example.com',
      session_id: 'session-id',
      iss: 'https://a.example/auth/v1',
      aud: 'authenticated',
      sub: 'alice',
      sid: 'session-id',
      jti: 'token-id',
      iat: nowSeconds,
      exp: nowSeconds + 600,
    });
  });

  it('does not pass them as a refresh token', async () => {
    const refresh = await tokens.signRefresh({ ...claims, generation: 1 }, supabase);
    expect(decodeProtectedHeader(refresh)).toEqual({ alg: 'HS256', typ: 'rt+jwt' });
    await expect(jwtVerify(refresh, secret, { audience: 'authenticated' })).rejects.toThrow('aud');
    const options = { rules: supabase };
    expect(await tokens.verify('refresh', refresh, options)).toEqual({
      ...verified,
      generation: 1,
    });
    expect(await tokens.verify('access', refresh, options)).toBeNull();
  });

  it('verifies with the old secret and the new one after a rotation', async () => {
    const rotated = tokensWith(generateKey('HS256', { contracts: ['gotrue'] }), own, ed);
    const later = await rotated.signAccess(claims, supabase);
    const options = { rules: supabase };
    expect(await rotated.verify('access', access, options)).toEqual(verified);
    expect(await rotated.verify('access', later, options)).toEqual(verified);
    expect(await tokens.verify('access', later, options)).toBeNull();
  });
});

describe('the first key that fits a contract signs', () => {
  it.each([
    { name: 'its own, where clients read no other', keys: [ed, own], alg: 'HS256' },
    { name: 'its own, where it comes first', keys: [own, es], alg: 'HS256' },
    { name: 'one of all contracts, where that comes first', keys: [es, own], alg: 'ES256' },
  ])('$name', async ({ keys, alg }) => {
    const token = await tokensWith(...keys).signAccess(claims, supabase);
    expect(decodeProtectedHeader(token).alg).toBe(alg);
  });

  it('none: no token is made', async () => {
    const making = tokensWith(ed, forPlain).signAccess(claims, supabase);
    await expect(making).rejects.toThrow('no token key fits gotrue');
  });
});

it('no claim of a contract takes the place of one of the core', async () => {
  const core = { iss: 'x', aud: 'x', sub: 'x', iat: 1, exp: 9e9, jti: 'x', sid: 'x', gen: 7 };
  const extra = { ...core, nbf: 1 } as never;
  for (const rules of [supabase, plain]) {
    expect(decodeJwt(await tokens.signAccess({ ...claims, extra }, rules))).toEqual({
      nbf: 1,
      iss: rules.issuer,
      aud: rules.audience,
      sub: 'alice',
      iat: nowSeconds,
      exp: nowSeconds + 600,
      jti: 'token-id',
      sid: 'session-id',
    });
  }
  const refresh = await tokens.signRefresh({ ...claims, extra, generation: 3 }, plain);
  expect(decodeJwt(refresh)).toMatchObject({ gen: 3, sid: 'session-id', aud: plain.audience });
});

describe('a token is refused', () => {
  /** `access` with some changes, signed anew by a holder of the shared secret, or of another key. */
  const forge = async (
    { header = {}, payload = {} }: { header?: object; payload?: object },
    key: { alg: string; key: Parameters<SignJWT['sign']>[0] } = { alg: 'HS256', key: secret },
  ) =>
    new SignJWT({ ...decodeJwt(access), ...payload })
      .setProtectedHeader({ alg: key.alg, typ: 'JWT', ...header })
      .sign(key.key);
  /** The public key as others see it: in the raw, in a certificate's form, and as a JWK. */
  const { x = '', y = '' } = es;
  const spki = createPublicKey({ key: { ...es, d: undefined } as never, format: 'jwk' });
  const publicForms = [
    base64url.decode(x),
    Buffer.concat([Buffer.from([4]), base64url.decode(x), base64url.decode(y)]),
    Buffer.from(spki.export({ type: 'spki', format: 'pem' })),
    spki.export({ type: 'spki', format: 'der' }),
  ];

  it('not if it is made like ours', async () => {
    expect(await tokens.verify('access', await forge({}), { rules: supabase })).toEqual(verified);
  });

  it.each([
    ['of the settings’ audience', { payload: { aud: settings.audience } }],
    ['of several other audiences', { payload: { aud: ['anon', settings.audience] } }],
    ['of no audience', { payload: { aud: undefined } }],
    ['of the settings’ issuer', { payload: { iss: settings.issuer } }],
    ['of no issuer', { payload: { iss: undefined } }],
    ['of the settings’ type', { header: { typ: 'at+jwt' } }],
    ['of a refresh token’s type', { header: { typ: 'rt+jwt' } }],
    ['of no type', { header: { typ: undefined } }],
    ['that names a kid, where the key has none', { header: { kid: 'own' } }],
    ['that names another key', { header: { kid: ed.kid } }],
    ['that has a refresh token’s generation', { payload: { gen: 0 } }],
    ['of no session', { payload: { sid: undefined } }],
  ])('%s', async (_, change) => {
    expect(await tokens.verify('access', await forge(change), { rules: supabase })).toBeNull();
  });

  it.each([undefined, null, '0', 0.5])('as a refresh token of the generation %o', async (gen) => {
    const change = { header: { typ: 'rt+jwt' }, payload: { aud: supabase.issuer } };
    const asked = { rules: supabase };
    const right = await forge({ ...change, payload: { ...change.payload, gen: 0 } });
    expect(await tokens.verify('refresh', right, asked)).toEqual({ ...verified, generation: 0 });
    const wrong = await forge({ ...change, payload: { ...change.payload, gen } });
    expect(await tokens.verify('refresh', wrong, asked)).toBeNull();
  });

  it('signed by HMAC with the bytes of a public key', async () => {
    const both = tokensWith(es, own);
    for (const key of publicForms) {
      for (const kid of [es.kid, undefined]) {
        const token = await forge({ header: kid ? { kid } : {} }, { alg: 'HS256', key });
        expect(await both.verify('access', token, { rules: supabase })).toBeNull();
      }
    }
  });

  it('signed by a key of an algorithm that the contract does not name', async () => {
    const { key } = await importSigningKey(ed as TokenKey);
    const token = await forge({ header: { kid: ed.kid } }, { alg: 'EdDSA', key });
    expect(await tokens.verify('access', token, { rules: supabase })).toBeNull();
    const inItsPlace = rulesOf('gotrue', { ...gotrue.tokens, algorithms: ['EdDSA'] });
    expect(await tokens.verify('access', token, { rules: inItsPlace })).toEqual(verified);
  });

  it('signed by the key of one contract, at another', async () => {
    const like = { iss: plain.issuer, aud: plain.audience };
    const header = { typ: 'at+jwt' };
    const forged = await forge({ header, payload: like });
    expect(await tokens.verify('access', forged, { rules: plain })).toBeNull();
    const unrestricted = tokensWith(ed, { ...own, contracts: ['plain', 'gotrue'] });
    expect(await unrestricted.verify('access', forged, { rules: plain })).toEqual(verified);
  });

  it('of one realm, at another', async () => {
    const token = await tokens.signAccess(claims, realm('staff'));
    const refresh = await tokens.signRefresh({ ...claims, generation: 0 }, realm('staff'));
    for (const name of ['staff', 'customers', 'staff']) {
      const isOwn = name === 'staff';
      const options = { rules: realm(name) };
      expect((await tokens.verify('access', token, options)) !== null).toBe(isOwn);
      expect((await tokens.verify('refresh', refresh, options)) !== null).toBe(isOwn);
    }
  });
});
