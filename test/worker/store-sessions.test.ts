/** Sessions of one user, with others beside them that meet every other condition. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Rotation, SessionEnd } from '../../src/flows/model/session.ts';
import { createSessions } from '../../src/store/sessions/sessions.ts';
import {
  account,
  differenceAfter,
  eventRow,
  execute,
  auditContext,
  insertRows,
  NOW,
} from '../support/store-rows.ts';

const sessions = createSessions(env.DB);
beforeEach(insertRows);

const notUsable = [
  ['the user is inactive', "UPDATE users SET status = 'inactive' WHERE id = 1"],
  ['the password is another one by now', 'UPDATE users SET credential_version = 8 WHERE id = 1'],
  ['the user is gone', 'DELETE FROM users WHERE id = 1'],
  ['it has ended', "DELETE FROM sessions WHERE id = 'alice-here'"],
  ['it has expired', "UPDATE sessions SET expires_at_ms = 1000 WHERE id = 'alice-here'"],
];
const lastMoment = () =>
  execute("UPDATE sessions SET expires_at_ms = 1001 WHERE id = 'alice-here'");

const aliceHere = {
  id: 'alice-here',
  contract: 'email-cookie',
  user: account(1).user,
  account: account(1),
  createdAtMs: 100,
  generation: 4,
  refreshedAtMs: 500,
};

describe('live', () => {
  it('reads one session with its user, until the moment it expires', async () => {
    await lastMoment();
    expect(await sessions.live('alice-here', NOW)).toEqual(aliceHere);
  });

  it('reads the role and the team with the user', async () => {
    await execute("UPDATE users SET role_id = 'ops', team_id = 'red' WHERE id = 1");
    const live = await sessions.live('alice-here', NOW);
    expect([live?.user.role, live?.user.team]).toEqual([
      { id: 'ops', name: 'Operations' },
      { id: 'red', name: 'Red team' },
    ]);
  });

  it.each(notUsable)('reads none when %s', async (_, sql = '') => {
    await execute(sql);
    expect(await sessions.live('alice-here', NOW)).toBeNull();
  });
});

describe('rotate', () => {
  const rotation: Rotation = {
    sessionId: 'alice-here',
    contract: 'email-cookie',
    presentedHash: 'alice-here-refresh',
    successorHash: 'next-refresh',
    nowMs: NOW,
    idleMs: 300,
    absoluteMs: 5000,
  };
  const rotated = {
    refresh_hash: 'next-refresh',
    refresh_generation: 5,
    refreshed_at_ms: 1000,
    last_used_at_ms: 1000,
    expires_at_ms: 1300,
  };

  it('swaps the hash of one session and extends it by the idle time', async () => {
    await lastMoment();
    expect(await differenceAfter(() => sessions.rotate(rotation))).toEqual([
      { ...aliceHere, generation: 5, refreshedAtMs: 1000 },
      { changed: { 'sessions alice-here': rotated } },
    ]);
  });

  it('extends it to its absolute end and no further', async () => {
    const [live, difference] = await differenceAfter(() =>
      sessions.rotate({ ...rotation, absoluteMs: 1000 }),
    );
    expect([live?.generation, difference]).toEqual([
      5,
      { changed: { 'sessions alice-here': { ...rotated, expires_at_ms: 1100 } } },
    ]);
  });

  it.each(notUsable)('changes nothing and answers null when %s', async (_, sql = '') => {
    await execute(sql);
    expect(await differenceAfter(() => sessions.rotate(rotation))).toEqual([null, {}]);
  });

  it.each<[string, Partial<Rotation>]>([
    ['another contract', { contract: 'username-pair' }],
    ['a hash that is not the current one', { presentedHash: 'an-older-refresh' }],
    ['the hash of another session of the user', { presentedHash: 'alice-there-refresh' }],
    ['a session at its absolute end', { absoluteMs: 900 }],
  ])('changes nothing and answers the session as it stands for %s', async (_, changed) => {
    const rotate = () => sessions.rotate({ ...rotation, ...changed });
    expect(await differenceAfter(rotate)).toEqual([aliceHere, {}]);
  });
});

describe('list', () => {
  const listed = [
    {
      id: 'alice-there',
      contract: 'username-pair',
      startedAtMs: 200,
      lastUsedAtMs: 500,
      address: '192.0.2.1',
      userAgent: null,
    },
    {
      id: 'alice-here',
      contract: 'email-cookie',
      startedAtMs: 100,
      lastUsedAtMs: 500,
      address: '192.0.2.1',
      userAgent: 'Browser 1',
    },
  ];
  beforeEach(() => execute("UPDATE sessions SET user_agent = 'Browser 1' WHERE id = 'alice-here'"));

  it('lists the sessions of one user, newest first', async () => {
    await lastMoment();
    expect(await sessions.list(1, NOW)).toEqual(listed);
  });

  it.each([
    ['has expired', "UPDATE sessions SET expires_at_ms = 1000 WHERE id = 'alice-here'"],
    [
      'was opened with an older password',
      "UPDATE sessions SET credential_version = 6 WHERE id = 'alice-here'",
    ],
  ])('leaves out one that %s', async (_, sql) => {
    await execute(sql);
    expect(await sessions.list(1, NOW)).toEqual(listed.slice(0, 1));
  });

  it('lists none of an inactive user', async () => {
    expect(await sessions.list(3, NOW)).toEqual([]);
  });
});

describe('end', () => {
  const { nowMs, ...rest } = auditContext;
  const ending = (action: SessionEnd['action']): SessionEnd => ({ ...rest, nowMs, action });
  const ended = (action: string, id: string) =>
    eventRow(action, { reason: 'ended', session_id: id });

  it('ends one session of one user and voids the device cookies', async () => {
    const end = () => sessions.end({ id: 'alice-here', userId: 1 }, ending('SESSION_ENDED'));
    expect(await differenceAfter(end)).toEqual([
      true,
      {
        changed: { 'users 1': { device_version: 4 } },
        removed: ['sessions alice-here'],
        added: { audit_events: [ended('SESSION_ENDED', 'alice-here')] },
      },
    ]);
  });

  it.each(['LOGOUT', 'LOGIN_UNANSWERED'] as const)(
    'keeps the device cookies good after %s',
    async (action) => {
      const end = () => sessions.end({ id: 'alice-here', userId: 1 }, ending(action));
      expect(await differenceAfter(end)).toEqual([
        true,
        {
          removed: ['sessions alice-here'],
          added: { audit_events: [ended(action, 'alice-here')] },
        },
      ]);
    },
  );

  it.each([
    ['another user', { id: 'alice-here', userId: 2 }],
    ['nobody', { id: 'no-such-session', userId: 1 }],
  ])('changes nothing for a session of %s', async (_, session) => {
    const end = () => sessions.end(session, ending('SESSION_ENDED'));
    expect(await differenceAfter(end)).toEqual([false, {}]);
  });

  it('ends all sessions of one user', async () => {
    expect(await differenceAfter(() => sessions.endAll(1, ending('LOGOUT_ALL')))).toEqual([
      undefined,
      {
        changed: { 'users 1': { device_version: 4 } },
        removed: ['sessions alice-here', 'sessions alice-there'],
        added: {
          audit_events: [ended('LOGOUT_ALL', 'alice-here'), ended('LOGOUT_ALL', 'alice-there')],
        },
      },
    ]);
  });

  it('changes nothing for a user without sessions', async () => {
    await execute('DELETE FROM sessions WHERE user_id = 1');
    expect(await differenceAfter(() => sessions.endAll(1, ending('LOGOUT_ALL')))).toEqual([
      undefined,
      {},
    ]);
  });
});
