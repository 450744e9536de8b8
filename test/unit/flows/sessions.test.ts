/** Authentication, the user's sessions, logout and refresh. */
import { describe, expect, it } from 'vitest';
import { authenticate } from '../../../src/flows/authenticate.ts';
import { logout } from '../../../src/flows/logout.ts';
import { refresh } from '../../../src/flows/refresh.ts';
import { endSession, listSessions, logoutAll, profile } from '../../../src/flows/sessions.ts';
import {
  NOW_MS,
  alice,
  context,
  createFakes,
  outage,
  rules,
  session,
  sessionEnded,
} from './fakes.ts';

type Fakes = ReturnType<typeof createFakes>;

const refused = (presented: boolean) => ({
  ok: false,
  refusal: { reason: 'unauthenticated', presented },
});
const asked = ({ request }: Fakes, token: string | null = 'access') => ({ ...request, token });

describe('authenticate', () => {
  it('accepts a token whose session is alive on the primary', async () => {
    const fakes = createFakes();
    expect(await authenticate(asked(fakes))).toEqual({ ok: true, value: session });
    expect(fakes.given('tokens.verify')).toEqual([['access', 'access', { rules: rules.tokens }]]);
    expect(fakes.given('sessions.live')).toEqual([['session-1', NOW_MS]]);
  });

  it('refuses a missing token without a call', async () => {
    const fakes = createFakes();
    expect(await authenticate(asked(fakes, null))).toEqual(refused(false));
    expect(fakes.names()).toEqual([]);
  });

  it('refuses a forged token without a read of the database', async () => {
    const fakes = createFakes();
    expect(await authenticate(asked(fakes, 'forged'))).toEqual(refused(true));
    expect(fakes.names()).toEqual(['tokens.verify']);
  });

  it.each([
    ['an ended session, and says so', null, sessionEnded],
    ['another contract’s session', { ...session, contract: 'username-pair' }, refused(true)],
  ])('refuses the token of %s', async (_, live, expected) => {
    const fakes = createFakes({ sessions: { live: async () => live } });
    expect(await authenticate(asked(fakes))).toEqual(expected);
  });
});

describe('the bearer', () => {
  it.each([
    ['profile', profile],
    ['list-sessions', listSessions],
    ['logout-all', logoutAll],
    ['end-session', (request: ReturnType<typeof asked>) => endSession(request, 'session-2')],
  ])('must be authenticated for %s, and nothing else is done', async (_, useCase) => {
    const fakes = createFakes({ sessions: { live: async () => null } });
    expect(await useCase(asked(fakes))).toEqual(sessionEnded);
    expect(fakes.names()).toEqual(['tokens.verify', 'sessions.live']);
  });

  it('sees the profile', async () => {
    expect(await profile(asked(createFakes()))).toEqual({ ok: true, value: alice.user });
  });

  it('sees the list of sessions and which of them asks', async () => {
    const fakes = createFakes();
    const value = { sessions: [], current: 'session-1' };
    expect(await listSessions(asked(fakes))).toEqual({ ok: true, value });
    expect(fakes.given('sessions.list')).toEqual([[7, NOW_MS]]);
  });

  it('ends one of the user’s own sessions', async () => {
    const fakes = createFakes();
    expect(await endSession(asked(fakes), 'session-2')).toEqual({ ok: true, value: null });
    expect(fakes.given('sessions.end')).toEqual([
      [
        { id: 'session-2', userId: 7 },
        { ...context(), action: 'SESSION_ENDED' },
      ],
    ]);
  });

  it('is told that a session is not there, or not the user’s', async () => {
    const fakes = createFakes({ sessions: { end: async () => false } });
    expect(await endSession(asked(fakes), 'session-2')).toEqual({
      ok: false,
      refusal: { reason: 'not-found' },
    });
  });

  it('ends all sessions', async () => {
    const fakes = createFakes();
    expect(await logoutAll(asked(fakes))).toEqual({ ok: true, value: null });
    expect(fakes.given('sessions.endAll')).toEqual([[7, { ...context(), action: 'LOGOUT_ALL' }]]);
  });
});

describe('logout', () => {
  const leave = (fakes: Fakes, tokens: { token?: string; refreshToken?: string }) =>
    logout({ ...asked(fakes, null), refreshToken: null, ...tokens });
  const left = { ok: true, value: null };

  it.each([
    [{ token: 'a token' }, [['access', 'a token', { rules: rules.tokens, ignoreExpiry: true }]]],
    [
      { refreshToken: 'a token' },
      [['refresh', 'a token', { rules: rules.tokens, ignoreExpiry: true }]],
    ],
    [
      { token: 'forged', refreshToken: 'a token' },
      [
        ['access', 'forged', { rules: rules.tokens, ignoreExpiry: true }],
        ['refresh', 'a token', { rules: rules.tokens, ignoreExpiry: true }],
      ],
    ],
  ])('ends the session of %o, expired or not', async (tokens, verified) => {
    const fakes = createFakes();
    expect(await leave(fakes, tokens)).toEqual(left);
    expect(fakes.given('tokens.verify')).toEqual(verified);
    expect(fakes.given('sessions.end')).toEqual([
      [
        { id: 'session-1', userId: 7 },
        { ...context(), action: 'LOGOUT' },
      ],
    ]);
  });

  it.each([
    [{}, false],
    [{ token: 'forged' }, true],
    [{ token: 'forged', refreshToken: 'forged' }, true],
  ])('refuses %o without a read of the database', async (tokens, presented) => {
    const fakes = createFakes();
    expect(await leave(fakes, tokens)).toEqual(refused(presented));
    expect(fakes.given('sessions.live')).toEqual([]);
  });

  it('of a session that has ended is answered as the first time', async () => {
    const fakes = createFakes({ sessions: { live: async () => null } });
    expect(await leave(fakes, { token: 'a token' })).toEqual(left);
    expect(fakes.given('sessions.end')).toEqual([]);
  });

  it('does not end another contract’s session', async () => {
    const live = async () => ({ ...session, contract: 'username-pair' });
    const fakes = createFakes({ sessions: { live } });
    expect(await leave(fakes, { token: 'a token' })).toEqual(refused(true));
    expect(fakes.given('sessions.end')).toEqual([]);
  });
});

