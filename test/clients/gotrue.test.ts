/** @supabase/supabase-js, unmodified: sign-up by code, sign-in, user data, recovery. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newAddress, startClientServer, type ClientServer } from '../support/client-server.ts';
import { apiError, connect, PROJECT, sessionOf, signIn } from '../support/supabase.ts';

const ATTEMPTS = 12;
const APP = 'https://app.example';
const NEW_PASSWORD = 'seven kites above the harbour';

let server: ClientServer;
beforeAll(async () => {
  server = await startClientServer({
    ...PROJECT,
    ADDRESS_LIMITS: { gotrue: ATTEMPTS },
    ALLOWED_ORIGINS: [APP],
  });
});
afterAll(() => server?.close());

const post = (path: string, body: object) =>
  fetch(`${server.origin}/auth/v1/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...newAddress() },
    body: JSON.stringify(body),
  });

const invalidCredentials = apiError(400, 'invalid_credentials', 'Invalid login credentials');
const limited = apiError(429, 'over_request_rate_limit', 'Request rate limit reached');

describe('sign-up by code', () => {
  it('answers a user without a session; the code of the e-mail makes the account', async () => {
    const credentials = { email: 'new@gotrue.example', password: NEW_PASSWORD };
    const options = { data: { name: 'New Here' } };
    const { data, error } = await connect(server).signUp({ ...credentials, options });
    expect([error, data.session]).toEqual([null, null]);
    expect(data.user).toMatchObject({ email: credentials.email, aud: 'authenticated' });

    const early = await connect(server).signInWithPassword(credentials);
    expect(early.error).toEqual(invalidCredentials);
    const code = await server.inMailTo(credentials.email, /<code class="code">(\d{6})</);
    expect((await post('verify-email', { ...credentials, code })).status).toBe(204);
    const late = await connect(server).signInWithPassword(credentials);
    expect(late.data.user?.user_metadata).toMatchObject({ name: 'New Here' });
  });

  it('answers alike for an address that has an account', async () => {
    const seen = async (email: string) => {
      const { data } = await connect(server).signUp({ email, password: NEW_PASSWORD });
      return JSON.stringify(data)
        .replaceAll(email, '<email>')
        .replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, '<id>')
        .replaceAll(/[\w-]{22}~\d{10}~[\w-]{43}/g, '<handle>')
        .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>');
    };
    const { email } = await server.createUser();
    expect(await seen(email)).toBe(await seen('free@gotrue.example'));
  });

  it.each([
    ['short', 'length'],
    ['password123', 'pwned'],
    ['an odd \0 character', 'characters'],
  ])('refuses the weak password %j with its reason', async (password, reason) => {
    const { error } = await connect(server).signUp({ email: 'weak@gotrue.example', password });
    expect(error).toMatchObject({ name: 'AuthWeakPasswordError', status: 422, reasons: [reason] });
  });

  it('refuses user data that is not stored', async () => {
    const options = { data: { favourite_colour: 'green' } };
    const credentials = { email: 'more@gotrue.example', password: NEW_PASSWORD };
    const { error } = await connect(server).signUp({ ...credentials, options });
    expect(error).toEqual(apiError(400, 'validation_failed', 'User data may have a name only'));
  });
});

describe('sign-in', () => {
  it('opens a session whose user the server knows', async () => {
    const user = await server.createUser({ name: 'Ada' });
    const client = await signIn(server, user);
    const { data, error } = await client.getUser();
    expect(error).toBeNull();
    expect(data.user).toEqual((await sessionOf(client)).user);
    expect(data.user).toMatchObject({
      email: user.email,
      role: 'authenticated',
      user_metadata: { name: 'Ada' },
      app_metadata: { provider: 'email', providers: ['email'], email_verified: true },
      email_confirmed_at: user.createdAt,
      is_anonymous: false,
    });
  });

  it('answers a wrong password like an unknown user', async () => {
    const { email } = await server.createUser();
    const wrong = { email, password: NEW_PASSWORD };
    const unknown = { email: 'nobody@gotrue.example', password: NEW_PASSWORD };
    const answer = await connect(server).signInWithPassword(wrong);
    expect(answer).toEqual(await connect(server).signInWithPassword(unknown));
    expect(answer.error).toEqual(invalidCredentials);
  });

  it('names an inactive account after the right password alone', async () => {
    const user = await server.createUser({ status: 'inactive' });
    const right = await connect(server).signInWithPassword(user);
    expect(right.error).toEqual(apiError(400, 'user_banned', 'User is banned'));
    const wrong = await connect(server).signInWithPassword({ ...user, password: NEW_PASSWORD });
    expect(wrong.error).toEqual(invalidCredentials);
  });

  it('locks an account, also against the right password', async () => {
    const user = await server.createUser();
    const wrong = { ...user, password: NEW_PASSWORD };
    for (let n = 0; n < 5; n += 1) {
      const { error } = await connect(server).signInWithPassword(wrong);
      expect(error).toEqual(invalidCredentials);
    }
    expect((await connect(server).signInWithPassword(user)).error).toEqual(limited);
  });

  it('limits an address, whose sessions go on', async () => {
    const user = await server.createUser();
    const client = await signIn(server, user);
    for (let n = 1; n < ATTEMPTS; n += 1) {
      const unknown = { email: `nobody-${n}@gotrue.example`, password: NEW_PASSWORD };
      expect((await client.signInWithPassword(unknown)).error).toEqual(invalidCredentials);
    }
    expect((await client.signInWithPassword(user)).error).toEqual(limited);
    expect((await client.refreshSession()).error).toBeNull();
  });

  it('names what is missing in the body', async () => {
    const body = { email: 'a@gotrue.example', password: '' };
    const { error } = await connect(server).signInWithPassword(body);
    expect(error).toEqual(apiError(400, 'validation_failed', 'Password is required'));
  });
});

describe('user data', () => {
  const data = { name: 'Grace', avatar_url: 'https://images.example/g.png', language: 'fr' };

  it('is updated, and cleared by null', async () => {
    const user = await server.createUser();
    const client = await signIn(server, user);
    const updated = await client.updateUser({ data });
    expect(updated.error).toBeNull();
    expect(updated.data.user?.user_metadata).toEqual(data);
    const cleared = await client.updateUser({ data: { avatar_url: null } });
    expect(cleared.data.user?.user_metadata).toEqual({ name: 'Grace', language: 'fr' });
    expect((await client.getUser()).data.user).toEqual(cleared.data.user);
  });

  it.each([
    [{ data: { role: 'admin' } }, 'User data may have name, avatar_url and language only'],
    [{ password: NEW_PASSWORD }, 'The password is changed at /auth/v1/change-password'],
    [{ email: 'other@gotrue.example' }, 'The email is changed at /auth/v1/change-email'],
    [{ phone: '+15550100' }, 'The phone number cannot be changed'],
  ])('does not take %j', async (attributes, message) => {
    const client = await signIn(server, await server.createUser());
    const { user } = await sessionOf(client);
    const { error } = await client.updateUser(attributes);
    expect(error).toEqual(apiError(400, 'validation_failed', message));
    expect((await client.getUser()).data.user).toEqual(user);
  });
});

it('sends a link to recover the password, and answers alike for unknown addresses', async () => {
  const { email } = await server.createUser();
  const known = await connect(server).resetPasswordForEmail(email);
  expect(known).toEqual({ data: {}, error: null });
  expect(await connect(server).resetPasswordForEmail('nobody@gotrue.example')).toEqual(known);
  expect(await server.inMailTo(email, /#token=([\w-]+)/)).toMatch(/^[\w-]{43}/);
});

it('answers clients without a version in the older shape of errors', async () => {
  const unknown = { email: 'nobody@gotrue.example', password: NEW_PASSWORD };
  const response = await post('token?grant_type=password', unknown);
  expect(response.headers.get('X-Supabase-Api-Version')).toBeNull();
  expect(response.headers.get('X-Sb-Error-Code')).toBe('invalid_credentials');
  const error = { code: 400, error_code: 'invalid_credentials', msg: 'Invalid login credentials' };
  expect(await response.json()).toEqual(error);
});

describe('an application on an allowed origin', () => {
  const sent = ['apikey', 'authorization', 'content-type', 'x-client-info'];

  it.each([
    ['POST', 'token?grant_type=password'],
    ['POST', 'signup'],
    ['GET', 'user'],
    ['PUT', 'user'],
    ['POST', 'logout?scope=global'],
  ])('may send the client’s %s %s', async (method, path) => {
    const names = [...sent, 'x-supabase-api-version'];
    const { headers } = await fetch(`${server.origin}/auth/v1/${path}`, {
      method: 'OPTIONS',
      headers: {
        Origin: APP,
        'Access-Control-Request-Method': method,
        'Access-Control-Request-Headers': names.join(','),
      },
    });
    const listed = (name: string) => headers.get(name)?.toLowerCase().split(/, */) ?? [];
    expect(headers.get('Access-Control-Allow-Origin')).toBe(APP);
    expect(listed('Access-Control-Allow-Methods')).toContain(method.toLowerCase());
    expect(listed('Access-Control-Allow-Headers')).toEqual(expect.arrayContaining(names));
  });

  it('may read the version by which the client takes an error’s code', async () => {
    const { headers } = await fetch(`${server.origin}/auth/v1/user`, {
      headers: { Origin: APP, 'X-Supabase-Api-Version': '2024-01-01' },
    });
    expect(headers.get('X-Supabase-Api-Version')).toBe('2024-01-01');
    expect(headers.get('Access-Control-Expose-Headers')).toMatch(/x-supabase-api-version/i);
  });
});
