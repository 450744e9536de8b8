/** @supabase/supabase-js, unmodified: tokens by a shared secret, refresh and sign-out. */
import { jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startClientServer, type ClientServer } from '../support/client-server.ts';
import {
  anonKey,
  apiError,
  connect,
  PROJECT,
  SECRET,
  sessionMissing,
  sessionOf,
  signIn,
} from '../support/supabase.ts';

/** The client's pauses before it asks again, 25 seconds in all. */
const BACKOFFS_MS = new Set([200, 400, 800, 1600, 3200, 6400, 12_800]);

let server: ClientServer;
beforeAll(async () => {
  server = await startClientServer(PROJECT);
});
afterAll(() => server?.close());
afterEach(() => void vi.unstubAllGlobals());

/** Signs one user in on two clients. */
async function twoClients() {
  const user = await server.createUser();
  return { user, here: await signIn(server, user), there: await signIn(server, user) };
}

const tokenNotFound = apiError(
  400,
  'refresh_token_not_found',
  'Invalid Refresh Token: Refresh Token Not Found',
);

describe('tokens', () => {
  it('pass PostgREST’s checks: signature by the secret, audience, expiry, role', async () => {
    const user = await server.createUser();
    const { access_token: access, refresh_token: refresh } = await sessionOf(
      await signIn(server, user),
    );
    const { payload } = await jwtVerify(access, SECRET, { audience: 'authenticated' });
    const { role, iss, email, aal, iat = 0, exp } = payload;
    expect({ role, iss, email, aal, exp }).toEqual({
      role: 'authenticated',
      iss: `${server.origin}/auth/v1`,
      email: user.email,
      aal: 'aal1',
      exp: iat + 3600,
    });
    await expect(jwtVerify(refresh, SECRET, { audience: 'authenticated' })).rejects.toThrow('aud');
  });

  it('have claims that getClaims returns after asking the server', async () => {
    const send = vi.fn<typeof fetch>(fetch);
    const client = await signIn(server, await server.createUser(), { fetch: send });
    const { user } = await sessionOf(client);
    const { data, error } = await client.getClaims();
    expect(error).toBeNull();
    expect(data?.header).toEqual({ alg: 'HS256', kid: 'supabase', typ: 'JWT' });
    expect(data?.claims).toMatchObject({
      sub: user.id,
      session_id: expect.any(String) as string,
      amr: [{ method: 'password', timestamp: data?.claims.iat }],
      user_metadata: user.user_metadata,
    });
    expect(send.mock.calls.map(([url]) => new URL(String(url)).pathname)).toEqual([
      '/auth/v1/token',
      '/auth/v1/user',
    ]);
  });

  it('are refused where they are none of a session, and do not disturb a sign-in', async () => {
    const key = await anonKey();
    const badToken = apiError(403, 'bad_jwt', 'Invalid JWT');
    expect((await connect(server).getUser(key)).error).toEqual(badToken);
    const client = await signIn(server, await server.createUser(), { anonKey: key });
    expect((await client.getUser()).error).toBeNull();
  });
});

describe('refresh', () => {
  it('rotates the tokens and keeps the session', async () => {
    const { here } = await twoClients();
    const before = await sessionOf(here);
    const { data, error } = await here.refreshSession();
    expect(error).toBeNull();
    expect(data.session?.refresh_token).not.toBe(before.refresh_token);
    expect((await here.getUser()).data.user).toEqual(data.user);
    expect(data.user?.id).toBe(before.user.id);
  });

  it('succeeds for twenty clients that hold one token at once', async () => {
    const { here } = await twoClients();
    const { refresh_token } = await sessionOf(here);
    const clients = Array.from({ length: 20 }, () => connect(server));
    const answers = await Promise.all(
      clients.map((client) => client.refreshSession({ refresh_token })),
    );
    expect(answers.map(({ error }) => error)).toEqual(clients.map(() => null));
    expect(new Set(answers.map(({ data }) => data.session?.refresh_token)).size).toBe(1);
    for (const client of clients) expect((await client.getUser()).error).toBeNull();
  });

  it('is refused without a known token', async () => {
    const { error } = await connect(server).refreshSession({ refresh_token: 'unknown' });
    expect(error).toEqual(tokenNotFound);
  });

  it('keeps the client’s session through an outage', async () => {
    const { here } = await twoClients();
    const before = await sessionOf(here);
    const wait = globalThis.setTimeout;
    vi.stubGlobal('setTimeout', (run: (one: unknown) => void, ms: number, one: unknown) =>
      wait(run, BACKOFFS_MS.has(ms) ? 0 : ms, one),
    );
    await server.database.exec('ALTER TABLE sessions RENAME TO sessions_out_of_reach');
    try {
      const { error } = await here.refreshSession();
      expect(error).toMatchObject({ name: 'AuthRetryableFetchError', status: 500 });
    } finally {
      await server.database.exec('ALTER TABLE sessions_out_of_reach RENAME TO sessions');
    }
    expect(await sessionOf(here)).toEqual(before);
    expect((await here.getUser()).error).toBeNull();
  });
});

describe('sign-out', () => {
  it.each([
    ['local', sessionMissing, null],
    ['others', null, sessionMissing],
    ['global', sessionMissing, sessionMissing],
  ] as const)('%s ends its sessions on the server', async (scope, ofHere, ofThere) => {
    const { here, there } = await twoClients();
    const { access_token } = await sessionOf(here);
    expect((await here.signOut({ scope })).error).toBeNull();
    expect((await connect(server).getUser(access_token)).error).toEqual(ofHere);
    if (ofThere !== null) expect((await there.refreshSession()).error).toEqual(tokenNotFound);
    expect((await there.getUser()).error).toEqual(ofThere);
  });

  it('without a scope is global, and with one that is none ends nothing', async () => {
    const { here, there } = await twoClients();
    const { access_token } = await sessionOf(here);
    const signOut = async (query: string) => {
      const headers = { Authorization: `Bearer ${access_token}` };
      const url = `${server.origin}/auth/v1/logout${query}`;
      return (await fetch(url, { method: 'POST', headers })).status;
    };
    expect(await signOut('?scope=everywhere')).toBe(400);
    expect((await there.getUser()).error).toBeNull();
    expect(await signOut('')).toBe(204);
    expect((await there.getUser()).error).toEqual(sessionMissing);
  });

  it('of a session that has ended is none the less a sign-out', async () => {
    const { here, there } = await twoClients();
    await there.signOut();
    expect((await here.signOut()).error).toBeNull();
    expect((await here.getSession()).data.session).toBeNull();
  });
});
