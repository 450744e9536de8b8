/** The one batch of a login: a session, its user and its event, or nothing; and 100 sessions at most. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { NewSession } from '../../src/flows/model/session.ts';
import { createSessions } from '../../src/store/sessions/sessions.ts';
import { insertRows } from '../fixtures/rows.ts';
import { newSession } from '../support/new-session.ts';
import * as rows from '../support/store-rows.ts';
import type { Row } from '../support/store-rows.ts';

const sessions = createSessions(env.DB);
beforeEach(rows.resetRows);

const open = (changes: Partial<NewSession> = {}) => sessions.open({ ...newSession, ...changes });
const row = {
  id: 'new-session',
  user_id: 1,
  contract: 'email-cookie',
  created_at_ms: 1000,
  last_used_at_ms: 1000,
  expires_at_ms: 3000,
  credential_version: 7,
  refresh_hash: 'first-refresh',
  refresh_generation: 0,
  refreshed_at_ms: 1000,
  address: '198.51.100.1',
  user_agent: 'B'.repeat(256),
  proven_at_ms: 1000,
  second_factor_at_ms: null,
  opened_by: 'password',
  name: null,
};
const login = rows.eventRow('LOGIN', { reason: 'granted', session_id: 'new-session' });

describe('open', () => {
  it('adds one session and one event, and notes the login', async () => {
    expect(await rows.differenceAfter(open)).toEqual([
      true,
      {
        changed: { 'users 1': { last_login_at_ms: 1000 } },
        added: { sessions: [row], audit_events: [login] },
      },
    ]);
  });

  it('renews the hash of this user alone', async () => {
    await rows.execute('UPDATE users SET email_verified = 1 WHERE id = 1');
    const [opened, { changed }] = await rows.differenceAfter(() =>
      open({ renewedHash: 'renewed', requiresVerifiedEmail: true }),
    );
    expect([opened, changed]).toEqual([
      true,
      { 'users 1': { last_login_at_ms: 1000, password_hash: 'renewed' } },
    ]);
  });

  it('stores null for what the client or the contract does not have', async () => {
    const meta = { ...rows.auditContext.meta, userAgent: null };
    const [, { added }] = await rows.differenceAfter(() => open({ meta, refreshHash: null }));
    expect(added?.sessions).toEqual([{ ...row, user_agent: null, refresh_hash: null }]);
  });

  const renew = () => open({ renewedHash: 'renewed' });
  rows.writesNothing(renew, false, [rows.isInactive, rows.hasNewPassword, rows.isDeleted]);
  const openVerified = () => open({ requiresVerifiedEmail: true });
  rows.writesNothing(openVerified, false, [
    ['the address has to be verified and is not', 'SELECT 1'],
  ]);
});

describe('the limit of 100 sessions', () => {
  const HOUR_MS = 3_600_000;
  const idOf = (n: number) => `alice-${String(n).padStart(3, '0')}`;
  const numbers = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => from + index);

  /** Stores sessions of Alice; number 0 is the newest. Bob has 100, the newest as old as Alice's. */
  async function store(count: number, ageMs: (n: number) => number): Promise<void> {
    await rows.execute("DELETE FROM sessions WHERE id LIKE 'alice-%'");
    const stored = (id: string, userId: number, n: number) => ({
      table: 'sessions',
      columns: { ...rows.sessionRow(id, userId), created_at_ms: rows.NOW - ageMs(n) },
    });
    await insertRows(env.DB, [
      ...numbers(0, count).map((n) => stored(idOf(n), 1, n)),
      ...numbers(0, 100).map((n) => stored(`bob-${n}`, 2, n)),
    ]);
  }
  const older = (n: number) => n + 1;
  const expireNewest = `UPDATE sessions SET expires_at_ms = ${rows.NOW} WHERE id < '${idOf(51)}'`;

  it.each<[string, number, (n: number) => number, number[], string]>([
    ['none with the 100th', 99, older, [], 'SELECT 1'],
    ['the oldest with the 101st', 100, older, [99], 'SELECT 1'],
    ['all that are too many', 120, older, numbers(99, 21), 'SELECT 1'],
    ['none where some have expired', 150, older, [], expireNewest],
    [
      'an older one, not the new one, where clocks differ',
      100,
      (n) => n - HOUR_MS,
      [99],
      'SELECT 1',
    ],
  ])(
    'ends %s, and leaves devices and other users alone',
    async (...[, count, ageMs, ended, sql]) => {
      await store(count, ageMs);
      await rows.execute(sql);
      const [opened, { removed = [], added, changed }] = await rows.differenceAfter(open);
      expect([opened, removed]).toEqual([true, ended.map((n) => `sessions ${idOf(n)}`)]);
      expect([added?.sessions, changed]).toEqual([
        [row],
        { 'users 1': { last_login_at_ms: 1000 } },
      ]);
      const events = ended.map((n) =>
        rows.eventRow('SESSION_ENDED', { reason: 'too-many', session_id: idOf(n) }),
      );
      const bySession = (one: Row, other: Row) =>
        String(one.session_id) < String(other.session_id) ? -1 : 1;
      expect(added?.audit_events?.toSorted(bySession)).toEqual([...events, login]);
    },
  );

  it('ends none when the login writes nothing', async () => {
    await store(101, older);
    await rows.execute(rows.isInactive[1]);
    expect(await rows.differenceAfter(open)).toEqual([false, {}]);
  });

  it('lists the newest 100 where more are stored, as they may be from before the limit', async () => {
    await store(150, older);
    const listed = await sessions.list(1, rows.NOW);
    expect(listed.map(({ id }) => id)).toEqual(numbers(0, 100).map(idOf));
  });
});
