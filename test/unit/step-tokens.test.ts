/** Tokens of login steps: none is a session's, and no session's is one. */
import { decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { gotrue } from '../../src/contracts/gotrue.ts';
import { createTokens } from '../../src/crypto/tokens.ts';
import { tokenRulesOf, type TokenDeclaration } from '../../src/flows/model/token-rules.ts';
import { ExpiringCache } from '../../src/policy/expiring-cache.ts';
import { generateKey } from '../../tools/key-set.ts';

const secret = Buffer.from('a secret of at least thirty-two bytes');
const keys = [generateKey('HS256', { contracts: ['gotrue', 'other'], secret })];
const verifiedTokens = new ExpiringCache<never>(10);
const mac = async () => '';
const tokens = createTokens(keys, { mac, nowMs: Date.now, verifiedTokens });

const rulesOf = (name: string, declared: TokenDeclaration = gotrue.tokens) =>
  tokenRulesOf(
    { name, tokens: declared },
    { issuer: 'https://a.example', audience: 'https://app.example' },
  );
const rules = rulesOf('gotrue');

const nowMs = 1_800_000_000_000;
const claims = { jti: 'token-id', sub: 'alice', issuedAtMs: nowMs, expiresAtMs: nowMs + 300_000 };
/** With claims of the core, which no contract may set. */
const extra: object = { ...rules.stepClaims({ issuedAtMs: nowMs }), step: 'another', sid: 's' };
const step = await tokens.signStep(
  { ...claims, handle: 'the handle', extra: extra as never },
  rules,
);

describe('the token of a step', () => {
  it('holds the handle, the level of the password, and no session', () => {
    expect(decodeProtectedHeader(step)).toEqual({ alg: 'HS256', typ: 'step+jwt' });
    expect(decodeJwt(step)).toEqual({
      iss: 'https://a.example/auth/v1',
      aud: 'second-factor',
      sub: 'alice',
      jti: 'token-id',
      iat: 1_800_000_000,
      exp: 1_800_000_300,
      step: 'the handle',
      aal: 'aal1',
      amr: [{ method: 'password', timestamp: 1_800_000_000 }],
    });
  });

  it('is read as long as its signature is good: the handle says when it ends', async () => {
    expect(await tokens.readStep(step, rules)).toBe('the handle');
    const { expiresAtMs } = claims;
    const past = { ...claims, issuedAtMs: 1000, expiresAtMs: expiresAtMs - nowMs, handle: 'h' };
    expect(await tokens.readStep(await tokens.signStep({ ...past, extra: {} }, rules), rules)).toBe(
      'h',
    );
    const [header, payload, signature = ''] = step.split('.');
    const forged = [header, payload, signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))].join(
      '.',
    );
    expect(await tokens.readStep(forged, rules)).toBeNull();
    expect(await tokens.readStep('no token', rules)).toBeNull();
  });

  it.each(['access', 'refresh'] as const)('is no %s token, and the reverse', async (kind) => {
    expect(await tokens.verify(kind, step, { rules, ignoreExpiry: true })).toBeNull();
    const own = { ...claims, sessionId: 's', generation: 0, extra: {} };
    const signed =
      kind === 'access'
        ? await tokens.signAccess(own, rules)
        : await tokens.signRefresh(own, rules);
    expect(await tokens.readStep(signed, rules)).toBeNull();
  });

  it('passes none of the checks of a service that shares the secret', async () => {
    const currentDate = new Date(nowMs);
    const checked = jwtVerify(step, secret, { audience: 'authenticated', currentDate });
    await expect(checked).rejects.toThrow('aud');
    const { payload } = await jwtVerify(step, secret, { currentDate });
    expect(payload).not.toHaveProperty('role');
  });

  it('is read at the contract and under the issuer that it was signed for alone', async () => {
    expect(await tokens.readStep(step, rulesOf('unknown'))).toBeNull();
    const otherIssuer = rulesOf('gotrue', { ...gotrue.tokens, issuer: '/auth/v2' });
    expect(await tokens.readStep(step, otherIssuer)).toBeNull();
  });

  it.each([
    ['another type', { typ: 'JWT' }, {}],
    ['another audience', { typ: 'step+jwt' }, { aud: 'authenticated' }],
    ['no handle', { typ: 'step+jwt' }, { step: undefined }],
    ['a handle that is no text', { typ: 'step+jwt' }, { step: 1 }],
  ])('is refused with %s', async (_, header, changes) => {
    const payload = { ...decodeJwt(step), ...changes };
    const signed = await new SignJWT(payload)
      .setProtectedHeader({ alg: 'HS256', ...header })
      .sign(secret);
    expect(await tokens.readStep(signed, rules)).toBeNull();
  });
});
