/**
 * Statements are written with Drizzle's builder and run through D1 itself: the SQL text is built
 * once per isolate instead of once per call, and D1's own result carries what Drizzle's drops
 * (which copy answered, how many rows changed).
 */
import {
  fillPlaceholders,
  getTableColumns,
  sql,
  type Column,
  type GetColumnData,
  type Query,
  type SQL,
  type SQLWrapper,
} from 'drizzle-orm';
import {
  QueryBuilder,
  SQLiteAsyncDialect,
  SQLiteDeleteBase,
  SQLiteInsertBuilder,
  SQLiteUpdateBuilder,
  type SQLiteTable,
} from 'drizzle-orm/sqlite-core';

const dialect = new SQLiteAsyncDialect();
const noSession = null as never;

/**
 * Builds statements only. It has no connection: nothing can be run past `Statement.bind`. Made of
 * Drizzle's parts, since its database would bring sessions, relations and caches into the bundle.
 */
export const builder = Object.assign(new QueryBuilder(dialect), {
  insert: <T extends SQLiteTable>(into: T) => new SQLiteInsertBuilder(into, noSession, dialect),
  update: <T extends SQLiteTable>(table: T) => new SQLiteUpdateBuilder(table, noSession, dialect),
  delete: <T extends SQLiteTable>(from: T) => new SQLiteDeleteBase(from, noSession, dialect),
});

/** Stands for a value of `Statement.bind`. */
export const param = (name: string) => sql.placeholder(name);

/** The condition that a table has a row that meets `where`. */
export const existsIn = (table: SQLiteTable, where: SQL | undefined) =>
  sql`exists (select 1 from ${table} where ${where})`;

/** Selects each column under the key that it has here. */
export const aliased = <Columns extends Record<string, Column>>(columns: Columns) =>
  Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, sql`${column}`.as(name)]),
  ) as { [Name in keyof Columns]: SQL.Aliased<GetColumnData<Columns[Name]>> };

/** A row of an aliased selection. */
export type RowOf<Selection extends Record<string, SQL.Aliased>> = {
  [Name in keyof Selection]: Selection[Name]['_']['type'];
};

type NewRow<Table extends SQLiteTable> = {
  [Name in keyof Table['$inferInsert']]: SQLWrapper | string | number;
};

/**
 * Builds an INSERT … SELECT that names its columns: one new row for each row of `from` that meets
 * `where`, or a single one without `from`. A column that is not named takes its default.
 */
export function insertSelect<Table extends SQLiteTable>(
  table: Table,
  values: NewRow<Table>,
  { from, where }: { from?: SQLiteTable | SQL; where: SQL | undefined } = { where: undefined },
): { toSQL(): Query } {
  const columns = getTableColumns(table);
  const names = Object.keys(values).map((key) => sql.identifier(columns[key]?.name ?? key));
  const selected = Object.values(values).map((value) => sql`${value}`);
  const source = sql.join([from && sql` from ${from}`, where && sql` where ${where}`]);
  const query = sql`insert into ${table} (${sql.join(names, sql`, `)}) select ${sql.join(selected, sql`, `)}${source}`;
  return { toSQL: () => dialect.sqlToQuery(query) };
}

/** Tells whether a statement of a batch changed a row. */
export const changedRows = (result: D1Result | undefined): boolean =>
  (result?.meta.changes ?? 0) > 0;

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
