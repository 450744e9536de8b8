/**
 * Fixed rows for tests of single store functions, and the exact difference that a call makes to
 * all tables. Bob's and Carol's rows meet every condition of Alice's except the owner: a statement
 * that loses a condition changes them too, and the difference shows it.
 */
import { env } from 'cloudflare:workers';
import { expect } from 'vitest';
import type { AuditContext } from '../../src/flows/model/audit.ts';
import type { Account } from '../../src/flows/model/user.ts';

export const NOW = 1000;
/** Not expired at NOW. */
const LATER = 2000;

type Row = Record<string, string | number | null>;

const user = (id: number, name: string, more: Row = {}): Row => ({
  id,
  public_id: `${name}-id`,
  username: name,
  username_key: name,
  email: `${name}@example.com`,
  email_verified: 0,
  status: 'active',
  password_hash: `${name}-hash`,
  credential_version: 7,
  device_version: 3,
  created_at_ms: 10,
  ...more,
});

const session = (id: string, userId: number, contract = 'email-cookie'): Row => ({
  id,
  user_id: userId,
  contract,
  created_at_ms: 100,
  last_used_at_ms: 500,
  expires_at_ms: LATER,
  credential_version: 7,
  refresh_hash: `${id}-refresh`,
  refresh_generation: 4,
  refreshed_at_ms: 500,
  address: '192.0.2.1',
});

const event = (id: number, userId: number, contract: string): Row => ({
  id,
  at_ms: 100,
  action: 'LOGIN',
  reason: 'granted',
  user_id: userId,
  subject: 'somebody',
  contract,
  address: '192.0.2.1',
  trace_id: `trace-${id}`,
});

const challenge = (id: string, purpose: string, owner: Row): Row => ({
  id,
  purpose,
  secret_hash: `${id}-secret`,
  expires_at_ms: LATER,
  ...owner,
});

const registration = (id: string, email: string): Row => ({
  id,
  handle_id: `${id}-handle`,
  username: id,
  username_key: id,
  email,
  password_hash: `${id}-hash`,
  created_at_ms: 10,
  expires_at_ms: LATER,
});

const ROWS: readonly (readonly [table: string, rows: readonly Row[]])[] = [
  ['roles', [{ id: 'ops', name: 'Operations' }]],
  ['teams', [{ id: 'red', name: 'Red team' }]],
  ['users', [user(1, 'alice'), user(2, 'bob'), user(3, 'carol', { status: 'inactive' })]],
  [
    'sessions',
    [
      session('alice-here', 1),
      { ...session('alice-there', 1, 'username-pair'), created_at_ms: 200 },
      session('bob-here', 2),
      session('carol-here', 3),
    ],
  ],
  [
    'registrations',
    [
      registration('dora', 'dora@example.com'),
      { ...registration('dorothy', 'dora@example.com'), created_at_ms: 20 },
      registration('alyce', 'alice@example.com'),
      registration('bobby', 'bob@example.com'),
    ],
  ],
  [
    'challenges',
    [
      challenge('alice-code', 'verify-email', { user_id: 1 }),
      challenge('alice-link', 'reset-password', { user_id: 1 }),
      challenge('alice-move', 'change-email', { user_id: 1, email: 'alice@new.example' }),
      challenge('bob-code', 'verify-email', { user_id: 2 }),
      challenge('bob-link', 'reset-password', { user_id: 2 }),
      challenge('carol-link', 'reset-password', { user_id: 3 }),
      challenge('dora-code', 'verify-email', { registration_id: 'dora' }),
      challenge('dora-link', 'reset-password', { registration_id: 'dora' }),
      challenge('dorothy-code', 'verify-email', {
        registration_id: 'dorothy',
        expires_at_ms: 2001,
      }),
    ],
  ],
  [
    'audit_events',
    [event(1, 1, 'email-cookie'), event(2, 1, 'admin'), event(3, 2, 'email-cookie')],
  ],
  ['housekeeping', []],
];

const insert = (table: string, row: Row) => {
  const names = Object.keys(row);
  return env.DB.prepare(
    `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
  ).bind(...Object.values(row));
};

/** Replaces whatever the tables hold with the rows above. */
export async function insertRows(): Promise<void> {
  const tables = ROWS.map(([table]) => env.DB.prepare(`DELETE FROM ${table}`));
  const rows = ROWS.flatMap(([table, rows]) => rows.map((row) => insert(table, row)));
  await env.DB.batch([...tables.toReversed(), ...rows]);
}

export const execute = (sql: string) => env.DB.prepare(sql).run();

/** Every row of every table, by `table key`. */
async function readRows(): Promise<Map<string, Row>> {
  const rows = new Map<string, Row>();
  for (const [table] of ROWS) {
    const { results } = await env.DB.prepare(`SELECT * FROM ${table}`).all<Row>();
    for (const row of results) rows.set(`${table} ${row.id ?? row.task}`, row);
  }
  return rows;
}

/** What a call changed. Rows that are not named stayed exactly as they were. */
export interface Difference {
  added?: Record<string, Row[]>;
  /** Only the columns that changed, with their new values. */
  changed?: Record<string, Row>;
  removed?: string[];
}

export async function differenceAfter<T>(call: () => Promise<T>): Promise<[T, Difference]> {
  const before = await readRows();
  const result = await call();
  const after = await readRows();
  const difference: Difference = {};
  for (const [key, row] of after) {
    const old = before.get(key);
    if (old === undefined) {
      const [table = ''] = key.split(' ');
      ((difference.added ??= {})[table] ??= []).push(row);
      continue;
    }
    const columns = Object.entries(row).filter(([name, value]) => old[name] !== value);
    if (columns.length > 0) (difference.changed ??= {})[key] = Object.fromEntries(columns);
  }
  const removed = [...before.keys()].filter((key) => !after.has(key));
  if (removed.length > 0) difference.removed = removed.toSorted();
  return [result, difference];
}

/** As the store reads them: Alice, Bob and Carol. */
export const account = (id: 1 | 2 | 3, more: Partial<Account> = {}): Account => {
  const name = ['alice', 'bob', 'carol'][id - 1] ?? '';
  return {
    user: {
      id,
      publicId: `${name}-id`,
      username: name,
      email: `${name}@example.com`,
      emailVerified: false,
      name: null,
      phone: null,
      avatar: null,
      language: 'en',
      isAdmin: false,
      role: null,
      team: null,
      status: id === 3 ? 'inactive' : 'active',
      createdAtMs: 10,
      lastLoginAtMs: null,
    },
    passwordHash: `${name}-hash`,
    credentialVersion: 7,
    deviceVersion: 3,
    ...more,
  };
};

export const auditContext: AuditContext = {
  accountKey: 'pseudonym',
  contract: 'email-cookie',
  meta: {
    traceId: 'trace',
    address: '198.51.100.1',
    userAgent: 'Browser 1',
    device: null,
    registration: null,
  },
  nowMs: NOW,
};

/** The audit row that `happening` leaves. */
export const eventRow = (action: string, more: Row = {}): Row => ({
  id: expect.any(Number),
  at_ms: NOW,
  action,
  reason: 'done',
  user_id: 1,
  subject: 'pseudonym',
  session_id: null,
  contract: 'email-cookie',
  address: '198.51.100.1',
  trace_id: 'trace',
  ...more,
});
