/**
 * `email-envelope`: one envelope for everything, with a trace id in every refusal.
 * The only contract that turns unverified addresses away, and whose login itself asks for
 * passwords of eight characters.
 */
import * as z from 'zod/mini';
import type { User } from '../flows/model/user.ts';
import { emailAccount } from './account.ts';
import {
  publishedHandle,
  nullWhere,
  publishedSession,
  shownSession,
  type RefusalContext,
  type Answers,
  type Contract,
  type Wire,
} from './contract.ts';
import { requiredEmail, requiredText } from './text.ts';

const login = z.pipe(
  z.object({
    email: requiredEmail('Email must be a valid email address'),
    password: requiredText('Password').check(
      z.refine((password) => [...password].length >= 8, 'Password must be at least 8 characters'),
      z.meta({ minLength: 8 }),
    ),
  }),
  z.transform(({ email, password }) => ({
    identifier: { kind: 'email' as const, value: email },
    password,
    remember: false,
  })),
);

const iso = (ms: number) => new Date(ms).toISOString();

const shown = (user: User) => ({
  id: user.id,
  name: user.name,
  email: user.email,
  phone: user.phone,
  avatar: user.avatar,
  language_preference: user.language,
  is_admin: user.isAdmin,
});

const succeed = (data: object): Wire => ({ status: 200, body: { success: true, data } });

function refuse(
  [status, code, message]: readonly [number, string, string],
  { traceId }: RefusalContext,
  errors: Record<string, string[]> = {},
): Wire {
  return { status, body: { success: false, message, code, errors, trace_id: traceId } };
}

/** A refusal that says the same whatever the occasion. */
const always =
  (...said: [number, string, string]) =>
  (_refusal: unknown, circumstances: RefusalContext): Wire =>
    refuse(said, circumstances);

const later = always(429, 'RATE_LIMITED', 'Too many attempts. Try again later.');

export const emailEnvelope: Contract = {
  name: 'email-envelope',
  base: '/api/v1/auth',
  lifetimes: { accessSeconds: 86_400 },
  attemptsPerMinute: 60,
  requiresVerifiedEmail: true,
  claims: () => ({ access: {}, refresh: {} }),
  login,

  refresh: null,
  profilePath: '/api/v1/profile',

  grant: ({ user, access }) =>
    succeed({ user: shown(user), token: access.token, token_type: 'Bearer' }),
  refreshed: () => succeed({}),
  profile: (user) => succeed({ user: shown(user) }),
  sessions: (sessions) =>
    succeed({
      sessions: sessions.map(shownSession(iso, 'snake')),
    }),
  loggedOut: () => succeed({}),
  done: () => succeed({}),
  accepted: () => ({ ...succeed({}), status: 202 }),
  registered: (registration) => ({ ...succeed({ registration }), status: 202 }),
  account: emailAccount,

  refusals: {
    malformed: ({ issues }, circumstances) =>
      refuse(
        [422, 'VALIDATION_ERROR', 'Validation failed'],
        circumstances,
        Object.fromEntries(issues.map(({ field, message }) => [field, [message]])),
      ),
    invalid: always(401, 'INVALID_CREDENTIALS', 'Invalid email or password'),
    limited: later,
    busy: later,
    locked: ({ untilReset }, circumstances) => {
      const advice = untilReset ? 'Reset your password to unlock it.' : 'Try again later.';
      return refuse([403, 'ACCOUNT_INACTIVE', `Account is locked. ${advice}`], circumstances);
    },
    unauthenticated: always(401, 'UNAUTHENTICATED', 'Missing, invalid or expired token'),
    inactive: always(403, 'ACCOUNT_INACTIVE', 'Account is inactive. Contact support.'),
    unverified: always(403, 'EMAIL_NOT_VERIFIED', 'Email is not verified'),
    taken: always(409, 'USERNAME_TAKEN', 'Username is already taken'),
    'invalid-code': always(
      400,
      'INVALID_CODE',
      'Code or password is wrong, or the code has expired',
    ),
    'invalid-link': always(400, 'INVALID_TOKEN', 'The link has been used or has expired'),
    insecure: always(403, 'HTTPS_REQUIRED', 'HTTPS is required'),
    'cross-site': always(403, 'CROSS_SITE_REQUEST', 'Origin is not allowed'),
    'not-found': always(404, 'NOT_FOUND', 'Not found'),
    'unknown-path': always(404, 'NOT_FOUND', 'Not found'),
    'wrong-method': always(405, 'METHOD_NOT_ALLOWED', 'Method not allowed'),
    internal: always(500, 'INTERNAL_ERROR', 'Server error'),
  },
};

const data = (shape: z.core.$ZodShape) =>
  z.object({ success: z.literal(true), data: z.object(shape) });

export const answers = (): Answers => {
  const user = z
    .object({
      id: z.int(),
      name: nullWhere('where neither the registration nor an import gave one', z.string()),
      email: z.email(),
      phone: nullWhere('where no import gave one', z.string()),
      avatar: nullWhere('where no import gave one', z.string()),
      language_preference: z.string(),
      is_admin: z.boolean(),
    })
    .check(z.meta({ id: 'User' }));
  return {
    title: 'Login in an envelope',
    description: 'Signs in with email and password. Every refusal carries a code and a trace id.',
    login: data({
      user,
      token: z.string().check(z.meta({ description: 'JWT, good for 24 hours' })),
      token_type: z.literal('Bearer'),
    }).check(z.meta({ id: 'LoginResponse' })),
    refreshed: null,
    profile: data({ user }).check(z.meta({ id: 'ProfileResponse' })),
    sessions: data({ sessions: z.array(publishedSession('snake')) }).check(
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
        message: z.string(),
        code: z.enum([
          'VALIDATION_ERROR',
          'INVALID_CREDENTIALS',
          'UNAUTHENTICATED',
          'RATE_LIMITED',
          'ACCOUNT_INACTIVE',
          'EMAIL_NOT_VERIFIED',
          'INVALID_CODE',
          'INVALID_TOKEN',
          'HTTPS_REQUIRED',
          'NOT_FOUND',
          'METHOD_NOT_ALLOWED',
          'INTERNAL_ERROR',
        ]),
        errors: z.record(z.string(), z.array(z.string())),
        trace_id: z.uuid().check(z.meta({ description: 'Also in the header X-Request-Id' })),
      })
      .check(z.meta({ id: 'ApiEnvelope', description: 'The envelope that all errors share' })),
  };
};
