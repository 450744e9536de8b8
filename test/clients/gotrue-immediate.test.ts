/** @supabase/supabase-js, unmodified: sign-up that grants at once, and tokens by a public key. */
import { decodeJwt, exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startClientServer, type ClientServer } from '../support/client-server.ts';
import { apiError, connect, sessionOf, signIn } from '../support/supabase.ts';

let server: ClientServer;
beforeAll(async () => {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const key = { ...(await exportJWK(privateKey)), alg: 'ES256', kid: 'elliptic' };
  server = await startClientServer({
    CONTRACTS: ['gotrue'],
    IMMEDIATE_REGISTRATION: ['gotrue'],
    TOKEN_KEYS: JSON.stringify({ keys: [key] }),
  });
});
afterAll(() => server?.close());

it('signs up with a session, and refuses a taken address by its name', async () => {
  const credentials = { email: 'at-once@gotrue.example', password: 'seven kites above harbours' };
  const client = connect(server);
  const { data, error } = await client.signUp({ ...credentials, options: { data: { name: 'A' } } });
  expect(error).toBeNull();
  expect(data.session?.user).toEqual(data.user);
  expect(data.user).toMatchObject({ email: credentials.email, user_metadata: { name: 'A' } });
  expect(data.user?.email_confirmed_at).toBeUndefined();
  const claims = decodeJwt(data.session?.access_token ?? '');
  expect(claims['app_metadata']).toMatchObject({ email_verified: false });
  expect((await client.getUser()).data.user).toEqual(data.user);

  const again = await connect(server).signUp(credentials);
  expect(again.error).toEqual(apiError(422, 'user_already_exists', 'User already registered'));
});

it('publishes the key, by which getClaims verifies tokens itself', async () => {
  const send = vi.fn<typeof fetch>(fetch);
  const client = await signIn(server, await server.createUser(), { fetch: send });
  const { data, error } = await client.getClaims();
  expect(error).toBeNull();
  expect(data?.header).toEqual({ alg: 'ES256', kid: 'elliptic', typ: 'JWT' });
  expect(data?.claims).toMatchObject({ role: 'authenticated', aud: 'authenticated' });
  await client.getClaims();
  expect(send.mock.calls.map(([url]) => new URL(String(url)).pathname)).toEqual([
    '/auth/v1/token',
    '/auth/v1/.well-known/jwks.json',
  ]);

  const [header, , signature] = (await sessionOf(client)).access_token.split('.');
  const claims = Buffer.from(JSON.stringify({ ...data?.claims, role: 'service_role' }));
  const forged = [header, claims.toString('base64url'), signature].join('.');
  expect((await client.getClaims(forged)).error).toMatchObject({ name: 'AuthInvalidJwtError' });
});
