/** Second factors at wires with one request for a login: `totp` beside the password. */
import { HTTPError, strapi } from '@strapi/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeAt } from '../support/authenticator.ts';
import { newAddress, startClientServer, type ClientServer } from '../support/client-server.ts';

const STEP_MS = 30_000;

let server: ClientServer;
beforeAll(async () => {
  server = await startClientServer({ CONTRACTS: ['realworld', 'strapi'] });
});
afterAll(() => server?.close());

interface Sent {
  path: string;
  body: object;
  token?: string | undefined;
}

/** As RealWorld's frontends send it. */
async function byFetch({ path, body, token }: Sent) {
  const authorization = token === undefined ? {} : { Authorization: `Token ${token}` };
  const response = await fetch(`${server.origin}/api${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...newAddress(), ...authorization },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as unknown };
}

async function byStrapi({ path, body, token }: Sent) {
  const auth = token === undefined ? {} : { auth: token };
  const client = strapi({ baseURL: `${server.origin}/api`, headers: newAddress(), ...auth });
  const asked = client.fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const response = await asked.catch((error: unknown) => {
    if (error instanceof HTTPError) return error.response;
    throw error;
  });
  return { status: response.status, body: (await response.json()) as unknown };
}

interface Credentials {
  email: string;
  password: string;
  totp?: string;
}

const methods = ['totp', 'recovery-code'];
const failure = (status: number, error: object) => ({
  status,
  body: { data: null, error: { status, details: {}, ...error } },
});

const WIRES = [
  {
    name: 'realworld',
    send: byFetch,
    base: '/users',
    login: { path: '/users/login', body: (user: Credentials): object => ({ user }) },
    tokenIn: (body: unknown) => (body as { user: { token: string } }).user.token,
    owed: {
      status: 403,
      body: { challenge: expect.any(String), methods, errors: { totp: ['is required'] } },
    },
    wrong: { status: 401, body: { errors: { credentials: ['invalid'] } } },
  },
  {
    name: 'strapi',
    send: byStrapi,
    base: '/auth',
    login: {
      path: '/auth/local',
      body: ({ email: identifier, ...user }: Credentials): object => ({ identifier, ...user }),
    },
    tokenIn: (body: unknown) => (body as { jwt: string }).jwt,
    owed: failure(403, {
      name: 'ForbiddenError',
      message: 'A code of the second factor is required',
      challenge: expect.any(String) as string,
      methods,
    }),
    wrong: failure(400, { name: 'ValidationError', message: 'Invalid identifier or password' }),
  },
] as const;

describe.each(WIRES)('$name', ({ send, base, login, tokenIn, owed, wrong }) => {
  it('takes a code beside the password, once', async () => {
    const { email, password } = await server.createUser();
    const signIn = (more: { totp?: string; password?: string } = {}) =>
      send({ path: login.path, body: login.body({ email, password, ...more }) });
    const token = tokenIn((await signIn()).body);
    const { secret } = (await send({ path: `${base}/factors/totp`, body: {}, token })).body as {
      secret: string;
    };
    const code = codeAt(secret);
    await send({ path: `${base}/factors/totp/confirm`, body: { code }, token });

    expect(await signIn()).toEqual(owed);
    // A frontend sends its field as it was left; the enrolling code is used up.
    expect(await signIn({ totp: '' })).toEqual(owed);
    expect(await signIn({ totp: code })).toEqual(wrong);
    const next = codeAt(secret, Date.now() + STEP_MS);
    expect(await signIn({ totp: next, password: 'another pass phrase' })).toEqual(wrong);
    const granted = await signIn({ totp: next });
    expect(granted.status).toBe(200);
    expect(tokenIn(granted.body)).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    for (const totp of [next, '000000']) expect(await signIn({ totp })).toEqual(wrong);
  });
});
