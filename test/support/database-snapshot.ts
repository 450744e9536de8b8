/** Snapshots of the database, and the changes between two of them, the same in every run. */
import { env } from 'cloudflare:workers';

type Row = Record<string, string | number | null>;
export type DatabaseSnapshot = Record<string, Map<string, Row>>;

/** The columns of each table that are shown of a row, and whose new values are shown. */
const TABLES: Record<string, readonly string[]> = {
  roles: ['name'],
  users: ['status', 'email_verified', 'role_id'],
  sessions: ['contract', 'refresh_generation'],
  registrations: [],
  challenges: ['purpose'],
  factors: ['kind'],
  passkeys: [],
  used_challenges: [],
  audit_events: ['action', 'reason', 'contract'],
};
const tables = Object.keys(TABLES);

/** Empties the tables, so that every row found later is of the request under test. */
export async function clearSnapshot(): Promise<void> {
  const deletions = tables.map((table) => env.DB.prepare(`DELETE FROM ${table}`));
  await env.DB.batch(deletions.toReversed());
}

export async function readSnapshot(): Promise<DatabaseSnapshot> {
  const found = await env.DB.batch<Row>(
    tables.map((table) => env.DB.prepare(`SELECT * FROM ${table} ORDER BY rowid`)),
  );
  return Object.fromEntries(
    tables.map((table, n) => [
      table,
      new Map(found[n]?.results.map((row) => [String(row['id']), row])),
    ]),
  );
}

/** Lists added (`+`) and deleted (`-`) rows, and changed columns (`~`) other than times; sorted. */
export function changesIn(before: DatabaseSnapshot, after: DatabaseSnapshot): string[] {
  const changes: string[] = [];
  for (const [table, shown] of Object.entries(TABLES)) {
    const [old, now] = [before[table] ?? new Map(), after[table] ?? new Map()];
    const describe = (row: Row) => shown.map((column) => row[column]).join(' ');
    for (const [id, row] of old) if (!now.has(id)) changes.push(`${table} - ${describe(row)}`);
    for (const [id, row] of now) {
      const previous = old.get(id);
      if (previous === undefined) {
        changes.push(`${table} + ${describe(row)}`);
        continue;
      }
      const changed = Object.keys(row)
        .filter((column) => !column.endsWith('_ms') && row[column] !== previous[column])
        .map((column) => (shown.includes(column) ? `${column}=${row[column]}` : column));
      if (changed.length > 0) changes.push(`${table} ~ ${changed.join(' ')}`);
    }
  }
  return changes.toSorted();
}

/** Returns the multiset difference of two lists of changes. */
export function beyond(all: readonly string[], some: readonly string[]): string[] {
  const left = [...some];
  return all.filter((change) => {
    const at = left.indexOf(change);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
