/** Refresh by rotation; renew.test.ts has the refresh whose token is kept. */
import { describe, expect, it } from 'vitest';
import { refresh } from '../../../src/flows/refresh.ts';
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
        sessionId: 'session-1',
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
