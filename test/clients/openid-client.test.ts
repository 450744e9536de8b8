/**
 * The contracts `oauth2` and `keycloak`, spoken to by openid-client as npm has it: what an application
 * sees of each outcome, in the client's own classes.
 */
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newAddress, type ClientServer, type ClientUser } from '../support/client-server.ts';
import { ATTEMPTS_A_MINUTE, refusal, startOAuthServer, WIRES } from './oauth2-wires.ts';

let server: ClientServer;

beforeAll(async () => {
  server = await startOAuthServer();
});

afterAll(() => server?.close());

describe.each(WIRES)('$contract', (wire) => {
  /** A client of its own address, configured by discovery alone. */
  async function discover(authentication = oidc.None()): Promise<oidc.Configuration> {
    const address = newAddress();
    return oidc.discovery(new URL(server.origin + wire.issuer), 'shop', undefined, authentication, {
      algorithm: wire.algorithm,
      execute: [oidc.allowInsecureRequests],
      [oidc.customFetch]: (url, { headers, ...options }) =>
        fetch(url, { ...options, headers: { ...headers, ...address } } as RequestInit),
    });
  }

  const signIn = (config: oidc.Configuration, user: Pick<ClientUser, 'password'>, name: string) =>
    oidc.genericGrantRequest(config, 'password', { username: name, password: user.password });

  it.each(['email', 'username'] as const)(
    'signs in with the %s, and shows the user',
    async (name) => {
      const [config, user] = [await discover(), await server.createUser({ name: 'Ada' })];
      const tokens = await signIn(config, user, user[name]);
      expect(tokens).toEqual({
        access_token: expect.any(String),
        refresh_token: expect.any(String),
        token_type: 'bearer',
        ...wire.granted,
      });
      const shown = await oidc.fetchUserInfo(config, tokens.access_token, subjectOf(tokens));
      expect(shown).toMatchObject({
        email: user.email,
        email_verified: true,
        name: 'Ada',
        preferred_username: user.username,
      });
    },
  );

  it('takes no credentials of a client for those of a user', async () => {
    const user = await server.createUser();
    const config = await discover(oidc.ClientSecretBasic('a secret'));
    const { refresh_token } = await signIn(config, user, user.email);
    await oidc.refreshTokenGrant(config, refresh_token ?? '');
    await expect(oidc.tokenRevocation(config, refresh_token ?? '')).resolves.toBeUndefined();
  });

  it('refreshes, and ends the session of a refresh token that is used again', async () => {
    const [config, user] = [await discover(), await server.createUser()];
    const first = await signIn(config, user, user.email);
    const second = await oidc.refreshTokenGrant(config, first.refresh_token ?? '');
    const third = await oidc.refreshTokenGrant(config, second.refresh_token ?? '');
    expect(new Set([first, second, third].map(({ refresh_token }) => refresh_token)).size).toBe(3);
    await oidc.fetchUserInfo(config, third.access_token, subjectOf(first));
    for (const reused of [first, third]) {
      expect(
        await refusal(oidc.refreshTokenGrant(config, reused.refresh_token ?? '')),
      ).toMatchObject({
        name: 'ResponseBodyError',
        status: 400,
        error: 'invalid_grant',
      });
    }
    const { access_token } = third;
    const shown = oidc.fetchUserInfo(config, access_token, oidc.skipSubjectCheck);
    expect(await refusal(shown)).toMatchObject({
      name: 'WWWAuthenticateChallengeError',
      status: 401,
      cause: [{ scheme: 'bearer', parameters: { error: 'invalid_token' } }],
    });
  });

  it.each(['access_token', 'refresh_token'] as const)(
    'revokes the session by its %s',
    async (kind) => {
      const [config, user] = [await discover(), await server.createUser()];
      const tokens = await signIn(config, user, user.email);
      const token = tokens[kind] ?? '';
      await oidc.tokenRevocation(config, token, { token_type_hint: kind });
      // RFC 7009 2.2: nor is a token that is revoked already, or none at all, an error.
      await oidc.tokenRevocation(config, token);
      await oidc.tokenRevocation(config, 'no token');
      expect(
        await refusal(oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')),
      ).toMatchObject({
        status: 400,
        error: 'invalid_grant',
      });
    },
  );

  it('refuses a wrong password like an unknown name, and says no more of a lock than the wire', async () => {
    const [config, user] = [await discover(), await server.createUser()];
    const wrong = { password: 'another pass phrase' };
    const attempts = [];
    for (const name of [
      user.email,
      user.email,
      user.email,
      user.email,
      user.email,
      'no@one.example',
    ])
      attempts.push(await refusal(signIn(config, wrong, name)));
    for (const attempt of attempts) {
      expect(attempt).toMatchObject({ name: 'ResponseBodyError', ...wire.wrong });
      expect(attempt).toEqual(attempts[0]);
    }
    const locked = await refusal(signIn(config, user, user.email));
    expect(locked).toMatchObject({ name: 'ResponseBodyError', ...wire.locked });
  });

  it('says that an account is inactive after the right password alone', async () => {
    const [config, user] = [await discover(), await server.createUser({ status: 'inactive' })];
    expect(await refusal(signIn(config, user, user.email))).toMatchObject(wire.inactive);
    const wrong = { password: 'another pass phrase' };
    expect(await refusal(signIn(config, wrong, user.email))).toMatchObject(wire.wrong);
  });

  it('limits an address with 429 and the time to wait', async () => {
    const config = await discover();
    const user = await server.createUser();
    for (let n = 1; n <= ATTEMPTS_A_MINUTE; n += 1)
      await refusal(oidc.genericGrantRequest(config, 'password', { username: `nobody-${n}` }));
    expect(await refusal(signIn(config, user, user.email))).toMatchObject({
      name: 'ResponseBodyError',
      status: 429,
      error: 'temporarily_unavailable',
      retryAfter: expect.stringMatching(/^\d+$/),
    });
  });

  it.each([
    ['client_credentials', {}, 'unsupported_grant_type'],
    ['password', { username: 'ada' }, 'invalid_request'],
    ['password', { password: 'a pass phrase' }, 'invalid_request'],
    ['refresh_token', {}, 'invalid_request'],
    ['refresh_token', { refresh_token: 'no token' }, 'invalid_grant'],
  ])('refuses the grant %s with %o as %s', async (grant, parameters, error) => {
    const refused = refusal(oidc.genericGrantRequest(await discover(), grant, parameters));
    expect(await refused).toMatchObject({ name: 'ResponseBodyError', status: 400, error });
  });
});

/** The subject of an access token: without an ID token, clients have no other place to know it from. */
function subjectOf({ access_token }: { access_token: string }): string {
  const [, payload = ''] = access_token.split('.');
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub: string }).sub;
}
