/**
 * `username-pair`: an access and a refresh token; refusals name an error class and one message.
 * Its document lists every validation message there is, so a body that cannot be read at all is
 * told what it lacks first.
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

const USERNAME_REQUIRED = 'Username is required';

const login = z.pipe(
  z.object({
    username: z.string(USERNAME_REQUIRED).check(z.minLength(1, USERNAME_REQUIRED)),
    password: z.string('Password is required').check(z.minLength(1, 'Password is required')),
  }),
  z.transform(({ username, password }) => ({
    identifier: { kind: 'username' as const, value: username },
    password,
    remember: false,
  })),
);

const REFRESH_TOKEN_REQUIRED = 'Refresh token is required';

const refresh = z.pipe(
  z.object({
    refreshToken: z.string(REFRESH_TOKEN_REQUIRED).check(z.minLength(1, REFRESH_TOKEN_REQUIRED)),
  }),
  z.transform(({ refreshToken }) => refreshToken),
);

/** What an unreadable body lacks first: the document has a closed list of messages. */
const NEEDED: Record<string, string> = {
  login: USERNAME_REQUIRED,
  refresh: REFRESH_TOKEN_REQUIRED,
};

const iso = (ms: number) => new Date(ms).toISOString();

const shown = (user: User) => ({
  id: user.id,
  username: user.username,
  email: user.email,
  created_at: iso(user.createdAtMs),
});

const pair = ({ access, refresh: next }: Granted) => ({
  accessToken: access.token,
  refreshToken: next?.token,
});

const succeed = (body: object): Wire => ({ status: 200, body: { success: true, ...body } });

const refuse = (status: number, error: string, message: string): Wire => ({
  status,
  body: { error, message },
});

const tooMany = (advice: string) =>
  refuse(429, 'TooManyRequestsError', `Too many attempts. ${advice}`);

const later = () => tooMany('Try again later.');

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

  refresh: { in: 'body', schema: refresh },
  profilePath: '/api/profile',

  grant: (granted) => succeed({ user: shown(granted.user), tokens: pair(granted) }),
  refreshed: (granted) => succeed({ tokens: pair(granted) }),
  profile: (user) => succeed({ user: shown(user) }),
  sessions: (sessions) =>
    succeed({
      sessions: sessions.map(shownSession(iso, 'snake')),
    }),
  loggedOut: () => succeed({}),
  done: () => succeed({}),
  accepted: () => ({ ...succeed({}), status: 202 }),
  registered: (registration) => ({ ...succeed({ registration }), status: 202 }),
  account: usernameAccount,

  refusals: {
    malformed: ({ issues: [first] }, { operation }) => {
      const needed = NEEDED[operation ?? 'login'] ?? first.message;
      return refuse(400, 'ValidationError', first.field === 'body' ? needed : first.message);
    },
    invalid: () => refuse(401, 'UnauthorizedError', 'Invalid username or password'),
    limited: later,
    busy: later,
    locked: ({ untilReset }) => (untilReset ? tooMany('Reset your password to sign in.') : later()),
    unauthenticated: () => refuse(401, 'UnauthorizedError', 'Missing, invalid or expired token'),
    inactive: () => refuse(403, 'ForbiddenError', 'This account is inactive'),
    unverified: () => refuse(403, 'ForbiddenError', 'Email is not verified'),
    taken: () => refuse(409, 'ConflictError', 'Username is already taken'),
    'invalid-code': () =>
      refuse(400, 'ValidationError', 'Code or password is wrong, or the code has expired'),
    'invalid-link': () => refuse(400, 'ValidationError', 'The link has been used or has expired'),
    insecure: () => refuse(403, 'ForbiddenError', 'HTTPS is required'),
    'cross-site': () => refuse(403, 'ForbiddenError', 'Origin is not allowed'),
    'not-found': () => refuse(404, 'NotFoundError', 'Not found'),
    'unknown-path': () => refuse(404, 'NotFoundError', 'Not found'),
    'wrong-method': () => refuse(405, 'MethodNotAllowedError', 'Method not allowed'),
    internal: () => refuse(500, 'InternalServerError', 'An unexpected error occurred'),
  },
};

const success = (shape: z.core.$ZodShape) => z.object({ success: z.literal(true), ...shape });

export const answers = (): Answers => {
  const user = z
    .object({
      id: z.int(),
      username: z.string(),
      email: nullWhere('for imported users without one', z.email()),
      created_at: z.iso.datetime(),
    })
    .check(z.meta({ id: 'User' }));
  const tokens = z
    .object({
      accessToken: z.string().check(z.meta({ description: 'JWT, good for 15 minutes' })),
      refreshToken: z.string().check(z.meta({ description: 'JWT, good for 14 days' })),
    })
    .check(z.meta({ id: 'Tokens' }));
  return {
    title: 'Login with a pair of tokens',
    description: 'Signs in with username and password, and answers with access and refresh token.',
    login: success({ user, tokens }).check(z.meta({ id: 'LoginResponse' })),
    refreshed: success({ tokens }).check(z.meta({ id: 'RefreshResponse' })),
    profile: success({ user }).check(z.meta({ id: 'ProfileResponse' })),
    sessions: success({ sessions: z.array(publishedSession('snake')) }).check(
      z.meta({ id: 'SessionsResponse' }),
    ),
    done: success({}).check(z.meta({ id: 'DoneResponse' })),
    accepted: success({}).check(z.meta({ id: 'AcceptedResponse' })),
    registered: success({ registration: publishedHandle() }).check(
      z.meta({ id: 'RegisteredResponse' }),
    ),
    refusal: z
      .object({
        error: z.enum([
          'ValidationError',
          'UnauthorizedError',
          'TooManyRequestsError',
          'ForbiddenError',
          'ConflictError',
          'NotFoundError',
          'MethodNotAllowedError',
          'InternalServerError',
        ]),
        message: z.string(),
      })
      .check(z.meta({ id: 'ErrorResponse' })),
  };
};
