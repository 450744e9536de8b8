/** The changes of the admin API, beside users that must stay as they are. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { createAdminUsers } from '../../src/store/admin-users/admin-users.ts';
import {
  account,
  auditContext as userContext,
  differenceAfter,
  eventRow,
  execute,
  expiring,
  isInactive,
  NOW,
  resetRows,
} from '../support/store-rows.ts';

const adminUsers = createAdminUsers(env.DB);
const operator = 'token:ci';
const auditContext = { ...userContext, contract: 'admin', operator };
const event = (action: string, reason = 'done') =>
  eventRow(action, { reason, contract: 'admin', operator });
beforeEach(resetRows);

describe('liveSessions', () => {
  it.each([
    ['counts those of one user', 'SELECT 1', 2],
    ['leaves out an expired one', expiring('sessions', 'alice-here'), 1],
    ['counts one in its last millisecond', expiring('sessions', 'alice-here', NOW + 1), 2],
    [
      'leaves out one of an older password',
      "UPDATE sessions SET credential_version = 6 WHERE id = 'alice-here'",
      1,
    ],
    ['counts none of an inactive user', isInactive[1], 0],
  ])('%s', async (_, sql, live) => {
    await execute(sql);
    expect(await adminUsers.liveSessions(1, NOW)).toBe(live);
  });
});

describe('setStatus', () => {
  const set = (userId: number, status: 'active' | 'inactive') =>
    differenceAfter(() => adminUsers.setStatus(userId, status, auditContext));

  it.each([
    { status: 'inactive', was: 'active', action: 'ADMIN_DEACTIVATED' },
    // The sessions from before do not come back to life.
    { status: 'active', was: 'inactive', action: 'ADMIN_ACTIVATED' },
  ] as const)('makes one user $status and ends their sessions', async (change) => {
    const { status, was, action } = change;
    await execute(`UPDATE users SET status = '${was}' WHERE id = 1`);
    expect(await set(1, status)).toEqual([
      { user: { ...account(1).user, status }, changed: true, sessionsEnded: 2 },
      {
        changed: { 'users 1': { status, device_version: 4 } },
        removed: ['sessions alice-here', 'sessions alice-there'],
        added: { audit_events: [event(action)] },
      },
    ]);
  });

  it('writes nothing for a user who is active already', async () => {
    const unchanged = { user: account(1).user, changed: false, sessionsEnded: 0 };
    expect(await set(1, 'active')).toEqual([unchanged, {}]);
  });

  it('ends the sessions that an inactive user still has, and audits no change of status', async () => {
    expect(await set(3, 'inactive')).toEqual([
      { user: account(3).user, changed: false, sessionsEnded: 1 },
      { removed: ['sessions carol-here'] },
    ]);
  });

  it.each(['active', 'inactive'] as const)('returns null for no user (%s)', async (status) => {
    expect(await set(4, status)).toEqual([null, {}]);
  });
});

describe('endSessions', () => {
  it('ends the sessions of one user and voids the device cookies', async () => {
    expect(await differenceAfter(() => adminUsers.endSessions(1, auditContext))).toEqual([
      { user: account(1).user, changed: true, sessionsEnded: 2 },
      {
        changed: { 'users 1': { device_version: 4 } },
        removed: ['sessions alice-here', 'sessions alice-there'],
        added: { audit_events: [event('ADMIN_SESSIONS_ENDED')] },
      },
    ]);
  });

  it('audits nothing where there is no session, and voids the device cookies all the same', async () => {
    await execute('DELETE FROM sessions WHERE user_id = 1');
    expect(await differenceAfter(() => adminUsers.endSessions(1, auditContext))).toEqual([
      { user: account(1).user, changed: false, sessionsEnded: 0 },
      { changed: { 'users 1': { device_version: 4 } } },
    ]);
  });

  it('returns null for no user', async () => {
    expect(await differenceAfter(() => adminUsers.endSessions(4, auditContext))).toEqual([
      null,
      {},
    ]);
  });
});

describe('setRole', () => {
  const set = (role: string | null, name: string | null, userId = 1) =>
    differenceAfter(() => adminUsers.setRole(userId, { id: role, name }, auditContext));
  type Choice = { id: string | null; name: string | null };
  type Role = { id: string; name: string } | null;
  const ops = { id: 'ops', name: 'Operations' };
  const dev = { id: 'dev', name: 'Developers' };

  it.each<{ sets: string; role: Role; before?: string; created?: object } & Choice>([
    { sets: 'an existing role under its own name', id: 'ops', name: 'Another name', role: ops },
    { sets: 'a new role that comes with a name', ...dev, role: dev, created: { roles: [dev] } },
    { sets: 'no role', id: null, name: null, role: null, before: 'ops' },
  ])('sets $sets', async ({ id, name, role, created, before = null }) => {
    await env.DB.prepare('UPDATE users SET role_id = ?').bind(before).run();
    expect(await set(id, name)).toEqual([
      { user: { ...account(1).user, role }, changed: true, sessionsEnded: 0 },
      {
        changed: { 'users 1': { role_id: id } },
        added: { ...created, audit_events: [event('ADMIN_ROLE_SET', id ?? 'none')] },
      },
    ]);
  });

  it('writes nothing for a user who has the role already', async () => {
    await execute("UPDATE users SET role_id = 'ops'");
    const unchanged = { user: { ...account(1).user, role: ops }, changed: false, sessionsEnded: 0 };
    expect(await set('ops', null)).toEqual([unchanged, {}]);
  });

  it('writes nothing for a role that does not exist', async () => {
    expect(await set('dev', null)).toEqual(['unknown-role', {}]);
  });

  it('makes no role for no user', async () => {
    expect(await set('dev', 'Developers', 4)).toEqual([null, {}]);
    expect(await set('dev', null, 4)).toEqual([null, {}]);
  });

  it('makes no role of a name alone', async () => {
    expect((await set(null, 'Developers'))[1]).toEqual({});
  });
});
