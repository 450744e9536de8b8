/** The SQL of imports and exports. Each takes its values as one JSON text, `?1`. */
import type { Named, UserRow } from './columns.ts';
import type { Query } from './database.ts';

/** What a row in the file can collide with. */
export const findTaken = (rows: readonly UserRow[]): Query => {
  const json = {
    e: rows.flatMap(({ email }) => email ?? []),
    u: rows.flatMap(({ usernameKey }) => usernameKey ?? []),
    p: rows.map(({ publicId }) => publicId),
  };
  const among = (column: string, key: string) =>
    `SELECT id, public_id, username_key, email FROM users
     WHERE ${column} IN (SELECT value FROM json_each(?1, '$.${key}'))`;
  return {
    sql: [among('email', 'e'), among('username_key', 'u'), among('public_id', 'p')].join(' UNION '),
    json,
  };
};

const userColumns = [
  'public_id',
  'username',
  'username_key',
  'email',
  'email_verified',
  'name',
  'phone',
  'avatar',
  'language',
  'is_admin',
  'role_id',
  'team_id',
  'status',
  'password_hash',
  'created_at_ms',
];

const valuesOf = (row: UserRow) => [
  row.publicId,
  row.username,
  row.usernameKey,
  row.email,
  row.emailVerified,
  row.name,
  row.phone,
  row.avatar,
  row.language,
  row.isAdmin,
  row.role?.id ?? null,
  row.team?.id ?? null,
  row.status,
  row.passwordHash,
  row.createdAtMs,
];

/** Adds users that are not there; one that has come since is left as it is. */
const insertUsers = (rows: readonly UserRow[]): Query => ({
  sql: `INSERT INTO users (${userColumns.join(', ')})
    SELECT ${userColumns.map((_, at) => `value ->> ${at}`).join(', ')} FROM json_each(?1)
    WHERE true ON CONFLICT DO NOTHING`,
  json: rows.map(valuesOf),
});

const insertNamed = (table: 'roles' | 'teams', entries: readonly Named[]): Query => ({
  sql: `INSERT INTO ${table} (id, name) SELECT value ->> 0, value ->> 1 FROM json_each(?1)
    WHERE true ON CONFLICT DO NOTHING`,
  json: entries.map(({ id, name }) => [id, name]),
});

/** D1 takes statements of up to 100,000 bytes. */
const MOST_STATEMENT_BYTES = 80_000;

/** As many statements as the rows need; roles and teams first, since users refer to them. */
export function additions(rows: readonly UserRow[]): Query[] {
  const named = (pick: (row: UserRow) => Named | null) => [
    ...new Map(rows.flatMap((row) => pick(row) ?? []).map((entry) => [entry.id, entry])).values(),
  ];
  const queries = [
    ...chunked(named(({ role }) => role)).map((some) => insertNamed('roles', some)),
    ...chunked(named(({ team }) => team)).map((some) => insertNamed('teams', some)),
  ];
  return [...queries, ...chunked(rows).map(insertUsers)];
}

function chunked<T>(values: readonly T[]): T[][] {
  const chunks: T[][] = [];
  let size = Infinity;
  for (const value of values) {
    const bytes = Buffer.byteLength(JSON.stringify(value));
    if (size + bytes > MOST_STATEMENT_BYTES) {
      chunks.push([]);
      size = 0;
    }
    chunks.at(-1)?.push(value);
    size += bytes;
  }
  return chunks;
}

/** One for each import: how many came in, who was there already, what was refused. */
export const audit = (happened: {
  nowMs: number;
  imported: number;
  present: number;
  refused: number;
}): Query => ({
  sql: `INSERT INTO audit_events (at_ms, action, reason, subject, contract, address, trace_id)
    SELECT value ->> 0, 'USERS_IMPORTED', value ->> 1, '', '', '', value ->> 2
    FROM (SELECT ?1 AS value)`,
  json: [
    happened.nowMs,
    `imported=${happened.imported},present=${happened.present},refused=${happened.refused}`,
    crypto.randomUUID(),
  ],
});

/** The beginnings of foreign hashes, up to where their salt begins. */
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

export const page = (afterId: number, count: number): Query => ({
  sql: `SELECT users.id, public_id, username, email, email_verified, users.name, phone, avatar,
      language, is_admin, role_id, roles.name AS role_name, team_id, teams.name AS team_name,
      status, password_hash, created_at_ms
    FROM users LEFT JOIN roles ON roles.id = role_id LEFT JOIN teams ON teams.id = team_id
    WHERE users.id > json_extract(?1, '$[0]') ORDER BY users.id LIMIT json_extract(?1, '$[1]')`,
  json: [afterId, count],
});
