/**
 * `email-remember`: one token, longer-lived where the user asks to be remembered, and a 423 that
 * says how long a lock lasts. Its times have no milliseconds.
 *
 * The document's eight-character rule governs passwords that are set: its own sample signs in
 * with five letters.
 */
import * as z from 'zod/mini';
import type { User } from '../flows/model/user.ts';
import { emailAccount } from './account.ts';
import {
  shownSession,
  publishedHandle,
  nullWhere,
  publishedSession,
  type Answers,
  type Contract,
  type Wire,
} from './contract.ts';
import { requiredEmail, requiredText } from './text.ts';

const login = z.pipe(
  z.object({
    email: requiredEmail('Invalid email format'),
    password: requiredText('Password'),
    rememberMe: z._default(z.boolean('rememberMe must be true or false'), false),
  }),
  z.transform(({ email, password, rememberMe }) => ({
    identifier: { kind: 'email' as const, value: email },
    password,
    remember: rememberMe,
  })),
);

const refuse = (status: number, code: string, message: string): Wire => ({
  status,
  body: { error: { code, message } },
});

const later = () => refuse(429, 'RATE_LIMITED', 'Too many attempts. Try again later.');

const time = (ms: number) => new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');

const shown = (user: User, lastLoginAtMs: number | null) => ({
  id: user.publicId,
  name: user.name,
  email: user.email,
  avatar: user.avatar,
  role: user.role,
  team: user.team,
  status: user.status,
  lastLoginAt: lastLoginAtMs === null ? null : time(lastLoginAtMs),
  createdAt: time(user.createdAtMs),
});

const succeed = (body: Record<string, unknown>): Wire => ({ status: 200, body });

const nothing = (): Wire => ({ status: 204, body: null });

function locked(untilMs: number, nowMs: number): string {
  const minutes = Math.max(1, Math.ceil((untilMs - nowMs) / 60_000));
  return `Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`;
}

export const emailRemember: Contract = {
  name: 'email-remember',
  base: '/api/v1/auth',
  lifetimes: { accessSeconds: 86_400, rememberedSeconds: 30 * 86_400 },
  attemptsPerMinute: 10,
  requiresVerifiedEmail: false,
  claims: () => ({ access: {}, refresh: {} }),
  login,

  refresh: null,
  profilePath: '/api/v1/profile',

  grant: ({ user, issuedAtMs, access }) =>
    succeed({
      user: shown(user, issuedAtMs),
      token: access.token,
      expiresAt: time(access.expiresAtMs),
    }),
  refreshed: nothing,
  profile: (user) => succeed({ user: shown(user, user.lastLoginAtMs) }),
  sessions: (sessions) =>
    succeed({
      sessions: sessions.map(shownSession(time)),
    }),
  loggedOut: nothing,
  done: nothing,
  accepted: () => ({ status: 202, body: null }),
  registered: (registration) => ({ status: 202, body: { registration } }),
  account: emailAccount,

  refusals: {
    malformed: ({ issues }) => ({
      status: 422,
      body: {
        error: {
          code: 'VALIDATION_ERROR',
          message: 'Validation failed',
          details: issues.map(({ field, message }) => ({ field, message })),
        },
      },
    }),
    invalid: () => refuse(401, 'INVALID_CREDENTIALS', 'Invalid email or password'),
    limited: later,
    busy: later,
    locked: ({ untilMs, untilReset }, { nowMs }) =>
      refuse(
        423,
        'ACCOUNT_LOCKED',
        `Account locked due to too many failed attempts. ${
          untilReset ? 'Reset your password to unlock it.' : locked(untilMs, nowMs)
        }`,
      ),
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

const seconds = () => z.iso.datetime({ precision: 0 });
const named = () => z.object({ id: z.string(), name: z.string() });

export const answers = (): Answers => {
  const user = z
    .object({
      id: z.string(),
      name: nullWhere('where neither the registration nor an import gave one', z.string()),
      email: z.email(),
      avatar: nullWhere('where no import gave one', z.string()),
      role: nullWhere(
        'where neither the setting NEW_ACCOUNTS, nor an operator, nor an import gave one',
        named(),
      ),
      team: nullWhere('where neither the setting NEW_ACCOUNTS nor an import gave one', named()),
      status: z.enum(['active', 'inactive']),
      lastLoginAt: seconds(),
      createdAt: seconds(),
    })
    .check(z.meta({ id: 'User' }));
  return {
    title: 'Login that remembers',
    description: 'Signs in with email and password; `rememberMe` makes the token last 30 days.',
    login: z
      .object({
        user,
        token: z.string().check(z.meta({ description: 'JWT' })),
        expiresAt: seconds().check(z.meta({ description: 'When the token expires' })),
      })
      .check(z.meta({ id: 'LoginResponse' })),
    refreshed: null,
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
            'INVALID_CREDENTIALS',
            'UNAUTHENTICATED',
            'ACCOUNT_LOCKED',
            'RATE_LIMITED',
            'ACCOUNT_INACTIVE',
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
