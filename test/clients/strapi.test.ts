/** @strapi/client, unmodified: the local provider of Users & Permissions. */
import { HTTPAuthorizationError, HTTPBadRequestError, HTTPError, strapi } from '@strapi/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newAddress, startClientServer, type ClientServer } from '../support/client-server.ts';

const ATTEMPTS = 12;
const PASSWORD = 'nine lanterns on the quay';
const NEW_PASSWORD = 'eleven lanterns on the quay';
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

let server: ClientServer;
let atOnce: ClientServer;
beforeAll(async () => {
  const settings = { CONTRACTS: ['strapi'], ADDRESS_LIMITS: { strapi: ATTEMPTS } };
  server = await startClientServer(settings);
  atOnce = await startClientServer({ ...settings, IMMEDIATE_REGISTRATION: ['strapi'] });
});
afterAll(() => Promise.all([server?.close(), atOnce?.close()]));

interface SignedIn {
  jwt: string;
  user: Record<string, unknown>;
}

interface Place {
  at?: ClientServer;
  address?: Record<string, string>;
  jwt?: string;
}

/** Asks through the client, which throws its error for a status that is not 2xx. */
async function ask(path: string, body?: object, { at = server, address, jwt }: Place = {}) {
  const client = strapi({
    baseURL: `${at.origin}/api`,
    headers: address ?? newAddress(),
    ...(jwt !== undefined && { auth: jwt }),
  });
  const headers = { 'Content-Type': 'application/json' };
  const post = { method: 'POST', headers, body: JSON.stringify(body) };
  try {
    const response = await client.fetch(path, body && post);
    return { status: response.status, body: (await response.json()) as unknown, error: null };
  } catch (error) {
    if (!(error instanceof HTTPError)) throw error;
    return { status: error.response.status, body: await error.response.json(), error };
  }
}

const signIn = (identifier: string, password: string, place?: Place) =>
  ask('/auth/local', { identifier, password }, place);

type Failure = { status: number; name: string; message: string; details?: object };
const failure = ({ details = {}, ...error }: Failure) => ({
  data: null,
  error: { ...error, details },
});
const flawed = (message: string, details = {}) =>
  failure({ status: 400, name: 'ValidationError', message, details });
const refused = (message: string) => failure({ status: 400, name: 'ApplicationError', message });
const invalid = flawed('Invalid identifier or password');
const unauthorized = failure({
  status: 401,
  name: 'UnauthorizedError',
  message: 'Missing or invalid credentials',
});
const limited = failure({
  status: 429,
  name: 'RateLimitError',
  message: 'Too many requests, please try again later.',
});
const taken = refused('Email or Username are already taken');

async function signedIn() {
  const person = await server.createUser();
  const { jwt } = (await signIn(person.email, person.password)).body as SignedIn;
  return { ...person, jwt };
}

describe('signing in', () => {
  it('answers a token and the user, whom the token shows', async () => {
    const { username, email, password, createdAt } = await server.createUser();
    const { status, body } = await signIn(email, password);
    const user = {
      id: expect.any(Number),
      documentId: expect.stringMatching(/^[\da-f-]{36}$/),
      username,
      email,
      provider: 'local',
      confirmed: true,
      blocked: false,
      createdAt,
      updatedAt: createdAt,
    };
    expect({ status, body }).toEqual({
      status: 200,
      body: { jwt: expect.stringMatching(TOKEN), user },
    });
    const { jwt } = body as SignedIn;
    const client = strapi({ baseURL: `${server.origin}/api`, auth: jwt, headers: newAddress() });
    expect(await (await client.fetch('/users/me')).json()).toEqual(user);
  });

  it('cannot tell an unknown address from a wrong password', async () => {
    const { email, password } = await server.createUser();
    for (const [identifier, tried] of [
      [email, 'nine lanterns on the beach'],
      ['free@strapi.example', password],
    ] as const) {
      const { error, body } = await signIn(identifier, tried);
      expect(error).toBeInstanceOf(HTTPBadRequestError);
      expect(body).toEqual(invalid);
    }
  });

  it('is refused with the right password after five wrong ones, with the time to wait', async () => {
    const { email, password } = await server.createUser();
    for (let failures = 0; failures < 5; failures += 1)
      expect((await signIn(email, 'wrong')).body).toEqual(invalid);
    const { error, body } = await signIn(email, password);
    expect(body).toEqual(limited);
    expect(Number(error?.response.headers.get('Retry-After'))).toBeGreaterThan(0);
  });

  it('is limited by address', async () => {
    const address = newAddress();
    for (let attempts = 0; attempts < ATTEMPTS; attempts += 1)
      expect((await signIn('', PASSWORD, { address })).status).toBe(400);
    expect((await signIn('', PASSWORD, { address })).body).toEqual(limited);
  });

  it('is refused to a blocked user', async () => {
    const { email, password } = await server.createUser({ status: 'inactive' });
    expect((await signIn(email, password)).body).toEqual(
      refused('Your account has been blocked by an administrator'),
    );
  });

  it('names each missing field', async () => {
    const fault = (field: string) => ({
      path: [field],
      message: `${field} is a required field`,
      name: 'ValidationError',
    });
    const one = { errors: [fault('password')] };
    const both = { errors: [fault('identifier'), fault('password')] };
    expect((await ask('/auth/local', { identifier: 'a@strapi.example' })).body).toEqual(
      flawed('password is a required field', one),
    );
    expect((await ask('/auth/local', {})).body).toEqual(flawed('2 errors occurred', both));
  });

  it.each([['no token', undefined] as const, ['a forged token', 'eyJ.eyJ.c2ln'] as const])(
    'is needed to be shown: %s',
    async (_, jwt) => {
      const { error, body } = await ask('/users/me', undefined, jwt === undefined ? {} : { jwt });
      expect(error).toBeInstanceOf(HTTPAuthorizationError);
      expect(body).toEqual(unauthorized);
    },
  );
});

