/** Builds the bodies of requests; each contract declares its login's fields. */
import * as z from 'zod/mini';
import type { LoginAttempt } from '../flows/model/login.ts';
import type { SentTokens } from '../flows/model/request.ts';
import type { Identifier } from '../policy/identifier.ts';
import {
  EMAIL_MALFORMED,
  loginCode,
  requiredEmail,
  requiredText,
  username,
  type Field,
} from './fields.ts';
import { lazy } from './responses.ts';
import type { LoginRequest, WireRequest } from './wire.ts';

/** A login's fields, where they are not `username` or `email`, and `password`. */
export interface LoginBody {
  identifier?: Field;
  password?: Field;
  remember?: Field;
  /** Of a second factor, beside the password; absent: none is taken here. */
  code?: string;
}

export function loginRequest(kind: Identifier['kind'], body: LoginBody): LoginRequest {
  const text = kind === 'email' ? () => requiredEmail(EMAIL_MALFORMED) : username;
  const [identifier, readIdentifier] = body.identifier ?? [kind, text];
  const [password, readPassword] = body.password ?? ['password', () => requiredText('Password')];
  const [remember, readRemember] = body.remember ?? [null];
  const { code = null } = body;
  const schema = () =>
    z.object({
      [identifier]: readIdentifier(),
      [password]: readPassword(),
      ...(remember === null ? {} : { [remember]: readRemember?.() }),
      ...(code === null ? {} : { [code]: loginCode() }),
    });
  return {
    fields: { identifier, password, remember, code },
    ...request<Record<string, unknown>, LoginAttempt>(
      schema,
      (read) => ({
        identifier: { kind, value: read[identifier] as string },
        password: read[password] as string,
        remember: remember !== null && read[remember] === true,
        code: code === null ? null : (read[code] as string | null),
      }),
      (attempt) => ({
        [identifier]: attempt.identifier.value,
        [password]: attempt.password,
        ...(remember === null ? {} : { [remember]: attempt.remember }),
        ...(code === null || attempt.code === null ? {} : { [code]: attempt.code }),
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
        code: fields.code === null ? null : path(fields.code),
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

/** A body whose fields are the operation's input. */
export function unchanged<T extends Record<string, unknown>>(
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
