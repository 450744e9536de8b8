/** The transfer of a session to an application, which uses a code up. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SessionTransfer } from '../../src/flows/model/session.ts';
import { createSessions } from '../../src/store/sessions/sessions.ts';
import * as rows from '../support/store-rows.ts';

const sessions = createSessions(env.DB);
beforeEach(rows.resetRows);

const transfer: SessionTransfer = {
  ...rows.auditContext,
  nowMs: rows.NOW,
  sessionId: 'alice-here',
  userId: 1,
  code: { id: 'code', expiresAtMs: 61_000 },
  presentedHash: 'alice-here-refresh',
  successorHash: 'next-refresh',
  idleMs: 300,
  absoluteMs: 5000,
};
const ask = (changes: Partial<SessionTransfer> = {}) =>
  sessions.transfer({ ...transfer, ...changes });

const swapped = {
  refresh_hash: 'next-refresh',
  refresh_generation: 5,
  refreshed_at_ms: 1000,
  last_used_at_ms: 1000,
  expires_at_ms: 1300,
};

describe('transfer', () => {
  it('swaps the refresh token of one session, uses the code up, and writes that down', async () => {
    await rows.inLastMillisecond('sessions', 'alice-here');
    const [isDone, { changed, added, ...others }] = await rows.differenceAfter(() => ask());
    expect([isDone, changed, others]).toEqual([true, { 'sessions alice-here': swapped }, {}]);
    expect(added).toMatchObject({
      used_challenges: [{ id: 'code', expires_at_ms: 61_000 }],
      audit_events: [
        { action: 'SESSION_TRANSFERRED', reason: 'done', user_id: 1, session_id: 'alice-here' },
      ],
    });
  });

  it('leaves the end of a session without a refresh token as it is', async () => {
    await rows.execute("UPDATE sessions SET refresh_hash = NULL WHERE id = 'alice-here'");
    const [isDone, { changed }] = await rows.differenceAfter(() =>
      ask({ presentedHash: null, successorHash: null }),
    );
    const { refresh_hash: _, expires_at_ms: __, ...used } = swapped;
    expect([isDone, changed]).toEqual([true, { 'sessions alice-here': used }]);
  });

  it.each<[string, Partial<SessionTransfer>]>([
    ['a code that was used', { code: { id: 'used', expiresAtMs: 61_000 } }],
    ['another contract', { contract: 'username-pair' }],
    ['a refresh token that is not the current one', { presentedHash: 'an-older-refresh' }],
    ['a session that has a refresh token, as if it had none', { presentedHash: null }],
    ['a session at its absolute end', { absoluteMs: 900 }],
  ])('writes nothing for %s', async (_, changes) => {
    expect(await rows.differenceAfter(() => ask(changes))).toEqual([false, {}]);
  });

  rows.writesNothing(ask, false, [
    rows.isInactive,
    rows.hasNewPassword,
    rows.isDeleted,
    ['it has ended', "DELETE FROM sessions WHERE id = 'alice-here'"],
    ['it has expired', rows.expiring('sessions', 'alice-here')],
  ]);
});
