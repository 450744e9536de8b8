/** Each change of an account: exactly its rows, and none at all when one condition is not met. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Challenge } from '../../src/flows/model/challenge.ts';
import { createAccountChanges } from '../../src/store/account-changes.ts';
import {
  account,
  differenceAfter,
  eventRow,
  execute,
  auditContext,
  insertRows,
} from '../support/store-rows.ts';

const credentials = createAccountChanges(env.DB);
beforeEach(insertRows);

const proof = (id: string, email: string | null = null): Challenge => ({
  id,
  secretHash: `${id}-secret`,
  email,
});

const isInactive = ['the user is inactive', "UPDATE users SET status = 'inactive' WHERE id = 1"];
const otherPassword = [
  'the password is another one by now',
  'UPDATE users SET credential_version = 8 WHERE id = 1',
];
const isDeleted = ['the user is gone', 'DELETE FROM users WHERE id = 1'];
const challengeFences = (id: string) => [
  ['the challenge has been used', `DELETE FROM challenges WHERE id = '${id}'`],
  ['the challenge was replaced', `UPDATE challenges SET secret_hash = 'x' WHERE id = '${id}'`],
  ['the challenge has expired', `UPDATE challenges SET expires_at_ms = 1000 WHERE id = '${id}'`],
];
const lastMoment = (id: string) =>
  execute(`UPDATE challenges SET expires_at_ms = 1001 WHERE id = '${id}'`);

describe('verifyEmail', () => {
  const verify = () => credentials.verifyEmail(account(1), proof('alice-code'), auditContext);

  it('verifies one user, ends their sessions and uses one challenge up', async () => {
    await lastMoment('alice-code');
    expect(await differenceAfter(verify)).toEqual([
      true,
      {
        changed: { 'users 1': { email_verified: 1, device_version: 4 } },
        removed: ['challenges alice-code', 'sessions alice-here', 'sessions alice-there'],
        added: { audit_events: [eventRow('EMAIL_VERIFIED')] },
      },
    ]);
  });

  it.each([isInactive, otherPassword, isDeleted, ...challengeFences('alice-code')])(
    'changes nothing when %s',
    async (_, sql = '') => {
      await execute(sql);
      expect(await differenceAfter(verify)).toEqual([false, {}]);
    },
  );
});

describe('resetPassword', () => {
  const reset = () =>
    credentials.resetPassword(account(1), proof('alice-link'), {
      ...auditContext,
      passwordHash: 'new-hash',
    });

  it('replaces one password, and ends all sessions and challenges of its user', async () => {
    await lastMoment('alice-link');
    expect(await differenceAfter(reset)).toEqual([
      true,
      {
        changed: {
          'users 1': {
            email_verified: 1,
            password_hash: 'new-hash',
            credential_version: 8,
            device_version: 4,
          },
        },
        removed: [
          'challenges alice-code',
          'challenges alice-link',
          'challenges alice-move',
          'sessions alice-here',
          'sessions alice-there',
        ],
        added: { audit_events: [eventRow('PASSWORD_RESET')] },
      },
    ]);
  });

  it('needs no knowledge of the old password', async () => {
    await execute('UPDATE users SET credential_version = 8 WHERE id = 1');
    const [done, { changed }] = await differenceAfter(reset);
    expect([done, changed?.['users 1']?.credential_version]).toEqual([true, 9]);
  });

  it.each([isInactive, isDeleted, ...challengeFences('alice-link')])(
    'changes nothing when %s',
    async (_, sql = '') => {
      await execute(sql);
      expect(await differenceAfter(reset)).toEqual([false, {}]);
    },
  );
});

describe('changePassword', () => {
  const change = (keepSessionId = 'alice-here') =>
    credentials.changePassword(account(1), {
      ...auditContext,
      passwordHash: 'new-hash',
      keepSessionId,
    });
  const newPassword = { password_hash: 'new-hash', credential_version: 8, device_version: 4 };
  const challenges = ['challenges alice-code', 'challenges alice-link', 'challenges alice-move'];

  it('keeps the session that asked, and ends the other ones and all challenges', async () => {
    expect(await differenceAfter(() => change())).toEqual([
      true,
      {
        changed: { 'users 1': newPassword, 'sessions alice-here': { credential_version: 8 } },
        removed: [...challenges, 'sessions alice-there'],
        added: { audit_events: [eventRow('PASSWORD_CHANGED')] },
      },
    ]);
  });

  it('keeps no session of another user', async () => {
    expect(await differenceAfter(() => change('bob-here'))).toEqual([
      true,
      {
        changed: { 'users 1': newPassword },
        removed: [...challenges, 'sessions alice-here', 'sessions alice-there'],
        added: { audit_events: [eventRow('PASSWORD_CHANGED')] },
      },
    ]);
  });

  it.each([isInactive, otherPassword, isDeleted])(
    'changes nothing when %s',
    async (_, sql = '') => {
      await execute(sql);
      expect(await differenceAfter(() => change())).toEqual([false, {}]);
    },
  );
});

describe('changeEmail', () => {
  const move = () =>
    credentials.changeEmail(account(1), proof('alice-move', 'alice@new.example'), auditContext);

  it('moves one user, and ends the challenges that went to the old mailbox', async () => {
    await lastMoment('alice-move');
    expect(await differenceAfter(move)).toEqual([
      true,
      {
        changed: { 'users 1': { email: 'alice@new.example', email_verified: 1 } },
        removed: ['challenges alice-code', 'challenges alice-link', 'challenges alice-move'],
        added: { audit_events: [eventRow('EMAIL_CHANGED')] },
      },
    ]);
  });

  it.each([
    isInactive,
    otherPassword,
    isDeleted,
    ...challengeFences('alice-move'),
    [
      'somebody else has the address by now',
      "UPDATE users SET email = 'alice@new.example' WHERE id = 2",
    ],
  ])('changes nothing when %s', async (_, sql = '') => {
    await execute(sql);
    expect(await differenceAfter(move)).toEqual([false, {}]);
  });
});

describe('remove', () => {
  const removed = [
    'challenges alice-code',
    'challenges alice-link',
    'challenges alice-move',
    'registrations alyce',
    'sessions alice-here',
    'sessions alice-there',
    'users 1',
  ];

  it('removes what is the user’s, and leaves a pseudonym and the operator’s address', async () => {
    const remove = () => credentials.remove(account(1), auditContext);
    expect(await differenceAfter(remove)).toEqual([
      true,
      {
        changed: {
          'audit_events 1': { user_id: null, address: '' },
          'audit_events 2': { user_id: null },
        },
        removed,
        added: { audit_events: [eventRow('ACCOUNT_DELETED', { user_id: null, address: '' })] },
      },
    ]);
  });

  it('keeps the address of the operator who removes', async () => {
    const operator = { ...auditContext, contract: 'admin', by: 'operator' as const };
    const [done, { added }] = await differenceAfter(() => credentials.remove(account(1), operator));
    expect([done, added]).toEqual([
      true,
      { audit_events: [eventRow('ADMIN_DELETED', { user_id: null, contract: 'admin' })] },
    ]);
  });

  it('removes a user without an address, and no registration', async () => {
    await execute('UPDATE users SET email = NULL WHERE id = 1');
    const user = { ...account(1).user, email: null };
    const remove = () => credentials.remove(account(1, { user }), auditContext);
    const [done, difference] = await differenceAfter(remove);
    expect([done, difference.removed]).toEqual([
      true,
      removed.filter((row) => row !== 'registrations alyce'),
    ]);
  });

  it('removes nothing when the password is another one by now', async () => {
    await execute('UPDATE users SET credential_version = 8 WHERE id = 1');
    const remove = () => credentials.remove(account(1), auditContext);
    expect(await differenceAfter(remove)).toEqual([false, {}]);
  });

  it('removes an inactive user, too', async () => {
    const [done, { removed }] = await differenceAfter(() =>
      credentials.remove(account(3), auditContext),
    );
    expect([done, removed]).toEqual([
      true,
      ['challenges carol-link', 'sessions carol-here', 'users 3'],
    ]);
  });
});
