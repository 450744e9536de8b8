/**
 * The authentication part of RealWorld's published API, asked for as its frontends do: JSON bodies in
 * `user`, `Authorization: Token`, and errors as lists of messages by field.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newAddress, startClientServer, type ClientServer } from '../support/client-server.ts';

interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
}

interface User {
  email: string;
  username: string;
  bio: string | null;
  image: string | null;
  token: string;
}

type Asked = { token?: string; user?: unknown; headers?: Record<string, string> };

const PASSWORD = 'a lake behind nine hills';
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

let server: ClientServer;
beforeAll(async () => {
  server = await startClientServer({
    CONTRACTS: ['realworld', 'email-remember'],
    IMMEDIATE_REGISTRATION: ['realworld'],
  });
});
afterAll(() => server.close());

async function ask(method: string, path: string, { token, user, headers }: Asked = {}) {
  const response = await fetch(server.origin + path, {
    method,
    headers: {
      ...newAddress(),
      ...(user !== undefined && { 'Content-Type': 'application/json' }),
      ...(token !== undefined && { Authorization: `Token ${token}` }),
      ...headers,
    },
    body: user === undefined ? null : JSON.stringify({ user }),
  });
  const text = await response.text();
  const body: unknown = text === '' ? null : JSON.parse(text);
  return { status: response.status, headers: response.headers, body } satisfies Answer;
}

const userIn = ({ body }: Answer) => (body as { user: User }).user;
const register = (user: object) => ask('POST', '/api/users', { user });
const login = (user: object, headers?: Record<string, string>) =>
  ask('POST', '/api/users/login', { user, ...(headers && { headers }) });
const update = (token: string, user: object) => ask('PUT', '/api/user', { token, user });

let readers = 0;
/** Names and a password that no other test has. */
function newPerson() {
  readers += 1;
  return {
    username: `reader-${readers}`,
    email: `reader-${readers}@conduit.example`,
    password: PASSWORD,
  };
}

async function signedUp() {
  const person = newPerson();
  const { token } = userIn(await register(person));
  return { ...person, token };
}

describe('a new user', () => {
  it('is signed in by registering, with 201', async () => {
    const { username, email, password } = newPerson();
    const { status, body } = await register({ username, email, password });
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        user: { email, username, bio: null, image: null, token: expect.stringMatching(TOKEN) },
      },
    });
  });

  it('signs in with e-mail and password and is shown by the token', async () => {
    const { token: first, username, email, password } = await signedUp();
    const { status, body } = await login({ email, password });
    const shown = { email, username, bio: null, image: null };
    expect({ status, body }).toEqual({
      status: 200,
      body: { user: { ...shown, token: expect.stringMatching(TOKEN) } },
    });
    for (const token of [first, userIn({ status, body, headers: new Headers() }).token]) {
      const current = await ask('GET', '/api/user', { token });
      expect(current).toMatchObject({ status: 200, body: { user: { ...shown, token } } });
    }
  });

  it.each([
    ['username', 'has already been taken'],
    ['email', 'has already been taken'],
  ] as const)('is refused a %s that another one has, with 409', async (field, message) => {
    const { token: _, ...other } = await signedUp();
    const { status, body } = await register({
      ...newPerson(),
      [field]: other[field].toUpperCase(),
    });
    expect({ status, body }).toEqual({ status: 409, body: { errors: { [field]: [message] } } });
  });

  it.each([
    ['username', '', "can't be blank"],
    ['email', '', "can't be blank"],
    ['password', '', "can't be blank"],
    ['username', undefined, "can't be blank"],
    ['email', null, "can't be blank"],
    ['email', 'reader at conduit', 'must be a valid email address'],
    ['username', 'a/b/c', 'may have letters, digits, "_", "." and "-"'],
    ['password', 'password123', 'is too common'],
    ['password', '7 chars', 'must be at least 8 characters'],
  ])('is refused %s %j with 422', async (field, value, message) => {
    const { status, body } = await register({ ...newPerson(), [field]: value });
    expect({ status, body }).toEqual({ status: 422, body: { errors: { [field]: [message] } } });
  });
});

