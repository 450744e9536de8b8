/** A login's one batch: a session, its user and its event, or nothing. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { NewSession } from '../../src/flows/model/session.ts';
import { createSessionCreation } from '../../src/store/sessions/create.ts';
import {
  account,
  differenceAfter,
  eventRow,
  execute,
  auditContext,
  insertRows,
  NOW,
} from '../support/store-rows.ts';

const sessions = createSessionCreation(env.DB);
beforeEach(insertRows);

describe('open', () => {
  const opening: NewSession = {
    account: account(1),
    sessionId: 'new-session',
    contract: 'email-cookie',
    meta: { ...auditContext.meta, userAgent: 'B'.repeat(300) },
    accountKey: 'pseudonym',
    expiries: {
      issuedAtMs: 0,
      accessExpiresAtMs: 1,
      refreshExpiresAtMs: 2,
      sessionExpiresAtMs: 3000,
    },
    nowMs: NOW,
    requiresVerifiedEmail: false,
    refreshHash: 'first-refresh',
    renewedHash: null,
  };
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
  };
  const login = eventRow('LOGIN', { reason: 'granted', session_id: 'new-session' });

  it('adds one session and one event, and notes the login', async () => {
    expect(await differenceAfter(() => sessions.open(opening))).toEqual([
      true,
      {
        changed: { 'users 1': { last_login_at_ms: 1000 } },
        added: { sessions: [row], audit_events: [login] },
      },
    ]);
  });

  it('renews the hash of this user alone', async () => {
    await execute('UPDATE users SET email_verified = 1 WHERE id = 1');
    const renewing = { ...opening, renewedHash: 'renewed', requiresVerifiedEmail: true };
    const [opened, { changed }] = await differenceAfter(() => sessions.open(renewing));
    expect([opened, changed]).toEqual([
      true,
      { 'users 1': { last_login_at_ms: 1000, password_hash: 'renewed' } },
    ]);
  });

  it('keeps what a client did not send as null', async () => {
    const meta = { ...auditContext.meta, userAgent: null };
    const [, { added }] = await differenceAfter(() =>
      sessions.open({ ...opening, meta, refreshHash: null }),
    );
    expect(added?.sessions).toEqual([{ ...row, user_agent: null, refresh_hash: null }]);
  });

  it.each([
    ['the user is inactive', "UPDATE users SET status = 'inactive' WHERE id = 1"],
    ['the password is another one by now', 'UPDATE users SET credential_version = 8 WHERE id = 1'],
    ['the user is gone', 'DELETE FROM users WHERE id = 1'],
  ])('writes nothing when %s', async (_, sql = '') => {
    await execute(sql);
    const open = () => sessions.open({ ...opening, renewedHash: 'renewed' });
    expect(await differenceAfter(open)).toEqual([false, {}]);
  });

  it('writes nothing when the address has to be verified and is not', async () => {
    const open = () => sessions.open({ ...opening, requiresVerifiedEmail: true });
    expect(await differenceAfter(open)).toEqual([false, {}]);
  });
});
