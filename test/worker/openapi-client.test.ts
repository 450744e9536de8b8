/** A client generated from the published document can call every operation in it. */
import createClient from 'openapi-fetch';
import { describe, expect, it } from 'vitest';
import { encodeRequest } from '../../src/contracts/routes.ts';
import { contracts } from '../../src/contracts/index.ts';
import type { InputOf, Operation } from '../../src/flows/operations.ts';
import type { ContractCase } from '../support/contract-cases.ts';
import {
  addUser,
  count,
  contractCase,
  contractCases,
  freshAddress,
  type TestApp,
  newUser,
} from '../support/test-app.ts';
import { codeIn, mailbox, tokenIn } from '../support/mailbox.ts';
import { codeAt, valueNamed } from '../support/authenticator.ts';
import { createAuthenticator } from '../support/passkey-authenticator.ts';
import {
  client,
  moveClock,
  sessionsIn,
  tokensOf,
  type ContractAnswer,
} from '../support/session.ts';

const optionsIn = ({ text }: ContractAnswer) =>
  valueNamed(JSON.parse(text), 'publicKey', 'options') as never;

const textNamed = ({ text }: ContractAnswer, ...names: string[]): string =>
  String(valueNamed(JSON.parse(text), ...names));

/** The contracts whose document is published. */
const served = contractCases.filter(({ contract }) => contracts.includes(contract));
const ORIGIN = 'https://gatehouse.example';
/** RFC 7636, Appendix B. */
const codeVerifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const codeChallenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const returnTo = 'https://app.example/callback';

interface OpenApi {
  servers: { url: string }[];
  paths: Record<
    string,
    Record<string, { operationId: string; 'x-operations'?: { operation: string }[] }>
  >;
}

/** A fetch to the app that keeps cookies by name, as a browser does. */
function fetchWithCookies(app: TestApp, everySent: Record<string, string>) {
  const cookies = new Map<string, string>();
  const address = freshAddress();
  return async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url);
    const headers = { ...Object.fromEntries(request.headers), ...everySent };
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
    const body = await request.arrayBuffer();
    const answer = await app.fetch(pathname + search, {
      method: request.method,
      headers: { ...headers, 'CF-Connecting-IP': address, ...(cookie ? { Cookie: cookie } : {}) },
      ...(body.byteLength === 0 ? {} : { body }),
    });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (/max-age=0/i.test(set)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return new Response(answer.text === '' ? null : answer.text, answer);
  };
}

/** The paths that fit a path template of the document. */
const patternOf = (template: string) =>
  new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+').replaceAll('.', String.raw`\.`)}$`);

/** A client that calls operations by their id in the document; `called` has those that succeeded. */
async function generatedClient(
  app: TestApp,
  { contract, name }: ContractCase,
  { sent, emptyBody }: { sent: Record<string, string>; emptyBody: object },
) {
  const document = JSON.parse((await app.fetch(`/openapi/${name}.json`)).text) as OpenApi;
  const baseUrl = `${ORIGIN}${document.servers[0]?.url}`;
  const client = createClient<any>({ baseUrl, fetch: fetchWithCookies(app, sent) });
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const { operationId, 'x-operations': shared } = operation;
      return { path, method, names: shared?.map((one) => one.operation) ?? [operationId] };
    }),
  );
  const called = new Set<string>();

  const call = async <O extends Operation>(
    id: O,
    input: InputOf<O>,
    tokens: { token?: string; refreshToken?: string } = {},
  ): Promise<ContractAnswer> => {
    const request = { input, ...tokens };
    const { path, headers, body } = encodeRequest(contract, id, request);
    const { pathname } = new URL(path, ORIGIN);
    // An operation may stand at several paths.
    const operation = operations.find(
      (one) => one.names.includes(id) && patternOf(one.path).test(pathname),
    );
    if (operation === undefined) throw new Error(`${name} has no ${id}`);
    // The cookies are those that the answers have set.
    const { Cookie: cookie, ...others } = headers;
    const { response, data, error } = await client.request(
      operation.method as 'post',
      operation.path,
      {
        // Without a body the client declares no type either.
        ...(body === null
          ? cookie === undefined
            ? {}
            : emptyBody
          : { body: {}, bodySerializer: () => body }),
        params: {
          path: { ...contract.params, ...(input as Record<string, string> | null) },
          query: Object.fromEntries(new URL(path, ORIGIN).searchParams),
        },
        headers: others,
      },
    );
    const text = JSON.stringify(data ?? error ?? null);
    if (!response.ok) throw new Error(`${name} ${id}: ${response.status} ${text}`);
    called.add(id);
    return { contract, status: response.status, headers: response.headers, text };
  };
  return { call, called, ids: [...new Set(operations.flatMap(({ names }) => names))] };
}

