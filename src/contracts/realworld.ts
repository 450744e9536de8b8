/**
 * `realworld`: the authentication of RealWorld's API (Conduit), as its frontends know it. Bodies stand
 * in `user`, a refusal lists messages by field, and every user comes with the token that shows it.
 * There are no refresh tokens. Frontends print the field in front of each message.
 */
import * as z from 'zod/mini';
import type { Granted } from '../flows/model/outcome.ts';
import type { ProfileUpdate } from '../flows/update-profile.ts';
import type { WireContext } from './wire.ts';
import { defineContract } from './define.ts';
import { refusalDetails } from './parts.ts';
import { accountRequests } from './account-requests.ts';
import { loginRequest, request, within } from './requests.ts';
import { email, profileText, requiredText } from './fields.ts';
import { bodyResponse, component, nullWhere, pick, text, type UserNamedBy } from './responses.ts';

type Shown = UserNamedBy<'email'>;

/** Accounts without a username show their address: frontends take the field for text. */
const user = component(
  'User',
  () => ({
    email: z.email(),
    token: text('JWT, good for 24 hours'),
    username: text('The e-mail address of an account without a username'),
    bio: nullWhere('where the user has given none', z.string()),
    image: nullWhere('where the user has given none', z.string()),
  }),
  ({ account, token }: { account: Shown; token: string }) => ({
    ...pick(account, 'email'),
    token,
    username: account.username ?? account.email,
    bio: account.bio,
    image: account.avatar,
  }),
);

const signedIn = {
  schema: () => ({ user: user.schema() }),
  render: ({ user: account, access }: Granted & { user: Shown }) => ({
    user: user.render({ account, token: access.token }),
  }),
};

/** The field of a refusal that is not about one of the request's, by its code; else `body`. */
const SUBJECTS: Readonly<Record<string, string>> = {
  INVALID_CREDENTIALS: 'credentials',
  UNAUTHENTICATED: 'token',
  USERNAME_TAKEN: 'username',
  EMAIL_TAKEN: 'email',
  SECOND_FACTOR_REQUIRED: 'totp',
  SECOND_FACTOR_ENROLMENT_REQUIRED: 'totp',
  INVALID_SECOND_FACTOR: 'totp',
  SECOND_FACTOR_EXPIRED: 'challenge',
  INVALID_PASSKEY: 'passkey',
  PASSKEY_CHALLENGE_EXPIRED: 'challenge',
  PASSKEY_NOT_ALLOWED: 'passkey',
  TOO_MANY_PASSKEYS: 'passkeys',
};

/** `Email is required` → `can't be blank`, `Password is too common` → `is too common`. */
function predicate(field: string, message: string, missing: boolean): string {
  if (missing) return "can't be blank";
  return message.toLowerCase().startsWith(`${field} `) ? message.slice(field.length + 1) : message;
}

/** Frontends send the whole form. A password is not compared: a token alone must not guess at it. */
const settings = request(
  () =>
    z.object({
      email: z.optional(email()),
      username: z.optional(requiredText('Username')),
      password: z.optional(
        requiredText('Password').check(
          z.refine(() => false, 'Password is changed with the current one, at change-password'),
        ),
      ),
      bio: profileText('Bio'),
      image: profileText('Image'),
    }),
  ({ email, username, bio, image }): ProfileUpdate => ({ email, username, bio, avatar: image }),
  ({ email, username, bio, avatar }) => ({ email, username, bio, image: avatar }),
);

export const realworld = defineContract({
  name: 'realworld',
  title: 'RealWorld (Conduit)',
  description:
    "The authentication of RealWorld's API, version 2.0.0: register, login, current user.",
  base: '/api/users',
  profilePath: '/api/user',
  lifetimes: { accessSeconds: 86_400 },
  identifier: 'email',
  canRegisterImmediately: true,
  access: { in: 'header', name: 'Authorization', scheme: 'Token' },
  login: { ...signedIn, paths: { access: ['user', 'token'] } },
  profile: {
    schema: () => ({ user: user.schema() }),
    render: (account: Shown, { token }: WireContext) => ({
      user: user.render({ account, token: token ?? '' }),
    }),
    paths: {
      username: ['user', 'username'],
      email: ['user', 'email'],
      avatar: ['user', 'image'],
    },
  },
  routes: {
    login: { request: within('user', loginRequest('email', { code: 'totp' })) },
    'update-profile': {
      method: 'PUT',
      path: '/api/user',
      request: within('user', settings),
    },
    register: {
      path: '/api/users',
      request: within('user', accountRequests('username').register),
      grants: bodyResponse('RegisteredUser', signedIn, { status: 201 }),
    },
  },
  errors: {
    schema: () =>
      z.object({ errors: z.record(z.string(), z.array(z.string())), ...refusalDetails() }),
    render: ({ code, message, issues, details }) => ({
      ...details,
      errors: Object.fromEntries(
        issues.length === 0
          ? [[SUBJECTS[code] ?? 'body', [message]]]
          : issues.map(({ field: path, message, missing }) => {
              const field = path.slice(path.lastIndexOf('.') + 1);
              return [field === 'avatar' ? 'image' : field, [predicate(field, message, missing)]];
            }),
      ),
    }),
    paths: {
      code: null,
      message: ['errors', '*', '0'],
      challenge: ['challenge'],
      methods: ['methods'],
    },
    overrides: {
      malformed: { status: 422 },
      invalid: { message: 'invalid' },
      'second-factor-required': { message: 'is required' },
      'enrolment-required': { message: 'has to be set up' },
      'invalid-factor': { message: 'is invalid' },
      'expired-step': { message: 'has expired' },
      'invalid-passkey': { message: 'was not accepted' },
      'expired-challenge': { message: 'has expired or was used' },
      'unacceptable-passkey': { message: 'has to stay on its device' },
      'too-many-passkeys': { message: 'are as many as there may be' },
      unauthenticated: { message: 'is invalid or has expired' },
      'missing-token': { message: 'is missing' },
      taken: { message: 'has already been taken' },
      'email-taken': { message: 'has already been taken' },
    },
  },
});
