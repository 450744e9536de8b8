/**
 * `email-envelope`: one envelope for everything, with a trace id in every refusal.
 * The only contract that turns unverified addresses away, and whose login itself asks for
 * passwords of eight characters.
 */
import * as z from 'zod';
import {
  requiredEmail,
  requiredText,
  type Circumstances,
  type Answers,
  type Contract,
  type Wire,
} from './contract.ts';

const login = z
  .object({
    email: requiredEmail('Email must be a valid email address'),
    password: requiredText('Password')
      .refine((password) => [...password].length >= 8, 'Password must be at least 8 characters')
      .meta({ minLength: 8 }),
  })
  .transform(({ email, password }) => ({
    identifier: { kind: 'email' as const, value: email },
    password,
    remember: false,
  }));

function refuse(
  [status, code, message]: readonly [number, string, string],
  { traceId }: Circumstances,
  errors: Record<string, string[]> = {},
): Wire {
  return { status, body: { success: false, message, code, errors, trace_id: traceId } };
}

/** A refusal that says the same whatever the occasion. */
const always =
  (...said: [number, string, string]) =>
  (_refusal: unknown, circumstances: Circumstances): Wire =>
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

  grant: ({ user, access }) => ({
    status: 200,
    body: {
      success: true,
      data: {
        user: {
          id: user.id,
          name: user.name,
          email: user.email,
          phone: user.phone,
          avatar: user.avatar,
          language_preference: user.language,
          is_admin: user.isAdmin,
        },
        token: access.token,
        token_type: 'Bearer',
      },
    },
  }),

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
    locked: always(403, 'ACCOUNT_INACTIVE', 'Account is locked. Try again later.'),
    inactive: always(403, 'ACCOUNT_INACTIVE', 'Account is inactive. Contact support.'),
    unverified: always(403, 'EMAIL_NOT_VERIFIED', 'Email is not verified'),
    insecure: always(403, 'HTTPS_REQUIRED', 'HTTPS is required'),
    'unknown-path': always(404, 'NOT_FOUND', 'Not found'),
    'wrong-method': always(405, 'METHOD_NOT_ALLOWED', 'Method not allowed'),
    internal: always(500, 'INTERNAL_ERROR', 'Server error'),
  },
};

export const answers = (): Answers => ({
  title: 'Login in an envelope',
  description: 'Signs in with email and password. Every refusal carries a code and a trace id.',
  login: z
    .object({
      success: z.literal(true),
      data: z.object({
        user: z.object({
          id: z.int(),
          name: z.string().nullable(),
          email: z.email(),
          phone: z.string().nullable(),
          avatar: z.string().nullable(),
          language_preference: z.string(),
          is_admin: z.boolean(),
        }),
        token: z.string().meta({ description: 'JWT, good for 24 hours' }),
        token_type: z.literal('Bearer'),
      }),
    })
    .meta({ id: 'LoginResponse' }),
  refusal: z
    .object({
      success: z.literal(false),
      message: z.string(),
      code: z.enum([
        'VALIDATION_ERROR',
        'INVALID_CREDENTIALS',
        'RATE_LIMITED',
        'ACCOUNT_INACTIVE',
        'EMAIL_NOT_VERIFIED',
        'HTTPS_REQUIRED',
        'NOT_FOUND',
        'METHOD_NOT_ALLOWED',
        'INTERNAL_ERROR',
      ]),
      errors: z.record(z.string(), z.array(z.string())),
      trace_id: z.uuid().meta({ description: 'Also in the header X-Request-Id' }),
    })
    .meta({ id: 'ApiEnvelope', description: 'The envelope that all errors share' }),
});
