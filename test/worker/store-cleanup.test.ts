/** The rows of each table that the cleanup deletes, and those that it leaves. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CleanupTable } from '../../src/flows/ports/cleanup.ts';
import { createCleanup } from '../../src/store/cleanup.ts';
import {
  differenceAfter,
  execute,
  expiring,
  inLastMillisecond,
  NOW,
  resetRows,
} from '../support/store-rows.ts';

const cleanup = createCleanup(env.DB);
beforeEach(resetRows);

describe('deleteBatch', () => {
  const all = { cursor: 0, rows: 100, nowMs: NOW };
  const deleteAll = (table: CleanupTable) => differenceAfter(() => cleanup.deleteBatch(table, all));
  // The session of an inactive user goes in any case.
  const carols = 'sessions carol-here';

  it.each([
    ['sessions', 'bob-here', ['sessions bob-here', carols]],
    ['challenges', 'bob-code', ['challenges bob-code']],
    [
      'registrations',
      'dora',
      ['challenges dora-code', 'challenges dora-link', 'registrations dora'],
    ],
  ] as const)('deletes expired %s, to the millisecond', async (table, id, expired) => {
    await inLastMillisecond(table, id);
    const [, { removed }] = await deleteAll(table);
    expect(removed).toEqual(table === 'sessions' ? [carols] : undefined);
    await resetRows();
    await execute(expiring(table, id));
    const [result, difference] = await deleteAll(table);
    // D1 counts the rows that a foreign key deletes, too.
    expect([result.removed, difference.removed]).toEqual([expired.length, expired]);
  });

  it('deletes used challenges a minute after their expiry, by which no clock accepts them', async () => {
    const expiredAgo = (ms: number) => execute(expiring('used_challenges', 'used', NOW - ms));
    await expiredAgo(59_999);
    expect((await deleteAll('used_challenges'))[1].removed).toBeUndefined();
    await expiredAgo(60_000);
    const [result, { removed }] = await deleteAll('used_challenges');
    expect([result.removed, removed]).toEqual([1, ['used_challenges used']]);
  });

  it.each([
    ['a user who is inactive', "UPDATE users SET status = 'inactive' WHERE id = 2"],
    ['another password', 'UPDATE users SET credential_version = 8 WHERE id = 2'],
  ])('deletes sessions of %s', async (_, sql) => {
    await execute(sql);
    const [result, { removed }] = await deleteAll('sessions');
    expect([result.removed, removed]).toEqual([2, ['sessions bob-here', carols]]);
  });

  it('deletes challenges that have no owner, and leaves those of users and registrations', async () => {
    await execute(
      "INSERT INTO challenges VALUES ('lost', NULL, NULL, 'verify-email', 'x', NULL, 2000, NULL)",
    );
    const [result, { removed }] = await deleteAll('challenges');
    expect([result.removed, removed]).toEqual([1, ['challenges lost']]);
  });

  it('leaves the challenges of the only user and of the only registration', async () => {
    await execute('DELETE FROM users WHERE id <> 1');
    await execute("DELETE FROM registrations WHERE id <> 'dora'");
    expect((await deleteAll('challenges'))[1].removed).toBeUndefined();
  });

  it('goes through the next rows past a cursor, and stores the new one', async () => {
    await execute('UPDATE sessions SET expires_at_ms = 0');
    const first = await env.DB.prepare('SELECT min(rowid) AS n FROM sessions').first<number>('n');
    const at = (row: number) => (first ?? 0) + row - 1;
    const batch = (cursor: number) =>
      differenceAfter(() => cleanup.deleteBatch('sessions', { cursor, rows: 2, nowMs: NOW }));
    expect(await batch(at(1))).toEqual([
      { removed: 2, cursor: at(3) },
      {
        added: { housekeeping: [{ task: 'sessions', position: at(3) }] },
        removed: ['sessions alice-there', 'sessions bob-here'],
      },
    ]);
    expect(await cleanup.cursor('sessions')).toBe(at(3));
    expect(await cleanup.cursor('challenges')).toBe(0);
    expect((await batch(at(3)))[0]).toEqual({ removed: 1, cursor: at(4) });
    expect((await batch(at(4)))[0]).toEqual({ removed: 0, cursor: 0 });
    expect(await cleanup.cursor('sessions')).toBe(0);
  });
});

describe('deleteEvents', () => {
  const setTimes = async (times: readonly number[]) => {
    for (const [index, time] of times.entries()) {
      await execute(`UPDATE audit_events SET at_ms = ${time} WHERE id = ${index + 1}`);
    }
  };
  const deleteOldest = (rows: number) => differenceAfter(() => cleanup.deleteEvents(NOW, rows));

  it.each([
    ['events that are older than a moment, and none of that moment', [NOW - 1, NOW - 1, NOW], 100],
    ['at most as many as asked for, the oldest first', [0, 0, 0], 2],
  ])('deletes %s', async (_, times, rows) => {
    await setTimes(times);
    expect(await deleteOldest(rows)).toEqual([
      2,
      { removed: ['audit_events 1', 'audit_events 2'] },
    ]);
  });

  it('looks at no more events than asked for', async () => {
    await setTimes([NOW, NOW, 0]);
    expect(await deleteOldest(2)).toEqual([0, {}]);
  });
});
