/**
 * `username-coded`: success envelope with `data`, refusals with a code.
 * The document fixes the path, the fields and the codes, and shows no bodies; their shapes are ours.
 */
import * as z from 'zod/mini';
import type { Granted } from '../flows/model/outcome.ts';
import type { User } from '../flows/model/user.ts';
import { usernameAccount } from './account.ts';
import {
  shownSession,
  publishedHandle,
  nullWhere,
  publishedSession,
  type Answers,
  type Contract,
  type Wire,
} from './contract.ts';
import { requiredText } from './text.ts';

const login = z.pipe(
  z.object({
    username: requiredText('Username'),
    password: requiredText('Password'),
  }),
  z.transform(({ username, password }) => ({
    identifier: { kind: 'username' as const, value: username },
    password,
    remember: false,
  })),
);

const refresh = z.pipe(
  z.object({ refreshToken: requiredText('Refresh token') }),
  z.transform(({ refreshToken }) => refreshToken),
);

const shown = (user: User) => ({
  id: user.id,
  username: user.username,
  email: user.email,
  createdAt: iso(user.createdAtMs),
});

const iso = (ms: number) => new Date(ms).toISOString();

const pair = ({ access, refresh: next }: Granted) => ({
  accessToken: access.token,
  refreshToken: next?.token,
});

const succeed = (data: object): Wire => ({ status: 200, body: { success: true, data } });

const refuse = (status: number, code: string, message: string): Wire => ({
  status,
  body: { success: false, error: { code, message } },
});

const tooMany = (advice: string) => refuse(429, 'RATE_LIMITED', `Too many attempts. ${advice}`);

const later = () => tooMany('Try again later.');

export const usernameCoded: Contract = {
  name: 'username-coded',
  base: '/api/auth',
  lifetimes: { accessSeconds: 900, refreshSeconds: 14 * 86_400 },
  attemptsPerMinute: 60,
  requiresVerifiedEmail: false,
  claims: (user: User) => ({
    access: { userId: user.id, username: user.username },
    refresh: { userId: user.id },
  }),
  login,

  refresh: { in: 'body', schema: refresh },
  profilePath: '/api/profile',

  grant: (granted) => succeed({ user: shown(granted.user), tokens: pair(granted) }),
  refreshed: (granted) => succeed({ tokens: pair(granted) }),
  profile: (user) => succeed({ user: shown(user) }),
  sessions: (sessions) =>
    succeed({
      sessions: sessions.map(shownSession(iso)),
    }),
  loggedOut: () => succeed({}),
  done: () => succeed({}),
  accepted: () => ({ ...succeed({}), status: 202 }),
  registered: (registration) => ({ ...succeed({ registration }), status: 202 }),
  account: usernameAccount,

  refusals: {
    malformed: ({ issues }) => ({
      status: 400,
      body: {
        success: false,
        error: {
          code: 'VALIDATION_ERROR',
          message: 'Validation failed',
          details: issues.map(({ field, message }) => ({ field, message })),
        },
      },
    }),
    invalid: () => refuse(401, 'INVALID_CREDENTIALS', 'Invalid username or password'),
    limited: later,
    busy: later,
    locked: ({ untilReset }) => (untilReset ? tooMany('Reset your password to sign in.') : later()),
    unauthenticated: () => refuse(401, 'UNAUTHENTICATED', 'Missing, invalid or expired token'),
    inactive: () => refuse(403, 'ACCOUNT_INACTIVE', 'This account is inactive'),
    unverified: () => refuse(403, 'EMAIL_NOT_VERIFIED', 'Email is not verified'),
    taken: () => refuse(409, 'USERNAME_TAKEN', 'Username is already taken'),
    'invalid-code': () =>
      refuse(400, 'INVALID_CODE', 'Code or password is wrong, or the code has expired'),
    'invalid-link': () => refuse(400, 'INVALID_TOKEN', 'The link has been used or has expired'),
    insecure: () => refuse(403, 'HTTPS_REQUIRED', 'HTTPS is required'),
    'cross-site': () => refuse(403, 'CROSS_SITE_REQUEST', 'Origin is not allowed'),
    'not-found': () => refuse(404, 'NOT_FOUND', 'Not found'),
    'unknown-path': () => refuse(404, 'NOT_FOUND', 'Not found'),
    'wrong-method': () => refuse(405, 'METHOD_NOT_ALLOWED', 'Method not allowed'),
    internal: () => refuse(500, 'INTERNAL_ERROR', 'An unexpected error occurred'),
  },
};

const data = (shape: z.core.$ZodShape) =>
  z.object({ success: z.literal(true), data: z.object(shape) });

export const answers = (): Answers => {
  const user = z
    .object({
      id: z.int(),
      username: z.string(),
      email: nullWhere('for imported users without one', z.email()),
      createdAt: z.iso.datetime(),
    })
    .check(z.meta({ id: 'User' }));
  const tokens = z
    .object({
      accessToken: z.string().check(z.meta({ description: 'JWT, good for 15 minutes' })),
      refreshToken: z.string().check(z.meta({ description: 'JWT, good for 14 days' })),
    })
    .check(z.meta({ id: 'Tokens' }));
  return {
    title: 'Login with coded errors',
    description: 'Signs in with username and password. Every refusal carries a code.',
    login: data({ user, tokens }).check(z.meta({ id: 'LoginResponse' })),
    refreshed: data({ tokens }).check(z.meta({ id: 'RefreshResponse' })),
    profile: data({ user }).check(z.meta({ id: 'ProfileResponse' })),
    sessions: data({ sessions: z.array(publishedSession()) }).check(
      z.meta({ id: 'SessionsResponse' }),
    ),
    done: data({}).check(z.meta({ id: 'DoneResponse' })),
    accepted: data({}).check(z.meta({ id: 'AcceptedResponse' })),
    registered: data({ registration: publishedHandle() }).check(
      z.meta({ id: 'RegisteredResponse' }),
    ),
    refusal: z
      .object({
        success: z.literal(false),
        error: z.object({
          code: z.enum([
            'VALIDATION_ERROR',
            'INVALID_CREDENTIALS',
            'UNAUTHENTICATED',
            'RATE_LIMITED',
            'ACCOUNT_INACTIVE',
            'USERNAME_TAKEN',
            'INVALID_CODE',
            'INVALID_TOKEN',
            'HTTPS_REQUIRED',
            'NOT_FOUND',
            'METHOD_NOT_ALLOWED',
            'INTERNAL_ERROR',
          ]),
          message: z.string(),
          details: z.optional(z.array(z.object({ field: z.string(), message: z.string() }))),
        }),
      })
      .check(z.meta({ id: 'ErrorResponse' })),
  };
};
