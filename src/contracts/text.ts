/** Fields that hold text, with messages for the one who filled them in. */
import * as z from 'zod/mini';

/** A field that must hold text. Empty is missing: forms send what nobody filled in. */
export const requiredText = (label: string) =>
  z
    .string({ error: ({ input }) => unfit(label, input) })
    .check(z.minLength(1, `${label} is required`));

/** A field that must hold an e-mail address; `malformed` is what is said of other text. */
export const requiredEmail = (malformed: string) =>
  z.email({
    error: ({ code, input }) =>
      code === 'invalid_format' && input ? malformed : unfit('Email', input),
  });

const unfit = (label: string, input: unknown): string =>
  input === undefined || input === null || input === ''
    ? `${label} is required`
    : `${label} must be a string`;
