/**
 * The bodies of what follows a login's document: register, codes, forgotten and changed passwords.
 * The documents name these operations without showing them, so one reading serves all contracts;
 * only what a user is named by differs.
 */
import * as z from 'zod';
import type { Application } from '../flows/register.ts';
import type { Identifier } from '../policy/identifier.ts';
import { requiredEmail, requiredText } from './text.ts';

export interface AccountBodies {
  /** What the login's body names a user by. */
  readonly identifier: Identifier['kind'];
  readonly register: z.ZodType<Application>;
  readonly sendCode: z.ZodType<Identifier>;
  readonly verifyEmail: z.ZodType<{ identifier: Identifier; password: string; code: string }>;
  readonly forgotPassword: z.ZodType<Identifier>;
}

const EMAIL_MALFORMED = 'Email must be a valid email address';
/** RFC 5321 4.5.3.1: what a path can hold. */
const LONGEST_EMAIL = 254;
const LONGEST_NAME = 100;

const newEmail = requiredEmail(EMAIL_MALFORMED).max(LONGEST_EMAIL, 'Email is too long');
const password = requiredText('Password');
const code = requiredText('Code').regex(/^\d{6}$/, 'Code must be six digits');
const username = requiredText('Username');

const newUsername = username
  .min(3, 'Username must be at least 3 characters')
  .max(32, 'Username must be at most 32 characters')
  .regex(/^[\w.-]+$/, 'Username may have letters, digits, "_", "." and "-"');

const newName = z
  .string('Name must be a string')
  .trim()
  .max(LONGEST_NAME, 'Name is too long')
  .nullish()
  .transform((name) => name || null);

const byEmail = (value: string): Identifier => ({ kind: 'email', value });
const byUsername = (value: string): Identifier => ({ kind: 'username', value });

export const emailAccount: AccountBodies = {
  identifier: 'email',
  register: z
    .object({ email: newEmail, password, name: newName })
    .transform((body) => ({ ...body, username: null })),
  sendCode: z.object({ email: newEmail }).transform(({ email }) => byEmail(email)),
  verifyEmail: z
    .object({ email: newEmail, password, code })
    .transform(({ email, ...proof }) => ({ identifier: byEmail(email), ...proof })),
  forgotPassword: z.object({ email: newEmail }).transform(({ email }) => byEmail(email)),
};

export const usernameAccount: AccountBodies = {
  identifier: 'username',
  register: z
    .object({ username: newUsername, email: newEmail, password })
    .transform((body) => ({ ...body, name: null })),
  sendCode: z.object({ username }).transform((body) => byUsername(body.username)),
  verifyEmail: z
    .object({ username, password, code })
    .transform(({ username, ...proof }) => ({ identifier: byUsername(username), ...proof })),
  forgotPassword: z
    .object({ username: username.optional(), email: newEmail.optional() })
    .transform(({ username, email }, context): Identifier => {
      if (email !== undefined) return byEmail(email);
      if (username !== undefined) return byUsername(username);
      context.addIssue({
        code: 'custom',
        path: ['username'],
        message: 'Username or email is required',
      });
      return z.NEVER;
    }),
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
