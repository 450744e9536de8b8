/** Changes a user's profile, fenced on the session that asks. */
import { and, eq, gt, or, sql } from 'drizzle-orm';
import type { AccountChanges } from '../flows/ports/account-changes.ts';
import type { ProfileChange } from '../policy/profile-rules.ts';
import { auditChange, auditValues } from './audit.ts';
import { sessions, users } from './schema.ts';
import { findLive, liveSession, sessionIsValid, type LiveRow } from './sessions/live.ts';
import { builder, existsIn, param, statement } from './statement.ts';
import { writeOrRecover } from './write-or-recover.ts';

const COLUMNS = ['name', 'avatar', 'bio', 'language'] as const satisfies (keyof ProfileChange)[];

/** `sets *`: 1 where the change names the field. Another request may be changing the others. */
const newValue = (field: (typeof COLUMNS)[number]) =>
  sql`iif(${param(`sets ${field}`)}, ${param(field)}, ${users[field]})`;

/** Changes no row where every field has its new value already, so that no event is written. */
const update = statement<{ userId: number; sessionId: string; nowMs: number } & Row>(() =>
  builder
    .update(users)
    .set(Object.fromEntries(COLUMNS.map((field) => [field, newValue(field)])))
    .where(
      and(
        eq(users.id, param('userId')),
        existsIn(
          sessions,
          and(
            eq(sessions.id, param('sessionId')),
            gt(sessions.expiresAtMs, param('nowMs')),
            sessionIsValid,
          ),
        ),
        or(...COLUMNS.map((field) => sql`${users[field]} is not ${newValue(field)}`)),
      ),
    ),
);
type Row = Record<string, string | number | null>;

const rowOf = (change: ProfileChange): Row =>
  Object.fromEntries(
    COLUMNS.flatMap((field) => [
      [`sets ${field}`, field in change ? 1 : 0],
      [field, change[field] ?? null],
    ]),
  );

export function createProfileUpdate(database: D1Database): Pick<AccountChanges, 'updateProfile'> {
  return {
    async updateProfile({ id: sessionId, user }, change, context) {
      const userId = user.id;
      const event = { ...auditValues(context), action: 'PROFILE_UPDATED', reason: 'done' } as const;
      const values = { ...rowOf(change), ...event, userId, publicId: null, sessionId };
      const write = async () => {
        const [, , found] = await database.batch<LiveRow>([
          update.bind(database, values),
          auditChange.bind(database, values),
          findLive.bind(database, values),
        ]);
        return liveSession(found?.results ?? [])?.user ?? null;
      };
      return writeOrRecover(database, write, {
        ...event,
        onAudited: () => ({ ...user, ...change }),
      });
    },
  };
}
