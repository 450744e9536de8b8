/**
 * `encode` is the inverse of `decode` at every contract: what its own clients write finds the one route
 * that is meant and is read as it was given, and no secret stands where a log could have it.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Contract } from '../../src/contracts/contract.ts';
import { encodeRequest, fits, FORM, operationsOf } from '../../src/contracts/routes.ts';
import type { OperationRow } from '../../src/flows/operation.ts';
import { OPERATIONS, type InputOf, type Operation } from '../../src/flows/operations.ts';
import { madeUp } from '../fixtures/made-up-contract.ts';
import { knownContracts } from '../support/contract-cases.ts';

const SECRET = 'secretmark';
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom('', ' a"b\\c ', 'a+b&c=d %41;', 'ü\u{1f511}\u2028\0', 'x'.repeat(1000)),
);
const secret = fc.tuple(text, text).map((parts) => parts.join(SECRET));
const email = fc.constantFrom('john@example.com', "o'neil+a_b@sub.example.com");
const code = fc.constantFrom('012345', '999999');
const handle = fc.option(secret.map((one) => one.slice(-256)));
const name = fc.option(fc.constantFrom('John Doe', 'Ünï "cödé" & co'));

type Inputs = { readonly [O in Operation]: fc.Arbitrary<InputOf<O>> };

const base64url = fc.constantFrom('AA', 'o2NmbXRk_-0');
const registration = fc.record({
  id: base64url,
  clientDataJSON: base64url,
  attestationObject: base64url,
  transports: fc.constantFrom([], ['internal', 'hybrid']),
});
const assertion = fc.record({
  id: base64url,
  clientDataJSON: base64url,
  authenticatorData: base64url,
  signature: base64url,
  userHandle: fc.option(base64url),
});

const factorCode = fc.constantFrom('123456', '123 456', '7k2m-9x4p-c6qd-h3wz-v8tn-5rbe');

function inputsOf({ identifier: kind, refresh }: Contract): Inputs {
  const username = fc.constantFrom('johndoe', 'a.b-c_9');
  const value = kind === 'email' ? email : username;
  const identifier = fc.record({ kind: fc.constant(kind), value });
  const byEmail = fc.record({ kind: fc.constant('email' as const), value: email });
  const nothing = fc.constant(null);
  return {
    login: fc.record({
      identifier,
      password: secret,
      remember: fc.boolean(),
      code: fc.constant(null),
    }),
    refresh: fc.record({ refreshToken: secret }),
    logout: fc.record({ token: secret, refreshToken: secret }),
    renew: fc.record({ token: secret }),
    'logout-all': nothing,
    'logout-others': nothing,
    profile: nothing,
    'list-sessions': nothing,
    'rename-session': fc.record({ id: fc.uuid(), name: fc.constantFrom(null, 'My "phone" & co') }),
    'end-session': fc.record({ id: fc.uuid() }),
    'revoke-session': fc.record({ token: secret }),
    'list-activity': nothing,
    register: fc.record({
      email,
      password: secret,
      handle,
      name,
      username,
    }),
    'send-code': fc.record({ identifier, handle }),
    'verify-email': fc.record({ identifier, handle, password: secret, code }),
    'forgot-password': fc.record({ identifier: fc.oneof(identifier, byEmail), handle }),
    'reset-password': fc.record({ token: secret, password: secret }),
    'change-password': fc.record({ currentPassword: fc.option(secret), newPassword: secret }),
    'change-email': fc.record({ email, password: fc.option(secret) }),
    'confirm-email': fc.record({ code }),
    'delete-account': fc.record({ password: fc.option(secret) }),
    'second-factor': fc.record({ challenge: secret, code: factorCode }),
    reauthenticate: fc.oneof(
      fc.record({ password: secret, code: nothing, credential: nothing }),
      fc.record({ password: nothing, code: factorCode, credential: nothing }),
      fc.record({ password: nothing, code: nothing, credential: assertion }),
    ),
    'list-factors': nothing,
    'enroll-totp': fc.record({ challenge: fc.option(secret), name: nothing }),
    'confirm-totp': fc.record({ code: factorCode }),
    'new-recovery-codes': nothing,
    'remove-factor': fc.record({ id: fc.uuid() }),
    'challenge-factor': fc.record({ id: fc.uuid() }),
    'verify-factor': fc.record({ id: fc.uuid(), code: factorCode }),
    'passkey-login-options': nothing,
    'passkey-login': fc.record({ credential: assertion, remember: fc.boolean() }),
    'passkey-options': nothing,
    'add-passkey': fc.record({ name, credential: registration }),
    'list-passkeys': nothing,
    'rename-passkey': fc.record({ id: fc.uuid(), name: fc.constantFrom('x', 'My "phone" & co') }),
    'remove-passkey': fc.record({ id: fc.uuid() }),
    'remove-password': nothing,
    'issue-authorization-code': fc.record({
      codeChallenge: fc.constant('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'),
      returnTo: fc.webUrl(),
      refreshToken: refresh === null ? nothing : secret,
    }),
    'exchange-authorization-code': fc.record({
      code,
      codeVerifier: fc.stringMatching(/^[\w.~-]{43,128}$/),
      returnTo: fc.webUrl(),
    }),
    'update-profile': fc.record(
      { name, avatar: fc.option(fc.webUrl()), language: fc.constantFrom('en', 'de') },
      { requiredKeys: [] },
    ),
  };
}

type Unsaid = { readonly [O in Operation]?: object };

/** The parts of an input that a wire has no place for, as they are read; by contract, or else by default. */
const UNSAID: Readonly<Record<string, Unsaid>> = {
  'made-up': { register: { name: null }, logout: { token: undefined } },
  'odd-1': { logout: { refreshToken: undefined } },
  lenient: { register: { name: null } },
  realworld: {
    register: { name: null },
    'update-profile': { name: undefined, language: undefined },
  },
  strapi: { register: { name: null } },
  // RFC 7009 2.1: one field for a token of either kind.
  oauth2: { logout: { token: expect.stringContaining(SECRET) } },
  keycloak: { logout: { token: expect.stringContaining(SECRET) } },
};

