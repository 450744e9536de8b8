/**
 * Requests, tokens and errors that `oauth2` and `keycloak` have in common: forms in, JSON out (RFC 6749
 * 4.3, 5 and 6), and revocation (RFC 7009).
 *
 * Clients are not authenticated: `client_id`, `client_secret` and `Authorization: Basic` are ignored.
 * A public client has no secret to keep, and a secret in a browser's script is none.
 */
import * as z from 'zod/mini';
import type { LoginAttempt } from '../flows/model/login.ts';
import type { InputOf } from '../flows/operations.ts';
import type { Granted } from '../flows/model/outcome.ts';
import type { SentTokens } from '../flows/model/request.ts';
import type { ErrorOverrides, WireError } from './error-answers.ts';
import type { LoginRequest, WireRequest } from './wire.ts';
import { request } from './requests.ts';
import { challenge, factorCode, loginCode, requiredText, type Field } from './fields.ts';
import { bodyResponse, text, type Body, type Fields } from './responses.ts';
import { refusalDetails } from './parts.ts';
import { FORM } from './routes.ts';

/** All that a token opens. A scope that a client asks for is ignored, and so it is stated (3.3). */
export const SCOPE = 'profile email' as const;

/** The password grant. `username` takes either name: registered usernames have no `@`. */
const passwordGrant: LoginRequest = {
  fields: { identifier: 'username', password: 'password', remember: null, code: 'totp' },
  ...request(
    () =>
      z.object({
        username: requiredText('Username'),
        password: requiredText('Password'),
        totp: loginCode(),
      }),
    ({ username, password, totp }): LoginAttempt => ({
      identifier: { kind: username.includes('@') ? 'email' : 'username', value: username },
      password,
      remember: false,
      code: totp,
    }),
    ({ identifier, password, code }) => ({
      username: identifier.value,
      password,
      ...(code !== null && { totp: code }),
    }),
  ),
};

export const refreshToken: Field = ['refresh_token', () => requiredText('refresh_token')];

/** A token of either kind, whatever `token_type_hint` says: the search goes on over both (RFC 7009 2.1). */
const revocation: WireRequest<SentTokens> = request(
  () => z.object({ token: requiredText('token') }),
  ({ token }): SentTokens => ({ token, refreshToken: token }),
  ({ token, refreshToken }) => ({ token: refreshToken ?? token }),
);

const form = { method: 'POST', accepts: FORM } as const;

/** The grants at one path, told apart by `grant_type`. */
export function grantRoutes<F extends Fields>(path: string, tokens: Body<Granted, F>) {
  const grant = (id: string, tag: string) => ({
    ...form,
    path,
    when: { body: { grant_type: tag } },
    // RFC 6749 5.1 asks for it beside Cache-Control.
    response: bodyResponse(id, tokens, { headers: () => ({ Pragma: 'no-cache' }) }),
  });
  return {
    login: { ...grant('LoginResponse', 'password'), request: passwordGrant },
    refresh: grant('RefreshResponse', 'refresh_token'),
  };
}

/** The grants of Auth0 that answer `mfa_required`. Each takes codes of both kinds. */
export const MFA_GRANTS = {
  'http://auth0.com/oauth/grant-type/mfa-otp': 'otp',
  'http://auth0.com/oauth/grant-type/mfa-recovery-code': 'recovery_code',
} as const;

type SecondFactor = InputOf<'second-factor'>;

/** The second request of a login, answered like the first. */
export const factorGrants = (path: string) =>
  Object.entries(MFA_GRANTS).map(([tag, field]) => ({
    ...form,
    path,
    when: { body: { grant_type: tag } },
    request: request<Record<string, string>, SecondFactor>(
      () => z.object({ mfa_token: challenge(), [field]: factorCode() }),
      ({ mfa_token = '', [field]: code = '' }) => ({ challenge: mfa_token, code }),
      ({ challenge: mfa_token, code }) => ({ mfa_token, [field]: code }),
    ),
  }));

/** RFC 7009 2.2: a token that is none is no error. Clients ignore the body; some insist on JSON. */
export const revocationRoute = (path: string) => ({
  ...form,
  path,
  request: revocation,
  response: bodyResponse('RevocationResponse', { schema: () => ({}), render: () => ({}) }),
  ignoredRefusals: ['unauthenticated'] as const,
});

