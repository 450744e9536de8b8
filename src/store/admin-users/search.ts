/** Builds the search for users: one statement, and so one plan, for each combination of filters. */
import { and, eq, gt, sql, type SQL } from 'drizzle-orm';
import type { UserSearch } from '../../flows/ports/admin.ts';
import type { User } from '../../flows/model/user.ts';
import { roles, teams, users } from '../schema.ts';
import { builder, param, statement, type Statement } from '../statement.ts';
import { shownColumns } from '../users.ts';

/** Written out, since a partial index (users_inactive) serves no placeholder. */
export const HAS_STATUS: Record<User['status'], SQL> = {
  active: sql`${users.status} = 'active'`,
  inactive: sql`${users.status} = 'inactive'`,
};

type Values = { username: string; email: string; after: number; limit: number };

const statements = new Map<string, Statement<Values>>();

export function searchStatement(search: UserSearch): Statement<Values> {
  const key = `${search.username !== null} ${search.email !== null} ${search.status}`;
  let found = statements.get(key);
  if (found === undefined) statements.set(key, (found = build(search)));
  return found;
}

const build = ({ username, email, status }: UserSearch) =>
  statement<Values>(() =>
    builder
      .select(shownColumns)
      .from(users)
      .leftJoin(roles, eq(roles.id, users.roleId))
      .leftJoin(teams, eq(teams.id, users.teamId))
      .where(
        and(
          username === null ? undefined : beginsWith(users.usernameKey, 'username'),
          email === null ? undefined : beginsWith(users.email, 'email'),
          status === null ? undefined : HAS_STATUS[status],
          // The plus keeps SQLite from walking all users by number where a name narrows them down.
          username === null && email === null
            ? gt(users.id, param('after'))
            : sql`+${users.id} > ${param('after')}`,
        ),
      )
      .orderBy(users.id)
      .limit(param('limit')),
  );

/** Uses the column's index: text of this beginning lies between it and its greatest successor. */
const beginsWith = (column: typeof users.email | typeof users.usernameKey, name: string) =>
  sql`${column} >= ${param(name)} and ${column} < ${param(name)} || char(1114111)`;
