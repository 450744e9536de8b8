/**
 * `username-pair`: an access and a refresh token; refusals name an error class and one message.
 * Its document lists every validation message there is, so a body that cannot be read at all is
 * told what it lacks first: a username.
 */
import * as z from 'zod';
import type { User } from '../flows/services.ts';
import type { Answers, Contract, Wire } from './contract.ts';

const USERNAME_REQUIRED = 'Username is required';

const login = z
  .object({
    username: z.string(USERNAME_REQUIRED).min(1, USERNAME_REQUIRED),
    password: z.string('Password is required').min(1, 'Password is required'),
  })
  .transform(({ username, password }) => ({
    identifier: { kind: 'username' as const, value: username },
    password,
    remember: false,
  }));

const refuse = (status: number, error: string, message: string): Wire => ({
  status,
  body: { error, message },
});

const later = () => refuse(429, 'TooManyRequestsError', 'Too many attempts. Try again later.');

export const usernamePair: Contract = {
  name: 'username-pair',
  base: '/api/auth',
  lifetimes: { accessSeconds: 900, refreshSeconds: 14 * 86_400 },
  attemptsPerMinute: 60,
  requiresVerifiedEmail: false,
  claims: (user: User) => ({
    access: { userId: user.id, username: user.username },
    refresh: { userId: user.id },
  }),
  login,

  grant: ({ user, access, refresh }) => ({
    status: 200,
    body: {
      success: true,
      user: {
        id: user.id,
        username: user.username,
        email: user.email,
        created_at: new Date(user.createdAtMs).toISOString(),
      },
      tokens: { accessToken: access.token, refreshToken: refresh?.token },
    },
  }),

  refusals: {
    malformed: ({ issues: [first] }) =>
      refuse(400, 'ValidationError', first.field === 'body' ? USERNAME_REQUIRED : first.message),
    invalid: () => refuse(401, 'UnauthorizedError', 'Invalid username or password'),
    limited: later,
    busy: later,
    locked: later,
    inactive: () => refuse(403, 'ForbiddenError', 'This account is inactive'),
    unverified: () => refuse(403, 'ForbiddenError', 'Email is not verified'),
    insecure: () => refuse(403, 'ForbiddenError', 'HTTPS is required'),
    'unknown-path': () => refuse(404, 'NotFoundError', 'Not found'),
    'wrong-method': () => refuse(405, 'MethodNotAllowedError', 'Method not allowed'),
    internal: () => refuse(500, 'InternalServerError', 'An unexpected error occurred'),
  },
};

export const answers = (): Answers => ({
  title: 'Login with a pair of tokens',
  description: 'Signs in with username and password, and answers with access and refresh token.',
  login: z
    .object({
      success: z.literal(true),
      user: z.object({
        id: z.int(),
        username: z.string(),
        email: z.email().nullable(),
        created_at: z.iso.datetime(),
      }),
      tokens: z.object({
        accessToken: z.string().meta({ description: 'JWT, good for 15 minutes' }),
        refreshToken: z.string().meta({ description: 'JWT, good for 14 days' }),
      }),
    })
    .meta({ id: 'LoginResponse' }),
  refusal: z
    .object({
      error: z.enum([
        'ValidationError',
        'UnauthorizedError',
        'TooManyRequestsError',
        'ForbiddenError',
        'NotFoundError',
        'MethodNotAllowedError',
        'InternalServerError',
      ]),
      message: z.string(),
    })
    .meta({ id: 'ErrorResponse' }),
});
