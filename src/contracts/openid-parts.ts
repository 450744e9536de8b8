/**
 * Metadata of the authorization server (RFC 8414) and claims of a user (OpenID Connect Core 5.1) that
 * `oauth2` and `keycloak` have in common.
 */
import * as z from 'zod/mini';
import type { User } from '../flows/model/user.ts';
import { SCOPE } from './oauth-parts.ts';
import { text } from './responses.ts';

/** The claims of a user that are not null. */
export const userClaims = ({ username, email, emailVerified, name, avatar, language }: User) => ({
  ...(username !== null && { preferred_username: username }),
  ...(name !== null && { name }),
  ...(email !== null && { email, email_verified: emailVerified }),
  ...(avatar !== null && { picture: avatar }),
  locale: language,
});

export const userInfo = {
  schema: () => ({
    sub: text('The same as in the tokens'),
    preferred_username: z.optional(z.string()),
    name: z.optional(z.string()),
    email: z.optional(z.email()),
    email_verified: z.optional(z.boolean()),
    picture: z.optional(z.string()),
    locale: z.string(),
  }),
  render: (user: User) => ({ sub: user.publicId, ...userClaims(user) }),
  paths: {
    name: ['name'],
    username: ['preferred_username'],
    email: ['email'],
    avatar: ['picture'],
    language: ['locale'],
  },
};

interface Endpoints {
  issuer: string;
  at: string;
  keys: string;
  grants?: readonly string[];
}

/** The members that both documents have. `at`: the URL above the endpoints; `grants`: besides both's own. */
export const metadata = {
  schema: () => ({
    issuer: z.url(),
    token_endpoint: z.url(),
    revocation_endpoint: z.url(),
    userinfo_endpoint: z.url(),
    jwks_uri: z.url(),
    scopes_supported: z.array(z.string()),
    response_types_supported: z.array(z.string()),
    grant_types_supported: z.array(z.string()),
    token_endpoint_auth_methods_supported: z.array(z.string()),
    revocation_endpoint_auth_methods_supported: z.array(z.string()),
  }),
  render: ({ issuer, at, keys, grants = [] }: Endpoints) => ({
    issuer,
    token_endpoint: `${at}/token`,
    revocation_endpoint: `${at}/revoke`,
    userinfo_endpoint: `${at}/userinfo`,
    jwks_uri: keys,
    scopes_supported: SCOPE.split(' '),
    response_types_supported: [],
    grant_types_supported: ['password', 'refresh_token', ...grants],
    token_endpoint_auth_methods_supported: ['none'],
    revocation_endpoint_auth_methods_supported: ['none'],
  }),
};
