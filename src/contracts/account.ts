/**
 * The bodies of what follows a login's document: register, codes, forgotten and changed passwords.
 * The documents name these operations without showing them, so one reading serves all contracts;
 * only what a user is named by differs.
 */
import * as z from 'zod/mini';
import type { RegistrationInput } from '../flows/register.ts';
import type { Identifier } from '../policy/identifier.ts';
import { requiredEmail, requiredText } from './text.ts';

export interface AccountBodies {
  /** What the login's body names a user by. */
  readonly identifier: Identifier['kind'];
  readonly register: z.ZodMiniType<RegistrationInput>;
  readonly sendCode: z.ZodMiniType<Named>;
  readonly verifyEmail: z.ZodMiniType<Named & { password: string; code: string }>;
  readonly forgotPassword: z.ZodMiniType<Named>;
}

/** `handle`: of a registration, for clients that keep no cookies. */
interface Named {
  identifier: Identifier;
  handle: string | null;
}

const EMAIL_MALFORMED = 'Email must be a valid email address';
/** RFC 5321 4.5.3.1: what a path can hold. */
const LONGEST_EMAIL = 254;
const LONGEST_NAME = 100;

const newEmail = requiredEmail(EMAIL_MALFORMED).check(
  z.maxLength(LONGEST_EMAIL, 'Email is too long'),
);
const password = requiredText('Password');
const code = requiredText('Code').check(z.regex(/^\d{6}$/, 'Code must be six digits'));
const username = requiredText('Username');

const newUsername = username.check(
  z.minLength(3, 'Username must be at least 3 characters'),
  z.maxLength(32, 'Username must be at most 32 characters'),
  z.regex(/^[\w.-]+$/, 'Username may have letters, digits, "_", "." and "-"'),
);

const newName = z.pipe(
  z.nullish(
    z
      .string('Name must be a string')
      .check(z.trim(), z.maxLength(LONGEST_NAME, 'Name is too long')),
  ),
  z.transform((name) => name || null),
);

/** Some 130 characters are ours; whatever else stands there is as good as nothing. */
const LONGEST_HANDLE = 256;

const registration = z.pipe(
  // oxlint-disable-next-line promise/valid-params -- Zod's catch, not a promise's.
  z
    .catch(z.nullish(z.string().check(z.maxLength(LONGEST_HANDLE))), null)
    .check(z.meta({ description: 'From the answer to register, for clients without cookies' })),
  z.transform((handle) => handle ?? null),
);

const byEmail = (value: string): Identifier => ({ kind: 'email', value });
const byUsername = (value: string): Identifier => ({ kind: 'username', value });

export const emailAccount: AccountBodies = {
  identifier: 'email',
  register: z.pipe(
    z.object({ email: newEmail, password, name: newName, registration }),
    z.transform(({ registration: handle, ...body }) => ({ ...body, username: null, handle })),
  ),
  sendCode: z.pipe(
    z.object({ email: newEmail, registration }),
    z.transform((body) => ({ identifier: byEmail(body.email), handle: body.registration })),
  ),
  verifyEmail: z.pipe(
    z.object({ email: newEmail, password, code, registration }),
    z.transform(({ email, registration: handle, ...proof }) => ({
      identifier: byEmail(email),
      handle,
      ...proof,
    })),
  ),
  forgotPassword: z.pipe(
    z.object({ email: newEmail, registration }),
    z.transform((body) => ({ identifier: byEmail(body.email), handle: body.registration })),
  ),
};

export const usernameAccount: AccountBodies = {
  identifier: 'username',
  register: z.pipe(
    z.object({ username: newUsername, email: newEmail, password, registration }),
    z.transform(({ registration: handle, ...body }) => ({ ...body, name: null, handle })),
  ),
  sendCode: z.pipe(
    z.object({ username, registration }),
    z.transform((body) => ({ identifier: byUsername(body.username), handle: body.registration })),
  ),
  verifyEmail: z.pipe(
    z.object({ username, password, code, registration }),
    z.transform(({ username, registration: handle, ...proof }) => ({
      identifier: byUsername(username),
      handle,
      ...proof,
    })),
  ),
  forgotPassword: z.pipe(
    z.object({ username: z.optional(username), email: z.optional(newEmail), registration }),
    z.transform((body, { issues }): Named => {
      const { registration: handle } = body;
      if (body.email !== undefined) return { identifier: byEmail(body.email), handle };
      if (body.username !== undefined) return { identifier: byUsername(body.username), handle };
      issues.push({
        code: 'custom',
        path: ['username'],
        message: 'Username or email is required',
        input: body,
      });
      return z.NEVER;
    }),
  ),
};

/** The same for everyone: who asks is known by a token, of the link or of the session. */
export const resetPassword = z.object({ token: requiredText('Token'), password });

export const changePassword = z.object({
  currentPassword: requiredText('Current password'),
  newPassword: requiredText('New password'),
});

export const changeEmail = z.object({ email: newEmail, password });

export const confirmEmail = z.object({ code });

export const deleteAccount = z.object({ password });
