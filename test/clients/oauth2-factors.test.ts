/** Second factors at `oauth2` and `keycloak`, as openid-client and simple-oauth2 meet them. */
import * as oidc from 'openid-client';
import { ResourceOwnerPassword } from 'simple-oauth2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeAt } from '../support/authenticator.ts';
import {
  newAddress,
  startClientServer,
  type ClientServer,
  type ClientUser,
} from '../support/client-server.ts';
import { refusal, WIRES } from './oauth2-wires.ts';

const MFA = 'http://auth0.com/oauth/grant-type/mfa-';
const STEP_MS = 30_000;
const wrongCode = { status: 400, error: 'invalid_grant', error_description: 'Wrong code' };

let server: ClientServer;
let strict: ClientServer;
beforeAll(async () => {
  const CONTRACTS = WIRES.map(({ contract }) => contract);
  server = await startClientServer({ CONTRACTS });
  strict = await startClientServer({ CONTRACTS, SECOND_FACTOR: 'required' });
});
afterAll(() => Promise.all([server?.close(), strict?.close()]));

type Wire = (typeof WIRES)[number];

async function discover({ issuer, algorithm }: Wire, at = server): Promise<oidc.Configuration> {
  const address = newAddress();
  return oidc.discovery(new URL(at.origin + issuer), 'shop', undefined, oidc.None(), {
    algorithm,
    execute: [oidc.allowInsecureRequests],
    [oidc.customFetch]: (url, { headers, ...options }) =>
      fetch(url, { ...options, headers: { ...headers, ...address } } as RequestInit),
  });
}

const signIn = (config: oidc.Configuration, user: ClientUser, more: Record<string, string> = {}) =>
  oidc.genericGrantRequest(config, 'password', {
    username: user.email,
    password: user.password,
    ...more,
  });