const unsaidBy = ({ identifier, loginFields }: Contract): Unsaid => ({
  ...(loginFields.remember === null && {
    login: { remember: false },
    'passkey-login': { remember: false },
  }),
  register: identifier === 'email' ? { username: null } : { name: null },
});

const patternOf = (path: string) =>
  new RegExp(`^${path.replaceAll('.', String.raw`\.`).replaceAll(/:\w+/g, '[^/]+')}$`);

describe.each([...knownContracts, madeUp])('what clients of $name write', (contract) => {
  const inputs = inputsOf(contract);
  const unsaid = { ...unsaidBy(contract), ...UNSAID[contract.name] };

  it.each(operationsOf(contract))('is read as it was given: %s', (operation) => {
    const property = fc.property(inputs[operation] as fc.Arbitrary<object | null>, (input) => {
      const tokens = { token: `${SECRET}.a`, refreshToken: `${SECRET}.r` };
      const sent = encodeRequest(contract, operation, { input: input as never, ...tokens });
      const { method, path, headers, body } = sent;
      expect(path).not.toContain(SECRET);
      const { pathname, searchParams } = new URL(path, 'https://gatehouse.example');
      const isForm = headers['Content-Type'] === FORM;
      const fields = isForm
        ? Object.fromEntries(new URLSearchParams(body ?? ''))
        : (JSON.parse(body ?? '{}') as Record<string, unknown>);
      const request = {
        query: (one: string) => searchParams.get(one),
        header: (one: string) => headers[one] ?? null,
        body: fields,
      };
      const meant = contract.routes.filter(
        (route) =>
          route.method === method &&
          patternOf(route.path).test(pathname) &&
          fits(route.when, request),
      );
      expect(meant.map((route) => route.operation)).toEqual([operation]);
      const read = meant[0]?.request?.decode().parse(fields);
      // The path's part of the input is no field of the body.
      const ofPath = meant[0]?.path.includes('/:id') ? { id: undefined } : {};
      if (meant[0]?.request) expect(read).toEqual({ ...input, ...ofPath, ...unsaid[operation] });
      else expect(body).toBe(null);
    });
    fc.assert(property, { seed: 1, numRuns: 60 });
  });

  it('changes nothing by GET', () => {
    const changing = contract.routes.filter(
      ({ method, operation }) =>
        method === 'GET' && !(OPERATIONS[operation] as OperationRow).isReadOnly,
    );
    expect(changing).toEqual([]);
  });
});
