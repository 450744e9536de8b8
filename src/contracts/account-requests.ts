/**
 * The bodies of the operations around an account. The documents name these operations without showing
 * them, so the bodies are the same in all contracts, but for the kind of name that an account has.
 */
import * as z from 'zod/mini';
import type { SentTokens } from '../flows/model/request.ts';
import type { InputOf, Operation } from '../flows/operations.ts';
import type { RegistrationInput } from '../flows/register.ts';
import type { Identifier } from '../policy/identifier.ts';
import type { BodyOf } from './contract.ts';
import {
  challenge,
  code,
  email,
  factorCode,
  name,
  newPassword,
  newUsername,
  ownName,
  password,
  profileText,
  registration,
  requiredText,
  ownPassword,
  username,
} from './fields.ts';
import type { authorizationCodeRequests } from './authorization-code.ts';
import { request, unchanged } from './requests.ts';
import { assertion, assertionJSON, passkeyRequests } from './passkey-requests.ts';
import type { WireRequest } from './wire.ts';

/** A request for every operation whose input is in the body, but those that contracts declare. */
type AccountRequests = {
  readonly [O in AccountOperation]: WireRequest<BodyOf<O>>;
};
type AuthorizationCodeOperation = keyof ReturnType<typeof authorizationCodeRequests>;
type AccountOperation = {
  [O in Operation]: O extends 'login' | 'passkey-login' | AuthorizationCodeOperation
    ? never
    : InputOf<O> extends { id: string } | SentTokens | null
      ? never
      : O;
}[Operation];

/** The same in all contracts: a token, of the link or of the session, says whose account it is. */
const sharedRequests = () => ({
  'reset-password': unchanged(() =>
    z.object({ token: requiredText('Token'), password: newPassword() }),
  ),
  'revoke-session': unchanged(() => z.object({ token: requiredText('Token') })),
  'rename-session': request(
    () => z.object({ name: z.nullable(ownName()) }),
    ({ name }) => ({ name: name || null }),
    ({ name }) => ({ name }),
  ),
  'change-password': request(
    () =>
      z.object({
        currentPassword: ownPassword(requiredText('Current password')),
        newPassword: newPassword('New password'),
      }),
    ({ currentPassword = null, newPassword }) => ({ currentPassword, newPassword }),
    ({ currentPassword, newPassword }) => ({
      ...(currentPassword !== null && { currentPassword }),
      newPassword,
    }),
  ),
  'change-email': request(
    () => z.object({ email: email(), password: z.optional(password()) }),
    (body) => ({ email: body.email, password: body.password ?? null }),
    ({ email, password }) => ({ email, ...(password !== null && { password }) }),
  ),
  'confirm-email': unchanged(() => z.object({ code: code() })),
  'delete-account': request(
    () => z.object({ password: ownPassword(password()) }),
    ({ password = null }) => ({ password }),
    ({ password }) => (password === null ? {} : { password }),
  ),
  ...factorRequests(),
  ...passkeyRequests(),
  'update-profile': unchanged(() =>
    z.object({
      name: profileText('Name'),
      avatar: profileText('Avatar'),
      language: profileText('Language'),
    }),
  ),
});

const factorRequests = () => ({
  'second-factor': unchanged(() => z.object({ challenge: challenge(), code: factorCode() })),
  'confirm-totp': unchanged(() => z.object({ code: factorCode() })),
  'enroll-totp': {
    ...request(
      () => z.object({ challenge: z.optional(challenge()) }),
      ({ challenge = null }) => ({ challenge, name: null as string | null }),
      ({ challenge }) => (challenge === null ? {} : { challenge }),
    ),
    mayBeEmpty: true as const,
  },
  reauthenticate: request(
    () =>
      z
        .object({
          password: z.optional(password()),
          code: z.optional(factorCode()),
          credential: z.optional(assertion()),
        })
        .check(
          z.refine((body) => Object.values(body).filter((way) => way !== undefined).length === 1, {
            path: ['password'],
            message: 'Either password, code or credential is required',
          }),
        ),
    ({ password = null, code = null, credential = null }) => ({ password, code, credential }),
    ({ password, code, credential = null }) => ({
      ...(password !== null && { password }),
      ...(code !== null && { code }),
      ...(credential !== null && { credential: assertionJSON(credential) }),
    }),
  ),
});

const proof = () => ({ password: password(), code: code(), registration: registration() });

const emailRequests = (): AccountRequests => ({
  ...sharedRequests(),
  register: request(
    () =>
      z.object({
        email: email(),
        password: newPassword(),
        name: name(),
        registration: registration(),
      }),
    ({ registration: handle, ...body }): RegistrationInput => ({ ...body, username: null, handle }),
    ({ email, password, name, handle }) => ({
      email,
      password,
      ...(name !== null && { name }),
      ...handleBody(handle),
    }),
  ),
  'send-code': request(
    () => z.object({ email: email(), registration: registration() }),
    referenceIn,
    referenceBody,
  ),
  'verify-email': request(
    () => z.object({ email: email(), ...proof() }),
    (body) => ({ ...referenceIn(body), password: body.password, code: body.code }),
    proofBody,
  ),
  'forgot-password': request(
    () => z.object({ email: email(), registration: registration() }),
    referenceIn,
    referenceBody,
  ),
});

const usernameRequests = (): AccountRequests => ({
  ...sharedRequests(),
  register: request(
    () =>
      z.object({
        username: newUsername(),
        email: email(),
        password: newPassword(),
        registration: registration(),
      }),
    ({ registration: handle, ...body }): RegistrationInput => ({ ...body, name: null, handle }),
    ({ username, email, password, handle }) => ({
      username,
      email,
      password,
      ...handleBody(handle),
    }),
  ),
  'send-code': request(
    () => z.object({ username: username(), registration: registration() }),
    referenceIn,
    referenceBody,
  ),
  'verify-email': request(
    () => z.object({ username: username(), ...proof() }),
    (body) => ({ ...referenceIn(body), password: body.password, code: body.code }),
    proofBody,
  ),
  'forgot-password': request(
    () =>
      z
        .object({
          username: z.optional(username()),
          email: z.optional(email()),
          registration: registration(),
        })
        .check(
          z.refine((body) => body.email !== undefined || body.username !== undefined, {
            path: ['username'],
            message: 'Username or email is required',
          }),
        ),
    referenceIn,
    referenceBody,
  ),
});

export const accountRequests = (kind: Identifier['kind']): AccountRequests =>
  kind === 'email' ? emailRequests() : usernameRequests();

/** Names an account; `handle`: of its registration, for clients without cookies. */
type AccountReference = InputOf<'send-code'>;

interface ReferenceBody {
  email?: string | undefined;
  username?: string | undefined;
  registration: string | null;
}

function referenceIn(body: ReferenceBody): AccountReference {
  const identifier: Identifier =
    body.email === undefined
      ? { kind: 'username', value: body.username ?? '' }
      : { kind: 'email', value: body.email };
  return { identifier, handle: body.registration };
}

function referenceBody({ identifier: { kind, value }, handle }: AccountReference) {
  return { [kind]: value, ...handleBody(handle) };
}

const handleBody = (handle: string | null) => (handle === null ? {} : { registration: handle });

function proofBody(input: InputOf<'verify-email'>) {
  const { password, code } = input;
  return { ...referenceBody(input), password, code };
}
