/**
 * `strapi`: the local provider of Strapi's Users & Permissions plugin, version 5. Strapi takes a
 * username or an e-mail address in `identifier`; this contract finds accounts by e-mail address alone.
 * A token is good for 30 days, Strapi's default. A locked account is answered like a limit.
 */
import * as z from 'zod/mini';
import type { Granted, Issue } from '../flows/model/outcome.ts';
import { defineContract } from './define.ts';
import { refusalDetails } from './parts.ts';
import { accountRequests } from './account-requests.ts';
import { request } from './requests.ts';
import { newPassword, ownPassword, requiredText } from './fields.ts';
import { bodyResponse, formatted, isoTime, text, type UserNamedBy } from './responses.ts';

const user = {
  schema: () => ({
    id: z.int(),
    documentId: formatted('uuid'),
    username: text('The e-mail address of an account without a username'),
    email: z.email(),
    provider: z.literal('local'),
    confirmed: z.boolean(),
    blocked: z.boolean(),
    createdAt: isoTime.schema(),
    updatedAt: isoTime.schema('The same as createdAt: times of changes are not kept'),
  }),
  render: (account: UserNamedBy<'email'>) => ({
    id: account.id,
    documentId: account.publicId,
    username: account.username ?? account.email,
    email: account.email,
    provider: 'local' as const,
    confirmed: account.emailVerified,
    blocked: account.status === 'inactive',
    createdAt: isoTime.render(account.createdAtMs),
    updatedAt: isoTime.render(account.createdAtMs),
  }),
};

const ok = { schema: () => ({ ok: z.literal(true) }), render: () => ({ ok: true as const }) };

const twice = () => ({
  password: newPassword(),
  passwordConfirmation: requiredText('Password confirmation'),
});
const isSame = () =>
  z.refine<{ password: string; passwordConfirmation: string }>(
    (body) => body.password === body.passwordConfirmation,
    { path: ['passwordConfirmation'], message: 'Passwords do not match' },
  );
const repeated = (text: string) => ({ password: text, passwordConfirmation: text });

/** Names a missing field as yup does, whose messages Strapi passes on. */
const issue = ({ field, message, missing }: Issue) => ({
  path: [field === 'newPassword' ? 'password' : field],
  message: missing ? `${field} is a required field` : message,
  name: 'ValidationError',
});

/** Varies, by which the pages tell it from the other refusals with its status and name. */
const summary = ([first, ...others]: readonly [Issue, ...Issue[]]) =>
  others.length === 0 ? issue(first).message : `${others.length + 1} errors occurred`;

const invalid = (message: string) => ({ status: 400, code: 'ValidationError', message });
const refused = (message: string) => ({ status: 400, code: 'ApplicationError', message });
const taken = refused('Email or Username are already taken');

export const strapi = defineContract({
  name: 'strapi',
  title: 'Strapi (Users & Permissions)',
  description: 'The local provider of the Users & Permissions plugin of Strapi 5.',
  base: '/api/auth',
  profilePath: '/api/users/me',
  lifetimes: { accessSeconds: 30 * 86_400 },
  identifier: 'email',
  canRegisterImmediately: true,
  loginBody: { identifier: ['identifier', () => requiredText('Identifier')], code: 'totp' },
  login: {
    schema: () => ({ jwt: z.string(), user: z.object(user.schema()) }),
    render: ({ access, user: account }: Granted & { user: UserNamedBy<'email'> }) => ({
      jwt: access.token,
      user: user.render(account),
    }),
    paths: { access: ['jwt'] },
  },
  profile: { ...user, paths: { username: ['username'], email: ['email'] } },
  routes: {
    login: { path: '/api/auth/local' },
    register: { path: '/api/auth/local/register', request: accountRequests('username').register },
    'forgot-password': { response: bodyResponse('ForgottenPassword', ok) },
    'reset-password': {
      request: request(
        () => z.object({ code: requiredText('Code'), ...twice() }).check(isSame()),
        ({ code, password }) => ({ token: code, password }),
        ({ token, password }) => ({ code: token, ...repeated(password) }),
      ),
      response: bodyResponse('ResetPassword', ok),
    },
    'change-password': {
      request: request(
        () =>
          z
            .object({ currentPassword: ownPassword(requiredText('Current password')), ...twice() })
            .check(isSame()),
        ({ currentPassword = null, password }) => ({ currentPassword, newPassword: password }),
        ({ currentPassword, newPassword }) => ({
          ...(currentPassword !== null && { currentPassword }),
          ...repeated(newPassword),
        }),
      ),
      response: bodyResponse('ChangedPassword', {
        schema: () => ({ jwt: text('The token that was sent: its session goes on') }),
        render: (_: unknown, { token }) => ({ jwt: token ?? '' }),
      }),
    },
  },
  errors: {
    schema: (names: string[]) =>
      z.object({
        data: z.null(),
        error: z.object({
          status: z.int(),
          name: z.enum(names),
          message: z.string(),
          details: z.record(z.string(), z.unknown()),
          ...refusalDetails(),
        }),
      }),
    render: ({ status, code, message, issues, details: more }) => {
      const details = issues.length > 0 ? { errors: issues.map(issue) } : {};
      return { data: null, error: { status, name: code, message, details, ...more } };
    },
    paths: { code: ['error', 'name'], message: ['error', 'message'] },
    codes: {
      401: 'UnauthorizedError',
      403: 'ForbiddenError',
      404: 'NotFoundError',
      405: 'MethodNotAllowedError',
      429: 'RateLimitError',
      500: 'InternalServerError',
    },
    overrides: {
      malformed: { code: 'ValidationError', message: ({ issues }) => summary(issues) },
      invalid: invalid('Invalid identifier or password'),
      'invalid-factor': invalid('Invalid verification code'),
      'invalid-passkey': invalid('Invalid passkey'),
      'too-many-passkeys': refused('No more passkeys can be added'),
      'last-way-in': refused('Set up another way to sign in first'),
      unauthenticated: { message: 'Missing or invalid credentials' },
      limited: { message: 'Too many requests, please try again later.' },
      inactive: refused('Your account has been blocked by an administrator'),
      unverified: refused('Your account email is not confirmed'),
      taken,
      'email-taken': taken,
      'invalid-code': invalid('Invalid token'),
      'invalid-link': invalid('Incorrect code provided'),
      'not-found': { message: 'Not Found' },
      'wrong-method': { message: 'Method Not Allowed' },
      internal: { message: 'Internal Server Error' },
    },
    byOperation: {
      'change-password': { invalid: { message: 'The provided current password is invalid' } },
    },
  },
});
