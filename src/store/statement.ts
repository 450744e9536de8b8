/**
 * Statements are written with Drizzle's builder and run through D1 itself: the SQL text is built
 * once per isolate instead of once per call, and D1's own result says what Drizzle's drops
 * (which copy answered, how many rows changed).
 */
import { fillPlaceholders, type Query } from 'drizzle-orm';
import {
  QueryBuilder,
  SQLiteAsyncDialect,
  SQLiteDeleteBase,
  SQLiteInsertBuilder,
  SQLiteUpdateBuilder,
  type SQLiteTable,
} from 'drizzle-orm/sqlite-core';

const dialect = new SQLiteAsyncDialect();
const none = null as never;

/**
 * Builds statements only. It has no connection: nothing can be run past `Statement.bind`. Made of
 * Drizzle's parts, since its database would bring sessions, relations and caches into the bundle.
 */
export const builder = Object.assign(new QueryBuilder(dialect), {
  insert: <T extends SQLiteTable>(into: T) => new SQLiteInsertBuilder(into, none, dialect),
  update: <T extends SQLiteTable>(table: T) => new SQLiteUpdateBuilder(table, none, dialect),
  delete: <T extends SQLiteTable>(from: T) => new SQLiteDeleteBase(from, none, dialect),
});

export type Connection = Pick<D1Database | D1DatabaseSession, 'prepare'>;

export interface Statement<Values> {
  bind(connection: Connection, values: Values): D1PreparedStatement;
}

/** `build` runs at the first use; `Values` names every placeholder in it. */
export function statement<Values extends Record<string, string | number | null>>(
  build: () => { toSQL(): Query },
): Statement<Values> {
  let query: Query | undefined;
  return {
    bind(connection, values) {
      query ??= build().toSQL();
      return connection.prepare(query.sql).bind(...fillPlaceholders(query.params, values));
    },
  };
}