describe('registering', () => {
  const person = (username: string, email = `${username}@strapi.example`) => ({
    username,
    email,
    password: PASSWORD,
  });

  it('answers alike for an address that has an account', async () => {
    const { email } = await server.createUser();
    const bodies = [person('first'), person('second', email)].map(async (body) => {
      const answer = await ask('/auth/local/register', body);
      return { ...answer, body: Object.keys(answer.body as object) };
    });
    const [first, second] = await Promise.all(bodies);
    expect(first).toEqual({ status: 202, body: ['registration'], error: null });
    expect(second).toEqual(first);
  });

  it('signs in where registration at once is on, and refuses what is taken', async () => {
    const reader = person('reader');
    const at = { at: atOnce };
    const { status, body } = await ask('/auth/local/register', reader, at);
    const { jwt, user } = body as SignedIn;
    expect(status).toBe(200);
    expect(user).toMatchObject({ username: 'reader', email: reader.email });
    expect((await ask('/users/me', undefined, { ...at, jwt })).body).toEqual(user);
    for (const other of [person('other', reader.email), person('reader', 'free@strapi.example')])
      expect((await ask('/auth/local/register', other, at)).body).toEqual(taken);
  });
});

describe('the password', () => {
  const twice = (password: string, passwordConfirmation = password) => ({
    password,
    passwordConfirmation,
  });
  const mismatch = flawed('Passwords do not match', {
    errors: [
      {
        path: ['passwordConfirmation'],
        message: 'Passwords do not match',
        name: 'ValidationError',
      },
    ],
  });

  it('is changed with the current one, and the token goes on', async () => {
    const { email, password: currentPassword, jwt } = await signedIn();
    const change = (body: object) => ask('/auth/change-password', body, { jwt });
    expect((await change({ currentPassword, ...twice(NEW_PASSWORD, PASSWORD) })).body).toEqual(
      mismatch,
    );
    expect((await change({ currentPassword: 'wrong', ...twice(NEW_PASSWORD) })).body).toEqual(
      flawed('The provided current password is invalid'),
    );
    expect((await change({ currentPassword, ...twice('password123') })).body).toMatchObject({
      error: { message: 'Password is too common', details: { errors: [{ path: ['password'] }] } },
    });
    expect((await change({ currentPassword, ...twice(NEW_PASSWORD) })).body).toEqual({ jwt });
    expect((await ask('/users/me', undefined, { jwt })).status).toBe(200);
    expect((await signIn(email, currentPassword)).body).toEqual(invalid);
    expect((await signIn(email, NEW_PASSWORD)).status).toBe(200);
  });

  it('is reset with the code of the e-mail', async () => {
    const { email, jwt } = await signedIn();
    for (const asked of [email, 'nobody@strapi.example'])
      expect((await ask('/auth/forgot-password', { email: asked })).body).toEqual({ ok: true });
    const code = await server.inMailTo(email, /#token=([\w-]+)/);
    const reset = (body: object) => ask('/auth/reset-password', body);
    expect((await reset({ code, ...twice(NEW_PASSWORD, PASSWORD) })).body).toEqual(mismatch);
    expect((await reset({ code, ...twice(NEW_PASSWORD) })).body).toEqual({ ok: true });
    expect((await reset({ code, ...twice(NEW_PASSWORD) })).body).toEqual(
      flawed('Incorrect code provided'),
    );
    expect((await ask('/users/me', undefined, { jwt })).body).toEqual(unauthorized);
    expect((await signIn(email, NEW_PASSWORD)).status).toBe(200);
  });
});
