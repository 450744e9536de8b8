/**
 * `username-coded`: success envelope with `data`, refusals with a code.
 * The document fixes the path, the fields and the codes, and shows no bodies; their shapes are ours.
 */
import * as z from 'zod';
import type { User } from '../flows/services.ts';
import { requiredText, type Answers, type Contract, type Wire } from './contract.ts';

const login = z
  .object({
    username: requiredText('Username'),
    password: requiredText('Password'),
  })
  .transform(({ username, password }) => ({
    identifier: { kind: 'username' as const, value: username },
    password,
    remember: false,
  }));

const refuse = (status: number, code: string, message: string): Wire => ({
  status,
  body: { success: false, error: { code, message } },
});

const later = () => refuse(429, 'RATE_LIMITED', 'Too many attempts. Try again later.');

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

  grant: ({ user, access, refresh }) => ({
    status: 200,
    body: {
      success: true,
      data: {
        user: {
          id: user.id,
          username: user.username,
          email: user.email,
          createdAt: new Date(user.createdAtMs).toISOString(),
        },
        tokens: { accessToken: access.token, refreshToken: refresh?.token },
      },
    },
  }),

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
    locked: later,
    inactive: () => refuse(403, 'ACCOUNT_INACTIVE', 'This account is inactive'),
    unverified: () => refuse(403, 'EMAIL_NOT_VERIFIED', 'Email is not verified'),
    insecure: () => refuse(403, 'HTTPS_REQUIRED', 'HTTPS is required'),
    'unknown-path': () => refuse(404, 'NOT_FOUND', 'Not found'),
    'wrong-method': () => refuse(405, 'METHOD_NOT_ALLOWED', 'Method not allowed'),
    internal: () => refuse(500, 'INTERNAL_ERROR', 'An unexpected error occurred'),
  },
};

export const answers = (): Answers => ({
  title: 'Login with coded errors',
  description: 'Signs in with username and password. Every refusal carries a code.',
  login: z
    .object({
      success: z.literal(true),
      data: z.object({
        user: z.object({
          id: z.int(),
          username: z.string(),
          email: z.email().nullable(),
          createdAt: z.iso.datetime(),
        }),
        tokens: z.object({
          accessToken: z.string().meta({ description: 'JWT, good for 15 minutes' }),
          refreshToken: z.string().meta({ description: 'JWT, good for 14 days' }),
        }),
      }),
    })
    .meta({ id: 'LoginResponse' }),
  refusal: z
    .object({
      success: z.literal(false),
      error: z.object({
        code: z.enum([
          'VALIDATION_ERROR',
          'INVALID_CREDENTIALS',
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
