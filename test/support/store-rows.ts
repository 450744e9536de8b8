/**
 * Fixed rows for tests of single store functions, and the exact difference that a call makes to
 * all tables. Bob's and Carol's rows meet every condition of Alice's except the owner: a statement
 * that loses a condition changes them too, and the difference shows it.
 */
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { plainUser } from '../fixtures/user.ts';
import type { LiveSession } from '../../src/flows/model/session.ts';
import type { Account } from '../../src/flows/model/user.ts';
import { insertRows } from '../fixtures/rows.ts';
import { auditContext, eventRow, NOW, type Row } from './audit-rows.ts';
import { factorRowsOf, factorsOf, shownFactorsOf } from './factor-rows.ts';
import { passkeyRowsOf, passkeysOf } from './passkey-rows.ts';

export { auditContext, eventRow, NOW, type Row };
/** Not expired at NOW. */
const LATER = 2000;

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

export const sessionRow = (id: string, userId: number, contract = 'email-cookie'): Row => ({
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
  device: 'Chrome on Android',
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
  language: 'it',
  password_hash: `${id}-hash`,
  created_at_ms: 10,
  expires_at_ms: LATER,
});

const ROWS: readonly (readonly [table: string, rows: readonly Row[]])[] = [
  ['roles', [{ id: 'ops', name: 'Operations' }]],
  ['teams', [{ id: 'red', name: 'Red team' }]],
  [
    'users',
    [
      user(1, 'alice'),
      user(2, 'bob', { passkey_handle: 'bob-handle' }),
      user(3, 'carol', { status: 'inactive', passkey_handle: 'carol-handle' }),
    ],
  ],
  [
    'sessions',
    [
      sessionRow('alice-here', 1),
      { ...sessionRow('alice-there', 1, 'username-pair'), created_at_ms: 200 },
      ...['bob', 'carol'].map((name, n) => sessionRow(`${name}-here`, n + 2)),
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
  ['factors', [...factorRowsOf('bob', 2), ...factorRowsOf('carol', 3)]],
  ['passkeys', [...passkeyRowsOf('bob', 2), ...passkeyRowsOf('carol', 3)]],
  ['used_challenges', [{ id: 'used', expires_at_ms: LATER }]],
  ['housekeeping', []],
];

/** Replaces the rows of all tables with those above. */
export async function resetRows(): Promise<void> {
  const tables = ROWS.map(([table]) => env.DB.prepare(`DELETE FROM ${table}`));
  await env.DB.batch(tables.toReversed());
  const rows = ROWS.flatMap(([table, rows]) => rows.map((columns) => ({ table, columns })));
  await insertRows(env.DB, rows);
}

export const execute = (sql: string) => env.DB.prepare(sql).run();

/** Reads every row of every table, by `table key`. */
async function readRows(): Promise<Map<string, Row>> {
  const rows = new Map<string, Row>();
  for (const [table] of ROWS) {
    const { results } = await env.DB.prepare(`SELECT * FROM ${table}`).all<Row>();
    for (const row of results) rows.set(`${table} ${row.id ?? row.task}`, row);
  }
  return rows;
}

/** The changes of a call. Rows that are not named stayed exactly as they were. */
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
      ((difference.added ??= {})[key.split(' ', 1).join()] ??= []).push(row);
      continue;
    }
    const columns = Object.entries(row).filter(([name, value]) => old[name] !== value);
    if (columns.length > 0) (difference.changed ??= {})[key] = Object.fromEntries(columns);
  }
  const removed = [...before.keys()].filter((key) => !after.has(key));
  if (removed.length > 0) difference.removed = removed.toSorted();
  return [result, difference];
}

/** Changes that other requests may have made before a fenced call, as [condition, SQL]. */
type Condition = readonly [name: string, sql: string];
export const isInactive: Condition = [
  'the user is inactive',
  "UPDATE users SET status = 'inactive' WHERE id = 1",
];
export const hasNewPassword: Condition = [
  'the password was changed',
  'UPDATE users SET credential_version = 8 WHERE id = 1',
];
export const isDeleted: Condition = ['the user was deleted', 'DELETE FROM users WHERE id = 1'];
export const isSpent = (id: string): Condition[] => [
  ['the challenge was used', `DELETE FROM challenges WHERE id = '${id}'`],
  ['the challenge was replaced', `UPDATE challenges SET secret_hash = 'x' WHERE id = '${id}'`],
  ['the challenge has expired', expiring('challenges', id)],
];

/** Sets the expiry of a row; by default to the first moment at which it has expired. */
export const expiring = (table: string, id: string, atMs = NOW) =>
  `UPDATE ${table} SET expires_at_ms = ${atMs} WHERE id = '${id}'`;
export const inLastMillisecond = (table: string, id: string) =>
  execute(expiring(table, id, NOW + 1));

/** Proves of each condition that the call writes nothing, and gives `result`. */
export function writesNothing<T>(
  call: () => Promise<T>,
  result: T | null | undefined,
  conditions: readonly Condition[],
): void {
  it.each(conditions)('writes nothing when %s', async (_, sql) => {
    await execute(sql);
    expect(await differenceAfter(call)).toEqual([result, {}]);
  });
}

/** Alice, Bob and Carol, as the store reads them. Alice has neither second factor nor passkey. */
export const account = (id: 1 | 2 | 3, more: Partial<Account> = {}): Account => {
  const name = ['alice', 'bob', 'carol'][id - 1] ?? '';
  return {
    user: {
      id,
      publicId: `${name}-id`,
      username: name,
      email: `${name}@example.com`,
      ...plainUser,
      status: id === 3 ? 'inactive' : 'active',
      ...(id === 1 ? {} : { ...shownFactorsOf(name), passkeys: passkeysOf(name) }),
    },
    passwordHash: `${name}-hash`,
    credentialVersion: 7,
    deviceVersion: 3,
    factors: id === 1 ? [] : factorsOf(name),
    userHandle: id === 1 ? null : `${name}-handle`,
    ...more,
  };
};

/** The session `alice-here`, as the store reads it. */
export const aliceHere: LiveSession = {
  id: 'alice-here',
  contract: 'email-cookie',
  user: account(1).user,
  account: account(1),
  createdAtMs: 100,
  generation: 4,
  refreshedAtMs: 500,
  expiresAtMs: LATER,
  provenAtMs: 0,
  secondFactorAtMs: null,
  openedBy: 'password',
};
