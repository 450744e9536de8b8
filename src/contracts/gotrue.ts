/**
 * `gotrue`: Supabase's wire, as @supabase/supabase-js speaks it (openapi.yaml of supabase/auth).
 *
 * The header `apikey` names a project and is not read. A client that is not signed in sends its
 * anonymous key as the access token; operations that take no token do not look at it.
 */
import * as z from 'zod/mini';
import type { ErrorAnswer } from './error-answers.ts';
import { defineContract } from './define.ts';
import {
  AUTHENTICATED,
  errorBody,
  metadataOf,
  session,
  signedUp,
  signUp,
  updateUser,
  user,
  VERSION_HEADER,
} from './gotrue-parts.ts';
import { requiredText } from './fields.ts';
import { assurance, factorRoutes, pendingSteps } from './gotrue-factors.ts';
import { passkeyAnswers, passkeyErrors, passkeyPaths, passkeyRoutes } from './gotrue-passkeys.ts';
import { bodyResponse } from './responses.ts';

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
const alreadyRegistered = answer(422, 'user_already_exists', 'User already registered');
const tokenNotFound = answer(
  400,
  'refresh_token_not_found',
  'Invalid Refresh Token: Refresh Token Not Found',
);

/** On this code the client forgets its session. */
const sessionNotFound = answer(403, 'session_not_found', 'The session does not exist');
const factorNotFound = { 'not-found': answer(404, 'mfa_factor_not_found', 'Factor not found') };

export const gotrue = defineContract({
  name: 'gotrue',
  title: 'Supabase (GoTrue)',
  description: 'What @supabase/supabase-js asks of its project for email and password.',
  base: '/auth/v1',
  profilePath: '/auth/v1/user',
  lifetimes: { accessSeconds: 3600, refreshSeconds: 30 * 86_400 },
  identifier: 'email',
  canRegisterImmediately: true,
  nameCase: 'snake',
  requestHeaders: ['apikey', 'x-client-info', VERSION_HEADER.toLowerCase()],
  exposedHeaders: [VERSION_HEADER, 'X-Sb-Error-Code'],
  tokens: {
    issuer: '/auth/v1',
    audience: AUTHENTICATED,
    type: 'JWT',
    algorithms: ['HS256', 'ES256'],
    claims: ({ user: shown, sessionId, ...times }) => ({
      access: {
        role: AUTHENTICATED,
        session_id: sessionId,
        ...assurance(times),
        email: shown.email,
        phone: shown.phone ?? '',
        ...metadataOf(shown),
      },
      refresh: {},
    }),
    stepClaims: ({ issuedAtMs }) =>
      assurance({ openedBy: 'password', authenticatedAtMs: issuedAtMs, secondFactorAtMs: null }),
  },
  codeTravels: 'by-step-token',
  steps: pendingSteps,
  login: session,
  refresh: {
    in: 'body',
    token: ['refresh_token', () => requiredText('Refresh token')],
    ...session,
  },
  profile: {
    schema: () => user.schema().shape,
    render: user.render,
    paths: {
      name: ['user_metadata', 'name'],
      email: ['email'],
      avatar: ['user_metadata', 'avatar_url'],
      language: ['user_metadata', 'language'],
    },
  },
  passkeyPaths,
  routes: {
    login: tagged('token', 'grant_type', 'password'),
    refresh: tagged('token', 'grant_type', 'refresh_token'),
    register: {
      path: '/auth/v1/signup',
      request: signUp,
      response: signedUp,
    },
    'update-profile': { method: 'PUT', path: '/auth/v1/user', request: updateUser },
    'forgot-password': {
      path: '/auth/v1/recover',
      response: bodyResponse('Recovery', { schema: () => ({}), render: () => ({}) }),
    },
    logout: tagged('logout', 'scope', 'local'),
    'logout-others': tagged('logout', 'scope', 'others'),
    'logout-all': [tagged('logout', 'scope', 'global'), tagged('logout', 'scope', null)],
    ...factorRoutes,
    ...passkeyRoutes,
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
    ...errorBody,
    overrides: {
      malformed,
      'weak-password': { status: 422, code: 'weak_password' },
      invalid: answer(400, 'invalid_credentials', 'Invalid login credentials'),
      unauthenticated: answer(403, 'bad_jwt', 'Invalid JWT'),
      'missing-token': answer(401, 'no_authorization', 'A valid Bearer token is required'),
      'session-ended': sessionNotFound,
      limited: answer(429, 'over_request_rate_limit', 'Request rate limit reached'),
      inactive: answer(400, 'user_banned', 'User is banned'),
      unverified: answer(400, 'email_not_confirmed', 'Email not confirmed'),
      taken: alreadyRegistered,
      'email-taken': alreadyRegistered,
      'invalid-code': answer(403, 'otp_expired', 'Token has expired or is invalid'),
      'invalid-link': answer(403, 'otp_expired', 'Email link is invalid or has expired'),
      'second-factor-required': { code: 'insufficient_aal' },
      'enrolment-required': { code: 'insufficient_aal' },
      'reauthentication-required': { code: 'insufficient_aal' },
      'invalid-factor': answer(422, 'mfa_verification_failed', 'Invalid TOTP code entered'),
      'expired-step': answer(422, 'mfa_challenge_expired', 'MFA challenge has expired'),
      'too-many-factors': answer(
        422,
        'too_many_enrolled_mfa_factors',
        'Maximum number of verified factors reached, unenroll to continue',
      ),
      ...passkeyAnswers,
      internal: { code: 'unexpected_failure' },
    },
    byOperation: {
      login: { 'unknown-variant': answer(400, 'invalid_credentials', 'unsupported_grant_type') },
      // On any 4xx the client drops its session; after a 5xx it tries again.
      refresh: {
        unauthenticated: tokenNotFound,
        'session-ended': tokenNotFound,
        limited: { status: 503 },
      },
      profile: { 'expired-step': sessionNotFound },
      'challenge-factor': { ...factorNotFound, 'expired-step': sessionNotFound },
      'verify-factor': factorNotFound,
      'remove-factor': factorNotFound,
      'enroll-totp': {
        'not-found': answer(422, 'mfa_totp_enroll_not_enabled', 'MFA enroll is disabled for TOTP'),
      },
      ...passkeyErrors,
    },
  },
});
