/** The fields of request bodies, with the messages that clients are told where a field is wrong. */
import * as z from 'zod/mini';
import { lazy } from './responses.ts';

/** A field of a body: its name, and the schema that reads it. */
export type Field = readonly [name: string, schema: () => z.ZodMiniType];

/** A field that must hold text. Empty is missing: forms send fields that were left empty. */
export const requiredText = (label: string) =>
  z
    .string({ error: ({ input }) => textFault(label, input) })
    .check(z.minLength(1, `${label} is required`));

/** A field that must hold an e-mail address; `malformed` is the message for other text. */
export const requiredEmail = (malformed: string) =>
  z.email({
    error: ({ code, input }) =>
      code === 'invalid_format' && input ? malformed : textFault('Email', input),
  });

const textFault = (label: string, input: unknown): string =>
  input === undefined || input === null || input === ''
    ? `${label} is required`
    : `${label} must be a string`;

export const EMAIL_MALFORMED = 'Email must be a valid email address';

/** RFC 5321 4.5.3.1: the longest path that a mail server must take. */
const MAX_EMAIL_LENGTH = 254;
const MAX_NAME_LENGTH = 100;
/** Longer than any handle that is issued (some 130 characters). */
const MAX_HANDLE_LENGTH = 256;

export const email = lazy(() =>
  requiredEmail(EMAIL_MALFORMED).check(z.maxLength(MAX_EMAIL_LENGTH, 'Email is too long')),
);
export const password = lazy(() => requiredText('Password'));
/**
 * A password that is set. The use case validates it by PASSWORD_RULES, whose defaults the document names:
 * the schema itself refuses none that is not empty.
 */
export const newPassword = (label = 'Password') =>
  requiredText(label).check(
    z.meta({
      minLength: 8,
      maxLength: 256,
      description:
        'The bounds are the defaults of the setting PASSWORD_RULES; a deployment may have others. Common passwords and the user’s own names are refused',
    }),
  );
/** The account's password. Absent is right where it has none: the use case asks for it elsewhere. */
export const ownPassword = (schema: z.ZodMiniType<string>) =>
  z.optional(schema).check(z.meta({ description: 'Absent where the account has none' }));
export const code = lazy(() =>
  requiredText('Code').check(z.regex(/^\d{6}$/, 'Code must be six digits')),
);
export const username = lazy(() => requiredText('Username'));

export const newUsername = lazy(() =>
  username().check(
    z.minLength(3, 'Username must be at least 3 characters'),
    z.maxLength(32, 'Username must be at most 32 characters'),
    z.regex(/^[\w.-]+$/, 'Username may have letters, digits, "_", "." and "-"'),
  ),
);

export const name = lazy(() =>
  z.pipe(
    z.nullish(
      z
        .string('Name must be a string')
        .check(z.trim(), z.maxLength(MAX_NAME_LENGTH, 'Name is too long')),
    ),
    z.transform((text) => text || null),
  ),
);

const MAX_OWN_NAME_LENGTH = 64;
/** Besides what profiles refuse, the characters that turn the text around a name, as in an e-mail. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u{FFFD}\u{202A}-\u{202E}\u{2066}-\u{2069}]/u;

/** A name that a user gives to a passkey or a session. */
export const ownName = () =>
  z.string('Name must be a string').check(
    z.trim(),
    z.maxLength(MAX_OWN_NAME_LENGTH, 'Name is too long'),
    z.refine((text) => !UNPRINTABLE.test(text), 'Name must not have control characters'),
  );

/** A text field of the profile; policy/profile-rules.ts has its other rules. */
export const profileText = (label: string) =>
  z.optional(z.nullable(z.string(`${label} must be a string`)));

/** A handle that cannot be one of ours is ignored, since it is optional. */
export const registration = lazy(() =>
  z.pipe(
    z.optional(z.unknown()).check(
      z.meta({
        default: null,
        description: 'From the answer to register, for clients without cookies',
        anyOf: [{ type: 'string', maxLength: MAX_HANDLE_LENGTH }, { type: 'null' }],
      }),
    ),
    z.transform((handle) =>
      typeof handle === 'string' && handle.length <= MAX_HANDLE_LENGTH ? handle : null,
    ),
  ),
);

/** A recovery code has 29 characters with its dashes. */
const MAX_FACTOR_CODE_LENGTH = 64;

/** The handle of a login's step. */
export const challenge = lazy(() => requiredText('Challenge'));
/** A code of an authenticator app, or a recovery code. */
export const factorCode = lazy(() =>
  requiredText('Code').check(z.maxLength(MAX_FACTOR_CODE_LENGTH, 'Code is too long')),
);
/** The same beside a login's password. Empty is absent: forms send fields that were left empty. */
export const loginCode = lazy(() =>
  z.pipe(
    z.nullish(
      z
        .string('Code must be a string')
        .check(z.maxLength(MAX_FACTOR_CODE_LENGTH, 'Code is too long')),
    ),
    z.transform((text) => text || null),
  ),
);
