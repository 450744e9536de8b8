/** Audit events: their rows, the recovery of a lost answer from one, and the log. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AuditAction } from '../../src/flows/model/audit.ts';
import { createAudit } from '../../src/store/audit.ts';
import { createAuditLog } from '../../src/store/audit-log.ts';
import { writeOrRecover } from '../../src/store/write-or-recover.ts';
import * as rows from '../support/store-rows.ts';

beforeEach(rows.resetRows);

it('records one event with the address and the trace of its request', async () => {
  const event = { action: 'LOGIN_FAILED', reason: 'invalid', userId: 2 } as const;
  const record = () => createAudit(env.DB).record({ ...rows.auditContext, ...event });
  expect((await rows.differenceAfter(record))[1]).toEqual({
    added: { audit_events: [rows.eventRow('LOGIN_FAILED', { reason: 'invalid', user_id: 2 })] },
  });
});

it('reads the newest events of one user, without those that tell nothing more', async () => {
  const { record, newestOf } = createAudit(env.DB);
  await rows.execute('DELETE FROM audit_events');
  for (const [n, action, userId] of [
    [1, 'LOGOUT', 1],
    [2, 'LOGOUT', 1],
    [3, 'NEW_DEVICE_NOTIFIED', 1],
    [3, 'REGISTERED', 1],
    [3, 'CODE_SENT', 1],
    [3, 'FACTOR_ENROLLED', 1],
    [4, 'LOGOUT', 2],
    [5, 'EMAIL_CHANGED', 1],
  ] as const) {
    await record({ ...rows.auditContext, nowMs: n, action, userId, reason: `reason ${n}` });
  }
  const event = {
    reason: 'reason 5',
    action: 'EMAIL_CHANGED',
    atMs: 5,
    contract: 'email-cookie',
    sessionId: null,
    address: '198.51.100.1',
    device: 'Firefox on Linux',
  };
  const older = { ...event, reason: 'reason 2', action: 'LOGOUT', atMs: 2 };
  expect(await newestOf(1, 2)).toEqual([event, older]);
});

it.each([
  ['refused attempts', 'LOGIN_FAILED', 5],
  ['new names of a session', 'SESSION_RENAMED', 5],
  ['sign-ins', 'LOGIN', 50],
] as const)('lists few of many %s, and the events before them', async (_, action, shown) => {
  await rows.execute('DELETE FROM audit_events');
  await insertEvents('EMAIL_CHANGED', 1);
  await insertEvents(action, 100);
  await insertEvents('PASSWORD_CHANGED', 1);
  const events = await createAudit(env.DB).newestOf(1, 50);
  const many = Array.from({ length: shown }, (_, n) => `${action} ${100 - n}`);
  const expected = ['PASSWORD_CHANGED 1', ...many, 'EMAIL_CHANGED 1'].slice(0, 50);
  expect(events.map((event) => `${event.action} ${event.atMs}`)).toEqual(expected);
});

it('reads no more than the newest 5,000 events for the list', async () => {
  await rows.execute('DELETE FROM audit_events');
  await insertEvents('EMAIL_CHANGED', 2);
  await insertEvents('LOGIN_FAILED', 4999);
  const actions = (await createAudit(env.DB).newestOf(1, 50)).map((event) => event.action);
  expect(actions).toEqual([...Array(5).fill('LOGIN_FAILED'), 'EMAIL_CHANGED']);
});

const insertEvents = (action: AuditAction, count: number) =>
  rows.execute(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
    INSERT INTO audit_events (at_ms, action, reason, user_id, subject, contract, address, trace_id)
    SELECT i, '${action}', 'done', 1, 'key', 'email-cookie', '198.51.100.1', 'trace' FROM n`);

describe('a write whose answer was lost', () => {
  const recover = (
    event: { action: AuditAction; traceId: string },
    error: Error,
    database = env.DB,
  ) =>
    writeOrRecover(database, () => Promise.reject(error), {
      ...event,
      onAudited: (reason) => `was ${reason}`,
    });
  const lost = new Error('Network connection lost.');

  it('is recovered from the event that it left', async () => {
    expect(await recover({ action: 'LOGIN', traceId: 'trace-2' }, lost)).toBe('was granted');
  });

  it.each([
    ['another action', { action: 'LOGOUT', traceId: 'trace-2' }],
    ['another request', { action: 'LOGIN', traceId: 'trace-4' }],
  ] as const)('is not recovered from an event of %s', async (_, event) => {
    await expect(recover(event, lost)).rejects.toBe(lost);
  });

  it('is looked for among the thousand newest events', async () => {
    const event = { action: 'LOGIN', traceId: 'trace-2' } as const;
    const last = 'UPDATE audit_events SET id =';
    await rows.execute(`${last} 1001 WHERE id = 3`);
    expect(await recover(event, lost)).toBe('was granted');
    await rows.execute(`${last} 1002 WHERE id = 1001`);
    await expect(recover(event, lost)).rejects.toBe(lost);
  });

  it('is not looked for where the database is overloaded', async () => {
    const overloaded = new Error('D1 DB is overloaded.');
    const event = { action: 'LOGIN', traceId: 'trace-2' } as const;
    await expect(recover(event, overloaded)).rejects.toBe(overloaded);
  });

  it('throws its own error where the look-up fails as well', async () => {
    const failing = {
      prepare: () => ({ bind: () => ({ all: () => Promise.reject(new Error('lost, too')) }) }),
    } as unknown as D1Database;
    const event = { action: 'LOGIN', traceId: 'trace-2' } as const;
    await expect(recover(event, lost, failing)).rejects.toBe(lost);
  });
});

describe('the audit log', () => {
  const auditLog = createAuditLog(env.DB);
  const all = {
    user: null,
    action: null,
    operator: null,
    address: null,
    fromMs: null,
    toMs: null,
    before: null,
    limit: 10,
  };
  beforeEach(() =>
    rows.execute(
      "UPDATE audit_events SET at_ms = id * 100, action = 'A' || id, address = '192.0.2.' || id",
    ),
  );

  it('reads every column', async () => {
    const { events } = await auditLog.read({ ...all, limit: 1 });
    expect(events).toEqual([
      {
        id: 3,
        atMs: 300,
        action: 'A3',
        reason: 'granted',
        userId: 2,
        subject: 'somebody',
        sessionId: null,
        contract: 'email-cookie',
        address: '192.0.2.3',
        traceId: 'trace-3',
        operator: null,
        device: 'Chrome on Android',
      },
    ]);
  });

  it('finds the changes of one operator', async () => {
    await rows.execute("UPDATE audit_events SET operator = 'token:' || id");
    const { events } = await auditLog.read({ ...all, operator: 'token:2' });
    expect(events.map(({ id, operator }) => [id, operator])).toEqual([[2, 'token:2']]);
  });

  it('looks through fifty thousand ids a call, and returns where to go on', async () => {
    await rows.execute('UPDATE audit_events SET id = 50001 WHERE id = 3');
    expect(await auditLog.read(all)).toMatchObject({ events: [{ id: 50001 }, { id: 2 }], next: 2 });
    expect(await auditLog.read({ ...all, before: 2 })).toMatchObject({
      events: [{ id: 1 }],
      next: null,
    });
  });

  it('finds events that were written up to ten minutes out of order', async () => {
    await rows.execute('UPDATE audit_events SET at_ms = CASE id WHEN 1 THEN 600000 ELSE 0 END');
    const { events } = await auditLog.read({ ...all, fromMs: 600_000 });
    expect(events.map(({ id }) => id)).toEqual([1]);
  });
});
