/**
 * The input of the admin API as schemas: they validate, and the published document is made from them.
 * An unknown parameter is refused, since a mistyped filter would select everything.
 */
import * as z from 'zod/mini';
import { AUDIT_ACTIONS } from '../flows/model/audit.ts';
import type { UserRef } from '../flows/ports/admin.ts';
import { networkOf } from './address.ts';

/** Bounded text without control characters and unpaired surrogates. */
const text = (most: number) =>
  z
    .string()
    .check(
      z.minLength(1),
      z.maxLength(most),
      z.regex(/^[^\p{C}]*$/u, 'has characters that are not allowed'),
    );

const whole = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  z.coerce.number().check(z.multipleOf(1, 'is no whole number'), z.minimum(least), z.maximum(most));

const time = z.string().check(
  z.regex(
    /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?(?:Z|[+-]\d{2}:\d{2}))?$/,
    'is neither a day nor a time of ISO 8601 with its offset',
  ),
  z.refine((text) => !Number.isNaN(Date.parse(text)), 'is no time'),
);

const described = <T extends z.ZodMiniType>(schema: T, description: string) =>
  z.optional(schema).check(z.meta({ description }));

export const userId = text(128).check(
  z.refine(
    (id) => !/^\d+$/.test(id) || Number(id) <= Number.MAX_SAFE_INTEGER,
    'is no number of ours',
  ),
  z.meta({ description: 'The number, or the public id' }),
);

export const userQuery = z.strictObject({
  username: described(text(256), 'What the username begins with'),
  email: described(text(256), 'What the address begins with'),
  status: z.optional(z.enum(['active', 'inactive'])),
  cursor: described(whole(0), '`next` of the page before'),
  limit: z._default(whole(1, 100), 50),
});

export const roleBody = z.strictObject({
  role: z
    .nullable(text(64))
    .check(z.meta({ description: 'Id of a role; null takes the role away' })),
  name: described(text(64), 'Creates the role if there is none of this id'),
});

const network = text(64).check(
  z.refine(
    (address) => networkOf(address) !== 'unknown' || /^unknown$|^[\da-f:]+::\/64$/i.test(address),
    'is no address',
  ),
);

export const auditQuery = z
  .strictObject({
    user: z.optional(userId),
    action: z.optional(z.enum(AUDIT_ACTIONS, 'is no action of the audit')),
    operator: described(text(128), 'Public id of an account, or `token:` and the id of a token'),
    address: described(network, 'As the audit has it; IPv6 as its /64'),
    from: described(time, 'Inclusive'),
    to: described(time, 'Exclusive'),
    cursor: described(whole(1), '`next` of the page before'),
    limit: z._default(whole(1, 500), 100),
    format: described(z.enum(['json', 'csv']), 'Goes before `Accept`'),
  })
  .check(
    z.refine(
      ({ from, to }) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to),
      { path: ['to'], error: 'is not after from' },
    ),
  );

/** Reads digits alone as the number, and anything else as the public id. */
export const userName = (id: string): UserRef =>
  /^\d+$/.test(id) ? { id: Number(id) } : { publicId: id };
