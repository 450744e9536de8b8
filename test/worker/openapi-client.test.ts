/** A client generated from the published document can call every operation in it. */
import createClient from 'openapi-fetch';
import { describe, expect, it } from 'vitest';
import {
  addUser,
  count,
  contractCases,
  freshAddress,
  type TestApp,
  newUser,
} from '../support/test-app.ts';
import { codeIn, mailbox, tokenIn } from '../support/mailbox.ts';
import { tokensOf } from '../support/session.ts';

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

/** A fetch to the app that keeps cookies by name, as a browser does. */
function fetchWithCookies(app: TestApp, everySent: Record<string, string>) {
  const cookies = new Map<string, string>();
  const address = freshAddress();
  return async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url);
    const headers = { ...Object.fromEntries(request.headers), ...everySent };
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
    const body = await request.text();
    const answer = await app.fetch(pathname + search, {
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

/** A client that calls operations by their id in the document; `called` has those that succeeded. */
async function generatedClient(app: TestApp, contract: string, sent: Record<string, string>) {
  const document = JSON.parse((await app.fetch(`/openapi/${contract}.json`)).text) as OpenApi;
  const baseUrl = `${ORIGIN}${document.servers[0]?.url}`;
  const client = createClient<any>({ baseUrl, fetch: fetchWithCookies(app, sent) });
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

const accessIn = (text: string) => tokensOf({ status: 200, text, headers: new Headers() }).access;
const refreshIn = (text: string) => tokensOf({ status: 200, text, headers: new Headers() }).refresh;

describe.each([
  // By the document, a client other than a browser sends an empty object along with the cookie.
  { kind: 'other than a browser', sent: {} as Record<string, string>, optionalBody: { body: {} } },
  {
    kind: 'in a browser',
    sent: { Origin: ORIGIN, 'Sec-Fetch-Site': 'same-origin' },
    optionalBody: {},
  },
])('a generated client $kind', ({ sent, optionalBody }) => {
  it.each(contractCases)(
    'can call every operation of $name',
    async ({ name, contract, body: loginBody }) => {
      const { app, to } = mailbox({ ADDRESS_LIMITS: { [name]: 60 } });
      const { call, called, ids } = await generatedClient(app, name, sent);
      const user = newUser();
      const named =
        contract.identifier === 'username' ? { username: user.username } : { email: user.email };
      const login = async (password: string) =>
        call('login', { body: loginBody({ ...user, password }) });

      await call('register', {
        body: { ...named, email: user.email, password: user.password },
      });
      await call('send-code', { body: named });
      const code = codeIn(to(user.email));
      await call('verify-email', { body: { ...named, password: user.password, code } });

      const signedIn = await login(user.password);
      let token = accessIn(signedIn);
      await call('profile', { token });
      await call('update-profile', { token, body: { name: 'Al', language: 'de' } });
      if (contract.refresh !== null) {
        const refreshToken = refreshIn(signedIn);
        const refreshed = await call(
          'refresh',
          contract.refresh.in === 'body' ? { body: { refreshToken } } : optionalBody,
        );
        token = accessIn(refreshed);
      }
      const changed = 'another long password';
      await call('change-password', {
        token,
        body: { currentPassword: user.password, newPassword: changed },
      });
      const email = `moved-${user.email}`;
      await call('change-email', { token, body: { email, password: changed } });
      await call('confirm-email', { token, body: { code: codeIn(to(email)) } });
      user.email = email;

      const asked = contract.identifier === 'username' ? named : { email };
      await call('forgot-password', { body: asked });
      const reset = 'a password after the reset';
      await call('reset-password', { body: { token: tokenIn(to(email)), password: reset } });

      await login(reset);
      token = accessIn(await login(reset));
      const sessions = await call('list-sessions', { token });
      const other = /"id":"([^"]+)"[^}]*"current":false/.exec(sessions)?.[1] ?? 'no other session';
      await call('end-session', { token, path: { id: other } });
      await call('logout-others', { token });
      await call('logout', { token });
      await call('logout-all', { token: accessIn(await login(reset)) });
      token = accessIn(await login(reset));
      await call('delete-account', { token, body: { password: reset } });

      expect([...called].toSorted()).toEqual(ids.toSorted());
    },
  );

  it('logs out of email-cookie with only the cookie', async () => {
    const { app } = mailbox();
    const { call } = await generatedClient(app, 'email-cookie', sent);
    const user = await addUser();
    await call('login', { body: { email: user.email, password: user.password } });
    expect(await count('sessions', user.id)).toBe(1);
    await call('refresh', optionalBody);
    await call('logout', optionalBody);
    expect(await count('sessions', user.id)).toBe(0);
  });
});
