/**
 * `keycloak`: the endpoints of a Keycloak realm that an application signs in at with a form, with the
 * fields and messages that Keycloak has (26.5 and before: its 26.6 answers a wrong password with 400).
 *
 * Any realm is answered. Its name is in the issuer, so that no token is good in another realm.
 */
import * as z from 'zod/mini';
import type { Granted } from '../flows/model/outcome.ts';
import { defineContract } from './define.ts';
import {
  errorBody,
  grantErrors,
  grantRoutes,
  oauthAnswers,
  refreshToken,
  revocationRoute,
  SCOPE,
  secondsOf,
  tokenResponse,
} from './oauth-parts.ts';
import { metadata, userClaims, userInfo } from './openid-parts.ts';
import { refreshRequest } from './requests.ts';
import { FORM } from './routes.ts';

const REALM = '/realms/:realm';
const ENDPOINTS = `${REALM}/protocol/openid-connect`;

const tokens = {
  schema: () => ({
    ...tokenResponse.schema(),
    refresh_expires_in: z.int(),
    'not-before-policy': z.literal(0),
    session_state: z.string(),
  }),
  render: (granted: Granted) => ({
    ...tokenResponse.render(granted),
    refresh_expires_in:
      granted.refresh === null ? 0 : secondsOf(granted.refresh.expiresAtMs, granted),
    'not-before-policy': 0 as const,
    session_state: granted.sessionId,
  }),
  paths: tokenResponse.paths,
};

const WRONG = { code: 'invalid_grant', message: 'Invalid user credentials' };

export const keycloak = defineContract({
  name: 'keycloak',
  title: 'Keycloak password grant',
  description: 'Signs in with a form at the endpoints of a Keycloak realm.',
  base: `${REALM}/account`,
  profilePath: `${ENDPOINTS}/userinfo`,
  params: { realm: 'main' },
  lifetimes: { accessSeconds: 300, refreshSeconds: 1800 },
  identifier: 'email',
  nameCase: 'snake',
  // As in Keycloak, whose direct grant has no step between password and code.
  codeTravels: 'with-password',
  tokens: {
    issuer: REALM,
    type: 'JWT',
    claims: ({ user, sessionId }) => {
      const shared = { session_state: sessionId, scope: SCOPE };
      const roles = user.role === null ? [] : [user.role.name];
      return {
        access: { typ: 'Bearer', ...shared, realm_access: { roles }, ...userClaims(user) },
        refresh: { typ: 'Refresh', ...shared },
      };
    },
  },
  login: tokens,
  refresh: { in: 'body', token: refreshToken, ...tokens },
  profile: userInfo,
  routes: {
    ...grantRoutes(`${ENDPOINTS}/token`, tokens),
    logout: [
      revocationRoute(`${ENDPOINTS}/revoke`),
      { path: `${ENDPOINTS}/logout`, accepts: FORM, request: refreshRequest(refreshToken) },
    ],
  },
  documents: [
    {
      path: `${REALM}/.well-known/openid-configuration`,
      summary: 'Metadata of the realm',
      schema: () =>
        z.object({
          ...metadata.schema(),
          subject_types_supported: z.array(z.string()),
          id_token_signing_alg_values_supported: z.array(z.string()),
        }),
      render: ({ issuer, baseUrl, params }) => {
        const realm = encodeURIComponent(params['realm'] ?? '');
        const at = `${baseUrl}${ENDPOINTS.replace(':realm', realm)}`;
        return {
          ...metadata.render({ issuer, at, keys: `${at}/certs` }),
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: [],
        };
      },
    },
    {
      path: `${ENDPOINTS}/certs`,
      summary: 'Keys that the tokens are signed with (RFC 7517)',
      schema: () => z.object({ keys: z.array(z.looseObject({ kty: z.string() })) }),
      render: ({ keys }) => ({ keys }),
    },
  ],
  errors: {
    ...errorBody('challenge'),
    overrides: {
      ...oauthAnswers,
      invalid: { status: 401, ...WRONG },
      // As in Keycloak: a lock is told neither to the guesser nor to the owner.
      locked: { status: 401, ...WRONG },
      'enrolment-required': {
        status: 400,
        code: 'invalid_grant',
        message: 'Account is not fully set up',
      },
      inactive: { status: 400, code: 'invalid_grant', message: 'Account disabled' },
    },
    byOperation: { refresh: grantErrors, logout: grantErrors },
  },
});
