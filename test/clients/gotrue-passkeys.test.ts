/** Passkeys as @supabase/supabase-js, unmodified, asks for them: registration, sign-in, management. */
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeAt } from '../support/authenticator.ts';
import { startClientServer, type ClientServer, type ClientUser } from '../support/client-server.ts';
import {
  createAuthenticator,
  type PasskeyAuthenticator,
} from '../support/passkey-authenticator.ts';
import {
  apiError,
  connect,
  enroll,
  letTimePass,
  PROJECT,
  sessionOf,
  signIn,
  type Client,
} from '../support/supabase.ts';

let server: ClientServer;
let withoutPasskeys: ClientServer;
beforeAll(async () => {
  server = await startClientServer(PROJECT);
  withoutPasskeys = await startClientServer({ ...PROJECT, PASSKEYS: { offered: false } });
});
afterAll(() => Promise.all([server?.close(), withoutPasskeys?.close()]));

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const notVerified = apiError(400, 'webauthn_verification_failed', 'Credential verification failed');

type CreateChanges = Parameters<PasskeyAuthenticator['create']>[1];
type GetChanges = Parameters<PasskeyAuthenticator['get']>[1];

/** The result without its error, which is thrown. */
function dataOf<T>({ data, error }: { data: T | null; error: unknown }): T {
  if (error !== null || data === null) throw error ?? new Error('no data');
  return data;
}

async function register(client: Client, device: PasskeyAuthenticator, changes?: CreateChanges) {
  const { challenge_id: challengeId, options } = dataOf(await client.passkey.startRegistration());
  const credential = await device.create(options, changes);
  return client.passkey.verifyRegistration({ challengeId, credential: credential as never });
}

async function assertion(client: Client, device: PasskeyAuthenticator, changes?: GetChanges) {
  const started = dataOf(await client.passkey.startAuthentication());
  const credential = await device.get(started.options as never, changes);
  return { challengeId: started.challenge_id, credential: credential as never };
}

/** A user who has signed in with the password and added a passkey. */
async function withPasskey(account: Partial<ClientUser> = {}) {
  const user = await server.createUser(account);
  const client = await signIn(server, user);
  const device = createAuthenticator({ origin: server.origin });
  const { id } = dataOf(await register(client, device));
  return { user, client, device, id };
}

async function signInWith(device: PasskeyAuthenticator) {
  const client = connect(server);
  const proof = await assertion(client, device);
  dataOf(await client.passkey.verifyAuthentication(proof));
  return client;
}

describe('registration', () => {
  it('answers the bare options, and the passkey for the credential that was made of them', async () => {
    const user = await server.createUser();
    const client = await signIn(server, user);
    const started = dataOf(await client.passkey.startRegistration());
    expect(started).toEqual({
      challenge_id: expect.stringMatching(UUID),
      options: expect.objectContaining({
        rp: { id: 'localhost', name: 'Gatehouse' },
        user: expect.objectContaining({ name: user.email }),
        authenticatorSelection: {
          residentKey: 'required',
          requireResidentKey: true,
          userVerification: 'required',
        },
        excludeCredentials: [],
      }),
      expires_at: expect.any(Number),
    });
    expect(started.expires_at * 1000 - Date.now()).toBeLessThanOrEqual(300_000);

    const device = createAuthenticator({ origin: server.origin, isSyncable: true });
    const passkey = dataOf(await register(client, device));
    expect(passkey).toEqual({
      id: expect.stringMatching(UUID),
      created_at: expect.stringMatching(TIME),
      synced: true,
    });
    const next = dataOf(await client.passkey.startRegistration());
    expect(next.options.excludeCredentials).toEqual([
      { type: 'public-key', id: device.credentialId, transports: ['hybrid', 'internal'] },
    ]);
  });

  it.each([
    [{ flipFlags: 4 }, 'Credential was made without verification of its user'],
    [{ origin: 'https://evil.example' }, 'Credential comes from an origin that is not allowed'],
    [{ challenge: 'c2VjcmV0' }, 'Credential answers another challenge'],
  ])('refuses a credential that was made otherwise: %j', async (changes, message) => {
    const client = await signIn(server, await server.createUser());
    const { error } = await register(
      client,
      createAuthenticator({ origin: server.origin }),
      changes,
    );
    expect(error).toEqual(apiError(400, 'webauthn_verification_failed', message));
    expect(dataOf(await client.passkey.list())).toEqual([]);
  });

  it('refuses a credential that is registered, and one that is missing', async () => {
    const { client, device } = await withPasskey();
    const message = 'Credential is registered already';
    expect((await register(client, device)).error).toEqual(
      apiError(400, 'webauthn_verification_failed', message),
    );
    const missing = { challengeId: crypto.randomUUID(), credential: undefined as never };
    expect((await client.passkey.verifyRegistration(missing)).error).toMatchObject({
      status: 400,
      code: 'validation_failed',
    });
  });

  it('needs a proof of the last five minutes, which a new sign-in is', async () => {
    const { user, client, device, id } = await withPasskey();
    await letTimePass(server);
    const late = apiError(403, 'insufficient_aal', 'Prove your identity again');
    expect((await client.passkey.startRegistration()).error).toEqual(late);
    expect((await client.passkey.delete({ passkeyId: id })).error).toEqual(late);
    for (const proven of [await signIn(server, user), await signInWith(device)]) {
      expect((await proven.passkey.startRegistration()).error).toBeNull();
    }
  });
});

