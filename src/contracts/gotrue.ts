/**
 * `gotrue`: Supabase's wire, as @supabase/supabase-js speaks it (openapi.yaml of supabase/auth).
 *
 * The header `apikey` names a project and is not read. A client that is not signed in sends its
 * anonymous key as the access token; operations that take no token do not look at it.
 */
import * as z from 'zod/mini';
import type { PasswordFlaw, RegistrationAccepted } from '../flows/model/outcome.ts';
import type { ErrorAnswer, WireError } from './contract.ts';
import { defineContract } from './define.ts';
import { AUTHENTICATED, metadataOf, session, signUp, user } from './gotrue-parts.ts';
import { requiredText } from './requests.ts';
import { bodyResponse } from './responses.ts';

/** Errors have their code in `code` since then; clients that name no version get the older shape. */
const VERSION = '2024-01-01';
const VERSION_HEADER = 'X-Supabase-Api-Version';

const isVersioned = ({ headers }: WireError): boolean => {
  const version = headers[VERSION_HEADER.toLowerCase()] ?? '';
  return /^\d{4}-\d\d-\d\d$/.test(version) && version >= VERSION;
};

/** Supabase's reasons; of every other flaw: a password that is easy to guess. */
const REASONS: Partial<Record<PasswordFlaw, string>> = {
  'too-short': 'length',
  'too-long': 'length',
  ambiguous: 'characters',
};

const weakPassword = ({ issues }: WireError) => {
  const reasons = issues.flatMap(({ flaw }) => (flaw ? (REASONS[flaw] ?? 'pwned') : []));
  return reasons.length > 0 && { weak_password: { reasons } };
};

/** A place that several operations share, told apart by a parameter of the query. */
const tagged = (path: string, name: string, value: string | null) => ({
  path: `/auth/v1/${path}`,
  when: { query: { [name]: value } },
});

const answer = (status: number, code: string, message: string) => ({ status, code, message });
const malformed: Partial<ErrorAnswer<'malformed'>> = {
  code: 'validation_failed',
  message: ({ issues: [{ message }] }) => message,
};
const tokenNotFound = answer(
  400,
  'refresh_token_not_found',
  'Invalid Refresh Token: Refresh Token Not Found',
);

export const gotrue = defineContract({
  name: 'gotrue',
  title: 'Supabase (GoTrue)',
  description: 'What @supabase/supabase-js asks of its project for email and password.',
  base: '/auth/v1',
  profilePath: '/auth/v1/user',
  lifetimes: { accessSeconds: 3600, refreshSeconds: 30 * 86_400 },
  identifier: 'email',
  nameCase: 'snake',
  requestHeaders: ['apikey', 'x-client-info', VERSION_HEADER.toLowerCase()],
  exposedHeaders: [VERSION_HEADER, 'X-Sb-Error-Code'],
  tokens: {
    issuer: '/auth/v1',
    audience: AUTHENTICATED,
    type: 'JWT',
    algorithms: ['HS256', 'ES256'],
    claims: ({ user: shown, sessionId, authenticatedAtMs }) => ({
      access: {
        role: AUTHENTICATED,
        session_id: sessionId,
        aal: 'aal1',
        amr: [{ method: 'password', timestamp: authenticatedAtMs / 1000 }],
        email: shown.email,
        phone: shown.phone ?? '',
        ...metadataOf(shown),
      },
      refresh: {},
    }),
  },
  login: session,
  refresh: { in: 'body', token: ['refresh_token', requiredText('Refresh token')], ...session },
  profile: {
    schema: () => user.schema().shape,
    render: user.render,
    paths: { name: ['user_metadata', 'name'], email: ['email'] },
  },
  routes: {
    login: tagged('token', 'grant_type', 'password'),
    refresh: tagged('token', 'grant_type', 'refresh_token'),
    register: {
      path: '/auth/v1/signup',
      request: signUp,
      response: bodyResponse('SignedUp', {
        schema: () => user.schema().shape,
        render: ({ placeholderId, acceptedAtMs, ...accepted }: RegistrationAccepted) =>
          user.render({ ...accepted, publicId: placeholderId, createdAtMs: acceptedAtMs }),
      }),
    },
    'forgot-password': {
      path: '/auth/v1/recover',
      response: bodyResponse('Recovery', { schema: () => ({}), render: () => ({}) }),
    },
    logout: tagged('logout', 'scope', 'local'),
    'logout-all': [tagged('logout', 'scope', 'global'), tagged('logout', 'scope', null)],
  },
  documents: [
    {
      path: '/auth/v1/.well-known/jwks.json',
      summary: 'The public keys of access tokens',
      schema: () => z.object({ keys: z.array(z.looseObject({})) }),
      render: ({ keys }) => ({ keys }),
    },
  ],
  errors: {
    schema: (codes) => {
      const weak_password = z.optional(z.object({ reasons: z.array(z.string()) }));
      return z.union([
        z.object({ code: z.enum(codes), message: z.string(), weak_password }),
        z.object({ code: z.int(), error_code: z.enum(codes), msg: z.string(), weak_password }),
      ]);
    },
    render: (error) => ({
      ...(isVersioned(error)
        ? { code: error.code, message: error.message }
        : { code: error.status, error_code: error.code, msg: error.message }),
      ...weakPassword(error),
    }),
    headers: (error) => ({
      'X-Sb-Error-Code': error.code,
      ...(isVersioned(error) && { [VERSION_HEADER]: VERSION }),
    }),
    // Of clients that name no version, as the pages are.
    paths: { code: ['error_code'], message: ['msg'] },
    overrides: {
      malformed,
      'weak-password': { status: 422, code: 'weak_password' },
      invalid: answer(400, 'invalid_credentials', 'Invalid login credentials'),
      unauthenticated: answer(403, 'bad_jwt', 'Invalid JWT'),
      'missing-token': answer(401, 'no_authorization', 'A valid Bearer token is required'),
      // On this code the client forgets its session.
      'session-ended': answer(403, 'session_not_found', 'The session does not exist'),
      limited: answer(429, 'over_request_rate_limit', 'Request rate limit reached'),
      inactive: answer(400, 'user_banned', 'User is banned'),
      unverified: answer(400, 'email_not_confirmed', 'Email not confirmed'),
      taken: answer(422, 'user_already_exists', 'User already registered'),
      'invalid-code': answer(403, 'otp_expired', 'Token has expired or is invalid'),
      'invalid-link': answer(403, 'otp_expired', 'Email link is invalid or has expired'),
      internal: { code: 'unexpected_failure' },
    },
    // On any 4xx the client drops its session; after a 5xx it tries again.
    byOperation: {
      refresh: {
        unauthenticated: tokenNotFound,
        'session-ended': tokenNotFound,
        limited: { status: 503 },
      },
    },
  },
});
