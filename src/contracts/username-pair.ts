/**
 * `username-pair`: an access and a refresh token; errors name a class and one message.
 * Its document lists every validation message there is, so a body that cannot be read at all is
 * answered with the message of its first missing field.
 */
import * as z from 'zod/mini';
import { defineContract } from './define.ts';
import { refusalDetails, userResponses, tokenPair, usernameFields } from './parts.ts';
import { component, isoTime, pick, successEnvelope, type UserNamedBy } from './responses.ts';

const required = (message: string) => () => z.string(message).check(z.minLength(1, message));

/** By operation. */
const FIRST_MISSING: Readonly<Record<string, string>> = {
  login: 'Username is required',
  refresh: 'Refresh token is required',
};

const ERROR_CLASSES = {
  400: 'ValidationError',
  401: 'UnauthorizedError',
  403: 'ForbiddenError',
  404: 'NotFoundError',
  405: 'MethodNotAllowedError',
  409: 'ConflictError',
  429: 'TooManyRequestsError',
  500: 'InternalServerError',
};

const user = component(
  'User',
  () => ({ ...usernameFields(), created_at: isoTime.schema() }),
  (user: UserNamedBy<'username'>) => ({
    ...pick(user, 'id', 'username', 'email'),
    created_at: isoTime.render(user.createdAtMs),
  }),
);

export const usernamePair = defineContract({
  name: 'username-pair',
  title: 'Login with a pair of tokens',
  description: 'Signs in with username and password, and answers with access and refresh token.',
  base: '/api/auth',
  profilePath: '/api/profile',
  lifetimes: { accessSeconds: 900, refreshSeconds: 14 * 86_400 },
  identifier: 'username',
  tokens: {
    claims: ({ user: { id: userId, username } }) => ({
      access: { userId, username },
      refresh: { userId },
    }),
  },
  loginBody: {
    identifier: ['username', required('Username is required')],
    password: ['password', required('Password is required')],
  },
  envelope: successEnvelope,
  nameCase: 'snake',
  ...userResponses(user, tokenPair, ['username', 'email']),
  refresh: {
    in: 'body',
    token: ['refreshToken', required('Refresh token is required')],
    ...tokenPair,
  },
  errors: {
    schema: (codes) => z.object({ error: z.enum(codes), message: z.string(), ...refusalDetails() }),
    render: ({ code, message, details }) => ({ error: code, message, ...details }),
    paths: { code: ['error'], message: ['message'] },
    codes: ERROR_CLASSES,
    overrides: {
      malformed: {
        message: ({ issues: [first] }, { operation = 'login' }) =>
          first.field === 'body' ? (FIRST_MISSING[operation] ?? first.message) : first.message,
      },
    },
  },
});
