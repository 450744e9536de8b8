/**
 * The requests that pages send, as the contract's own clients write them: their script knows no path,
 * field or media type of any contract, and puts values in place of `__name__`.
 */
import type { Contract } from '../contracts/contract.ts';
import { encodeFields, encodeRequest, operationsOf } from '../contracts/routes.ts';
import type { InputOf, Operation } from '../flows/operations.ts';
import { signaturesOf } from './contract-descriptor.ts';
import { placeholder } from './fill-request.ts';
import type { PageRequests, RequestName, RequestTemplate } from './page-data.ts';

/** An operation, and its input with placeholders. */
type Sent = { [O in Operation]: readonly [O, InputOf<O>] }[Operation];

const TOKENS = { token: placeholder('accessToken'), refreshToken: placeholder('refreshToken') };

function inputsOf(contract: Contract): Record<RequestName, Sent> {
  const {
    identifier: kind,
    codeTravels,
    paths: { profile },
  } = contract;
  const text = placeholder;
  // Left empty, it is read as absent.
  const loginCode = codeTravels === 'with-password' ? text('code') : null;
  const identifier = { kind, value: text('identifier') };
  const password = text('password');
  const named = { identifier, handle: null };
  const answered = { id: text('credentialId'), clientDataJSON: text('clientDataJSON') };
  const assertion = {
    ...answered,
    authenticatorData: text('authenticatorData'),
    signature: text('signature'),
    userHandle: text('userHandle'),
  };
  const registration = {
    ...answered,
    attestationObject: text('attestationObject'),
    transports: [text('transports')],
  };
  const account = {
    email: text('email'),
    username: text('username'),
    password,
    handle: null,
  };
  return {
    login: ['login', { identifier, password, remember: false, code: loginCode }],
    'login-remembered': ['login', { identifier, password, remember: true, code: loginCode }],
    refresh: ['refresh', TOKENS],
    logout: ['logout', TOKENS],
    'logout-all': ['logout-all', null],
    profile: ['profile', null],
    'list-sessions': ['list-sessions', null],
    'end-session': ['end-session', { id: text('id') }],
    register: ['register', { ...account, name: null }],
    'register-named': ['register', { ...account, name: text('name') }],
    'send-code': ['send-code', named],
    'verify-email': ['verify-email', { ...named, password, code: text('code') }],
    'forgot-password': ['forgot-password', named],
    'forgot-password-of-email': [
      'forgot-password',
      { identifier: { kind: 'email', value: text('identifier') }, handle: null },
    ],
    'reset-password': ['reset-password', { token: text('token'), password }],
    'revoke-session': ['revoke-session', { token: text('token') }],
    'change-password': [
      'change-password',
      { currentPassword: text('currentPassword'), newPassword: text('newPassword') },
    ],
    'update-profile': [
      'update-profile',
      {
        ...(profile.name !== null && { name: text('name') }),
        ...(profile.avatar !== null && { avatar: text('avatar') }),
      },
    ],
    'update-language': ['update-profile', { language: text('language') }],
    'change-email': ['change-email', { email: text('email'), password: null }],
    'confirm-email': ['confirm-email', { code: text('code') }],
    'delete-account': ['delete-account', { password }],
    'delete-account-proven': ['delete-account', { password: null }],
    'rename-session': ['rename-session', { id: text('id'), name: text('name') }],
    'list-activity': ['list-activity', null],
    'second-factor': ['second-factor', { challenge: text('challenge'), code: text('code') }],
    'list-factors': ['list-factors', null],
    'enroll-totp': ['enroll-totp', { challenge: null, name: null }],
    'enroll-totp-in-step': ['enroll-totp', { challenge: text('challenge'), name: null }],
    'confirm-totp': ['confirm-totp', { code: text('code') }],
    'new-recovery-codes': ['new-recovery-codes', null],
    'remove-factor': ['remove-factor', { id: text('id') }],
    'reauthenticate-by-password': ['reauthenticate', { password, code: null, credential: null }],
    'reauthenticate-by-code': [
      'reauthenticate',
      { password: null, code: text('code'), credential: null },
    ],
    'reauthenticate-by-passkey': [
      'reauthenticate',
      { password: null, code: null, credential: assertion },
    ],
    'logout-others': ['logout-others', null],
    'set-password': [
      'change-password',
      { currentPassword: null, newPassword: text('newPassword') },
    ],
    'passkey-login-options': ['passkey-login-options', null],
    'passkey-login': ['passkey-login', { credential: assertion, remember: false }],
    'passkey-login-remembered': ['passkey-login', { credential: assertion, remember: true }],
    'passkey-options': ['passkey-options', null],
    'add-passkey': ['add-passkey', { name: text('name'), credential: registration }],
    'list-passkeys': ['list-passkeys', null],
    'rename-passkey': ['rename-passkey', { id: text('id'), name: text('name') }],
    'remove-passkey': ['remove-passkey', { id: text('id') }],
    'remove-password': ['remove-password', null],
    'issue-authorization-code': [
      'issue-authorization-code',
      {
        codeChallenge: text('codeChallenge'),
        returnTo: text('returnTo'),
        refreshToken: text('refreshToken'),
      },
    ],
  };
}

/** `prefix`: of the page's own paths. */
export function pageRequests(contract: Contract, prefix: string): PageRequests {
  const operations = operationsOf(contract);
  const entries = Object.entries(inputsOf(contract)).map(([name, [operation, input]]) => [
    name,
    operations.includes(operation) ? requestOf(contract, prefix, { operation, input }) : null,
  ]);
  return Object.fromEntries(entries) as PageRequests;
}

function requestOf(
  contract: Contract,
  prefix: string,
  { operation, input }: { operation: Operation; input: unknown },
): RequestTemplate {
  // The pairs above are of one operation each; TypeScript cannot follow them through the table.
  const own = input as never;
  const { method, path, headers, body } = encodeRequest(contract, operation, {
    input: own,
    ...TOKENS,
  });
  // Browsers add cookies by themselves, and let no script do it.
  const { Cookie: _, ...sent } = headers;
  return {
    method,
    path: prefix + path,
    headers: sent,
    body,
    fields: fieldsIn(encodeFields(contract, operation, own)),
    refusals: operation in contract.errors.byOperation ? signaturesOf(contract, operation) : null,
  };
}

/** The wire's name, with dots where it is nested, of each field with a placeholder: the first, if it is repeated. */
function fieldsIn(value: unknown, path: readonly string[] = []): Record<string, string> {
  if (typeof value === 'string') {
    const name = /^__([A-Za-z]+)__$/.exec(value)?.[1];
    return name === undefined ? {} : { [name]: path.join('.') };
  }
  if (typeof value !== 'object' || value === null) return {};
  return Object.assign(
    {},
    ...Object.entries(value)
      .map(([name, inner]) => fieldsIn(inner, [...path, name]))
      .toReversed(),
  ) as Record<string, string>;
}
