/** The removal of a password: all that hangs by it ends, and its owner is left with a way in. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { createAccountChanges } from '../../src/store/account-changes.ts';
import { createPasskeys } from '../../src/store/passkeys/passkeys.ts';
import { enrolAlice } from '../support/factor-rows.ts';
import { losingFirstBatch } from '../support/lossy-database.ts';
import { givePasskeys } from '../support/passkey-rows.ts';
import * as rows from '../support/store-rows.ts';

beforeEach(rows.resetRows);
beforeEach(() => givePasskeys());

const remove =
  (keepSessionId = 'alice-here', database = env.DB) =>
  () =>
    createAccountChanges(database).removePassword(rows.account(1), {
      ...rows.auditContext,
      keepSessionId,
    });
const added = { audit_events: [rows.eventRow('PASSWORD_REMOVED')] };
const withoutPassword = { password_hash: null, credential_version: 8, device_version: 4 };
const challenges = ['challenges alice-code', 'challenges alice-link', 'challenges alice-move'];
const WITHOUT_LAPTOP = "DELETE FROM passkeys WHERE id = 'alice-laptop'";

it('keeps the session that asked, and ends the other ones and all challenges', async () => {
  expect(await rows.differenceAfter(remove())).toEqual([
    'removed',
    {
      changed: { 'users 1': withoutPassword, 'sessions alice-here': { credential_version: 8 } },
      removed: [...challenges, 'sessions alice-there'],
      added,
    },
  ]);
});

it('keeps no session of another user', async () => {
  expect(await rows.differenceAfter(remove('bob-here'))).toEqual([
    'removed',
    {
      changed: { 'users 1': withoutPassword },
      removed: [...challenges, 'sessions alice-here', 'sessions alice-there'],
      added,
    },
  ]);
});

rows.writesNothing(remove(), 'stale', [
  rows.isInactive,
  rows.hasNewPassword,
  rows.isDeleted,
  ['there is none', 'UPDATE users SET password_hash = NULL WHERE id = 1'],
]);
rows.writesNothing(remove(), 'last-way-in', [
  ['the user has one passkey and no recovery code', WITHOUT_LAPTOP],
  ['the user has no passkey', 'DELETE FROM passkeys WHERE user_id = 1'],
]);

describe('of a user with recovery codes', () => {
  beforeEach(enrolAlice);

  it('is done beside one passkey', async () => {
    await rows.execute(WITHOUT_LAPTOP);
    expect(await remove()()).toBe('removed');
  });

  rows.writesNothing(remove(), 'last-way-in', [
    ['the user has no passkey', 'DELETE FROM passkeys WHERE user_id = 1'],
  ]);
});

it('is done once by two sessions at once, and leaves the session of the first', async () => {
  const [results, { removed }] = await rows.differenceAfter(() =>
    Promise.all(['alice-here', 'alice-there'].map((id) => remove(id)())),
  );
  expect(results.toSorted()).toEqual(['removed', 'stale']);
  const ended = results[0] === 'removed' ? 'alice-there' : 'alice-here';
  expect(removed).toEqual([...challenges, `sessions ${ended}`]);
});

it.each<[string, string[]]>([
  ['the password first', ['password', 'alice-laptop', 'alice-cloud']],
  ['a passkey first', ['alice-laptop', 'password', 'alice-cloud']],
  ['both passkeys first', ['alice-laptop', 'alice-cloud', 'password']],
])('leaves a way in where password and passkeys are removed at once, %s', async (_, order) => {
  const passkeys = createPasskeys(env.DB, { maxPasskeys: 20 });
  await Promise.all(
    order.map((what) =>
      what === 'password' ? remove()() : passkeys.remove(rows.account(1), what, rows.auditContext),
    ),
  );
  const left = await env.DB.prepare(
    'SELECT password_hash IS NOT NULL AS password, (SELECT count(*) FROM passkeys WHERE user_id = 1) AS passkeys FROM users WHERE id = 1',
  ).first<{ password: number; passkeys: number }>();
  expect([
    { password: 1, passkeys: 0 },
    { password: 0, passkeys: 2 },
  ]).toContainEqual(left);
});

it.each([
  ['stored', true],
  ['not stored', false],
])('finds out about a lost answer whether the removal was %s', async (_, isStored) => {
  const work = remove('alice-here', losingFirstBatch(env.DB, isStored))();
  if (isStored) expect(await work).toBe('removed');
  else await expect(work).rejects.toThrow('connection lost');
});
