/** Each change of an account: exactly its rows, and none when one condition is not met. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Challenge } from '../../src/flows/model/challenge.ts';
import { createAccountChanges } from '../../src/store/account-changes.ts';
import { givePasskeys } from '../support/passkey-rows.ts';
import * as rows from '../support/store-rows.ts';

const changes = createAccountChanges(env.DB);
beforeEach(rows.resetRows);

const proof = (id: string, email: string | null = null): Challenge => ({
  id,
  secretHash: `${id}-secret`,
  email,
});
const event = (action: string, more = {}) => ({ audit_events: [rows.eventRow(action, more)] });
const sessions = ['sessions alice-here', 'sessions alice-there'];
const challenges = ['challenges alice-code', 'challenges alice-link', 'challenges alice-move'];
const newPassword = { password_hash: 'new-hash', credential_version: 8, device_version: 4 };
const newEmail = 'alice@new.example';

describe('verifyEmail', () => {
  const verify = () => changes.verifyEmail(rows.account(1), proof('alice-code'), rows.auditContext);

  it('verifies one user, ends their sessions and uses one challenge up', async () => {
    await rows.inLastMillisecond('challenges', 'alice-code');
    expect(await rows.differenceAfter(verify)).toEqual([
      true,
      {
        changed: { 'users 1': { email_verified: 1, device_version: 4 } },
        removed: ['challenges alice-code', ...sessions],
        added: event('EMAIL_VERIFIED'),
      },
    ]);
  });

  rows.writesNothing(verify, false, [
    rows.isInactive,
    rows.hasNewPassword,
    rows.isDeleted,
    ...rows.isSpent('alice-code'),
  ]);
});

describe('resetPassword', () => {
  const how = { ...rows.auditContext, passwordHash: 'new-hash' };
  const reset = () => changes.resetPassword(rows.account(1), proof('alice-link'), how);

  it('replaces one password, and ends all sessions and challenges of its user', async () => {
    await rows.inLastMillisecond('challenges', 'alice-link');
    expect(await rows.differenceAfter(reset)).toEqual([
      true,
      {
        changed: { 'users 1': { ...newPassword, email_verified: 1 } },
        removed: [...challenges, ...sessions],
        added: event('PASSWORD_RESET'),
      },
    ]);
  });

  it('needs no knowledge of the old password', async () => {
    await rows.execute('UPDATE users SET credential_version = 8 WHERE id = 1');
    const [done, { changed }] = await rows.differenceAfter(reset);
    expect([done, changed?.['users 1']?.credential_version]).toEqual([true, 9]);
  });

  rows.writesNothing(reset, false, [
    rows.isInactive,
    rows.isDeleted,
    ...rows.isSpent('alice-link'),
  ]);
});

describe('changePassword', () => {
  const change = (keepSessionId: string) => () =>
    changes.changePassword(rows.account(1), {
      ...rows.auditContext,
      passwordHash: 'new-hash',
      keepSessionId,
    });

  it('keeps the session that asked, and ends the other ones and all challenges', async () => {
    expect(await rows.differenceAfter(change('alice-here'))).toEqual([
      true,
      {
        changed: { 'users 1': newPassword, 'sessions alice-here': { credential_version: 8 } },
        removed: [...challenges, 'sessions alice-there'],
        added: event('PASSWORD_CHANGED'),
      },
    ]);
  });

  it('keeps no session of another user', async () => {
    expect(await rows.differenceAfter(change('bob-here'))).toEqual([
      true,
      {
        changed: { 'users 1': newPassword },
        removed: [...challenges, ...sessions],
        added: event('PASSWORD_CHANGED'),
      },
    ]);
  });

  rows.writesNothing(change('alice-here'), false, [
    rows.isInactive,
    rows.hasNewPassword,
    rows.isDeleted,
  ]);
});

describe('renewHash', () => {
  const renew = () => changes.renewHash(rows.account(1), 'renewed');

  it('replaces one hash, and nothing else', async () => {
    expect(await rows.differenceAfter(renew)).toEqual([
      undefined,
      { changed: { 'users 1': { password_hash: 'renewed' } } },
    ]);
  });

  rows.writesNothing(renew, undefined, [
    rows.hasNewPassword,
    rows.isDeleted,
    ['the hash was renewed', "UPDATE users SET password_hash = 'other' WHERE id = 1"],
    ['there is no password', 'UPDATE users SET password_hash = NULL WHERE id = 1'],
  ]);
});

describe('changeEmail', () => {
  const change = () =>
    changes.changeEmail(rows.account(1), proof('alice-move', newEmail), rows.auditContext);

  it('changes one address, and ends the challenges that went to the old mailbox', async () => {
    await rows.inLastMillisecond('challenges', 'alice-move');
    expect(await rows.differenceAfter(change)).toEqual([
      true,
      {
        changed: { 'users 1': { email: newEmail, email_verified: 1 } },
        removed: challenges,
        added: event('EMAIL_CHANGED'),
      },
    ]);
  });

  rows.writesNothing(change, false, [
    rows.isInactive,
    rows.hasNewPassword,
    rows.isDeleted,
    ...rows.isSpent('alice-move'),
    ['another user has the address', `UPDATE users SET email = '${newEmail}' WHERE id = 2`],
  ]);
});

describe('remove', () => {
  const remove = () => changes.remove(rows.account(1), rows.auditContext);
  const passkeys = ['passkeys alice-cloud', 'passkeys alice-laptop'];
  const removed = [...challenges, ...passkeys, 'registrations alyce', ...sessions, 'users 1'];
  beforeEach(() => givePasskeys());

  it('removes what is the user’s, and leaves a pseudonym and the operator’s address', async () => {
    expect(await rows.differenceAfter(remove)).toEqual([
      true,
      {
        changed: {
          'audit_events 1': { user_id: null, address: '', device: null },
          'audit_events 2': { user_id: null },
        },
        removed,
        added: event('ACCOUNT_DELETED', { user_id: null, address: '', device: null }),
      },
    ]);
  });

  it('keeps the address of the operator who removes', async () => {
    const operator = { ...rows.auditContext, contract: 'admin', by: 'operator' as const };
    const [done, { added }] = await rows.differenceAfter(() =>
      changes.remove(rows.account(1), operator),
    );
    expect([done, added]).toEqual([
      true,
      event('ADMIN_DELETED', { user_id: null, contract: 'admin' }),
    ]);
  });

  it('removes no registration with a user who has no address', async () => {
    await rows.execute('UPDATE users SET email = NULL WHERE id = 1');
    const user = { ...rows.account(1).user, email: null };
    const [done, difference] = await rows.differenceAfter(() =>
      changes.remove(rows.account(1, { user }), rows.auditContext),
    );
    const others = removed.filter((row) => row !== 'registrations alyce');
    expect([done, difference.removed]).toEqual([true, others]);
  });

  it('removes an inactive user, too', async () => {
    const [done, { removed }] = await rows.differenceAfter(() =>
      changes.remove(rows.account(3), rows.auditContext),
    );
    expect([done, removed]).toEqual([
      true,
      [
        'challenges carol-link',
        'factors carol-code-1',
        'factors carol-code-2',
        'factors carol-pending',
        'factors carol-totp',
        'passkeys carol-cloud',
        'passkeys carol-laptop',
        'sessions carol-here',
        'users 3',
      ],
    ]);
  });

  rows.writesNothing(remove, false, [rows.hasNewPassword]);
});
