/**
 * The bodies of requests. Each contract declares its login's fields. The documents name the
 * operations around an account without showing them, so one reading serves all contracts; they
 * differ only in the kind of name that an account has.
 */
import * as z from 'zod/mini';
import type { RegistrationInput } from '../flows/register.ts';
import type { LoginAttempt } from '../flows/model/login.ts';
import type { InputOf, Operation } from '../flows/operations.ts';
import type { SentTokens } from '../flows/model/request.ts';
import type { Identifier } from '../policy/identifier.ts';
import {
  code,
  email,
  EMAIL_MALFORMED,
  name,
  newUsername,
  profileText,
  password,
  registration,
  requiredEmail,
  requiredText,
  username,
  type Field,
} from './fields.ts';
import type { BodyOf } from './contract.ts';
import { lazy } from './responses.ts';
import type { LoginRequest, WireRequest } from './wire.ts';

/** A login's fields, where they are not `username` or `email`, and `password`. */
export interface LoginBody {
  identifier?: Field;
  password?: Field;
  remember?: Field;
}

export function loginRequest(kind: Identifier['kind'], body: LoginBody): LoginRequest {
  const text = kind === 'email' ? () => requiredEmail(EMAIL_MALFORMED) : username;
  const [identifier, readIdentifier] = body.identifier ?? [kind, text];
  const [password, readPassword] = body.password ?? ['password', () => requiredText('Password')];
  const [remember, readRemember] = body.remember ?? [null];
  const schema = () =>
    z.object({
      [identifier]: readIdentifier(),
      [password]: readPassword(),
      ...(remember === null ? {} : { [remember]: readRemember?.() }),
    });
  return {
    fields: { identifier, password, remember },
    ...request<Record<string, unknown>, LoginAttempt>(
      schema,
      (read) => ({
        identifier: { kind, value: read[identifier] as string },
        password: read[password] as string,
        remember: remember !== null && read[remember] === true,
      }),
      (attempt) => ({
        [identifier]: attempt.identifier.value,
        [password]: attempt.password,
        ...(remember === null ? {} : { [remember]: attempt.remember }),
      }),
    ),
  };
}

export const refreshRequest = ([field, schema]: Field): WireRequest<SentTokens> =>
  request<Record<string, unknown>, SentTokens>(
    () => z.object({ [field]: schema() }),
    (body) => ({ refreshToken: body[field] as string }),
    ({ refreshToken }) => ({ [field]: refreshToken }),
  );

/** A request for every operation whose input is in the body, but those that contracts declare. */
type AccountRequests = {
  readonly [O in AccountOperation]: WireRequest<BodyOf<O>>;
};
type AccountOperation = {
  [O in Operation]: O extends 'login'
    ? never
    : InputOf<O> extends { id: string } | SentTokens | null
      ? never
      : O;
}[Operation];

/** The same in all contracts: a token, of the link or of the session, says whose account it is. */
const sharedRequests = () => ({
  'reset-password': unchanged(() =>
    z.object({ token: requiredText('Token'), password: password() }),
  ),
  'change-password': unchanged(() =>
    z.object({
      currentPassword: requiredText('Current password'),
      newPassword: requiredText('New password'),
    }),
  ),
  'change-email': unchanged(() => z.object({ email: email(), password: password() })),
  'confirm-email': unchanged(() => z.object({ code: code() })),
  'delete-account': unchanged(() => z.object({ password: password() })),
  'update-profile': unchanged(() =>
    z.object({
      name: profileText('Name'),
      avatar: profileText('Avatar'),
      language: profileText('Language'),
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
        password: password(),
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
        password: password(),
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

/** Puts a body into a field of its own: `{ "user": { … } }`. */
export function within(field: string, inner: LoginRequest): LoginRequest;
export function within<T>(field: string, inner: WireRequest<T>): WireRequest<T>;
export function within<T>(
  field: string,
  inner: WireRequest<T> & Partial<Pick<LoginRequest, 'fields'>>,
): WireRequest<T> {
  const { decode, encode, fields } = inner;
  const path = (name: string) => `${field}.${name}`;
  return {
    ...inner,
    ...(fields && {
      fields: {
        identifier: path(fields.identifier),
        password: path(fields.password),
        remember: fields.remember === null ? null : path(fields.remember),
      },
    }),
    decode: lazy(() =>
      z.pipe(
        z.object({ [field]: decode() }),
        z.transform((body) => body[field] as T),
      ),
    ),
    encode: (input) => ({ [field]: encode(input) }),
  };
}

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

/** A body whose fields are the operation's input. */
function unchanged<T extends Record<string, unknown>>(
  schema: () => z.ZodMiniType<T>,
): WireRequest<T> {
  return { decode: lazy(schema), encode: (input) => input };
}

export function request<Body, Input>(
  schema: () => z.ZodMiniType<Body>,
  decode: (body: Body) => Input,
  encode: (input: Input) => Record<string, unknown>,
): WireRequest<Input> {
  return { decode: lazy(() => z.pipe(schema(), z.transform(decode))), encode };
}
