/** Sessions of one user, beside others that meet every other condition. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Extension, Rotation, SessionEnd } from '../../src/flows/model/session.ts';
import { createSessions } from '../../src/store/sessions/sessions.ts';
import * as rows from '../support/store-rows.ts';

const sessions = createSessions(env.DB);
beforeEach(rows.resetRows);

const isInvalid = [
  rows.isInactive,
  rows.hasNewPassword,
  rows.isDeleted,
  ['it has ended', "DELETE FROM sessions WHERE id = 'alice-here'"],
  ['it has expired', rows.expiring('sessions', 'alice-here')],
] as const;

const aliceHere = rows.aliceHere;

describe('live', () => {
  it('reads one session with its user, until the moment it expires', async () => {
    await rows.inLastMillisecond('sessions', 'alice-here');
    const live = { ...aliceHere, expiresAtMs: 1001 };
    expect(await sessions.live('alice-here', rows.NOW)).toEqual(live);
  });

  it('reads when password and second factor were proven, and what opened it', async () => {
    await rows.execute(
      "UPDATE sessions SET proven_at_ms = 700, second_factor_at_ms = 600, opened_by = 'passkey' WHERE id = 'alice-here'",
    );
    const live = await sessions.live('alice-here', rows.NOW);
    const proven = { provenAtMs: 700, secondFactorAtMs: 600, openedBy: 'passkey' };
    expect(live).toEqual({ ...aliceHere, ...proven });
  });

  it('reads the second factors and passkeys with the user', async () => {
    const { user, account } = (await sessions.live('bob-here', rows.NOW)) ?? {};
    expect({ user, account }).toEqual({ user: rows.account(2).user, account: rows.account(2) });
  });

  it('reads the role and the team with the user', async () => {
    await rows.execute("UPDATE users SET role_id = 'ops', team_id = 'red' WHERE id = 1");
    const live = await sessions.live('alice-here', rows.NOW);
    expect([live?.user.role, live?.user.team]).toEqual([
      { id: 'ops', name: 'Operations' },
      { id: 'red', name: 'Red team' },
    ]);
  });

  rows.writesNothing(() => sessions.live('alice-here', rows.NOW), null, isInvalid);
});

describe('rotate', () => {
  const rotation: Rotation = {
    sessionId: 'alice-here',
    contract: 'email-cookie',
    presentedHash: 'alice-here-refresh',
    successorHash: 'next-refresh',
    nowMs: rows.NOW,
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
    await rows.inLastMillisecond('sessions', 'alice-here');
    expect(await rows.differenceAfter(() => sessions.rotate(rotation))).toEqual([
      { ...aliceHere, generation: 5, refreshedAtMs: 1000, expiresAtMs: 1300 },
      { changed: { 'sessions alice-here': rotated } },
    ]);
  });

  it('extends it to its absolute end and no further', async () => {
    const [live, difference] = await rows.differenceAfter(() =>
      sessions.rotate({ ...rotation, absoluteMs: 1000 }),
    );
    expect([live?.generation, difference]).toEqual([
      5,
      { changed: { 'sessions alice-here': { ...rotated, expires_at_ms: 1100 } } },
    ]);
  });

  rows.writesNothing(() => sessions.rotate(rotation), null, isInvalid);

  it.each<[string, Partial<Rotation>]>([
    ['another contract', { contract: 'username-pair' }],
    ['a hash that is not the current one', { presentedHash: 'an-older-refresh' }],
    ['the hash of another session of the user', { presentedHash: 'alice-there-refresh' }],
    ['a session at its absolute end', { absoluteMs: 900 }],
  ])('writes nothing, and returns the session as it is, for %s', async (_, changed) => {
    const rotate = () => sessions.rotate({ ...rotation, ...changed });
    expect(await rows.differenceAfter(rotate)).toEqual([aliceHere, {}]);
  });
});

describe('extend', () => {
  const extension: Extension = {
    sessionId: 'alice-here',
    contract: 'email-cookie',
    refreshHash: 'alice-here-refresh',
    nowMs: rows.NOW,
    idleMs: 300,
    absoluteMs: 5000,
  };
  const extend = (changes: Partial<Extension> = {}) =>
    rows.differenceAfter(() => sessions.extend({ ...extension, ...changes }));

  it.each<[string, Partial<Extension>, number]>([
    ['by the idle time', {}, 1300],
    ['without a refresh token', { refreshHash: null }, 1300],
    ['to its absolute end and no further', { absoluteMs: 1000 }, 1100],
  ])('extends one session %s', async (_, changes, expiresAtMs) => {
    await rows.inLastMillisecond('sessions', 'alice-here');
    const times = { last_used_at_ms: 1000, expires_at_ms: expiresAtMs };
    expect(await extend(changes)).toEqual([
      { session: { ...aliceHere, expiresAtMs }, isExtended: true },
      { changed: { 'sessions alice-here': times } },
    ]);
  });

  it('never shortens it', async () => {
    const [live, { changed }] = await extend({ idleMs: 1 });
    expect([live.isExtended, changed]).toEqual([
      true,
      { 'sessions alice-here': { last_used_at_ms: 1000 } },
    ]);
  });

  const ended = { session: null, isExtended: false };
  rows.writesNothing(() => sessions.extend(extension), ended, isInvalid);

  it.each<[string, Partial<Extension>]>([
    ['another contract', { contract: 'username-pair' }],
    ['the hash of another refresh token', { refreshHash: 'alice-there-refresh' }],
    ['a session at its absolute end', { absoluteMs: 900 }],
  ])('writes nothing, and returns the session as it is, for %s', async (_, changes) => {
    expect(await extend(changes)).toEqual([{ session: aliceHere, isExtended: false }, {}]);
  });
});

describe('provePassword', () => {
  const prove = () => sessions.provePassword({ id: 'alice-here', userId: 1 }, rows.NOW);

  it('marks one session as proven', async () => {
    await rows.inLastMillisecond('sessions', 'alice-here');
    expect(await rows.differenceAfter(prove)).toEqual([
      true,
      { changed: { 'sessions alice-here': { proven_at_ms: 1000 } } },
    ]);
  });

  rows.writesNothing(prove, false, isInvalid);
  rows.writesNothing(
    () => sessions.provePassword({ id: 'alice-here', userId: 2 }, rows.NOW),
    false,
    [['the session is of another user', 'SELECT 1']],
  );
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
      name: null,
    },
    {
      id: 'alice-here',
      contract: 'email-cookie',
      startedAtMs: 100,
      lastUsedAtMs: 500,
      address: '192.0.2.1',
      userAgent: 'Browser 1',
      name: 'Laptop',
    },
  ];
  beforeEach(() =>
    rows.execute(
      "UPDATE sessions SET user_agent = 'Browser 1', name = 'Laptop' WHERE id = 'alice-here'",
    ),
  );

  it('lists the sessions of one user, newest first', async () => {
    await rows.inLastMillisecond('sessions', 'alice-here');
    expect(await sessions.list(1, rows.NOW)).toEqual(listed);
  });

  it.each([
    ['has expired', rows.expiring('sessions', 'alice-here')],
    [
      'was created with an older password',
      "UPDATE sessions SET credential_version = 6 WHERE id = 'alice-here'",
    ],
  ])('leaves out one that %s', async (_, sql) => {
    await rows.execute(sql);
    expect(await sessions.list(1, rows.NOW)).toEqual(listed.slice(0, 1));
  });

  it('lists none of an inactive user', async () => {
    expect(await sessions.list(3, rows.NOW)).toEqual([]);
  });
});

describe('end', () => {
  const end = (action: SessionEnd['action'], session = { id: 'alice-here', userId: 1 }) =>
    rows.differenceAfter(() => sessions.end(session, { ...rows.auditContext, action }));
  const endAll = () =>
    rows.differenceAfter(() => sessions.endAll(1, { ...rows.auditContext, action: 'LOGOUT_ALL' }));
  const ended = (action: string, id: string) =>
    rows.eventRow(action, { reason: 'ended', session_id: id });

  it('ends one session of one user and voids the device cookies', async () => {
    expect(await end('SESSION_ENDED')).toEqual([
      true,
      {
        changed: { 'users 1': { device_version: 4 } },
        removed: ['sessions alice-here'],
        added: { audit_events: [ended('SESSION_ENDED', 'alice-here')] },
      },
    ]);
  });

  it.each(['LOGOUT', 'LOGIN_UNANSWERED'] as const)('leaves them valid after %s', async (action) => {
    expect(await end(action)).toEqual([
      true,
      { removed: ['sessions alice-here'], added: { audit_events: [ended(action, 'alice-here')] } },
    ]);
  });

  it.each([
    ['another user', { id: 'alice-here', userId: 2 }],
    ['nobody', { id: 'no-such-session', userId: 1 }],
  ])('writes nothing for a session of %s', async (_, session) => {
    expect(await end('SESSION_ENDED', session)).toEqual([false, {}]);
  });

  it('ends all sessions of one user', async () => {
    expect(await endAll()).toEqual([
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

  it('ends all sessions of one user but one', async () => {
    const endOthers = () =>
      sessions.endOthers(
        { id: 'alice-there', userId: 1 },
        { ...rows.auditContext, action: 'LOGOUT_OTHERS' },
      );
    const difference = {
      changed: { 'users 1': { device_version: 4 } },
      removed: ['sessions alice-here'],
      added: { audit_events: [ended('LOGOUT_OTHERS', 'alice-here')] },
    };
    expect(await rows.differenceAfter(endOthers)).toEqual([undefined, difference]);
    expect(await rows.differenceAfter(endOthers)).toEqual([undefined, {}]);
  });

  it('writes nothing for a user without sessions', async () => {
    await rows.execute('DELETE FROM sessions WHERE user_id = 1');
    expect(await endAll()).toEqual([undefined, {}]);
  });
});
