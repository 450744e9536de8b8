/**
 * `oauth2`: the password grant of OAuth 2.0, as Spring, FastAPI (`OAuth2PasswordRequestForm`) and the
 * client packages of RFC 6749 speak it. OAuth 2.1 drops this grant; it is here for clients that have it.
 */
import * as z from 'zod/mini';
import { defineContract } from './define.ts';
import {
  errorBody,
  factorGrants,
  grantErrors,
  grantRoutes,
  MFA_GRANTS,
  oauthAnswers,
  refreshToken,
  revocationRoute,
  tokenResponse,
} from './oauth-parts.ts';
import { metadata, userInfo } from './openid-parts.ts';

const grants = grantRoutes('/token', tokenResponse);

export const oauth2 = defineContract({
  name: 'oauth2',
  title: 'OAuth 2.0 password grant',
  description: 'Signs in with a form: RFC 6749 4.3, with refresh, revocation and metadata.',
  base: '/account',
  profilePath: '/userinfo',
  lifetimes: { accessSeconds: 900, refreshSeconds: 14 * 86_400 },
  identifier: 'email',
  nameCase: 'snake',
  login: tokenResponse,
  refresh: { in: 'body', token: refreshToken, ...tokenResponse },
  profile: userInfo,
  routes: {
    ...grants,
    // Clients of FastAPI may leave `grant_type` out; empty is the same (RFC 6749 3.2).
    login: ['password', '', null].map((tag) => ({
      ...grants.login,
      when: { body: { grant_type: tag } },
    })),
    'second-factor': factorGrants('/token'),
    logout: revocationRoute('/revoke'),
  },
  documents: [
    {
      path: '/.well-known/oauth-authorization-server',
      summary: 'Metadata of the authorization server (RFC 8414)',
      schema: () => z.object(metadata.schema()),
      render: ({ issuer, baseUrl }) =>
        metadata.render({
          issuer,
          at: baseUrl,
          keys: `${new URL(baseUrl).origin}/.well-known/jwks.json`,
          grants: Object.keys(MFA_GRANTS),
        }),
    },
  ],
  errors: {
    ...errorBody('mfa_token'),
    overrides: oauthAnswers,
    byOperation: { refresh: grantErrors },
  },
});
