/** Proves row by row what the cleanup deletes of each table, and what it leaves. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { createCleanup } from '../../src/store/cleanup.ts';
import { differenceAfter, execute, insertRows, NOW } from '../support/store-rows.ts';

const cleanup = createCleanup(env.DB);
beforeEach(insertRows);

const all = { cursor: 0, rows: 100, nowMs: NOW };
const rowId = async (table: string, id: string) =>
  (await env.DB.prepare(`SELECT rowid AS n FROM ${table} WHERE id = ?`)
    .bind(id)
    .first<number>('n')) ?? 0;

describe('deleteBatch', () => {
  const expired = (table: string, id: string, at = NOW) =>
    execute(`UPDATE ${table} SET expires_at_ms = ${at} WHERE id = '${id}'`);

  it.each([
    ['sessions', 'bob-here', ['sessions bob-here', 'sessions carol-here']],
    ['challenges', 'bob-code', ['challenges bob-code']],
    [
      'registrations',
      'dora',
      ['challenges dora-code', 'challenges dora-link', 'registrations dora'],
    ],
  ] as const)('deletes what has expired of %s, to the millisecond', async (table, id, removed) => {
    const rest = removed.filter((row) => row !== `${table} ${id}` && !row.includes('dora'));
    await expired(table, id, NOW + 1);
    const [before, left] = await differenceAfter(() => cleanup.deleteBatch(table, all));
    expect([before.cursor, left.removed ?? []]).toEqual([expect.any(Number), rest]);
    await insertRows();
    await expired(table, id);
    const [swept, difference] = await differenceAfter(() => cleanup.deleteBatch(table, all));
    // D1 counts what a foreign key takes along.
    expect([swept.removed, difference.removed]).toEqual([removed.length, removed]);
  });

  it.each([
    ['a user who is inactive', "UPDATE users SET status = 'inactive' WHERE id = 2"],
    ['another password', 'UPDATE users SET credential_version = 8 WHERE id = 2'],
  ])('deletes sessions of %s', async (_, sql) => {
    await execute(sql);
    const [swept, { removed }] = await differenceAfter(() => cleanup.deleteBatch('sessions', all));
    expect([swept.removed, removed]).toEqual([2, ['sessions bob-here', 'sessions carol-here']]);
  });

  it('deletes challenges that have no owner, and leaves those of users and of registrations', async () => {
    await execute(
      "INSERT INTO challenges VALUES ('lost', NULL, NULL, 'verify-email', 'x', NULL, 2000)",
    );
    const sweep = () => cleanup.deleteBatch('challenges', all);
    const [swept, { removed }] = await differenceAfter(sweep);
    expect([swept.removed, removed]).toEqual([1, ['challenges lost']]);
  });

  it('leaves the challenges of the only user and of the only registration', async () => {
    await execute('DELETE FROM users WHERE id <> 1');
    await execute("DELETE FROM registrations WHERE id <> 'dora'");
    expect((await differenceAfter(() => cleanup.deleteBatch('challenges', all)))[1].removed).toBe(
      undefined,
    );
  });

  it('looks at the next rows past a position, and keeps how far it came', async () => {
    await execute('UPDATE sessions SET expires_at_ms = 0');
    const [first, second, fourth] = await Promise.all(
      ['alice-here', 'alice-there', 'carol-here'].map((id) => rowId('sessions', id)),
    );
    const sweep = (cursor = 0) =>
      differenceAfter(() => cleanup.deleteBatch('sessions', { cursor, rows: 2, nowMs: NOW }));
    expect(await sweep(first)).toEqual([
      { removed: 2, cursor: (second ?? 0) + 1 },
      {
        added: { housekeeping: [{ task: 'sessions', position: (second ?? 0) + 1 }] },
        removed: ['sessions alice-there', 'sessions bob-here'],
      },
    ]);
    expect(await cleanup.cursor('sessions')).toBe((second ?? 0) + 1);
    expect(await cleanup.cursor('challenges')).toBe(0);
    expect((await sweep((second ?? 0) + 1))[0]).toEqual({ removed: 1, cursor: fourth });
    expect((await sweep(fourth))[0]).toEqual({ removed: 0, cursor: 0 });
    expect(await cleanup.cursor('sessions')).toBe(0);
  });
});

describe('deleteEvents', () => {
  const at = (...times: number[]) =>
    env.DB.batch(
      times.map((time, index) =>
        env.DB.prepare('UPDATE audit_events SET at_ms = ? WHERE id = ?').bind(time, index + 1),
      ),
    );
  const forget = (rows: number) => differenceAfter(() => cleanup.deleteEvents(NOW, rows));

  it('deletes events that are older, and none of that very moment', async () => {
    await at(NOW - 1, NOW - 1, NOW);
    expect(await forget(100)).toEqual([2, { removed: ['audit_events 1', 'audit_events 2'] }]);
  });

  it('deletes no more than it is asked to, from the oldest on', async () => {
    await at(0, 0, 0);
    expect(await forget(2)).toEqual([2, { removed: ['audit_events 1', 'audit_events 2'] }]);
  });

  it('looks no further than so many events', async () => {
    await at(NOW, NOW, 0);
    expect(await forget(2)).toEqual([0, {}]);
  });
});
