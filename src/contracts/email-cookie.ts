/**
 * `email-cookie`: the access token in the body, the refresh token in an HttpOnly cookie.
 *
 * The cookie's attributes are the document's, to the letter. It names no Path, so browsers keep
 * the cookie to the folder of the login path, which is where it is needed.
 */
import * as z from 'zod/mini';
import type { Granted, Issue } from '../flows/model/outcome.ts';
import type { User } from '../flows/model/user.ts';
import { emailAccount } from './account.ts';
import {
  shownSession,
  publishedHandle,
  publishedSession,
  type Answers,
  type Contract,
  type Wire,
} from './contract.ts';
import { requiredEmail, requiredText } from './text.ts';

const login = z.pipe(
  z.object({
    email: requiredEmail('Email must be a valid email address'),
    password: requiredText('Password'),
  }),
  z.transform(({ email, password }) => ({
    identifier: { kind: 'email' as const, value: email },
    password,
    remember: false,
  })),
);

const COOKIE = 'refreshToken';
const COOKIE_ATTRIBUTES = 'HttpOnly; Secure; SameSite=Strict';

const iso = (ms: number) => new Date(ms).toISOString();

const shown = (user: User) => ({
  id: user.publicId,
  email: user.email,
  createdAt: iso(user.createdAtMs),
});

const inSeconds = (expiresAtMs: number, issuedAtMs: number) => (expiresAtMs - issuedAtMs) / 1000;

const tokenIn = ({ access, issuedAtMs }: Granted) => ({
  token: access.token,
  expiresIn: inSeconds(access.expiresAtMs, issuedAtMs),
});

function cookieIn({ refresh, issuedAtMs }: Granted): Record<string, string> {
  if (refresh === null) return {};
  const seconds = inSeconds(refresh.expiresAtMs, issuedAtMs);
  return { 'Set-Cookie': `${COOKIE}=${refresh.token}; ${COOKIE_ATTRIBUTES}; Max-Age=${seconds}` };
}

const refuse = (status: number, code: string, message: string): Wire => ({
  status,
  body: { error: { code, message, details: {} } },
});

/** `field` is the first that fits the code; `validationErrors` has everything that is wrong. */
function malformed(issues: readonly [Issue, ...Issue[]]): Wire {
  const firstMissing = issues.find(({ missing }) => missing);
  const details = {
    field: (firstMissing ?? issues[0]).field,
    validationErrors: issues.map(({ field, message }) => ({ field, message })),
  };
  const error = firstMissing
    ? { code: 'REQUIRED_FIELD_MISSING', message: 'Required field is missing', details }
    : { code: 'VALIDATION_ERROR', message: 'Validation failed', details };
  return { status: 400, body: { error } };
}

const tooMany = (advice: string) =>
  refuse(429, 'TOO_MANY_REQUESTS', `Too many attempts. ${advice}`);

const later = () => tooMany('Try again later.');

export const emailCookie: Contract = {
  name: 'email-cookie',
  base: '/api/v1/auth',
  lifetimes: { accessSeconds: 86_400, refreshSeconds: 7 * 86_400 },
  attemptsPerMinute: 60,
  requiresVerifiedEmail: false,
  claims: (user: User) => ({
    access: { userId: user.publicId, email: user.email },
    refresh: {},
  }),
  login,

  refresh: { in: 'cookie', name: COOKIE },
  profilePath: '/api/v1/profile',

  grant: (granted) => ({
    status: 200,
    body: { user: shown(granted.user), ...tokenIn(granted) },
    headers: cookieIn(granted),
  }),
  refreshed: (granted) => ({ status: 200, body: tokenIn(granted), headers: cookieIn(granted) }),
  profile: (user) => ({ status: 200, body: { user: shown(user) } }),
  sessions: (sessions) => ({
    status: 200,
    body: {
      sessions: sessions.map(shownSession(iso)),
    },
  }),
  loggedOut: () => ({
    status: 204,
    body: null,
    headers: { 'Set-Cookie': `${COOKIE}=; ${COOKIE_ATTRIBUTES}; Max-Age=0` },
  }),
  done: () => ({ status: 204, body: null }),
  accepted: () => ({ status: 202, body: null }),
  registered: (registration) => ({ status: 202, body: { registration } }),
  account: emailAccount,

  refusals: {
    malformed: ({ issues }) => malformed(issues),
    invalid: () => refuse(401, 'INVALID_CREDENTIALS', 'Invalid email or password'),
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
    internal: () => refuse(500, 'INTERNAL_SERVER_ERROR', 'An unexpected error occurred'),
  },
};

export const answers = (): Answers => {
  const user = z
    .object({ id: z.string(), email: z.email(), createdAt: z.iso.datetime() })
    .check(z.meta({ id: 'User' }));
  const token = {
    token: z.string().check(z.meta({ description: 'JWT' })),
    expiresIn: z.int().check(z.meta({ description: 'Seconds until the token expires' })),
  };
  return {
    title: 'Login with a refresh cookie',
    description:
      'Signs in with email and password. The refresh token is set as an HttpOnly cookie.',
    login: z.object({ user, ...token }).check(z.meta({ id: 'LoginResponse' })),
    refreshed: z.object(token).check(z.meta({ id: 'RefreshResponse' })),
    profile: z.object({ user }).check(z.meta({ id: 'ProfileResponse' })),
    sessions: z
      .object({ sessions: z.array(publishedSession()) })
      .check(z.meta({ id: 'SessionsResponse' })),
    done: null,
    accepted: null,
    registered: z
      .object({ registration: publishedHandle() })
      .check(z.meta({ id: 'RegisteredResponse' })),
    refusal: z
      .object({
        error: z.object({
          code: z.enum([
            'VALIDATION_ERROR',
            'REQUIRED_FIELD_MISSING',
            'INVALID_CREDENTIALS',
            'UNAUTHENTICATED',
            'TOO_MANY_REQUESTS',
            'ACCOUNT_INACTIVE',
            'CROSS_SITE_REQUEST',
            'INVALID_CODE',
            'INVALID_TOKEN',
            'HTTPS_REQUIRED',
            'NOT_FOUND',
            'METHOD_NOT_ALLOWED',
            'INTERNAL_SERVER_ERROR',
          ]),
          message: z.string(),
          details: z.union([
            z.object({
              field: z.string(),
              validationErrors: z.array(z.object({ field: z.string(), message: z.string() })),
            }),
            z.object({}),
          ]),
        }),
      })
      .check(z.meta({ id: 'ErrorResponse' })),
  };
};