/** Asks for what the client package has no call for. */
async function post(path: string, body: object, { token = '', at = server } = {}) {
  const answer = await fetch(`${at.origin}${path}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...newAddress(),
      ...(token && { Authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, body: JSON.parse(text || '{}') as Record<string, string> };
}

/** A user with a confirmed factor: its recovery codes, and the codes of this time step and the next. */
async function enrolled(wire: Wire) {
  const user = await server.createUser();
  const config = await discover(wire);
  const { access_token: token } = await signIn(config, user);
  const { secret = '' } = (await post(`${wire.issuer}/account/factors/totp`, {}, { token })).body;
  const code = codeAt(secret);
  const confirmed = await post(`${wire.issuer}/account/factors/totp/confirm`, { code }, { token });
  const [recovery = ''] = confirmed.body['recovery_codes'] ?? [];
  return { user, config, code, recovery, next: codeAt(secret, Date.now() + STEP_MS) };
}

describe.each(WIRES)('$contract', (wire) => {
  it('takes a code beside the password, once', async () => {
    const { user, config, code, next } = await enrolled(wire);
    // The enrolling code is used up.
    for (const totp of [code, '000000'])
      expect(await refusal(signIn(config, user, { totp }))).toMatchObject(wire.wrong);
    expect(await signIn(config, user, { totp: next })).toMatchObject(wire.granted);
    expect(await refusal(signIn(config, user, { totp: next }))).toMatchObject(wire.wrong);
  });

  it('takes the code with any client’s parameters', async () => {
    const { user, next } = await enrolled(wire);
    const client = new ResourceOwnerPassword({
      client: { id: 'shop', secret: 'a secret' },
      auth: { tokenHost: server.origin, tokenPath: `${wire.at}/token` },
      http: { headers: newAddress() },
    });
    const { email: username, password } = user;
    const { token } = await client.getToken({ username, password, totp: next } as never);
    expect(token).toMatchObject(wire.granted);
  });

  it('counts wrong codes and wrong passwords together, up to the lock', async () => {
    const { user, config, next } = await enrolled(wire);
    for (let n = 0; n < 5; n += 1) {
      const attempt = n % 2 === 0 ? user : { ...user, password: 'another pass phrase' };
      const refused = await refusal(signIn(config, attempt, { totp: '000000' }));
      expect(refused).toMatchObject(wire.wrong);
    }
    expect(await refusal(signIn(config, user, { totp: next }))).toMatchObject(wire.locked);
  });
});

it('keycloak answers a missing or empty code like a wrong password', async () => {
  const [, wire] = WIRES;
  const { user, config } = await enrolled(wire);
  for (const more of [{}, { totp: '' }]) {
    const refused = await refusal(signIn(config, user, more));
    expect(refused).toMatchObject(wire.wrong);
    expect(refused).not.toHaveProperty('challenge');
  }
});

describe('oauth2 in the dialect of Auth0', () => {
  const [wire] = WIRES;

  async function mfaToken(config: oidc.Configuration, user: ClientUser): Promise<string> {
    const { mfa_token, ...refused } = await refusal(signIn(config, user));
    expect(refused).toMatchObject({
      name: 'ResponseBodyError',
      status: 403,
      error: 'mfa_required',
      error_description: 'Multifactor authentication required',
    });
    return mfa_token as string;
  }

  it('asks for a code with an mfa_token, which is good once', async () => {
    const { user, config, code, next } = await enrolled(wire);
    const mfa_token = await mfaToken(config, user);
    const send = (otp: string) => oidc.genericGrantRequest(config, `${MFA}otp`, { mfa_token, otp });
    for (const wrong of ['000000', code])
      expect(await refusal(send(wrong))).toMatchObject(wrongCode);
    const tokens = await send(next);
    expect(tokens).toMatchObject(wire.granted);
    await oidc.fetchUserInfo(config, tokens.access_token, oidc.skipSubjectCheck);
    expect(await refusal(send(next))).toMatchObject({ status: 400, error: 'expired_token' });
  });

  it('takes a recovery code, once', async () => {
    const { user, config, recovery } = await enrolled(wire);
    const send = async (recovery_code: string) => {
      const mfa_token = await mfaToken(config, user);
      const sent = { mfa_token, recovery_code };
      return oidc.genericGrantRequest(config, `${MFA}recovery-code`, sent);
    };
    expect(await send(recovery)).toMatchObject(wire.granted);
    expect(await refusal(send(recovery))).toMatchObject(wrongCode);
  });

  it('opens nothing with an mfa_token but its grant', async () => {
    const { user, config } = await enrolled(wire);
    const token = await mfaToken(config, user);
    const shown = oidc.fetchUserInfo(config, token, oidc.skipSubjectCheck);
    expect(await refusal(shown)).toMatchObject({ name: 'WWWAuthenticateChallengeError' });
    const refreshed = oidc.refreshTokenGrant(config, token);
    expect(await refusal(refreshed)).toMatchObject({ status: 400, error: 'invalid_grant' });
    const added = await post(`${wire.issuer}/account/factors/totp`, { challenge: token });
    expect([added.status, added.body['error']]).toEqual([400, 'expired_token']);
  });

  it('lists the grants in its metadata', async () => {
    const { grant_types_supported: grants } = (await discover(wire)).serverMetadata();
    const own = [`${MFA}otp`, `${MFA}recovery-code`];
    expect(grants).toEqual(['password', 'refresh_token', ...own]);
  });
});

describe.each([
  [WIRES[0], 'mfa_token', { status: 403, error: 'mfa_required' }],
  [
    WIRES[1],
    'challenge',
    { status: 400, error: 'invalid_grant', error_description: 'Account is not fully set up' },
  ],
] as const)('$contract where a second factor is required', (wire, field, answer) => {
  it('leads to enrolment and nothing else', async () => {
    const user = await strict.createUser();
    const refused = await refusal(signIn(await discover(wire, strict), user));
    expect(refused).toMatchObject(answer);
    const challenge = refused[field] as string;
    const at = strict;
    const { secret = '' } = (
      await post(`${wire.issuer}/account/factors/totp`, { challenge }, { at })
    ).body;
    const code = codeAt(secret);
    const tokens =
      wire.contract === 'oauth2'
        ? await oidc.genericGrantRequest(await discover(wire, strict), `${MFA}otp`, {
            mfa_token: challenge,
            otp: code,
          })
        : (await post(`${wire.issuer}/account/login/second-factor`, { challenge, code }, { at }))
            .body;
    expect(tokens).toMatchObject({ ...wire.granted, access_token: expect.any(String) as string });
  });
});
