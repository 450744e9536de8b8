/** Authentication, the user's sessions and logout. */
import { describe, expect, it } from 'vitest';
import { authenticate } from '../../../src/flows/authenticate.ts';
import { logout } from '../../../src/flows/logout.ts';
import { OPERATORS } from '../../../src/flows/model/audit.ts';
import {
  endSession,
  listActivity,
  listSessions,
  logoutAll,
  logoutOthers,
  profile,
  renameSession,
} from '../../../src/flows/sessions.ts';
import { NOW_MS, alice, context, createFakes, rules, session, sessionEnded } from './fakes.ts';

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
    ['list-activity', listActivity],
    ['logout-all', logoutAll],
    ['logout-others', logoutOthers],
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

  it('sees events of this session and of others, of operators without their address', async () => {
    const event = {
      action: 'LOGIN',
      reason: 'granted',
      atMs: 1000,
      contract: 'email-cookie',
      sessionId: 'session-1',
      address: '192.0.2.1',
      device: 'Firefox on Linux',
    } as const;
    const stored = [
      { ...event, action: 'ADMIN_ROLE_SET', reason: 'role-1', contract: OPERATORS },
      { ...event, action: 'LOGIN_FAILED', reason: 'wrong-code', sessionId: null },
      { ...event, reason: 'passkey', sessionId: 'session-2', device: null },
      event,
    ] as const;
    const fakes = createFakes({ audit: { newestOf: async () => [...stored] } });
    const shown = {
      action: 'LOGIN',
      reason: 'granted',
      atMs: 1000,
      address: '192.0.2.1',
      device: 'Firefox on Linux',
      current: true,
    };
    const byOperator = { reason: 'done', address: null, device: null };
    expect(await listActivity(asked(fakes))).toEqual({
      ok: true,
      value: [
        { ...shown, action: 'ADMIN_ROLE_SET', ...byOperator },
        { ...shown, action: 'LOGIN_FAILED', reason: 'refused', current: false },
        { ...shown, reason: 'passkey', device: null, current: false },
        shown,
      ],
    });
    expect(fakes.given('audit.newestOf')).toEqual([[7, 50]]);
  });

  it.each([
    [true, { ok: true, value: null }],
    [false, { ok: false, refusal: { reason: 'not-found' } }],
  ])('names a session, where it is live and the user’s: %s', async (isNamed, outcome) => {
    const fakes = createFakes({ sessions: { rename: async () => isNamed } });
    const named = { id: 'session-2', name: 'Laptop' };
    expect(await renameSession(asked(fakes), named)).toEqual(outcome);
    expect(fakes.given('sessions.rename')).toEqual([[{ ...named, userId: 7 }, context()]]);
    expect(fakes.given('limits.consumeAddress')).toHaveLength(1);
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

  it('ends all sessions but the one that asks', async () => {
    const fakes = createFakes();
    expect(await logoutOthers(asked(fakes))).toEqual({ ok: true, value: null });
    expect(fakes.given('sessions.endOthers')).toEqual([
      [
        { id: 'session-1', userId: 7 },
        { ...context(), action: 'LOGOUT_OTHERS' },
      ],
    ]);
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
