/** The SQL of imports and exports. Each statement takes its values as one JSON text, `?1`. */
import type { Named, UserRow } from './columns.ts';
import type { Query } from './database.ts';

/** The users that rows of the file can collide with. */
export const findTaken = (rows: readonly UserRow[]): Query => {
  const keys = ['email', 'username_key', 'public_id'] as const;
  return {
    sql: keys
      .map(
        (key) => `SELECT id, public_id, username_key, email FROM users
          WHERE ${key} IN (SELECT value FROM json_each(?1, '$.${key}'))`,
      )
      .join(' UNION '),
    json: Object.fromEntries(
      keys.map((key) => [key, rows.flatMap(({ columns }) => columns[key] ?? [])]),
    ),
  };
};

type Columns = Readonly<Record<string, string | number | null>>;

/** D1 takes statements of up to 100,000 bytes. */
const LONGEST_STATEMENT = 80_000;

/** As many statements as the rows need. A row that has come since is left as it is. */
function inserts(table: string, rows: readonly Columns[]): Query[] {
  const names = Object.keys(rows[0] ?? {});
  const chunks: unknown[][] = [];
  let size = Infinity;
  for (const values of rows.map((row) => names.map((name) => row[name]))) {
    const bytes = Buffer.byteLength(JSON.stringify(values));
    if (size + bytes > LONGEST_STATEMENT) {
      chunks.push([]);
      size = 0;
    }
    chunks.at(-1)?.push(values);
    size += bytes;
  }
  const sql = `INSERT INTO ${table} (${names.join(', ')})
    SELECT ${names.map((_, n) => `value ->> ${n}`).join(', ')} FROM json_each(?1)
    WHERE true ON CONFLICT DO NOTHING`;
  return chunks.map((json) => ({ sql, json }));
}

/** Roles and teams come first, since users refer to them. */
export function additions(rows: readonly UserRow[]): Query[] {
  const distinct = (all: (Named | undefined)[]) => [
    ...new Map(all.flatMap((one) => (one ? [[one.id, { ...one }]] : []))).values(),
  ];
  return [
    ...inserts('roles', distinct(rows.map(({ role }) => role))),
    ...inserts('teams', distinct(rows.map(({ team }) => team))),
    ...inserts(
      'users',
      rows.map(({ columns }) => columns),
    ),
  ];
}

/** The audit row of an import. */
export const audit = (counts: { imported: number; present: number; refused: number }): Query => ({
  sql: `INSERT INTO audit_events (at_ms, action, reason, subject, contract, address, trace_id)
    SELECT value ->> 0, 'USERS_IMPORTED', value ->> 1, '', '', '', value ->> 2
    FROM (SELECT ?1 AS value)`,
  json: [
    Date.now(),
    `imported=${counts.imported},present=${counts.present},refused=${counts.refused}`,
    crypto.randomUUID(),
  ],
});

/** The beginnings of legacy hashes, up to their salt. */
export const findCosts: Query = {
  sql: `SELECT DISTINCT CASE
      WHEN password_hash LIKE '$2%' THEN substr(password_hash, 1, 7)
      WHEN password_hash LIKE '$pbkdf2-%'
        THEN substr(password_hash, 1, 15 + instr(substr(password_hash, 16), '$'))
      WHEN password_hash LIKE 'pbkdf2_sha256$%'
        THEN substr(password_hash, 1, 14 + instr(substr(password_hash, 15), '$'))
      ELSE substr(password_hash, 1, instr(password_hash, '$'))
    END AS start
    FROM users WHERE password_hash IS NOT NULL AND password_hash NOT LIKE '$gh-%'`,
};

export const countUsers: Query = { sql: 'SELECT count(*) AS users FROM users' };

/** Users by the fields of a record, from the one after `afterId`. */
export const page = (afterId: number, count: number): Query => ({
  sql: `SELECT users.id, public_id, username, email, email_verified, users.name, phone, avatar,
      bio, language, is_admin, role_id AS role, roles.name AS role_name, team_id AS team,
      teams.name AS team_name, status, password_hash, created_at_ms AS created_at
    FROM users LEFT JOIN roles ON roles.id = role_id LEFT JOIN teams ON teams.id = team_id
    WHERE users.id > json_extract(?1, '$[0]') ORDER BY users.id LIMIT json_extract(?1, '$[1]')`,
  json: [afterId, count],
});
