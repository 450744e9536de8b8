/**
 * The contracts `oauth2` and `keycloak`, spoken to by simple-oauth2 as npm has it, and by forms that
 * no client package sends.
 */
import { ResourceOwnerPassword } from 'simple-oauth2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newAddress, type ClientServer } from '../support/client-server.ts';
import { refusal, startOAuthServer, WIRES } from './oauth2-wires.ts';

let server: ClientServer;

beforeAll(async () => {
  server = await startOAuthServer();
});

afterAll(() => server?.close());

describe.each(WIRES)('$contract', (wire) => {
  const client = () =>
    new ResourceOwnerPassword({
      client: { id: 'shop', secret: 'a secret' },
      auth: {
        tokenHost: server.origin,
        tokenPath: `${wire.at}/token`,
        revokePath: `${wire.at}/revoke`,
      },
      http: { headers: newAddress() },
    });

  it('signs in, refreshes and revokes', async () => {
    const { username, password } = await server.createUser();
    const tokens = await client().getToken({ username, password, scope: ['profile', 'orders'] });
    expect(tokens.token).toMatchObject({ token_type: 'Bearer', ...wire.granted });
    expect(tokens.expired()).toBe(false);
    const next = await tokens.refresh();
    expect(next.token['refresh_token']).not.toBe(tokens.token['refresh_token']);
    await next.revokeAll();
    expect(await refusal(next.refresh())).toMatchObject({ status: 400, error: 'invalid_grant' });
  });

  it('reports a wrong password', async () => {
    const { username } = await server.createUser();
    const refused = refusal(client().getToken({ username, password: 'another pass phrase' }));
    expect(await refused).toMatchObject(wire.wrong);
  });
});

describe.each(WIRES)('$contract by form', (wire) => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${server.origin}${wire.at}/token`, {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...newAddress(), ...headers },
    });

  it('refuses a parameter that is there twice (RFC 6749 3.2)', async () => {
    const { email, password } = await server.createUser();
    const form = new URLSearchParams({ grant_type: 'password', username: email, password });
    expect((await post(String(form))).status).toBe(200);
    form.append('password', password);
    const refused = await post(String(form));
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: 'invalid_request' });
  });

  it.each([{ Origin: 'https://other.example' }, { 'Sec-Fetch-Site': 'cross-site' }])(
    'refuses a form that another site sends: %o',
    async (headers) => {
      const { email, password } = await server.createUser();
      const form = new URLSearchParams({ grant_type: 'password', username: email, password });
      const refused = await post(String(form), headers as Record<string, string>);
      expect(refused.status).toBe(403);
      expect(refused.headers.has('Set-Cookie')).toBe(false);
    },
  );
});

it.each([{}, { grant_type: '' }])('reads a login form of FastAPI with %o', async (grantType) => {
  const { email, password } = await server.createUser();
  const answer = await fetch(`${server.origin}/token`, {
    method: 'POST',
    headers: newAddress(),
    body: new URLSearchParams({ ...grantType, username: email, password, client_secret: '' }),
  });
  expect(await answer.json()).toMatchObject({ token_type: 'Bearer' });
});

it('keeps the tokens of a realm out of every other one', async () => {
  const { email, password } = await server.createUser();
  const sent = { grant_type: 'password', username: email, password };
  const path = (realm: string, operation: string) =>
    `${server.origin}/realms/${realm}/protocol/openid-connect/${operation}`;
  const body = new URLSearchParams(sent);
  const answer = await fetch(path('shop', 'token'), {
    method: 'POST',
    headers: newAddress(),
    body,
  });
  const { access_token } = (await answer.json()) as { access_token: string };
  const statusAt = async (realm: string) => {
    const headers = { Authorization: `Bearer ${access_token}` };
    return (await fetch(path(realm, 'userinfo'), { headers })).status;
  };
  expect([await statusAt('shop'), await statusAt('depot')]).toEqual([200, 401]);
});
