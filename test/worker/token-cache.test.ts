/** Verified access tokens are cached, under their own kind and until they expire. */
import { env } from 'cloudflare:workers';
import { afterEach, expect, it, vi } from 'vitest';
import { createTokens } from '../../src/crypto/tokens.ts';
import { tokenRulesOf } from '../../src/flows/model/token-rules.ts';
import { ExpiringCache } from '../../src/policy/expiring-cache.ts';

const NOW = 1_700_000_000_000;
const [key] = JSON.parse(env.TOKEN_KEYS).keys;

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function tokensAt(nowMs: { value: number }) {
  vi.useFakeTimers({ toFake: ['Date'], now: nowMs.value });
  return createTokens([{ ...key, contracts: ['one'] }], {
    mac: async (...parts) => parts.join(' '),
    nowMs: () => nowMs.value,
    verifiedTokens: new ExpiringCache(10),
  });
}

const rules = tokenRulesOf({ name: 'one', tokens: {} }, { issuer: 'us', audience: 'you' });

const claims = {
  jti: 'token-id',
  sub: 'alice',
  sessionId: 'session-id',
  issuedAtMs: NOW,
  expiresAtMs: NOW + 60_000,
  extra: {},
};
const verified = { jti: 'token-id', sessionId: 'session-id', generation: null };

it('verifies the signature of an access token once', async () => {
  const tokens = tokensAt({ value: NOW });
  const token = await tokens.signAccess(claims, rules);
  const verify = vi.spyOn(crypto.subtle, 'verify');
  expect(await tokens.verify('access', token, { rules })).toEqual(verified);
  expect(await tokens.verify('access', token, { rules })).toEqual(verified);
  expect(verify).toHaveBeenCalledTimes(1);
});

it('accepts no cached access token as a refresh token', async () => {
  const tokens = tokensAt({ value: NOW });
  const token = await tokens.signAccess(claims, rules);
  expect(await tokens.verify('access', token, { rules })).toEqual(verified);
  expect(await tokens.verify('refresh', token, { rules })).toBeNull();
});

it('accepts no verified refresh token as an access token, and caches none', async () => {
  const tokens = tokensAt({ value: NOW });
  const token = await tokens.signRefresh({ ...claims, generation: 3 }, rules);
  const verify = vi.spyOn(crypto.subtle, 'verify');
  expect(await tokens.verify('refresh', token, { rules })).toEqual({ ...verified, generation: 3 });
  expect(await tokens.verify('refresh', token, { rules })).toEqual({ ...verified, generation: 3 });
  expect(verify).toHaveBeenCalledTimes(2);
  expect(await tokens.verify('access', token, { rules })).toBeNull();
});

it('drops a token at the moment it expires', async () => {
  const nowMs = { value: NOW };
  const tokens = tokensAt(nowMs);
  const token = await tokens.signAccess(claims, rules);
  const verifyAt = (ms: number) => {
    nowMs.value = ms;
    vi.setSystemTime(ms);
    return tokens.verify('access', token, { rules });
  };
  expect(await verifyAt(NOW)).toEqual(verified);
  expect(await verifyAt(NOW + 59_999)).toEqual(verified);
  expect(await verifyAt(NOW + 60_000)).toBeNull();
  expect(await tokens.verify('access', token, { rules, ignoreExpiry: true })).toEqual(verified);
});

it.each([
  { contract: 'other' },
  { issuer: 'us/realms/other' },
  { audience: 'others' },
  { type: 'JWT' as const },
])('accepts no token that was verified under other rules than %o', async (other) => {
  const tokens = tokensAt({ value: NOW });
  const token = await tokens.signAccess(claims, rules);
  expect(await tokens.verify('access', token, { rules })).toEqual(verified);
  expect(await tokens.verify('access', token, { rules: { ...rules, ...other } })).toBeNull();
});
