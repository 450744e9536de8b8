/**
 * The requests that pages send at every contract: as its own clients write them, whatever a user has
 * entered, and without a secret where a log could have it.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRequest, FORM, routeOf } from '../../src/contracts/routes.ts';
import type { Operation } from '../../src/flows/operations.ts';
import { fillRequest } from '../../src/pages/fill-request.ts';
import type { RequestName, RequestTemplate } from '../../src/pages/page-data.ts';
import { pageRequests } from '../../src/pages/page-requests.ts';
import { madeUp } from '../fixtures/made-up-contract.ts';
import { knownContracts } from '../support/contract-cases.ts';

const properties = { seed: 1, numRuns: 100 };
const text = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.constantFrom(
    'a"b\\c',
    'a+b&c=d %41',
    '__password__',
    '$&',
    'ü\u{1f511}\u2028',
    'x'.repeat(1000),
  ),
);

function templateOf(contract: (typeof knownContracts)[number], name: RequestName): RequestTemplate {
  const template = pageRequests(contract, '/prefix')[name];
  if (template === null) throw new Error(`${contract.name} has no ${name}`);
  return template;
}

describe.each([...knownContracts, madeUp])('the pages of $name', (contract) => {
  const names = Object.entries(pageRequests(contract, '')).flatMap(([name, template]) =>
    template === null ? [] : [name as RequestName],
  );

  it('have requests for all that they do, but for what the contract does not have', () => {
    const none = Object.entries(pageRequests(contract, '')).filter(([, one]) => one === null);
    const isInCookie = [contract.access, contract.refresh].some((one) => one?.in === 'cookie');
    expect(none.map(([name]) => name)).toEqual([
      ...(contract.refresh === null ? ['refresh'] : []),
      ...(isInCookie ? ['issue-authorization-code'] : []),
    ]);
  });

  it('send what its own clients send, with whatever was entered', () => {
    const property = fc.property(text, text, fc.boolean(), (value, password, remember) => {
      const input = {
        identifier: { kind: contract.identifier, value },
        password,
        remember,
        code: contract.codeTravels === 'with-password' ? '123456' : null,
      };
      const template = templateOf(contract, remember ? 'login-remembered' : 'login');
      const filled = fillRequest(template, { identifier: value, password, code: '123456' });
      const { method, path, headers, body } = encodeRequest(contract, 'login', { input });
      expect([filled.method, filled.path, filled.body]).toEqual([method, `/prefix${path}`, body]);
      expect(filled.headers['Content-Type']).toBe(headers['Content-Type']);
    });
    fc.assert(property, properties);
  });

  it('put no entered value into a path, and tokens into headers and bodies alone', () => {
    for (const name of names) {
      const { method, path, headers, fields } = templateOf(contract, name);
      expect([name, path.replace('__id__', '')]).toEqual([name, expect.not.stringContaining('__')]);
      const sent = Object.values(headers).join();
      expect([name, sent.replace('__accessToken__', '')]).toEqual([
        name,
        expect.not.stringContaining('__'),
      ]);
      expect(headers).not.toHaveProperty('Cookie');
      const reads: readonly string[] = [
        'profile',
        'list-sessions',
        'list-activity',
        'list-factors',
        'list-passkeys',
      ];
      expect([name, method === 'GET']).toEqual([name, reads.includes(name)]);
      if (name !== 'login') continue;
      const code = contract.codeTravels === 'with-password' ? ['code'] : [];
      expect(Object.keys(fields).toSorted()).toEqual([...code, 'identifier', 'password']);
    }
  });
});

it.each<[string, Partial<RequestTemplate>, Partial<RequestTemplate>]>([
  [
    'JSON',
    { headers: { 'Content-Type': 'application/json' }, body: '{"user":{"email":"__a__"}}' },
    { body: String.raw`{"user":{"email":"\"__b__\\ +&\u0000"}}` },
  ],
  [
    'a form',
    { headers: { 'Content-Type': FORM }, body: 'email=__a__&b=__b__' },
    { body: 'email=%22__b__%5C+%2B%26%00&b=b' },
  ],
  [
    'a path and headers',
    { path: '/s/__c__/__missing__', headers: { Authorization: 'Token __b__' } },
    { path: '/s/..%2Fx%3F/', headers: { Authorization: 'Token b' } },
  ],
])('a value is written as %s has it, and read for no placeholder', (_, template, expected) => {
  const all = {
    method: 'POST',
    path: '/',
    headers: {},
    body: null,
    fields: {},
    refusals: null,
  } as const;
  const filled = fillRequest({ ...all, ...template }, { a: '"__b__\\ +&\0', b: 'b', c: '../x?' });
  expect(filled).toMatchObject(expected);
});

it('a list is written in place of the one placeholder of an array', () => {
  const template = { method: 'POST', path: '/', headers: {}, fields: {}, refusals: null } as const;
  const body = '{"transports":["__a__"],"name":"__b__"}';
  const filled = (a: readonly string[]) => fillRequest({ ...template, body }, { a, b: '__a__' });
  expect(filled(['usb', 'a"b']).body).toBe('{"transports":["usb","a\\"b"],"name":"__a__"}');
  expect(filled([]).body).toBe('{"transports":[],"name":"__a__"}');
});

it('a lone surrogate is sent as what a browser makes of it, in a form', () => {
  const form = { method: 'POST', path: '/', headers: { 'Content-Type': FORM } } as const;
  const template = { ...form, body: 'a=__a__', fields: {}, refusals: null };
  expect(fillRequest(template, { a: '\ud800' }).body).toBe('a=%EF%BF%BD');
});

it('the pages know nested fields by their values, and a way of its own to refuse', () => {
  const { login, refresh, 'end-session': end } = pageRequests(madeUp, '');
  expect(login?.fields).toEqual({ identifier: 'user.email', password: 'user.password' });
  expect(login?.refusals).toBe(null);
  expect(refresh?.body).toBe('grant_type=refresh_token&refresh_token=__refreshToken__');
  expect(refresh?.path).toBe('/realms/gatehouse/token');
  expect(refresh?.refusals).toContainEqual({
    reason: 'unauthenticated',
    status: 400,
    code: 'invalid_grant',
    message: 'Missing, invalid or expired token',
  });
  expect(end?.headers).toEqual({ Authorization: 'Token __accessToken__' });
});

it('a body of every request can be read by its route', () => {
  const routed: readonly Operation[] = ['login', 'logout', 'refresh', 'register'];
  for (const operation of routed) {
    const template = templateOf(madeUp, operation as RequestName);
    const filled = fillRequest(template, {
      identifier: 'john@example.com',
      email: 'john@example.com',
      username: 'johndoe',
      password: 'p',
      refreshToken: 'r',
    });
    const { request, accepts } = routeOf(madeUp, operation);
    const read =
      accepts === FORM
        ? Object.fromEntries(new URLSearchParams(filled.body ?? ''))
        : (JSON.parse(filled.body ?? '{}') as unknown);
    expect([operation, request?.decode().safeParse(read).success]).toEqual([operation, true]);
  }
});

it('a value that a wire has twice is known by its first field', () => {
  const strapi = knownContracts.find(({ name }) => name === 'strapi') ?? madeUp;
  expect(templateOf(strapi, 'reset-password').fields).toEqual({
    token: 'code',
    password: 'password',
  });
});
