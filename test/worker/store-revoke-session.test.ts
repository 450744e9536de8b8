/** Revocation of a session by the link of an e-mail: once, of the link's session alone. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSessions } from '../../src/store/sessions/sessions.ts';
import * as rows from '../support/store-rows.ts';

const sessions = createSessions(env.DB);

/** Alice's link becomes one to her session `alice-here`, and Bob's one to his. */
beforeEach(async () => {
  await rows.resetRows();
  for (const name of ['alice', 'bob']) {
    await rows.execute(
      `UPDATE challenges SET purpose = 'revoke-session', session_id = '${name}-here'
        WHERE id = '${name}-link'`,
    );
  }
});

const proof = { id: 'alice-link', secretHash: 'alice-link-secret', email: null };
const revoke = () =>
  rows.differenceAfter(() => sessions.revoke(rows.account(1), proof, rows.auditContext));
const event = (reason: string) =>
  rows.eventRow('SESSION_REVOKED', { reason, session_id: 'alice-here' });
const changed = {
  'users 1': { device_version: 4 },
  'challenges alice-link': { session_id: null },
};

describe('revoke', () => {
  it('ends one session, voids the device cookies and leaves the link without a session', async () => {
    await rows.inLastMillisecond('challenges', 'alice-link');
    expect(await revoke()).toEqual([
      true,
      { changed, removed: ['sessions alice-here'], added: { audit_events: [event('ended')] } },
    ]);
  });

  it('acts once, and is answered alike after that', async () => {
    await revoke();
    expect(await revoke()).toEqual([true, {}]);
  });

  it('acts once where two ask at a time', async () => {
    const [answers, difference] = await rows.differenceAfter(() =>
      Promise.all([1, 2].map(() => sessions.revoke(rows.account(1), proof, rows.auditContext))),
    );
    expect([answers, difference.changed]).toEqual([[true, true], changed]);
    expect(difference.added).toEqual({ audit_events: [event('ended')] });
  });

  it('voids the device cookies where the session is over, and says so', async () => {
    await rows.execute("DELETE FROM sessions WHERE id = 'alice-here'");
    expect(await revoke()).toEqual([true, { changed, added: { audit_events: [event('over')] } }]);
  });

  it('ends no session of another user', async () => {
    await rows.execute("UPDATE challenges SET session_id = 'bob-here' WHERE id = 'alice-link'");
    expect((await revoke())[1].removed).toBeUndefined();
  });

  rows.writesNothing(() => sessions.revoke(rows.account(1), proof, rows.auditContext), false, [
    rows.isInactive,
    rows.isDeleted,
    ['the link has expired', rows.expiring('challenges', 'alice-link')],
    ['the link is gone', "DELETE FROM challenges WHERE id = 'alice-link'"],
    [
      'the link has another secret',
      "UPDATE challenges SET secret_hash = 'x' WHERE id = 'alice-link'",
    ],
    ['the link is another user’s', "UPDATE challenges SET user_id = 2 WHERE id = 'alice-link'"],
  ]);
});
