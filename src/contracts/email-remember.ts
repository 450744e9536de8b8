/**
 * `email-remember`: one token, longer-lived where the user asks to be remembered, and a 423 that
 * says how long a lock lasts. Its times have no milliseconds.
 *
 * The document's eight-character rule governs passwords that are set: its own sample signs in
 * with five letters.
 */
import * as z from 'zod';
import { requiredEmail, requiredText, type Answers, type Contract, type Wire } from './contract.ts';

const login = z
  .object({
    email: requiredEmail('Invalid email format'),
    password: requiredText('Password'),
    rememberMe: z.boolean('rememberMe must be true or false').default(false),
  })
  .transform(({ email, password, rememberMe }) => ({
    identifier: { kind: 'email' as const, value: email },
    password,
    remember: rememberMe,
  }));

const refuse = (status: number, code: string, message: string): Wire => ({
  status,
  body: { error: { code, message } },
});

const later = () => refuse(429, 'RATE_LIMITED', 'Too many attempts. Try again later.');

const time = (ms: number) => new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');

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

  grant: ({ user, issuedAtMs, access }) => ({
    status: 200,
    body: {
      user: {
        id: user.publicId,
        name: user.name,
        email: user.email,
        avatar: user.avatar,
        role: user.role,
        team: user.team,
        status: user.status,
        lastLoginAt: time(issuedAtMs),
        createdAt: time(user.createdAtMs),
      },
      token: access.token,
      expiresAt: time(access.expiresAtMs),
    },
  }),

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
    inactive: () => refuse(403, 'ACCOUNT_INACTIVE', 'This account is inactive'),
    unverified: () => refuse(403, 'EMAIL_NOT_VERIFIED', 'Email is not verified'),
    insecure: () => refuse(403, 'HTTPS_REQUIRED', 'HTTPS is required'),
    'unknown-path': () => refuse(404, 'NOT_FOUND', 'Not found'),
    'wrong-method': () => refuse(405, 'METHOD_NOT_ALLOWED', 'Method not allowed'),
    internal: () => refuse(500, 'INTERNAL_ERROR', 'An unexpected error occurred'),
  },
};

const named = () => z.object({ id: z.string(), name: z.string() });

export const answers = (): Answers => ({
  title: 'Login that remembers',
  description: 'Signs in with email and password; `rememberMe` makes the token last 30 days.',
  login: z
    .object({
      user: z.object({
        id: z.string(),
        name: z.string().nullable(),
        email: z.email(),
        avatar: z.string().nullable(),
        role: named().nullable(),
        team: named().nullable(),
        status: z.enum(['active', 'inactive']),
        lastLoginAt: z.iso.datetime({ precision: 0 }),
        createdAt: z.iso.datetime({ precision: 0 }),
      }),
      token: z.string().meta({ description: 'JWT' }),
      expiresAt: z.iso.datetime({ precision: 0 }).meta({ description: 'When the token expires' }),
    })
    .meta({ id: 'LoginResponse' }),
  refusal: z
    .object({
      error: z.object({
        code: z.enum([
          'VALIDATION_ERROR',
          'INVALID_CREDENTIALS',
          'ACCOUNT_LOCKED',
          'RATE_LIMITED',
          'ACCOUNT_INACTIVE',
          'HTTPS_REQUIRED',
          'NOT_FOUND',
          'METHOD_NOT_ALLOWED',
          'INTERNAL_ERROR',
        ]),
        message: z.string(),
        details: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
      }),
    })
    .meta({ id: 'ErrorResponse' }),
});
