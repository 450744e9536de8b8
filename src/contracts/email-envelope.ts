/**
 * `email-envelope`: one envelope for everything, with a trace id in every error.
 * The only contract that refuses unverified addresses, and whose login itself asks for passwords of
 * eight characters.
 */
import * as z from 'zod/mini';
import type { Granted } from '../flows/model/outcome.ts';
import { defineContract } from './define.ts';
import { givenName, importedText, refusalDetails, userResponses } from './parts.ts';
import { requiredText } from './fields.ts';
import { component, dataEnvelope, formatted, pick, text, type UserNamedBy } from './responses.ts';

const password = () =>
  requiredText('Password').check(
    z.refine((value) => [...value].length >= 8, 'Password must be at least 8 characters'),
    z.meta({ minLength: 8 }),
  );

const user = component(
  'User',
  () => ({
    id: z.int(),
    name: givenName(),
    email: z.email(),
    phone: importedText(),
    avatar: importedText(),
    language_preference: z.string(),
    is_admin: z.boolean(),
  }),
  (user: UserNamedBy<'email'>) => ({
    ...pick(user, 'id', 'name', 'email', 'phone', 'avatar'),
    language_preference: user.language,
    is_admin: user.isAdmin,
  }),
);

const token = {
  schema: () => ({ token: text('JWT, good for 24 hours'), token_type: z.literal('Bearer') }),
  render: ({ access }: Granted) => ({ token: access.token, token_type: 'Bearer' as const }),
  paths: { access: ['token'] },
};

export const emailEnvelope = defineContract({
  name: 'email-envelope',
  title: 'Login in an envelope',
  description: 'Signs in with email and password. Every refusal carries a code and a trace id.',
  base: '/api/v1/auth',
  profilePath: '/api/v1/profile',
  lifetimes: { accessSeconds: 86_400 },
  requiresVerifiedEmail: true,
  identifier: 'email',
  loginBody: { password: ['password', password] },
  envelope: dataEnvelope,
  nameCase: 'snake',
  ...userResponses(user, token, ['name', 'email', 'avatar', ['language', 'language_preference']]),
  errors: {
    meta: { id: 'ApiEnvelope', description: 'The envelope that all errors share' },
    schema: (codes) =>
      z.object({
        success: z.literal(false),
        message: z.string(),
        code: z.enum(codes),
        errors: z.record(z.string(), z.array(z.string())),
        trace_id: formatted('uuid', 'Also in the header X-Request-Id'),
        ...refusalDetails(),
      }),
    render: ({ message, code, issues, traceId, details }) => ({
      success: false as const,
      message,
      code,
      errors: Object.fromEntries(issues.map(({ field, message }) => [field, [message]])),
      trace_id: traceId,
      ...details,
    }),
    paths: { code: ['code'], message: ['message'] },
    overrides: {
      malformed: { status: 422 },
      locked: {
        status: 403,
        code: 'ACCOUNT_INACTIVE',
        message: 'Account is locked. Try again later.',
      },
      'locked-until-reset': { message: 'Account is locked. Reset your password to unlock it.' },
      inactive: { message: 'Account is inactive. Contact support.' },
      internal: { message: 'Server error' },
    },
  },
});
