/** Checks that the database answers: the schema is there, and the primary is in reach. */
import { eq } from 'drizzle-orm';
import { users } from './schema.ts';
import { builder, statement } from './statement.ts';

const probe = statement<Record<string, never>>(() =>
  builder.select({ id: users.id }).from(users).where(eq(users.id, 0)),
);

export async function databaseAnswers(database: D1Database): Promise<void> {
  await probe.bind(database, {}).all();
}
