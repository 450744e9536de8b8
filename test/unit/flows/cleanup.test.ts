import { expect, it } from 'vitest';
import { deleteExpired } from '../../../src/flows/cleanup.ts';

const NOW_MS = 1_700_000_000_000;
const DAY_MS = 86_400_000;

/** Tables with `rows` expired rows each, and as many audit events. */
function fakeCleanup(rows: number, failing?: string) {
  const calls: unknown[][] = [];
  const left = { sessions: rows, challenges: rows, registrations: rows, used_challenges: rows };
  let events = rows;
  return {
    calls,
    async cursor(table: string) {
      calls.push(['cursor', table]);
      if (table === failing) throw new Error('outage');
      return 40;
    },
    async deleteBatch(
      table: keyof typeof left,
      from: { cursor: number; rows: number; nowMs: number },
    ) {
      calls.push(['deleteBatch', table, from]);
      const removed = Math.min(left[table], from.rows);
      left[table] -= removed;
      return { removed, cursor: left[table] === 0 ? 0 : from.cursor + removed };
    },
    async deleteEvents(olderThanMs: number, most: number) {
      calls.push(['deleteEvents', olderThanMs, most]);
      const removed = Math.min(events, most);
      events -= removed;
      return removed;
    },
  };
}

const run = (cleanup: ReturnType<typeof fakeCleanup>, perRun = 3) => {
  const failures: string[] = [];
  const result = deleteExpired({
    cleanup,
    nowMs: NOW_MS,
    auditRetentionMs: 30 * DAY_MS,
    batchSize: { rows: 10, perRun },
    onFailure: (_, table) => failures.push(table),
  });
  return { result, failures };
};

it('continues each table from its cursor, in batches, until the end', async () => {
  const cleanup = fakeCleanup(15);
  expect(await run(cleanup).result).toEqual({
    removed: {
      sessions: 15,
      challenges: 15,
      registrations: 15,
      used_challenges: 15,
      audit_events: 15,
    },
    finished: true,
  });
  const of = (table: string) => [
    ['cursor', table],
    ['deleteBatch', table, { cursor: 40, rows: 10, nowMs: NOW_MS }],
    ['deleteBatch', table, { cursor: 50, rows: 10, nowMs: NOW_MS }],
  ];
  const older = ['deleteEvents', NOW_MS - 30 * DAY_MS, 10];
  expect(cleanup.calls).toEqual([
    ...of('sessions'),
    ...of('challenges'),
    ...of('registrations'),
    ...of('used_challenges'),
    older,
    older,
  ]);
});

it('is bounded, and says that something is left', async () => {
  const cleanup = fakeCleanup(100);
  expect(await run(cleanup, 2).result).toEqual({
    removed: {
      sessions: 20,
      challenges: 20,
      registrations: 20,
      used_challenges: 20,
      audit_events: 20,
    },
    finished: false,
  });
});

it('reports a table’s failure and cleans up the others', async () => {
  const { result, failures } = run(fakeCleanup(5, 'challenges'));
  expect(await result).toEqual({
    removed: { sessions: 5, challenges: 0, registrations: 5, used_challenges: 5, audit_events: 5 },
    finished: false,
  });
  expect(failures).toEqual(['challenges']);
});
