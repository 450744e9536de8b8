/** A client generated from the published document can do all that the document offers. */
import createClient from 'openapi-fetch';
import { describe, expect, it } from 'vitest';
import { addUser, count, contractCases, freshAddress, type TestApp } from '../support/test-app.ts';
import { codeIn, mailbox, tokenIn } from '../support/mailbox.ts';
import { newUser } from '../support/new-user.ts';
import { client as plainClient, held } from '../support/session.ts';

const ORIGIN = 'https://gatehouse.example';

interface OpenApi {
  servers: { url: string }[];
  paths: Record<
    string,
    Record<string, { operationId: string; requestBody?: { required: boolean } }>
  >;
}

interface Parameters {
  body?: object;
  path?: Record<string, string>;
  token?: string;
}

/** Sends through the app, and keeps cookies by name, as fetch in Node and Workers does not. */
function fetchWithCookies(here: TestApp, everySent: Record<string, string>) {
  const cookies = new Map<string, string>();
  const address = freshAddress();
  return async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url);
    const headers = { ...Object.fromEntries(request.headers), ...everySent };
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
    const body = await request.text();
    const answer = await here.fetch(pathname + search, {
      method: request.method,
      headers: { ...headers, 'CF-Connecting-IP': address, ...(cookie ? { Cookie: cookie } : {}) },
      ...(body === '' ? {} : { body }),
    });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (/max-age=0/i.test(set)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return new Response(answer.text === '' ? null : answer.text, answer);
  };
}

/** Calls operations by their id in the document; `called` has those that succeeded. */
async function generatedClient(here: TestApp, contract: string, sent: Record<string, string>) {
  const document = JSON.parse((await here.fetch(`/openapi/${contract}.json`)).text) as OpenApi;
  const baseUrl = `${ORIGIN}${document.servers[0]?.url}`;
  const client = createClient<any>({ baseUrl, fetch: fetchWithCookies(here, sent) });
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
  );
  const called = new Set<string>();

  const call = async (id: string, { body, path, token }: Parameters = {}): Promise<string> => {
    const operation = operations.find(({ operationId }) => operationId === id);
    if (operation === undefined) throw new Error(`${contract} has no ${id}`);
    const { response, data, error } = await client.request(
      operation.method as 'post',
      operation.path,
      {
        // Without a body the client declares no type either.
        body,
        params: path === undefined ? {} : { path },
        headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
      },
    );
    const text = JSON.stringify(data ?? error ?? '');
    if (!response.ok) throw new Error(`${contract} ${id}: ${response.status} ${text}`);
    called.add(id);
    return text;
  };
  return { call, called, ids: operations.map(({ operationId }) => operationId) };
}

const accessIn = (text: string) => held({ status: 200, text, headers: new Headers() }).access;
const refreshIn = (text: string) => held({ status: 200, text, headers: new Headers() }).refresh;

describe.each([
  // The document: a client that is no browser sends an empty object along with the cookie.
  { who: 'no browser', sent: {} as Record<string, string>, optionalBody: { body: {} } },
  { who: 'a browser', sent: { Origin: ORIGIN, 'Sec-Fetch-Site': 'same-origin' }, optionalBody: {} },
])('a generated client in $who', ({ sent, optionalBody }) => {
  it.each(contractCases)(
    'can call every operation of $name',
    async ({ name, contract, body: loginBody }) => {
      const { here, to } = mailbox({ ADDRESS_LIMITS: { [name]: 60 } });
      const { call, called, ids } = await generatedClient(here, name, sent);
      const person = newUser();
      const named =
        contract.account.identifier === 'username'
          ? { username: person.username }
          : { email: person.email };
      const login = async (password: string) =>
        call('login', { body: loginBody({ ...person, password }) });

      await call('register', {
        body: { ...named, email: person.email, password: person.password },
      });
      await call('sendCode', { body: named });
      const code = codeIn(to(person.email));
      await call('verifyEmail', { body: { ...named, password: person.password, code } });

      const signedIn = await login(person.password);
      let token = accessIn(signedIn);
      await call('getProfile', { token });
      if (contract.refresh !== null) {
        const refreshToken = refreshIn(signedIn);
        const refreshed = await call(
          'refresh',
          contract.refresh.in === 'body' ? { body: { refreshToken } } : optionalBody,
        );
        token = accessIn(refreshed);
      }
      const changed = 'another long password';
      await call('changePassword', {
        token,
        body: { currentPassword: person.password, newPassword: changed },
      });
      const email = `moved-${person.email}`;
      await call('changeEmail', { token, body: { email, password: changed } });
      await call('confirmEmail', { token, body: { code: codeIn(to(email)) } });
      person.email = email;

      const asked = contract.account.identifier === 'username' ? named : { email };
      await call('forgotPassword', { body: asked });
      const reset = 'a password after the reset';
      await call('resetPassword', { body: { token: tokenIn(to(email)), password: reset } });

      await login(reset);
      token = accessIn(await login(reset));
      const sessions = await call('listSessions', { token });
      const other = /"id":"([^"]+)"[^}]*"current":false/.exec(sessions)?.[1] ?? 'no other session';
      await call('endSession', { token, path: { id: other } });
      await call('logout', { token });
      await call('logoutAll', { token: accessIn(await login(reset)) });
      token = accessIn(await login(reset));
      await call('deleteAccount', { token, body: { password: reset } });

      expect([...called].toSorted()).toEqual(ids.toSorted());
    },
  );

  it('signs out of email-cookie with nothing but the cookie', async () => {
    const { here } = mailbox();
    const { call } = await generatedClient(here, 'email-cookie', sent);
    const person = await addUser();
    await call('login', { body: { email: person.email, password: person.password } });
    expect(await count('sessions', person.id)).toBe(1);
    await call('refresh', optionalBody);
    await call('logout', optionalBody);
    expect(await count('sessions', person.id)).toBe(0);
  });
});