describe.each([
  // By the document, a client other than a browser sends an empty object along with the cookie.
  { kind: 'other than a browser', sent: {} as Record<string, string>, emptyBody: { body: {} } },
  {
    kind: 'in a browser',
    sent: { Origin: ORIGIN, 'Sec-Fetch-Site': 'same-origin' },
    emptyBody: {},
  },
])('a generated client $kind', (kind) => {
  it.each(served)('can call every operation of $name', async (contractCase) => {
    const { name, contract, attempt, application, named } = contractCase;
    const { app, to } = mailbox({ ADDRESS_LIMITS: { [name]: 60 } });
    const { call, called, ids } = await generatedClient(app, contractCase, kind);
    const user = newUser();
    const login = async (password: string) => call('login', attempt({ ...user, password }));
    const tokenOf = async (password: string) => tokensOf(await login(password)).access;

    await call('register', application(user));
    await call('send-code', named(user));
    const code = codeIn(to(user.email));
    await call('verify-email', { ...named(user), password: user.password, code });

    let { access: token, refresh: refreshToken } = tokensOf(await login(user.password));
    await call('profile', null, { token });
    await call('update-profile', { name: 'Al', language: 'de' }, { token });
    if (contract.refresh !== null) {
      token = tokensOf(await call('refresh', { refreshToken }, { refreshToken })).access;
    }
    const changed = 'another long password';
    const passwords = { currentPassword: user.password, newPassword: changed };
    await call('change-password', passwords, { token });
    const email = `moved-${user.email}`;
    await call('change-email', { email, password: changed }, { token });
    await call('confirm-email', { code: codeIn(to(email)) }, { token });
    user.email = email;

    await call('forgot-password', named(user));
    const reset = 'a password after the reset';
    await call('reset-password', { token: tokenIn(to(email)), password: reset });

    const elsewhere = { address: freshAddress() };
    await client(app, name).login({ ...user, password: reset }, elsewhere);
    await call('revoke-session', { token: tokenIn(to(email)) });
    await login(reset);
    ({ access: token, refresh: refreshToken } = tokensOf(await login(reset)));
    if (ids.includes('issue-authorization-code')) {
      const asked = { codeChallenge, returnTo, refreshToken: refreshToken || null };
      const issued = await call('issue-authorization-code', asked, { token });
      const input = { code: textNamed(issued, 'code'), codeVerifier, returnTo };
      const exchanged = await call('exchange-authorization-code', input);
      ({ access: token, refresh: refreshToken } = tokensOf(exchanged));
    }
    const { id, current } = contract.paths.sessions.fields;
    const sessions = sessionsIn(await call('list-sessions', null, { token }));
    const other = sessions.find((session) => session[current] === false);
    await call('rename-session', { id: String(other?.[id]), name: 'Phone' }, { token });
    await call('end-session', { id: String(other?.[id]) }, { token });
    await call('list-activity', null, { token });
    await call('logout-others', null, { token });
    await call('logout', { token, refreshToken }, { token, refreshToken });
    await call('logout-all', null, { token: await tokenOf(reset) });
    token = await tokenOf(reset);

    await call('reauthenticate', { password: reset, code: null, credential: null }, { token });
    const enrolment = await call('enroll-totp', { challenge: null, name: null }, { token });
    const secret = textNamed(enrolment, 'secret');
    await call('confirm-totp', { code: codeAt(secret) }, { token });
    const factor = { id: textNamed(await call('list-factors', null, { token }), 'id') };
    if (contract.codeTravels !== 'with-password') {
      moveClock(30_000);
      const owed = await client(app, name).ask('login', attempt({ ...user, password: reset }));
      const challenge = textNamed(owed, 'challenge', 'mfa_token');
      const completed = await call('second-factor', { challenge, code: codeAt(secret) });
      token = tokensOf(completed).access;
    }
    await call('new-recovery-codes', null, { token });
    if (ids.includes('verify-factor')) {
      moveClock(30_000);
      await call('challenge-factor', factor, { token });
      await call('verify-factor', { ...factor, code: codeAt(secret) }, { token });
    }
    const device = createAuthenticator({ origin: ORIGIN });
    const addPasskey = async () => {
      const { id, response } = await device.create(
        optionsIn(await call('passkey-options', null, { token })),
      );
      const input = { name: 'Phone', credential: { id, ...response } };
      return { id: textNamed(await call('add-passkey', input, { token }), 'id') };
    };
    const passkey = await addPasskey();
    await call('list-passkeys', null, { token });
    await call('rename-passkey', { ...passkey, name: 'Laptop' }, { token });
    await call('remove-passkey', passkey, { token });
    await addPasskey();
    const signed = await device.get(optionsIn(await call('passkey-login-options', null)));
    const { userHandle = null, ...texts } = signed.response;
    const credential = { id: signed.id, ...texts, userHandle };
    token = tokensOf(await call('passkey-login', { credential, remember: false })).access;
    await call('remove-factor', factor, { token });
    // The recovery codes have stayed.
    await call('remove-password', null, { token });
    await call('delete-account', { password: null }, { token });

    // At keycloak the code travels with the password, and only a login that enrols has a second request.
    const isUsed = (id: string) =>
      id !== 'second-factor' || contract.codeTravels !== 'with-password';
    expect([...called].toSorted()).toEqual(ids.filter(isUsed).toSorted());
  });

  it('logs out of email-cookie with only the cookie', async () => {
    const { app } = mailbox();
    const emailCookie = contractCase('email-cookie');
    const { call } = await generatedClient(app, emailCookie, kind);
    const user = await addUser();
    await call('login', emailCookie.attempt(user));
    expect(await count('sessions', user.id)).toBe(1);
    await call('refresh', null, { refreshToken: 'x' });
    await call('logout', null, { refreshToken: 'x' });
    expect(await count('sessions', user.id)).toBe(0);
  });
});
