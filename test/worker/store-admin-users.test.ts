/** What an operator changes, with users beside it that must stay as they are. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { createAdminUsers } from '../../src/store/admin-users/admin-users.ts';
import {
  account,
  differenceAfter,
  eventRow,
  execute,
  auditContext as owner,
  insertRows,
  NOW,
} from '../support/store-rows.ts';

const directory = createAdminUsers(env.DB);
const auditContext = { ...owner, contract: 'admin' };
const event = (action: string, reason = 'done') => eventRow(action, { reason, contract: 'admin' });
beforeEach(insertRows);

describe('liveSessions', () => {
  it.each([
    ['counts those of one user', 'SELECT 1', 2],
    [
      'leaves out an expired one',
      "UPDATE sessions SET expires_at_ms = 1000 WHERE id = 'alice-here'",
      1,
    ],
    [
      'counts one in its last millisecond',
      "UPDATE sessions SET expires_at_ms = 1001 WHERE id = 'alice-here'",
      2,
    ],
    [
      'leaves out one of an older password',
      "UPDATE sessions SET credential_version = 6 WHERE id = 'alice-here'",
      1,
    ],
    ['counts none of an inactive user', "UPDATE users SET status = 'inactive' WHERE id = 1", 0],
  ])('%s', async (_, sql, live) => {
    await execute(sql);
    expect(await directory.liveSessions(1, NOW)).toBe(live);
  });
});

describe('setStatus', () => {
  it('deactivates one user and ends their sessions', async () => {
    const set = () => directory.setStatus(1, 'inactive', auditContext);
    const user = { ...account(1).user, status: 'inactive' };
    expect(await differenceAfter(set)).toEqual([
      { user, changed: true, sessionsEnded: 2 },
      {
        changed: { 'users 1': { status: 'inactive', device_version: 4 } },
        removed: ['sessions alice-here', 'sessions alice-there'],
        added: { audit_events: [event('ADMIN_DEACTIVATED')] },
      },
    ]);
  });

  it('activates one user, whose old sessions do not come back', async () => {
    await execute("UPDATE users SET status = 'inactive' WHERE id = 1");
    const set = () => directory.setStatus(1, 'active', auditContext);
    expect(await differenceAfter(set)).toEqual([
      { user: account(1).user, changed: true, sessionsEnded: 2 },
      {
        changed: { 'users 1': { status: 'active', device_version: 4 } },
        removed: ['sessions alice-here', 'sessions alice-there'],
        added: { audit_events: [event('ADMIN_ACTIVATED')] },
      },
    ]);
  });

  it('changes nothing for a user who is active already', async () => {
    expect(await differenceAfter(() => directory.setStatus(1, 'active', auditContext))).toEqual([
      { user: account(1).user, changed: false, sessionsEnded: 0 },
      {},
    ]);
  });

  it('ends what an inactive user has left, and audits no change of status', async () => {
    expect(await differenceAfter(() => directory.setStatus(3, 'inactive', auditContext))).toEqual([
      { user: account(3).user, changed: false, sessionsEnded: 1 },
      { removed: ['sessions carol-here'] },
    ]);
  });

  it.each(['active', 'inactive'] as const)('answers null for nobody (%s)', async (status) => {
    const set = () => directory.setStatus(4, status, auditContext);
    expect(await differenceAfter(set)).toEqual([null, {}]);
  });
});

describe('endSessions', () => {
  it('ends the sessions of one user and voids the device cookies', async () => {
    expect(await differenceAfter(() => directory.endSessions(1, auditContext))).toEqual([
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
    expect(await differenceAfter(() => directory.endSessions(1, auditContext))).toEqual([
      { user: account(1).user, changed: false, sessionsEnded: 0 },
      { changed: { 'users 1': { device_version: 4 } } },
    ]);
  });

  it('answers null for nobody', async () => {
    expect(await differenceAfter(() => directory.endSessions(4, auditContext))).toEqual([null, {}]);
  });
});

describe('setRole', () => {
  const set = (role: string | null, name: string | null, userId = 1) =>
    differenceAfter(() => directory.setRole(userId, { id: role, name }, auditContext));
  const ops = { id: 'ops', name: 'Operations' };

  it('gives a role that exists, under the name that it has', async () => {
    expect(await set('ops', 'Another name')).toEqual([
      { user: { ...account(1).user, role: ops }, changed: true, sessionsEnded: 0 },
      {
        changed: { 'users 1': { role_id: 'ops' } },
        added: { audit_events: [event('ADMIN_ROLE_SET', 'ops')] },
      },
    ]);
  });

  it('makes a role that comes with a name', async () => {
    expect(await set('dev', 'Developers')).toEqual([
      {
        user: { ...account(1).user, role: { id: 'dev', name: 'Developers' } },
        changed: true,
        sessionsEnded: 0,
      },
      {
        changed: { 'users 1': { role_id: 'dev' } },
        added: {
          roles: [{ id: 'dev', name: 'Developers' }],
          audit_events: [event('ADMIN_ROLE_SET', 'dev')],
        },
      },
    ]);
  });

  it('takes a role away', async () => {
    await execute("UPDATE users SET role_id = 'ops'");
    expect(await set(null, null)).toEqual([
      { user: account(1).user, changed: true, sessionsEnded: 0 },
      {
        changed: { 'users 1': { role_id: null } },
        added: { audit_events: [event('ADMIN_ROLE_SET', 'none')] },
      },
    ]);
  });

  it('changes nothing for a user who has the role already', async () => {
    await execute("UPDATE users SET role_id = 'ops'");
    expect(await set('ops', null)).toEqual([
      { user: { ...account(1).user, role: ops }, changed: false, sessionsEnded: 0 },
      {},
    ]);
  });

  it('changes nothing for a role that does not exist', async () => {
    expect(await set('dev', null)).toEqual(['unknown-role', {}]);
  });

  it('makes no role for nobody', async () => {
    expect(await set('dev', 'Developers', 4)).toEqual([null, {}]);
    expect(await set('dev', null, 4)).toEqual([null, {}]);
  });

  it('makes no role of a name alone', async () => {
    expect((await set(null, 'Developers'))[1]).toEqual({});
  });
});
