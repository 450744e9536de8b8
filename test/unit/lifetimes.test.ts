/** Expiries of tokens and sessions: in whole seconds from the time of issue. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expiries, expiriesOfRefresh, type Lifetimes } from '../../src/policy/lifetimes.ts';

const NOW_MS = 1_700_000_000_999;
const ISSUED_MS = 1_700_000_000_000;

const accessOnly: Lifetimes = { accessSeconds: 900 };
const remembering: Lifetimes = { accessSeconds: 900, rememberedSeconds: 3600 };
const refreshing: Lifetimes = { accessSeconds: 900, refreshSeconds: 7200 };
const all: Lifetimes = { accessSeconds: 900, rememberedSeconds: 10_000, refreshSeconds: 7200 };

describe('the expiries of a session', () => {
  it.each([
    { of: 'an access token alone', lifetimes: accessOnly, remember: false, access: 900 },
    {
      of: 'a session that cannot be remembered',
      lifetimes: accessOnly,
      remember: true,
      access: 900,
    },
    {
      of: 'a session that is not remembered',
      lifetimes: remembering,
      remember: false,
      access: 900,
    },
    { of: 'a remembered session', lifetimes: remembering, remember: true, access: 3600 },
    {
      of: 'a session with a refresh token',
      lifetimes: refreshing,
      remember: false,
      access: 900,
      refresh: 7200,
    },
    {
      of: 'a session remembered beyond its refresh token',
      lifetimes: all,
      remember: true,
      access: 10_000,
      refresh: 7200,
    },
  ])('are those of $of', ({ lifetimes, remember, access, refresh }) => {
    expect(expiries(lifetimes, remember, NOW_MS)).toEqual({
      issuedAtMs: ISSUED_MS,
      accessExpiresAtMs: ISSUED_MS + access * 1000,
      refreshExpiresAtMs: refresh === undefined ? null : ISSUED_MS + refresh * 1000,
      sessionExpiresAtMs: ISSUED_MS + Math.max(access, refresh ?? 0) * 1000,
    });
  });

  it.each([
    { nowMs: 1000, issuedAtMs: 1000 },
    { nowMs: 1001, issuedAtMs: 1000 },
    { nowMs: 1999, issuedAtMs: 1000 },
    { nowMs: 2000, issuedAtMs: 2000 },
  ])('count from the whole second, never from a later one: $nowMs ms', ({ nowMs, issuedAtMs }) => {
    expect(expiries(accessOnly, false, nowMs).issuedAtMs).toBe(issuedAtMs);
  });

  it('are whole seconds, and the session outlives each of its tokens', () => {
    const seconds = fc.integer({ min: 1, max: 400 * 86_400 });
    const anyLifetimes = fc.record(
      { accessSeconds: seconds, rememberedSeconds: seconds, refreshSeconds: seconds },
      { requiredKeys: ['accessSeconds'] },
    );
    fc.assert(
      fc.property(anyLifetimes, fc.boolean(), fc.nat(4e12), (lifetimes, remember, nowMs) => {
        const expiry = expiries(lifetimes, remember, nowMs);
        const { issuedAtMs, accessExpiresAtMs, refreshExpiresAtMs, sessionExpiresAtMs } = expiry;
        for (const ms of Object.values(expiry)) expect((ms ?? 0) % 1000).toBe(0);
        expect(nowMs - issuedAtMs).toBeLessThan(1000);
        expect(accessExpiresAtMs).toBeGreaterThan(issuedAtMs);
        expect(sessionExpiresAtMs).toBeGreaterThanOrEqual(accessExpiresAtMs);
        expect(sessionExpiresAtMs).toBeGreaterThanOrEqual(refreshExpiresAtMs ?? 0);
      }),
    );
    expect.hasAssertions();
  });
});

describe('the expiries of refreshed tokens', () => {
  const lifetimes: Lifetimes = { accessSeconds: 900, refreshSeconds: 7200 };
  const limits = { absoluteSeconds: 86_400 };
  const createdAtMs = 1_700_000_000_999;
  /** One day after the second of `createdAtMs`. */
  const END = 1_700_086_400;

  it.each([
    { are: 'full', at: 1_700_000_100_999, from: 1_700_000_100, to: [1_700_001_000, 1_700_007_300] },
    { are: 'cut for one', at: 1_700_079_400_000, from: 1_700_079_400, to: [1_700_080_300, END] },
    { are: 'cut for both', at: 1_700_085_900_001, from: 1_700_085_900, to: [END, END] },
  ])('are $are at $at', ({ at: refreshedAtMs, from, to: [access = 0, refresh = 0] }) => {
    expect(expiriesOfRefresh(lifetimes, limits, { createdAtMs, refreshedAtMs })).toEqual({
      issuedAtMs: from * 1000,
      accessExpiresAtMs: access * 1000,
      refreshExpiresAtMs: refresh * 1000,
    });
  });
});
