import { describe, expect, it } from 'vitest';
import { changePassword } from '../../../src/flows/change-password.ts';
import { deleteAccount } from '../../../src/flows/delete-account.ts';
import type { LiveSession } from '../../../src/flows/model/session.ts';
import { removePassword } from '../../../src/flows/passkeys.ts';
import { aliceWith, aliceWithPasskey, NOW_MS, passkey } from './fakes.ts';
import {
  FIVE_MINUTES,
  lastWayIn,
  reauthenticate,
  type Changes,
  requestOf,
  sessionOf,
  fakesOf,
} from './proven-session.ts';

describe('an account without a password', () => {
  const account = { ...aliceWithPasskey, passwordHash: null };
  const proven = sessionOf(account, { secondFactorAtMs: NOW_MS - FIVE_MINUTES + 1 });
  const unproven = sessionOf(account, { provenAtMs: 0 });

  it('had it removed with a proof that works without it', async () => {
    const recent = { secondFactorAtMs: NOW_MS - FIVE_MINUTES + 1 };
    const user = { ...aliceWithPasskey.user, passkeys: [passkey, passkey] };
    const remove = (proven: Partial<LiveSession>, changes?: Changes) => {
      const fakes = fakesOf(sessionOf({ ...aliceWithPasskey, user }, proven), changes);
      return { fakes, removing: removePassword(requestOf(fakes)) };
    };
    const { fakes, removing } = remove(recent);
    expect(await removing).toEqual({ ok: true, value: null });
    await fakes.finish();
    expect(fakes.sent()).toEqual(['password-removed to alice@example.com in en']);
    for (const secondFactorAtMs of [null, NOW_MS - FIVE_MINUTES]) {
      expect(await remove({ secondFactorAtMs }).removing).toEqual(reauthenticate('passkey'));
    }
    const removePasswordOfLast = async () => 'last-way-in' as const;
    const last = remove(recent, { accountChanges: { removePassword: removePasswordOfLast } });
    expect(await last.removing).toEqual(lastWayIn);
  });

  it('may be asked to remove it again, and sends no e-mail', async () => {
    const user = { ...account.user, passkeys: [passkey, passkey] };
    const fakes = fakesOf({ ...proven, user, account: { ...account, user } });
    expect(await removePassword(requestOf(fakes))).toEqual({ ok: true, value: null });
    await fakes.finish();
    expect(fakes.given('accountChanges.removePassword')).toEqual([]);
    expect(fakes.sent()).toEqual([]);
  });

  it.each([
    [{ passkeys: [passkey], recoveryCodesLeft: 0 }, lastWayIn],
    [{ passkeys: [], recoveryCodesLeft: 10 }, lastWayIn],
    [
      { passkeys: [passkey], recoveryCodesLeft: 1 },
      { ok: true, value: null },
    ],
  ])('had beside it %j', async (left, outcome) => {
    const beside = aliceWith(left);
    const fakes = fakesOf(sessionOf(beside, { secondFactorAtMs: NOW_MS }));
    expect(await removePassword(requestOf(fakes))).toEqual(outcome);
  });

  it.each([
    ['all may be copied, and none such signs in', { isOffered: true, deviceBound: 'all' }],
    ['no passkey signs in', { isOffered: false, deviceBound: 'none' }],
  ])('keeps it beside passkeys of which %s', async (_, passkeys) => {
    const user = { ...aliceWithPasskey.user, passkeys: [passkey, passkey], recoveryCodesLeft: 10 };
    const live = sessionOf({ ...aliceWithPasskey, user }, { secondFactorAtMs: NOW_MS });
    expect(await removePassword(requestOf(fakesOf(live), { passkeys }))).toEqual(lastWayIn);
  });

  it('is deleted, and given a password, by a recent proof', async () => {
    const password = { currentPassword: null, newPassword: 'five words in a row' };
    expect(await deleteAccount({ ...requestOf(fakesOf(proven)), password: null })).toEqual({
      ok: true,
      value: null,
    });
    expect(await changePassword({ ...requestOf(fakesOf(proven)), ...password })).toMatchObject({
      ok: true,
    });
    for (const work of [
      deleteAccount({ ...requestOf(fakesOf(unproven)), password: null }),
      changePassword({ ...requestOf(fakesOf(unproven)), ...password }),
    ]) {
      expect(await work).toEqual(reauthenticate('passkey'));
    }
  });

  it('is none where the account has one: a recent proof does not stand for it', async () => {
    const live = sessionOf(aliceWithPasskey);
    const fakes = fakesOf(live);
    expect(await deleteAccount({ ...requestOf(fakes), password: null })).toEqual({
      ok: false,
      refusal: {
        reason: 'malformed',
        issues: [{ field: 'password', message: 'Password is required', missing: true }],
      },
    });
    expect(fakes.given('accountChanges.remove')).toEqual([]);
  });
});