/** Whole seconds, as both moments are. */
export const secondsOf = (expiresAtMs: number, { issuedAtMs }: Granted) =>
  (expiresAtMs - issuedAtMs) / 1000;

export const tokenResponse = {
  schema: () => ({
    access_token: text('JWT'),
    token_type: z.literal('Bearer'),
    expires_in: z.int(),
    refresh_token: text('JWT'),
    scope: z.literal(SCOPE),
  }),
  render: (granted: Granted) => ({
    access_token: granted.access.token,
    token_type: 'Bearer' as const,
    expires_in: secondsOf(granted.access.expiresAtMs, granted),
    refresh_token: granted.refresh?.token as string,
    scope: SCOPE,
  }),
  paths: { access: ['access_token'], refresh: ['refresh_token'] },
};

const UNSUPPORTED = 'unsupported_grant_type';

/**
 * RFC 6749 5.2 allows neither quotes nor backslashes in a description. `handle`: the field of the
 * handle of a login's step.
 */
export const errorBody = (handle: 'mfa_token' | 'challenge') => ({
  schema: (codes: string[]) => {
    const { challenge: ofStep, methods } = refusalDetails();
    const error = { error: z.enum(codes), error_description: z.string() };
    return z.object({ ...error, [handle]: ofStep, methods });
  },
  render: ({ code, message, issues, details: { challenge: ofStep, ...more } }: WireError) => ({
    error: code === UNSUPPORTED && issues.some(({ missing }) => missing) ? 'invalid_request' : code,
    error_description: message.replaceAll(/["\\]/g, "'"),
    ...(ofStep !== undefined && { [handle]: ofStep }),
    ...more,
  }),
  paths: { code: ['error'], message: ['error_description'], challenge: [handle] },
});

/**
 * The codes of RFC 6749 5.2 and RFC 6750 3.1. They have none for "try again later": that of 4.1.2.1 is
 * used, with 429 and Retry-After, since clients report any `error` below 500 as it stands.
 */
export const oauthAnswers: ErrorOverrides = {
  malformed: { code: 'invalid_request', message: ({ issues: [first] }) => first.message },
  'unknown-variant': {
    code: UNSUPPORTED,
    message: ({ issues: [{ field, missing }] }) =>
      missing ? `Missing form parameter: ${field}` : `Unsupported ${field}`,
  },
  invalid: { status: 400, code: 'invalid_grant', message: 'Wrong username or password' },
  // As in Auth0's dialect.
  'second-factor-required': {
    code: 'mfa_required',
    message: 'Multifactor authentication required',
  },
  'enrolment-required': { code: 'mfa_required' },
  'invalid-factor': { status: 400, code: 'invalid_grant' },
  'expired-step': { status: 400, code: 'expired_token' },
  // RFC 9470 3.
  'reauthentication-required': { code: 'insufficient_user_authentication' },
  'too-many-factors': { code: 'too_many_factors' },
  'invalid-passkey': { status: 400, code: 'invalid_grant' },
  'expired-challenge': { status: 400, code: 'expired_token' },
  'unacceptable-passkey': { code: 'passkey_not_allowed' },
  'too-many-passkeys': { code: 'too_many_passkeys' },
  'last-way-in': { code: 'last_sign_in_method' },
  inactive: { status: 400, code: 'invalid_grant' },
  unverified: { status: 400, code: 'invalid_grant' },
  unauthenticated: { code: 'invalid_token' },
  limited: { code: 'temporarily_unavailable' },
  taken: { code: 'already_registered', message: ({ field }) => `This ${field} is taken` },
  'invalid-code': { code: 'invalid_code' },
  'invalid-link': { code: 'invalid_link' },
  insecure: { code: 'https_required' },
  'cross-site': { code: 'access_denied' },
  'not-found': { code: 'not_found' },
  'wrong-method': { code: 'method_not_allowed' },
  internal: { code: 'server_error' },
};

/** RFC 6749 5.2: a refresh token that is no good is a grant that is no good. */
export const grantErrors: ErrorOverrides = {
  unauthenticated: {
    status: 400,
    code: 'invalid_grant',
    message: 'Refresh token is invalid, expired or revoked',
  },
};
