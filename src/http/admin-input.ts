/**
 * What an operator may ask, as schemas: these validate, and the published document is made of them.
 * An unknown parameter is refused, since a filter that is mistyped would let everything through.
 */
import * as z from 'zod';
import type { UserName } from '../flows/admin-services.ts';

/** No control characters, no halves of surrogate pairs, nothing without end. */
const text = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\p{C}]*$/u, 'has characters that are not allowed');

const whole = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  z.coerce.number().int().min(least).max(most);

const time = z
  .string()
  .regex(
    /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?(?:Z|[+-]\d{2}:\d{2}))?$/,
    'is neither a day nor a time of ISO 8601 with its offset',
  )
  .refine((given) => !Number.isNaN(Date.parse(given)), 'is no time');

export const userId = text(128)
  .refine(
    (id) => !/^\d+$/.test(id) || Number(id) <= Number.MAX_SAFE_INTEGER,
    'is no number of ours',
  )
  .meta({ description: 'The number, or the public id' });

export const userQuery = z.strictObject({
  username: text(256).optional().meta({ description: 'What the username begins with' }),
  email: text(256).optional().meta({ description: 'What the address begins with' }),
  status: z.enum(['active', 'inactive']).optional(),
  cursor: whole(0).optional().meta({ description: '`next` of the page before' }),
  limit: whole(1, 100).default(50),
});

export const roleBody = z.strictObject({
  role: text(64).nullable().meta({ description: 'Id of a role; null takes the role away' }),
  name: text(64).optional().meta({ description: 'Makes the role, where there is none of this id' }),
});

export const auditQuery = z.strictObject({
  user: userId.optional(),
  action: z
    .string()
    .regex(/^[A-Z][A-Z_]{0,63}$/, 'is no action')
    .optional(),
  address: text(64).optional().meta({ description: 'As the audit has it; IPv6 as its /64' }),
  from: time.optional().meta({ description: 'Inclusive' }),
  to: time.optional().meta({ description: 'Exclusive' }),
  cursor: whole(1).optional().meta({ description: '`next` of the page before' }),
  limit: whole(1, 500).default(100),
  format: z.enum(['json', 'csv']).optional().meta({ description: 'Goes before `Accept`' }),
});

/** Digits alone are the number. */
export const userName = (id: string): UserName =>
  /^\d+$/.test(id) ? { id: Number(id) } : { publicId: id };
