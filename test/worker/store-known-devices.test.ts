/** Known devices: by earlier sign-ins of one user in the audit. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { createAudit } from '../../src/store/audit.ts';
import { insertRows } from '../fixtures/rows.ts';
import * as rows from '../support/store-rows.ts';

const { knowsDevice } = createAudit(env.DB);

const event = (action: string, sessionId: string | null, more: rows.Row = {}) => ({
  table: 'audit_events',
  columns: { ...EVENT, action, session_id: sessionId, ...more },
});
const EVENT: rows.Row = {
  at_ms: 1,
  reason: 'granted',
  user_id: 1,
  subject: 'pseudonym',
  contract: 'email-cookie',
  address: '192.0.2.1',
  device: 'Firefox on Linux',
  trace_id: 'trace',
};
const own = event('LOGIN', 'own');
const earlier = event('LOGIN', 'earlier');

beforeEach(async () => {
  await rows.resetRows();
  await rows.execute('DELETE FROM audit_events');
});

const isKnownAfter = async (...events: ReturnType<typeof event>[]) => {
  await insertRows(env.DB, events);
  const device = { address: '192.0.2.1', browser: 'Firefox on Linux' };
  return knowsDevice({ userId: 1, sessionId: 'own' }, device);
};

describe('a device is known', () => {
  it.each([
    ['by an earlier sign-in', [earlier, own]],
    ['by one that a passkey made', [event('LOGIN', 'earlier', { reason: 'passkey' }), own]],
    ['though that session was signed out of', [earlier, event('LOGOUT', 'earlier'), own]],
    [
      'though all sessions were',
      [earlier, event('LOGOUT_ALL', 'earlier', { reason: 'ended' }), own],
    ],
    [
      'though that session was one too many',
      [earlier, event('SESSION_ENDED', 'earlier', { reason: 'too-many' }), own],
    ],
    ...['PASSWORD_RESET', 'PASSWORD_CHANGED', 'PASSWORD_REMOVED'].map((action) => [
      `by its own ${action}`,
      [
        event('SESSION_REVOKED', 'other'),
        event('SESSION_ENDED', 'ended', { reason: 'ended' }),
        event(action, null, { reason: 'done' }),
        own,
      ],
    ]),
    ['by a sign-in after a revocation', [event('SESSION_REVOKED', 'other'), earlier, own]],
    ['by the 500th newest event', [earlier, ...Array(498).fill(event('LOGIN_FAILED', null)), own]],
  ] as [string, ReturnType<typeof event>[]][])('%s', async (_, events) => {
    expect(await isKnownAfter(...events)).toBe(true);
  });
});

describe('a device is not known', () => {
  it.each([
    ['by its own sign-in', [own]],
    ['by a later sign-in', [own, earlier]],
    ['from another address', [event('LOGIN', 'earlier', { address: '192.0.2.2' }), own]],
    ['with another browser', [event('LOGIN', 'earlier', { device: 'Chrome on Linux' }), own]],
    ['by an event of an older version', [event('LOGIN', 'earlier', { device: null }), own]],
    ['by another user’s sign-in', [event('LOGIN', 'earlier', { user_id: 2 }), own]],
    ['by a refused sign-in', [event('LOGIN_FAILED', 'earlier'), own]],
    ...['PASSWORD_RESET', 'PASSWORD_CHANGED', 'PASSWORD_REMOVED'].map((action) => [
      `by a sign-in before ${action} elsewhere`,
      [earlier, event(action, null, { address: '192.0.2.2' }), own],
    ]),
    ['by one before a revocation', [earlier, event('SESSION_REVOKED', 'other'), own]],
    ...['SESSION_ENDED', 'LOGOUT_OTHERS', 'LOGIN_UNANSWERED'].map((action) => [
      `by a session that ended with ${action}`,
      [earlier, event(action, 'earlier', { reason: 'ended' }), own],
    ]),
    ['by the 501st newest event', [earlier, ...Array(499).fill(event('LOGIN_FAILED', null)), own]],
  ] as [string, ReturnType<typeof event>[]][])('%s', async (_, events) => {
    expect(await isKnownAfter(...events)).toBe(false);
  });
});
