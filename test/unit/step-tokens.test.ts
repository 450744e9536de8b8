/** Tokens of login steps: none is a session's, and no session's is one. */
import { timingSafeEqual } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { gotrue } from '../../src/contracts/gotrue.ts';
import { createMac } from '../../src/crypto/keys.ts';
import { createTokens } from '../../src/crypto/tokens.ts';
import { tokenRulesOf, type TokenDeclaration } from '../../src/flows/model/token-rules.ts';
import { ExpiringCache } from '../../src/policy/expiring-cache.ts';
import { generateKey } from '../../tools/key-set.ts';

// Workers have it, Node has it elsewhere.
Object.assign(crypto.subtle, { timingSafeEqual });

const secret = Buffer.from('a secret of at least thirty-two bytes');
const keys = [generateKey('HS256', { contracts: ['gotrue', 'other'], secret })];
const verifiedTokens = new ExpiringCache<never>(10);
const mac = createMac(new Uint8Array(32).fill(7));
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
const extra: object = {
  ...rules.stepClaims({ issuedAtMs: nowMs }),
  step: 'another',
  aud: 'authenticated',
};
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

  it('is verified by no key that a service may have', async () => {
    await expect(jwtVerify(step, secret, { currentDate: new Date(nowMs) })).rejects.toThrow(
      'signature verification failed',
    );
    expect(decodeJwt(step)).not.toHaveProperty('role');
  });

  it('is read under the issuer and the server key that it was signed with alone', async () => {
    const otherIssuer = rulesOf('gotrue', { ...gotrue.tokens, issuer: '/auth/v2' });
    expect(await tokens.readStep(step, otherIssuer)).toBeNull();
    const others = { mac: createMac(new Uint8Array(32).fill(8)), nowMs: Date.now, verifiedTokens };
    expect(await createTokens(keys, others).readStep(step, rules)).toBeNull();
  });

  it.each(['project secret', 'server key'])('is not forged with the %s', async (name) => {
    const key = name === 'project secret' ? secret : new Uint8Array(32).fill(7);
    const header = decodeProtectedHeader(step) as { alg: string; typ: string };
    const forged = await new SignJWT(decodeJwt(step)).setProtectedHeader(header).sign(key);
    expect(await tokens.readStep(forged, rules)).toBeNull();
  });

  it.each([' ', '=', '.', '\n'])('is read in one spelling: without a trailing %j', async (more) => {
    expect(await tokens.readStep(step + more, rules)).toBeNull();
  });
});
