/** Sessions that go on without a new refresh token: `renew`, and a refresh whose token is kept. */
import { describe, expect, it } from 'vitest';
import { refresh } from '../../../src/flows/refresh.ts';
import { renew } from '../../../src/flows/renew.ts';
import {
  NOW_MS,
  alice,
  createFakes,
  outage,
  rules,
  session,
  sessionEnded,
  unauthenticated,
} from './fakes.ts';

type Fakes = ReturnType<typeof createFakes>;

/** Each way, with the token that it presents and the refresh hash that the store compares. */
const ways = [
  {
    way: 'renew',
    kind: 'access',
    options: { rules: rules.tokens },
    refreshHash: null,
    ask: ({ request }: Fakes, token: string | null = 'a token', absoluteSeconds = 100_000) =>
      renew({ ...request, sessionLimits: { absoluteSeconds }, token }),
  },
  {
    way: 'a refresh with a kept token',
    kind: 'refresh',
    options: { rules: rules.tokens, ignoreExpiry: true },
    refreshHash: 'hash 0',
    ask: ({ request }: Fakes, refreshToken: string | null = 'a token', absoluteSeconds = 100_000) =>
      refresh({
        ...request,
        rules: { ...request.rules, rotation: 'kept' },
        sessionLimits: { absoluteSeconds },
        refreshToken,
      }),
  },
];

describe.each(ways)('$way', ({ kind, options, refreshHash, ask }) => {
  it('extends the session in one statement and issues an access token alone', async () => {
    const fakes = createFakes();
    expect(await ask(fakes)).toEqual({
      ok: true,
      value: {
        user: alice.user,
        sessionId: 'session-1',
        issuedAtMs: 1_700_000_000_000,
        access: { token: 'access token', expiresAtMs: 1_700_000_900_000 },
        refresh: null,
      },
    });
    expect(fakes.given('tokens.verify')).toEqual([[kind, 'a token', options]]);
    expect(fakes.given('sessions.extend')).toEqual([
      [
        {
          sessionId: 'session-1',
          refreshHash,
          contract: 'email-cookie',
          nowMs: NOW_MS,
          idleMs: 86_400_000,
          absoluteMs: 100_000_000,
        },
      ],
    ]);
    expect(fakes.names().filter((name) => name.startsWith('sessions.'))).toEqual([
      'sessions.extend',
    ]);
  });

  it('never issues a token beyond the session’s absolute limit', async () => {
    // One hour old, of which an hour and a minute is allowed.
    expect(await ask(createFakes(), 'a token', 3_660)).toMatchObject({
      value: { access: { expiresAtMs: 1_700_000_060_000 } },
    });
  });

  it.each([
    ['no token', null, []],
    ['a forged token', 'forged', ['tokens.verify']],
  ])('refuses %s without a call of the database', async (_, token, names) => {
    const fakes = createFakes();
    expect(await ask(fakes, token)).toEqual({
      ok: false,
      refusal: { reason: 'unauthenticated', presented: token !== null },
    });
    expect(fakes.names()).toEqual(names);
  });

  it.each([
    ['an ended session', null, sessionEnded],
    ['another contract’s session', { ...session, contract: 'username-pair' }, unauthenticated],
    ['a session that the store does not extend', session, unauthenticated],
  ])('refuses the token of %s', async (_, found, expected) => {
    const extend = async () => ({ session: found, isExtended: false });
    const fakes = createFakes({ sessions: { extend } });
    expect(await ask(fakes)).toEqual(expected);
    expect(fakes.given('tokens.signAccess')).toEqual([]);
  });

  it('issues nothing where the store fails', async () => {
    const fakes = createFakes({ sessions: { extend: outage } });
    await expect(ask(fakes)).rejects.toThrow('outage');
    expect(fakes.given('tokens.signAccess')).toEqual([]);
  });
});

it('a contract without refresh tokens extends by the life of an access token', async () => {
  const fakes = createFakes();
  const lifetimes = { accessSeconds: 900 };
  const request = { ...fakes.request, rules: { ...fakes.request.rules, lifetimes } };
  await renew({ ...request, sessionLimits: { absoluteSeconds: 100_000 }, token: 'a token' });
  expect(fakes.given('sessions.extend')).toMatchObject([[{ idleMs: 900_000 }]]);
});

it('a kept token with the id of another generation is refused before the database is asked', async () => {
  const verify = async () => ({ jti: 'jti 1', sessionId: 'session-1', generation: 0 });
  const fakes = createFakes({ tokens: { verify } });
  expect(await ways[1]?.ask(fakes)).toEqual(unauthenticated);
  expect(fakes.given('sessions.extend')).toEqual([]);
});