describe('plain fetch with the refresh cookie of email-cookie', () => {
  const { here } = mailbox({ ALLOWED_ORIGINS: ['https://app.example.com'] });
  const { login, base } = plainClient(here, 'email-cookie');
  const post = (operation: string, token: string, headers: Record<string, string>) =>
    here.fetch(`${base}/${operation}`, {
      method: 'POST',
      headers: {
        Cookie: `refreshToken=${token}`,
        'CF-Connecting-IP': freshAddress(),
        ...headers,
      },
    });

  it.each([
    ['the same origin', { Origin: ORIGIN }],
    ['an allowed origin', { Origin: 'https://app.example.com', 'Sec-Fetch-Site': 'same-site' }],
    ['the same origin, by Sec-Fetch-Site', { 'Sec-Fetch-Site': 'same-origin' }],
  ])('needs no body and no type from %s', async (_, headers) => {
    const person = await addUser();
    const first = held(await login(person)).refresh;
    const refreshed = await post('refresh', first, headers);
    expect(refreshed.status).toBe(200);
    const form = { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' };
    const out = await post('logout', held(refreshed).refresh, form);
    expect(out.status).toBe(204);
    expect(await count('sessions', person.id)).toBe(0);
  });

  it.each([
    ['of another origin', { Origin: 'https://evil.example' }],
    ['of no origin', { Origin: 'null' }],
    ['of another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['of a neighbour', { 'Sec-Fetch-Site': 'same-site' }],
    [
      'of another origin, which says that it is not',
      { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'same-origin' },
    ],
  ])('is refused in a request %s, declared as JSON or not', async (_, headers) => {
    const person = await addUser();
    const { refresh } = held(await login(person));
    for (const type of ['', 'application/json']) {
      const declared = { ...headers, 'Content-Type': type };
      expect((await post('refresh', refresh, declared)).status).toBe(403);
      expect((await post('logout', refresh, declared)).status).toBe(403);
    }
    expect(await count('sessions', person.id)).toBe(1);
  });

  it('has to be declared as JSON where no header says whose request it is', async () => {
    const person = await addUser();
    const { refresh, access } = held(await login(person));
    expect((await post('refresh', refresh, {})).status).toBe(400);
    expect((await post('logout', refresh, {})).status).toBe(400);
    expect(await count('sessions', person.id)).toBe(1);
    // A bearer is nothing that a browser sends by itself.
    const bearer = { Authorization: `Bearer ${access}` };
    expect((await post('logout', refresh, bearer)).status).toBe(204);
    expect(await count('sessions', person.id)).toBe(0);
  });

  it('is not what signs out where a bearer is brought that is not good', async () => {
    const person = await addUser();
    const { refresh } = held(await login(person));
    expect((await post('logout', refresh, { Authorization: 'Bearer x.y.z' })).status).toBe(401);
    expect(await count('sessions', person.id)).toBe(1);
  });
});
