/** Profile changes write exactly the named columns, and none once the session has ended. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ProfileChange } from '../../src/policy/profile-rules.ts';
import { createAccountChanges } from '../../src/store/account-changes.ts';
import { losingFirstBatch } from '../support/lossy-database.ts';
import * as rows from '../support/store-rows.ts';

const { updateProfile } = createAccountChanges(env.DB);
beforeEach(rows.resetRows);

const account = rows.account(1);
const update = (change: ProfileChange) =>
  rows.differenceAfter(() => updateProfile(rows.aliceHere, change, rows.auditContext));
const event = { audit_events: [rows.eventRow('PROFILE_UPDATED')] };
const all = { name: 'Al', avatar: 'https://a', bio: 'Builds', language: 'de' };

describe('updateProfile', () => {
  it('sets every column of one user, and answers the user', async () => {
    await rows.inLastMillisecond('sessions', 'alice-here');
    expect(await update(all)).toEqual([
      { ...account.user, ...all },
      { changed: { 'users 1': all }, added: event },
    ]);
  });

  it.each<ProfileChange>([{ name: null }, { avatar: null }, { bio: null }, { language: 'fr' }])(
    'leaves what %j does not name',
    async (change) => {
      await update(all);
      expect(await update(change)).toEqual([
        { ...account.user, ...all, ...change },
        { changed: { 'users 1': change }, added: event },
      ]);
    },
  );

  it.each<ProfileChange>([{}, all])('records nothing where %j changes nothing', async (change) => {
    await update(all);
    expect(await update(change)).toEqual([{ ...account.user, ...all }, {}]);
  });

  it('answers the change where the database’s answer is lost', async () => {
    const lossy = createAccountChanges(losingFirstBatch(env.DB));
    const user = await lossy.updateProfile(rows.aliceHere, { name: 'Al' }, rows.auditContext);
    expect(user).toEqual({ ...account.user, name: 'Al' });
  });

  rows.writesNothing(() => updateProfile(rows.aliceHere, all, rows.auditContext), null, [
    rows.isInactive,
    rows.hasNewPassword,
    rows.isDeleted,
    ['the session has ended', "DELETE FROM sessions WHERE id = 'alice-here'"],
    ['the session has expired', rows.expiring('sessions', 'alice-here')],
  ]);
});
