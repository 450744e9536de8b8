/** The condition that a username is taken. */
import { and, eq, gt, ne, or } from 'drizzle-orm';
import { registrations, users } from '../schema.ts';
import { existsIn, param } from '../statement.ts';

export type Wanted = { usernameKey: string | null; email: string; handleId: string; nowMs: number };

/** By a user, or by a live registration other than those of the same handle and address. */
export const usernameIsTaken = () =>
  or(
    existsIn(users, eq(users.usernameKey, param('usernameKey'))),
    existsIn(
      registrations,
      and(
        eq(registrations.usernameKey, param('usernameKey')),
        gt(registrations.expiresAtMs, param('nowMs')),
        or(ne(registrations.handleId, param('handleId')), ne(registrations.email, param('email'))),
      ),
    ),
  );
