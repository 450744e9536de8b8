/** The bodies of Supabase's wire: users, sessions, errors, and the requests that differ from the default ones. */
import * as z from 'zod/mini';
import type { Granted, PasswordFlaw, RegistrationAccepted } from '../flows/model/outcome.ts';
import type { User } from '../flows/model/user.ts';
import type { RegistrationInput } from '../flows/register.ts';
import type { WireError } from './error-answers.ts';
import { factorsField } from './gotrue-factors.ts';
import { refusalDetails } from './parts.ts';
import { email, name, newPassword, registration } from './fields.ts';
import { request } from './requests.ts';
import { bodyResponse, component, formatted, isoTime, text } from './responses.ts';

export const AUTHENTICATED = 'authenticated' as const;

/** The facts that Supabase keeps of every user, in bodies and claims; the user sets `user_metadata`. */
export const metadataOf = ({ name, avatar, language, emailVerified = false }: Partial<User>) => ({
  // For policies of services that see the token alone: Supabase has no claim for it that users cannot set.
  app_metadata: { provider: 'email', providers: ['email'], email_verified: emailVerified },
  user_metadata: {
    ...(name && { name }),
    ...(avatar && { avatar_url: avatar }),
    ...(language && { language }),
  },
  is_anonymous: false as const,
});

/** An account, or a registration that has not become one. */
export const user = component(
  'User',
  () => ({
    id: formatted('uuid'),
    aud: z.literal(AUTHENTICATED),
    role: z.literal(AUTHENTICATED),
    email: z.string(),
    phone: z.string(),
    email_confirmed_at: z.optional(isoTime.schema('Absent until the address is verified')),
    last_sign_in_at: z.optional(isoTime.schema()),
    app_metadata: z.object({
      provider: z.string(),
      providers: z.array(z.string()),
      email_verified: z.boolean(),
    }),
    user_metadata: z.record(z.string(), z.string()),
    is_anonymous: z.literal(false),
    created_at: isoTime.schema(),
    ...factorsField.schema(),
    registration: z.optional(text('Sent back with the code, it has its tries counted apart')),
  }),
  (shown: Partial<User> & Pick<User, 'publicId' | 'createdAtMs'> & { handle?: string }) => ({
    id: shown.publicId,
    aud: AUTHENTICATED,
    role: AUTHENTICATED,
    email: shown.email ?? '',
    phone: shown.phone ?? '',
    ...(shown.emailVerified && { email_confirmed_at: isoTime.render(shown.createdAtMs) }),
    ...(shown.lastLoginAtMs && { last_sign_in_at: isoTime.render(shown.lastLoginAtMs) }),
    ...metadataOf(shown),
    created_at: isoTime.render(shown.createdAtMs),
    ...factorsField.render(shown.factors),
    ...(shown.handle && { registration: shown.handle }),
  }),
);

export const session = {
  schema: () => ({
    access_token: text('JWT, good for an hour'),
    token_type: z.literal('bearer'),
    expires_in: z.int(),
    expires_at: z.int(),
    refresh_token: text('JWT, good for 30 days'),
    user: user.schema(),
  }),
  render: ({ user: shown, access, refresh, issuedAtMs }: Granted) => ({
    access_token: access.token,
    token_type: 'bearer' as const,
    expires_in: (access.expiresAtMs - issuedAtMs) / 1000,
    expires_at: access.expiresAtMs / 1000,
    refresh_token: refresh?.token as string,
    user: user.render(shown),
  }),
  paths: { access: ['access_token'], refresh: ['refresh_token'] },
};

/** Refuses a field in words, since what is not stored must not be dropped without a word. */
const refused = (message: string) => z.optional(z.never(message));
const textOrNull = () => z.optional(z.nullable(z.string()));

export const signUp = request(
  () =>
    z.object({
      email: email(),
      password: newPassword(),
      data: z.optional(
        z.catchall(z.object({ name: name() }), refused('User data may have a name only')),
      ),
      registration: registration(),
    }),
  ({ registration: handle, data, ...body }): RegistrationInput => ({
    ...body,
    name: data?.name ?? null,
    username: null,
    handle,
  }),
  (input) => ({
    email: input.email,
    password: input.password,
    data: { name: input.name },
    registration: input.handle,
  }),
);

export const updateUser = request(
  () =>
    z.object({
      data: z.optional(
        z.catchall(
          z.object({ name: textOrNull(), avatar_url: textOrNull(), language: textOrNull() }),
          refused('User data may have name, avatar_url and language only'),
        ),
      ),
      password: refused('The password is changed at /auth/v1/change-password'),
      email: refused('The email is changed at /auth/v1/change-email'),
      phone: refused('The phone number cannot be changed'),
    }),
  ({ data: { avatar_url: avatar, ...others } = {} }) => ({ ...others, avatar }),
  ({ avatar, ...others }) => ({ data: { ...others, avatar_url: avatar } }),
);

/** A user without a session; where the deployment grants at once, the answer is the login's. */
export const signedUp = bodyResponse('SignedUp', {
  schema: () => user.schema().shape,
  render: ({ placeholderId, acceptedAtMs, ...accepted }: RegistrationAccepted) =>
    user.render({ ...accepted, publicId: placeholderId, createdAtMs: acceptedAtMs }),
});

/** Errors have their code in `code` since then; clients that name no version get the older shape. */
const VERSION = '2024-01-01';
export const VERSION_HEADER = 'X-Supabase-Api-Version';

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

/** Errors: in the older shape for clients that name no version, as the pages are. */
export const errorBody = {
  schema: (codes: string[]) => {
    const more = refusalDetails();
    const weak_password = z.optional(z.object({ reasons: z.array(z.string()) }));
    return z.union([
      z.object({ code: z.enum(codes), message: z.string(), weak_password, ...more }),
      z.object({
        code: z.int(),
        error_code: z.enum(codes),
        msg: z.string(),
        weak_password,
        ...more,
      }),
    ]);
  },
  render: (error: WireError) => ({
    ...(isVersioned(error)
      ? { code: error.code, message: error.message }
      : { code: error.status, error_code: error.code, msg: error.message }),
    ...weakPassword(error),
    ...error.details,
  }),
  headers: (error: WireError) => ({
    'X-Sb-Error-Code': error.code,
    ...(isVersioned(error) && { [VERSION_HEADER]: VERSION }),
  }),
  paths: { code: ['error_code'], message: ['msg'] },
};