describe('signing in', () => {
  it('cannot be told from an unknown address by a wrong password', async () => {
    const { email } = await signedUp();
    const answers = await Promise.all([
      login({ email, password: 'a lake before nine hills' }),
      login({ email: newPerson().email, password: PASSWORD }),
    ]);
    for (const { status, body } of answers) {
      expect({ status, body }).toEqual({
        status: 401,
        body: { errors: { credentials: ['invalid'] } },
      });
    }
  });

  it.each([
    [{ email: '', password: PASSWORD }, { email: ["can't be blank"] }],
    [{ email: 'reader@conduit.example', password: '' }, { password: ["can't be blank"] }],
    [{}, { email: ["can't be blank"], password: ["can't be blank"] }],
    [{ email: 'reader', password: PASSWORD }, { email: ['must be a valid email address'] }],
  ])('with %j is refused with 422', async (user, errors) => {
    const { status, body } = await login(user);
    expect({ status, body }).toEqual({ status: 422, body: { errors } });
  });

  it('is locked after five wrong passwords, with 429 and the time to wait', async () => {
    const { email, password } = await signedUp();
    for (let failures = 0; failures < 5; failures += 1) {
      expect((await login({ email, password: 'wrong' })).status).toBe(401);
    }
    const { status, headers, body } = await login({ email, password });
    expect({ status, body }).toEqual({
      status: 429,
      body: { errors: { body: ['Too many attempts. Try again later.'] } },
    });
    expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0);
  });

  it('is limited to 60 attempts a minute of one address, with 429', async () => {
    const address = newAddress();
    const wrong = { email: 'no address', password: PASSWORD };
    const statuses = await Promise.all(
      Array.from({ length: 61 }, async () => (await login(wrong, address)).status),
    );
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
  });
});

describe('the signed-in user', () => {
  it.each([
    ['bio', 'Reads on trains.\nWrites on ships.'],
    ['image', 'https://conduit.example/reader.jpg'],
  ])('changes and clears %s', async (field, value) => {
    const { token, username, email } = await signedUp();
    const rest = { username, email, bio: null, image: null, token };
    for (const cleared of ['', null]) {
      for (const [sent, shown] of [
        [value, value],
        [cleared, null],
      ] as const) {
        const { status, body } = await update(token, { [field]: sent });
        expect({ status, body }).toEqual({
          status: 200,
          body: { user: { ...rest, [field]: shown } },
        });
        expect((await ask('GET', '/api/user', { token })).body).toEqual(body);
      }
    }
  });

  it('may send the username and the e-mail address that it has', async () => {
    const { token, username, email } = await signedUp();
    const { status, body } = await update(token, {
      username,
      email: email.toUpperCase(),
      bio: 'New',
    });
    expect({ status, body }).toEqual({
      status: 200,
      body: { user: { username, email, bio: 'New', image: null, token } },
    });
  });

  it.each([
    [{ username: 'another-reader' }, { username: ['cannot be changed here'] }],
    [{ email: 'another@conduit.example' }, { email: ['cannot be changed here'] }],
    [
      { password: 'a sea behind nine hills' },
      { password: ['is changed with the current one, at change-password'] },
    ],
    [{ email: '' }, { email: ["can't be blank"] }],
    [{ email: null }, { email: ["can't be blank"] }],
    [{ username: '' }, { username: ["can't be blank"] }],
    [{ username: null }, { username: ["can't be blank"] }],
    [{ password: '' }, { password: ["can't be blank"] }],
    [{ password: null }, { password: ["can't be blank"] }],
    [{ bio: 7 }, { bio: ['must be a string'] }],
    [{ image: 'javascript:alert(1)' }, { image: ['must be an https URL'] }],
  ])('is refused the change %j with 422, and nothing is changed', async (change, errors) => {
    const { token } = await signedUp();
    const { body: before } = await ask('GET', '/api/user', { token });
    const { status, body } = await update(token, { bio: 'Changed', ...change });
    expect({ status, body }).toEqual({ status: 422, body: { errors } });
    expect((await ask('GET', '/api/user', { token })).body).toEqual(before);
  });

  it.each([
    ['no token', {}, 'is missing'],
    ['a forged token', { Authorization: 'Token eyJ.eyJ.c2ln' }, 'is invalid or has expired'],
    ['a token of another scheme', { Authorization: 'Bearer eyJ.eyJ.c2ln' }, 'is missing'],
  ])('is refused with 401 by %s', async (_, headers, message) => {
    for (const [method, user] of [
      ['GET', undefined],
      ['PUT', { bio: 'Changed' }],
    ] as const) {
      const { status, body } = await ask(method, '/api/user', { user, headers });
      expect({ status, body }).toEqual({ status: 401, body: { errors: { token: [message] } } });
    }
  });

  it('is refused the token of another contract', async () => {
    const { email, password } = await signedUp();
    const response = await fetch(`${server.origin}/email-remember/api/v1/auth/login`, {
      method: 'POST',
      headers: { ...newAddress(), 'Content-Type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });
    const { token } = (await response.json()) as { token: string };
    expect((await ask('GET', '/api/user', { token })).status).toBe(401);
  });
});