describe('refresh', () => {
  const ask = (
    { request }: Fakes,
    refreshToken: string | null = 'a token',
    absoluteSeconds = 100_000,
  ) => refresh({ ...request, sessionLimits: { absoluteSeconds }, refreshToken });
  const rotated = (change: Partial<typeof session>) => ({
    rotate: async () => ({ ...session, generation: 1, refreshedAtMs: NOW_MS, ...change }),
  });

  it('rotates in one statement and issues the successor', async () => {
    const fakes = createFakes();
    expect(await ask(fakes)).toEqual({
      ok: true,
      value: {
        user: alice.user,
        issuedAtMs: 1_700_000_000_000,
        access: { token: 'access token', expiresAtMs: 1_700_000_900_000 },
        refresh: { token: 'refresh token', expiresAtMs: 1_700_086_400_000 },
      },
    });
    expect(fakes.given('sessions.rotate')).toEqual([
      [
        {
          sessionId: 'session-1',
          contract: 'email-cookie',
          presentedHash: 'hash 0',
          successorHash: 'hash 1',
          nowMs: NOW_MS,
          idleMs: 86_400_000,
          absoluteMs: 100_000_000,
        },
      ],
    ]);
    expect(fakes.given('tokens.signRefresh')).toEqual([
      [
        {
          sub: 'public-7',
          sessionId: 'session-1',
          jti: 'jti 1',
          generation: 1,
          issuedAtMs: 1_700_000_000_000,
          expiresAtMs: 1_700_086_400_000,
          extra: { scope: 'r' },
        },
        rules.tokens,
      ],
    ]);
  });

  it('never issues tokens beyond the session’s absolute limit', async () => {
    // One hour old, of which an hour and a minute is allowed.
    const outcome = await ask(createFakes(), 'a token', 3_660);
    expect(outcome).toMatchObject({
      value: {
        access: { expiresAtMs: 1_700_000_060_000 },
        refresh: { expiresAtMs: 1_700_000_060_000 },
      },
    });
  });

  it('leads parallel requests to the same successor within ten seconds', async () => {
    const fakes = createFakes({ sessions: rotated({ refreshedAtMs: NOW_MS - 9_999 }) });
    expect((await ask(fakes)).ok).toBe(true);
    expect(fakes.given('sessions.end')).toEqual([]);
  });

  it.each([
    ['ten seconds after its rotation', { refreshedAtMs: NOW_MS - 10_000 }],
    ['two rotations later', { generation: 2 }],
  ])('ends the session of a token used again %s', async (_, change) => {
    const fakes = createFakes({ sessions: rotated(change) });
    expect(await ask(fakes)).toEqual(refused(true));
    expect(fakes.given('sessions.end')).toEqual([
      [
        { id: 'session-1', userId: 7 },
        { ...context(), action: 'REFRESH_REUSED' },
      ],
    ]);
    expect(fakes.given('tokens.signAccess')).toEqual([]);
  });

  it('refuses a token that was not rotated since it had expired, and ends nothing', async () => {
    const fakes = createFakes({ sessions: rotated({ generation: 0 }) });
    expect(await ask(fakes)).toEqual(refused(true));
    expect(fakes.given('sessions.end')).toEqual([]);
  });

  it.each([
    ['no token', null, {}],
    ['a forged token', 'forged', {}],
    ['an access token', 'a token', { verify: async () => claims({ generation: null }) }],
    ['a token of another secret', 'a token', { verify: async () => claims({ jti: 'x' }) }],
  ])('refuses %s before the rotation', async (_, token, tokens) => {
    const fakes = createFakes({ tokens });
    expect(await ask(fakes, token)).toEqual(refused(token !== null));
    expect(fakes.given('sessions.rotate')).toEqual([]);
  });

  it.each([
    ['an ended session, and says so', async () => null, sessionEnded],
    ['another contract’s session', rotated({ contract: 'username-pair' }).rotate, refused(true)],
  ])('refuses the token of %s', async (_, rotate, expected) => {
    const fakes = createFakes({ sessions: { rotate } });
    expect(await ask(fakes)).toEqual(expected);
    expect(fakes.given('sessions.end')).toEqual([]);
  });

  it('issues nothing where the rotation fails', async () => {
    const fakes = createFakes({ sessions: { rotate: outage } });
    await expect(ask(fakes)).rejects.toThrow('outage');
    expect(fakes.given('tokens.signAccess')).toEqual([]);
  });
});

function claims(change: object) {
  return { jti: 'jti 0', sessionId: 'session-1', generation: 0, ...change };
}