describe('signing in', () => {
  it('opens a session of aal2 without naming a user', async () => {
    const { user, device, id } = await withPasskey();
    const client = connect(server);
    const started = dataOf(await client.passkey.startAuthentication());
    expect(started).toEqual({
      challenge_id: expect.stringMatching(UUID),
      options: {
        challenge: expect.stringMatching(/^[\w-]{72}$/),
        timeout: 300_000,
        rpId: 'localhost',
        allowCredentials: [],
        userVerification: 'required',
      },
      expires_at: expect.any(Number),
    });
    const proof = await assertion(client, device);
    const opened = dataOf(await client.passkey.verifyAuthentication(proof));
    expect(opened.user).toMatchObject({ email: user.email, role: 'authenticated' });

    const claims = () => sessionOf(client).then((session) => decodeJwt(session.access_token));
    const passkey = { method: 'passkey', timestamp: expect.any(Number) };
    expect(await claims()).toMatchObject({ aal: 'aal2', amr: [passkey] });
    const { iat = 0, amr } = await claims();
    expect(iat).toBe((amr as [{ timestamp: number }])[0].timestamp);
    expect((await client.getUser()).data.user).toMatchObject({ email: user.email });
    expect((await client.refreshSession()).error).toBeNull();
    expect(await claims()).toMatchObject({ aal: 'aal2', amr: [passkey] });
    expect(dataOf(await client.passkey.list())).toEqual([
      expect.objectContaining({ id, last_used_at: expect.stringMatching(TIME) }),
    ]);
  });

  it('asks for no code where the account has an authenticator app', async () => {
    const { client, device } = await withPasskey();
    const { id: factorId, totp } = await enroll(client);
    const code = codeAt(totp.secret);
    expect((await client.mfa.challengeAndVerify({ factorId, code })).error).toBeNull();
    const { data } = await (await signInWith(device)).mfa.getAuthenticatorAssuranceLevel();
    expect(data).toMatchObject({ currentLevel: 'aal2', nextLevel: 'aal2' });
  });

  it.each([
    { userHandle: 'c3RyYW5nZXI' },
    { flipFlags: 4 },
    { origin: 'https://evil.example' },
    { challenge: 'c2VjcmV0' },
    { signature: 'c2VjcmV0' },
    { credentialId: 'dW5rbm93bg' },
  ])('refuses an assertion with %j like every other', async (changes) => {
    const { device } = await withPasskey();
    const client = connect(server);
    const proof = await assertion(client, device, changes);
    expect((await client.passkey.verifyAuthentication(proof)).error).toEqual(notVerified);
    expect((await client.getSession()).data.session).toBeNull();
  });

  it('takes an assertion once, whatever challenge_id goes with it', async () => {
    const { device } = await withPasskey();
    const client = connect(server);
    const proof = { ...(await assertion(client, device)), challengeId: crypto.randomUUID() };
    expect((await client.passkey.verifyAuthentication(proof)).error).toBeNull();
    expect((await client.passkey.verifyAuthentication(proof)).error).toEqual(
      apiError(400, 'webauthn_challenge_expired', 'Challenge has expired'),
    );
  });

  it('tells an inactive account after a right signature only', async () => {
    const { user, device } = await withPasskey();
    await server.database.exec(
      `update users set status = 'inactive' where email = '${user.email}'`,
    );
    const client = connect(server);
    const wrong = await assertion(client, device, { signature: 'c2VjcmV0' });
    expect((await client.passkey.verifyAuthentication(wrong)).error).toEqual(notVerified);
    const right = await assertion(client, device);
    expect((await client.passkey.verifyAuthentication(right)).error).toEqual(
      apiError(403, 'user_banned', 'User is banned'),
    );
  });
});

describe('management', () => {
  const notFound = apiError(404, 'validation_failed', 'Passkey not found');

  it('lists, renames and deletes', async () => {
    const { client, device, id } = await withPasskey();
    const renamed = await client.passkey.update({ passkeyId: id, friendlyName: 'Blue key' });
    const shown = {
      id,
      friendly_name: 'Blue key',
      created_at: expect.stringMatching(TIME),
      synced: false,
    };
    expect(renamed).toEqual({ data: shown, error: null });
    expect(dataOf(await client.passkey.list())).toEqual([shown]);
    expect(await client.passkey.delete({ passkeyId: id })).toEqual({ data: null, error: null });
    expect(dataOf(await client.passkey.list())).toEqual([]);
    const proof = await assertion(client, device);
    expect((await client.passkey.verifyAuthentication(proof)).error).toEqual(notVerified);
  });

  it('finds no passkey of another user', async () => {
    const { id } = await withPasskey();
    const client = await signIn(server, await server.createUser());
    const update = await client.passkey.update({ passkeyId: id, friendlyName: 'Mine' });
    expect(update.error).toEqual(notFound);
    expect((await client.passkey.delete({ passkeyId: id })).error).toEqual(notFound);
  });

  it('takes names of 64 characters', async () => {
    const { client, id } = await withPasskey();
    const rename = (friendlyName: string) => client.passkey.update({ passkeyId: id, friendlyName });
    expect((await rename('x'.repeat(64))).error).toBeNull();
    const tooLong = apiError(400, 'validation_failed', 'Name is too long');
    expect((await rename('x'.repeat(65))).error).toEqual(tooLong);
    expect((await rename('')).error).toMatchObject({ status: 400, code: 'validation_failed' });
  });
});

it('answers passkey_disabled where passkeys are not offered', async () => {
  const disabled = apiError(404, 'passkey_disabled', 'Passkeys are disabled');
  const client = await signIn(withoutPasskeys, await withoutPasskeys.createUser());
  expect((await client.passkey.startAuthentication()).error).toEqual(disabled);
  expect((await client.passkey.startRegistration()).error).toEqual(disabled);
  expect(dataOf(await client.passkey.list())).toEqual([]);
});
