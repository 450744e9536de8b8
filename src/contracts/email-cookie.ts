/**
 * `email-cookie`: the access token in the body, the refresh token in an HttpOnly cookie.
 *
 * The cookie's attributes are the document's, to the letter. It names no Path, so browsers keep
 * the cookie to the folder of the login path, which is where it is needed.
 */
import * as z from 'zod/mini';
import type { Granted } from '../flows/model/outcome.ts';
import { defineContract } from './define.ts';
import { fieldIssues, refusalDetails, userResponses } from './parts.ts';
import { component, isoTime, text, type UserNamedBy } from './responses.ts';

const user = component(
  'User',
  () => ({ id: z.string(), email: z.email(), createdAt: isoTime.schema() }),
  ({ publicId, email, createdAtMs }: UserNamedBy<'email'>) => ({
    id: publicId,
    email,
    createdAt: isoTime.render(createdAtMs),
  }),
);

const token = {
  schema: () => ({
    token: text('JWT'),
    expiresIn: z.int().check(z.meta({ description: 'Seconds until the token expires' })),
  }),
  render: ({ access, issuedAtMs }: Granted) => ({
    token: access.token,
    expiresIn: (access.expiresAtMs - issuedAtMs) / 1000,
  }),
  paths: { access: ['token'] },
};

export const emailCookie = defineContract({
  name: 'email-cookie',
  title: 'Login with a refresh cookie',
  description: 'Signs in with email and password. The refresh token is set as an HttpOnly cookie.',
  base: '/api/v1/auth',
  profilePath: '/api/v1/profile',
  lifetimes: { accessSeconds: 86_400, refreshSeconds: 7 * 86_400 },
  identifier: 'email',
  tokens: {
    claims: ({ user }) => ({ access: { userId: user.publicId, email: user.email }, refresh: {} }),
  },
  ...userResponses(user, token, ['email']),
  refresh: {
    in: 'cookie',
    name: 'refreshToken',
    attributes: 'HttpOnly; Secure; SameSite=Strict',
    ...token,
  },
  errors: {
    schema: (codes) =>
      z.object({
        error: z.object({
          code: z.enum(codes),
          message: z.string(),
          details: z.union([
            z.object({ field: z.string(), validationErrors: fieldIssues.schema() }),
            z.object({}),
          ]),
          ...refusalDetails(),
        }),
      }),
    /** `field` is the first that fits the code; `validationErrors` has everything that is wrong. */
    render: ({ code, message, issues, details: more }) => {
      const first = issues.find(({ missing }) => missing) ?? issues[0];
      const details = first
        ? { field: first.field, validationErrors: fieldIssues.render(issues) }
        : {};
      return { error: { code, message, details, ...more } };
    },
    paths: { code: ['error', 'code'], message: ['error', 'message'] },
    overrides: {
      'missing-field': { code: 'REQUIRED_FIELD_MISSING', message: 'Required field is missing' },
      limited: { code: 'TOO_MANY_REQUESTS' },
      internal: { code: 'INTERNAL_SERVER_ERROR' },
    },
  },
});
