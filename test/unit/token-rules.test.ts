/** A contract's rules for its tokens, from its declaration, the settings and the request's path. */
import { describe, expect, it } from 'vitest';
import { contracts } from '../../src/contracts/index.ts';
import { tokenRulesOf, type TokenDeclaration } from '../../src/flows/model/token-rules.ts';
import { readSettings } from '../../src/settings.ts';
import { generateKey } from '../../tools/key-set.ts';
import { envWith } from './sample-env.ts';

const settings = { issuer: 'https://a.example', audience: 'https://app.example' };
const rulesOf = (
  tokens: TokenDeclaration,
  params?: Record<string, string>,
  changes?: Partial<typeof settings>,
) => tokenRulesOf({ name: 'one', tokens }, { ...settings, ...changes }, params);

describe('the rules of a token', () => {
  it('are the settings’ where the contract declares none', () => {
    const { claims, stepClaims, ...rules } = rulesOf({});
    expect(rules).toEqual({
      contract: 'one',
      issuer: 'https://a.example',
      audience: 'https://app.example',
      refreshAudience: 'https://app.example',
      type: 'at+jwt',
      algorithms: undefined,
    });
    expect(claims({} as never)).toEqual({ access: {}, refresh: {} });
    expect(stepClaims({} as never)).toEqual({});
  });

  it('are the contract’s where it declares them', () => {
    const declared = {
      audience: 'authenticated',
      type: 'JWT',
      algorithms: ['HS256'],
      claims: () => ({ access: { role: 'authenticated' }, refresh: {} }),
    } as const;
    expect(rulesOf(declared)).toMatchObject({ ...declared, refreshAudience: 'https://a.example' });
  });

  const realm = '/realms/:realm';
  it.each([
    { path: '/auth/v1', after: 'https://a.example', is: 'https://a.example/auth/v1' },
    { path: '/auth/v1', after: 'https://a.example/', is: 'https://a.example/auth/v1' },
    { path: '/auth/v1', after: 'https://a.example/x', is: 'https://a.example/x/auth/v1' },
    { path: realm, params: { realm: 'staff' }, is: 'https://a.example/realms/staff' },
    { path: '/:a/:b', params: { a: 'x', b: 'y' }, is: 'https://a.example/x/y' },
    // One segment stays one, so that no realm can spell another issuer.
    { path: realm, params: { realm: 'a/../b' }, is: 'https://a.example/realms/a%2F..%2Fb' },
    { path: realm, params: { realm: '$&' }, is: 'https://a.example/realms/%24%26' },
  ] as const)('have the issuer $is for $path', ({ path, is, ...given }) => {
    const { params, after: issuer } = { params: {}, after: settings.issuer, ...given };
    expect(rulesOf({ issuer: path }, params, { issuer }).issuer).toBe(is);
  });

  it.each([{}, { tenant: 'staff' }, Object.create({ realm: 'inherited' })])(
    'cannot be made where the path %o lacks the issuer’s parameter',
    (params) => {
      expect(() => rulesOf({ issuer: '/realms/:realm' }, params)).toThrow('one has no :realm');
    },
  );
});

describe('the key set', () => {
  const [first] = contracts;
  const served = { ...first, name: 'shared', tokens: { algorithms: ['HS256', 'ES256'] } } as const;
  const read =
    (...keys: object[]) =>
    () =>
      readSettings(envWith({ CONTRACTS: ['shared'], TOKEN_KEYS: { keys } }), [served as never]);
  const ed = generateKey('EdDSA');

  it('needs a key of an algorithm that the contract’s clients read', () => {
    const message = 'TOKEN_KEYS: has no key for shared, which takes HS256, ES256';
    expect(read(ed)).toThrow(message);
    expect(read(ed, generateKey('ES256'))).not.toThrow();
    expect(read(ed, { ...generateKey('HS256'), contracts: ['shared'] })).not.toThrow();
  });
});
