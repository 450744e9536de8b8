/** What is stored, and what a request has changed of it: in words that are the same in every run. */
import { env } from 'cloudflare:workers';

type Row = Record<string, string | number | null>;
export type DatabaseSnapshot = Record<string, Map<string, Row>>;

/** By table: what names a row to the reader, and its columns that say more than that they changed. */
const TABLES: Record<string, { shown: readonly string[] }> = {
  users: { shown: ['status', 'email_verified', 'role_id'] },
  roles: { shown: ['name'] },
  sessions: { shown: ['contract', 'refresh_generation'] },
  registrations: { shown: [] },
  challenges: { shown: ['purpose'] },
  audit_events: { shown: ['action', 'reason', 'contract'] },
};

/** An empty house, so that whatever is found is of the request that is looked at. */
export async function clearSnapshot(): Promise<void> {
  const tables = ['audit_events', 'challenges', 'registrations', 'sessions', 'users', 'roles'];
  await env.DB.batch(tables.map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
}

export async function readSnapshot(): Promise<DatabaseSnapshot> {
  const tables = Object.keys(TABLES);
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

/** `+` a row, `-` a row, `~` what changed in a row but its times; in the order of the alphabet. */
export function changesIn(before: DatabaseSnapshot, after: DatabaseSnapshot): string[] {
  const changes: string[] = [];
  for (const [table, { shown }] of Object.entries(TABLES)) {
    const [old, now] = [before[table] ?? new Map(), after[table] ?? new Map()];
    const told = (row: Row) => shown.map((column) => row[column]).join(' ');
    for (const [id, row] of old) if (!now.has(id)) changes.push(`${table} - ${told(row)}`);
    for (const [id, row] of now) {
      const was = old.get(id);
      if (was === undefined) {
        changes.push(`${table} + ${told(row)}`);
        continue;
      }
      const changed = Object.keys(row)
        .filter((column) => !column.endsWith('_ms') && row[column] !== was[column])
        .map((column) => (shown.includes(column) ? `${column}=${row[column]}` : column));
      if (changed.length > 0) changes.push(`${table} ~ ${changed.join(' ')}`);
    }
  }
  return changes.toSorted();
}

/** What `all` has that `some` has not, each as often as it is there more often. */
export function beyond(all: readonly string[], some: readonly string[]): string[] {
  const left = [...some];
  return all.filter((change) => {
    const at = left.indexOf(change);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
