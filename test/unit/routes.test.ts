/** Routes of contracts: conflicts are found at the start, and requests find the one that is meant. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { AnyRoute, Condition, Contract } from '../../src/contracts/contract.ts';
import { emailCookie } from '../../src/contracts/email-cookie.ts';
import { loginRequest, within } from '../../src/contracts/requests.ts';
import { emptyResponse } from '../../src/contracts/responses.ts';
import {
  checkRoutes,
  encodeRequest,
  fillPath,
  fits,
  FORM,
  variantIssues,
} from '../../src/contracts/routes.ts';

type Partly = { [K in keyof AnyRoute]?: AnyRoute[K] };
const route = (over: Partly): AnyRoute =>
  ({
    operation: 'login',
    method: 'POST',
    path: '/token',
    when: {},
    accepts: 'application/json',
    request: null,
    response: emptyResponse(200),
    ...over,
  }) as AnyRoute;
const check = (routes: AnyRoute[], documents: Contract['documents'] = []) =>
  checkRoutes({ name: 'made-up', routes, documents });
const byGrant = (grant_type: string): Condition => ({ query: { grant_type } });

describe('routes that conflict', () => {
  it.each<[string, Partly, Partly]>([
    ['the same place twice', {}, { operation: 'refresh' }],
    ['a literal after a parameter', { path: '/a/:id' }, { path: '/a/b' }],
    ['a parameter after a literal', { path: '/a/b' }, { path: '/a/:id' }],
    ['a condition beside none', { when: byGrant('password') }, { operation: 'refresh' }],
    [
      'conditions on different parts',
      { when: byGrant('password') },
      { operation: 'refresh', when: { body: { grant_type: 'refresh' } } },
    ],
    [
      'a form beside JSON',
      { when: byGrant('password') },
      { operation: 'refresh', when: byGrant('refresh_token'), accepts: FORM },
    ],
  ])('are refused: %s', (_, one, other) => {
    expect(() => check([route(one), route(other)])).toThrow(/^Contract made-up: /);
  });

  it('are refused between a read and a document', () => {
    const document = { path: '/me', summary: '', schema: () => z.object({}), render: () => ({}) };
    const profile = route({ operation: 'profile', method: 'GET', path: '/me' });
    expect(() => check([profile], [document])).toThrow('both fit GET /me');
  });

  it.each(['login', '/login/', '/a b', '//a', '/a?b=c', ''])('are no paths at all: %j', (path) => {
    expect(() => check([route({ path })])).toThrow('is not a path');
  });

  it('are told from routes that do not conflict', () => {
    const routes = [
      route({ when: byGrant('password') }),
      route({ operation: 'refresh', when: byGrant('refresh_token') }),
      route({ operation: 'logout', when: { query: { grant_type: null } } }),
      route({ operation: 'profile', method: 'GET' }),
      route({ operation: 'end-session', method: 'DELETE', path: '/token/:id' }),
      route({ operation: 'logout-all', path: '/accounts:signOut' }),
    ];
    expect(() => check(routes)).not.toThrow();
  });
});

describe('a request', () => {
  const tagged = (query: Record<string, string>, body: Record<string, unknown> = {}) => ({
    query: (name: string) => query[name] ?? null,
    header: () => null,
    body,
  });

  it.each([
    [byGrant('password'), { grant_type: 'password' }, true],
    [byGrant('password'), { grant_type: 'Password' }, false],
    [byGrant('password'), {}, false],
    [{ query: { scope: null } }, {}, true],
    [{ query: { scope: null } }, { scope: 'local' }, false],
  ])('fits %j with the query %j: %s', (when, query, expected) => {
    expect(fits(when, tagged(query as Record<string, string>))).toBe(expected);
  });

  it('fits a tag of the body by its exact value', () => {
    const when = { body: { type: 'm.login.password' } };
    expect(fits(when, tagged({}, { type: 'm.login.password' }))).toBe(true);
    expect(fits(when, tagged({}, { type: ['m.login.password'] }))).toBe(false);
    expect(fits(when, tagged({}, {}))).toBe(false);
  });

  it('that fits nothing is told the values that do', () => {
    const routes = [{ when: byGrant('password') }, { when: byGrant('refresh_token') }];
    expect(variantIssues(routes, tagged({}))).toEqual([
      {
        field: 'grant_type',
        message: 'grant_type must be password or refresh_token',
        missing: true,
      },
    ]);
  });
});

describe('an encoded request', () => {
  const input = {
    identifier: { kind: 'email' as const, value: 'john@example.com' },
    password: 'a=b&c d',
    remember: false,
    code: null,
  };
  const contractWith = (over: Partly, more: Partial<Contract> = {}): Contract => ({
    ...emailCookie,
    ...more,
    routes: [route({ request: loginRequest('email', {}), ...over })],
  });

  it('has the tags of its route in query and header, and fills the path', () => {
    const contract = contractWith(
      { path: '/realms/:realm/token', when: { ...byGrant('password'), header: { 'x-op': 'in' } } },
      { params: { realm: 'a b' } },
    );
    expect(encodeRequest(contract, 'login', { input })).toEqual({
      method: 'POST',
      path: '/realms/a%20b/token?grant_type=password',
      headers: { 'x-op': 'in', 'Content-Type': 'application/json' },
      body: '{"email":"john@example.com","password":"a=b&c d"}',
    });
  });

  it('is a form where the route takes forms, with the tags of the body first', () => {
    const when = { body: { grant_type: 'password' } };
    const { headers, body } = encodeRequest(contractWith({ accepts: FORM, when }), 'login', {
      input,
    });
    expect(headers).toEqual({ 'Content-Type': 'application/x-www-form-urlencoded' });
    expect(body).toBe('grant_type=password&email=john%40example.com&password=a%3Db%26c+d');
  });

  it.each<[string, Partial<Contract>, Record<string, string>]>([
    ['Token a', { access: { in: 'header', name: 'Authorization', scheme: 'Token' } }, {}],
    ['a', { access: { in: 'header', name: 'Authorization', scheme: null } }, {}],
    ['', { access: { in: 'cookie', name: 'sid' } }, { Cookie: 'sid=a; refreshToken=r' }],
  ])('carries its tokens as the contract says: %j', (authorization, more, others) => {
    const contract = contractWith({ request: null }, more);
    const { headers } = encodeRequest(contract, 'login', { input, token: 'a', refreshToken: 'r' });
    expect(headers).toEqual({
      Cookie: 'refreshToken=r',
      ...(authorization && { Authorization: authorization }),
      ...others,
    });
  });

  it('is nested, and read back, where the body is', () => {
    const request = within('user', loginRequest('email', {}));
    const { body } = encodeRequest(contractWith({ request }), 'login', { input });
    expect(body).toBe('{"user":{"email":"john@example.com","password":"a=b&c d"}}');
    expect(request.decode().parse(JSON.parse(body ?? ''))).toEqual(input);
    expect(request.fields).toEqual({
      identifier: 'user.email',
      password: 'user.password',
      remember: null,
      code: null,
    });
  });

  it('needs a value for every parameter of its path', () => {
    expect(() => fillPath('/realms/:realm', {})).toThrow('needs a value for realm');
    expect(fillPath('/accounts:signIn/:id', { id: 'x/y' })).toBe('/accounts:signIn/x%2Fy');
  });
});
