import { describe, expect, it } from 'vitest';
import { enrollTotp } from '../../../src/flows/factors.ts';
import type { LiveSession } from '../../../src/flows/model/session.ts';
import { profile } from '../../../src/flows/sessions.ts';
import { challengeFactor, verifyFactor } from '../../../src/flows/verify-factor.ts';
import {
  NOW_MS,
  alice,
  createFakes,
  rules,
  session,
  unauthenticated,
  aliceWithFactor,
  totp,
  use,
  step,
} from './fakes.ts';

const enrolled = aliceWithFactor(totp);
const enrolling = aliceWithFactor({ ...totp, confirmedAtMs: null });
const STEP_TOKEN = 'token of handle';
const notFound = { ok: false, refusal: { reason: 'not-found' } };
const expired = { ok: false, refusal: { reason: 'expired-step' } };
const invalidFactor = { ok: false, refusal: { reason: 'invalid-factor' } };

type Changes = Parameters<typeof createFakes>[0];

/** A step of an account, at a contract whose steps travel in tokens; the account's sessions are proven. */
function requestOf(account: typeof alice, changes: Changes = {}) {
  const live: LiveSession = { ...session, user: account.user, account, provenAtMs: NOW_MS };
  const fakes = createFakes({
    users: { findById: async () => account },
    sessions: {
      live: async () => live,
      rotate: async () => ({ ...live, generation: 1, refreshedAtMs: NOW_MS }),
    },
    loginSteps: { read: async (handle) => (handle === 'handle' ? step : null) },
    factorSecrets: { match: async () => use },
    tokens: {
      verify: async (_, token) =>
        token === 'access' ? { jti: 'jti', sessionId: 'session-1', generation: null } : null,
    },
    ...changes,
  });
  const sent = (token: string | null, more: object = {}) => ({
    ...fakes.request,
    rules: { ...rules, codeTravels: 'by-step-token' as const },
    sessionLimits: { absoluteSeconds: 90 * 86_400 },
    id: 'factor-1',
    code: '123456',
    token,
    ...more,
  });
  return { fakes, sent };
}

describe('a code for a factor', () => {
  it('completes the login of a step', async () => {
    const { fakes, sent } = requestOf(enrolled);
    expect(await verifyFactor(sent(STEP_TOKEN))).toMatchObject({ ok: true });
    expect(fakes.names()).toContain('limits.take');
    expect(fakes.given('sessions.open')).toMatchObject([[{ secondFactor: use }]]);
    expect(fakes.names()).not.toContain('sessions.live');
  });

  it('confirms a new factor of a session, without recovery codes, and rotates its tokens', async () => {
    const { fakes, sent } = requestOf(enrolling);
    const answer = await verifyFactor(sent('access'));
    expect(answer).toMatchObject({
      ok: true,
      value: { refresh: { token: 'refresh token' }, deviceCookie: null },
    });
    expect(fakes.given('factors.confirm')).toMatchObject([[{}, use, { recoveryCodes: [] }]]);
    expect(fakes.names()).not.toContain('factorSecrets.newRecoveryCodes');
    expect(fakes.given('sessions.rotate')).toMatchObject([
      [{ presentedHash: 'hash 0', successorHash: 'hash 1' }],
    ]);
  });

  it.each(['factor-1', 'recovery-codes'])('proves %s in a session, under its lock', async (id) => {
    const { fakes, sent } = requestOf(enrolled);
    expect(await verifyFactor(sent('access', { id }))).toMatchObject({ ok: true });
    const names = fakes.names();
    expect(names.indexOf('limits.reserve')).toBeLessThan(names.indexOf('factors.prove'));
    expect(names.indexOf('factors.prove')).toBeLessThan(names.indexOf('sessions.rotate'));
  });

  it('rotates the refresh token that the session has after the proof', async () => {
    let reads = 0;
    const account = enrolled;
    const { fakes, sent } = requestOf(account, {
      sessions: {
        live: async () => {
          const live = { ...session, user: account.user, account, provenAtMs: NOW_MS };
          return { ...live, generation: (reads += 1) };
        },
        rotate: async () => ({ ...session, generation: 4, refreshedAtMs: NOW_MS }),
      },
    });
    expect(await verifyFactor(sent('access'))).toMatchObject({ ok: true });
    expect(fakes.given('sessions.rotate')).toMatchObject([[{ presentedHash: 'hash 3' }]]);
    expect(fakes.names()).not.toContain('sessions.end');
  });

  it.each<{ by: string; sends?: object; changes?: Changes; refusal: object }>([
    {
      by: 'a wrong code',
      changes: { factorSecrets: { match: async () => null } },
      refusal: invalidFactor,
    },
    {
      by: 'a used code',
      changes: { factors: { prove: async () => false } },
      refusal: invalidFactor,
    },
    { by: 'an unknown factor', sends: { id: 'factor-2' }, refusal: notFound },
    { by: 'a forged token', sends: { token: 'forged' }, refusal: unauthenticated },
    { by: 'no token', sends: { token: null }, refusal: { refusal: { reason: 'unauthenticated' } } },
    { by: 'a token of no step', sends: { token: 'token of nothing' }, refusal: expired },
  ])('grants nothing with $by', async ({ sends, changes, refusal }) => {
    const { fakes, sent } = requestOf(enrolled, changes);
    expect(await verifyFactor(sent('access', sends))).toMatchObject(refusal);
    expect(fakes.names()).not.toContain('sessions.rotate');
    expect(fakes.names()).not.toContain('sessions.open');
  });

  it('is no code of a step where steps travel otherwise', async () => {
    const { sent } = requestOf(enrolled);
    expect(await verifyFactor(sent(STEP_TOKEN, { rules }))).toEqual(unauthenticated);
    expect(await profile(sent(STEP_TOKEN, { rules }))).toEqual(unauthenticated);
  });
});

