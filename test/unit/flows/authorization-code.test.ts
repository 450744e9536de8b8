/** Codes that transfer a session from the sign-in page to an application. */
import { describe, expect, it } from 'vitest';
import {
  exchangeAuthorizationCode,
  issueAuthorizationCode,
} from '../../../src/flows/authorization-code.ts';
import {
  ISSUED_MS,
  NOW_MS,
  alice,
  authorizationGrant,
  createFakes,
  rules,
  session,
} from './fakes.ts';

const returnTo = 'https://app.example/callback';
const sessionLimits = { absoluteSeconds: 100_000 };
const { refreshSeconds: _, ...accessOnly } = rules.lifetimes;

type Changes = Parameters<typeof createFakes>[0];
const withRules = (changes: Partial<typeof rules>, fakes?: Changes) => {
  const made = createFakes(fakes);
  return { ...made, request: { ...made.request, rules: { ...rules, ...changes } } };
};

describe('issue-authorization-code', () => {
  const ask = (
    { request }: Pick<ReturnType<typeof createFakes>, 'request'>,
    refreshToken: string | null = 'refresh token',
  ) =>
    issueAuthorizationCode({
      ...request,
      token: 'access token',
      codeChallenge: 'challenge',
      returnTo,
      refreshToken,
    });

  it('seals the session, and stores nothing', async () => {
    const fakes = createFakes();
    expect(await ask(fakes)).toEqual({
      ok: true,
      value: { code: expect.stringContaining(`for ${returnTo}`) as string, expiresInSeconds: 60 },
    });
    expect(fakes.given('authorizationCodes.issue')).toEqual([
      [
        {
          id: expect.any(String) as string,
          contract: 'email-cookie',
          sessionId: 'session-1',
          userId: 7,
          credentialVersion: 3,
          codeChallenge: 'challenge',
          issuedAtMs: NOW_MS,
          returnTo,
        },
      ],
    ]);
  });

  it.each([
    ['none', null, {}],
    ['a forged one', 'forged', {}],
    ['that of another session', 'x', { sessionId: 'session-2' }],
    ['an earlier one', 'x', { jti: 'jti -1', generation: -1 }],
  ])('refuses an access token with %s in the place of the refresh token', async (...row) => {
    const [, refreshToken, claims] = row;
    const fakes = createFakes({
      tokens: {
        verify: async (kind: string, token: string) =>
          token === 'forged'
            ? null
            : {
                jti: 'jti 0',
                sessionId: 'session-1',
                generation: kind === 'access' ? null : 0,
                ...(kind === 'refresh' && claims),
              },
      },
    });
    expect(await ask(fakes, refreshToken)).toMatchObject({
      refusal: { reason: 'unauthenticated', presented: true },
    });
    expect(fakes.given('authorizationCodes.issue')).toEqual([]);
  });

  it('takes the access token alone where the contract has no refresh token', async () => {
    expect(await ask(withRules({ lifetimes: accessOnly }), null)).toMatchObject({ ok: true });
  });
});

describe('exchange-authorization-code', () => {
  const ask = ({ request }: Pick<ReturnType<typeof createFakes>, 'request'>) =>
    exchangeAuthorizationCode({
      ...request,
      sessionLimits,
      code: 'code',
      codeVerifier: 'verifier',
      returnTo,
    });

  it('rotates the refresh token with the use of the code, and issues the successor', async () => {
    const fakes = createFakes();
    expect(await ask(fakes)).toEqual({
      ok: true,
      value: {
        user: alice.user,
        sessionId: 'session-1',
        issuedAtMs: ISSUED_MS,
        access: { token: 'access token', expiresAtMs: ISSUED_MS + 900_000 },
        refresh: { token: 'refresh token', expiresAtMs: ISSUED_MS + 86_400_000 },
      },
    });
    expect(fakes.given('authorizationCodes.verify')).toEqual([
      ['code', { codeVerifier: 'verifier', returnTo }],
    ]);
    expect(fakes.given('sessions.transfer')).toMatchObject([
      [
        {
          sessionId: 'session-1',
          userId: 7,
          contract: 'email-cookie',
          accountKey: 'key of user 7',
          code: { id: 'grant-1', expiresAtMs: NOW_MS + 60_000 },
          presentedHash: 'hash 0',
          successorHash: 'hash 1',
          nowMs: NOW_MS,
          idleMs: 86_400_000,
          absoluteMs: 100_000_000,
        },
      ],
    ]);
  });

  it('issues an access token for the rest of the session where there is no refresh token', async () => {
    const fakes = withRules({ lifetimes: accessOnly });
    expect(await ask(fakes)).toMatchObject({
      value: { access: { expiresAtMs: session.expiresAtMs }, refresh: null },
    });
    expect(fakes.given('sessions.transfer')).toMatchObject([
      [{ presentedHash: null, successorHash: null }],
    ]);
  });

  it.each<[string, Changes]>([
    [
      'is forged, too old, or of another client',
      { authorizationCodes: { verify: async () => null } },
    ],
    [
      'is of another contract',
      { authorizationCodes: { verify: async () => ({ ...authorizationGrant, contract: 'x' }) } },
    ],
    [
      'is of an earlier password',
      {
        authorizationCodes: {
          verify: async () => ({ ...authorizationGrant, credentialVersion: 2 }),
        },
      },
    ],
    [
      'is of another user',
      { authorizationCodes: { verify: async () => ({ ...authorizationGrant, userId: 8 }) } },
    ],
    ['is of a session that has ended', { sessions: { live: async () => null } }],
  ])('refuses a code that %s, and transfers nothing', async (_reason, changes) => {
    const fakes = createFakes(changes);
    expect(await ask(fakes)).toEqual({ ok: false, refusal: { reason: 'invalid-code' } });
    expect(fakes.given('sessions.transfer')).toEqual([]);
    expect(fakes.given('tokens.signAccess')).toEqual([]);
  });

  it('refuses and records a code that was used', async () => {
    const fakes = createFakes({ sessions: { transfer: async () => false } });
    expect(await ask(fakes)).toEqual({ ok: false, refusal: { reason: 'invalid-code' } });
    expect(fakes.given('audit.record')).toMatchObject([
      [{ action: 'CODE_CHECK_FAILED', reason: 'invalid-code', userId: 7 }],
    ]);
    expect(fakes.given('tokens.signAccess')).toEqual([]);
  });
});