describe('a challenge', () => {
  it.each(['access', STEP_TOKEN])('is made for a factor of the owner of %s', async (token) => {
    const { fakes, sent } = requestOf(enrolled);
    const value = { id: 'id-1', expiresAtMs: NOW_MS + 300_000 };
    expect(await challengeFactor(sent(token))).toEqual({ ok: true, value });
    expect(await challengeFactor(sent(token, { id: 'factor-2' }))).toEqual(notFound);
    expect(fakes.names()).not.toContain('limits.take');
  });

  it.each([
    ['the password has changed', { credentialVersion: 2 }],
    ['another login is later', { issuedAtMs: 0 }],
    ['it is another contract’s', { contract: 'email-envelope' }],
    ['it is to enrol a factor that exists', { enrols: true }],
  ])('is refused for a step where %s', async (_, changes) => {
    const { sent } = requestOf(
      { ...enrolled, user: { ...enrolled.user, lastLoginAtMs: NOW_MS - 2000 } },
      { loginSteps: { read: async () => ({ ...step, ...changes }) } },
    );
    for (const use of [challengeFactor, profile]) {
      expect(await use(sent(STEP_TOKEN) as never)).toEqual(expired);
    }
  });
});

describe('the token of a step', () => {
  it('shows the step in place of the profile', async () => {
    const { fakes, sent } = requestOf(enrolled);
    expect(await profile(sent(STEP_TOKEN))).toEqual({
      ok: false,
      refusal: {
        reason: 'second-factor-required',
        step: {
          handle: 'handle',
          methods: ['totp', 'recovery-code'],
          issuedAtMs: NOW_MS - 1000,
          expiresAtMs: NOW_MS + 299_000,
          user: enrolled.user,
          token: STEP_TOKEN,
        },
      },
    });
    expect(fakes.names()).not.toContain('sessions.live');
  });

  it('enrols a factor only where the step asks for one', async () => {
    const more = { challenge: null, name: 'Phone' };
    const owed = requestOf(enrolled);
    expect(await enrollTotp(owed.sent(STEP_TOKEN, more) as never)).toEqual(expired);
    expect(owed.fakes.names()).not.toContain('factors.enroll');
    const open = requestOf(alice, {
      loginSteps: { read: async () => ({ ...step, enrols: true }) },
    });
    const value = { name: 'Phone', secret: 'secret' };
    expect(await enrollTotp(open.sent(STEP_TOKEN, more) as never)).toMatchObject({
      ok: true,
      value,
    });
  });
});
