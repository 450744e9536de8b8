/** Sign-ins by passkey: the challenge is used up with the session it opens, or nothing is written. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { NewSession } from '../../src/flows/model/session.ts';
import { createSessions } from '../../src/store/sessions/sessions.ts';
import { enrolAlice, useOf } from '../support/factor-rows.ts';
import { losingFirstBatch } from '../support/lossy-database.ts';
import { newSession } from '../support/new-session.ts';
import {
  givePasskeys,
  isGone,
  passkeyUse,
  usedChallenge,
  usedPasskey,
} from '../support/passkey-rows.ts';
import * as rows from '../support/store-rows.ts';

beforeEach(rows.resetRows);
beforeEach(() => givePasskeys());

const open =
  (changes: Partial<NewSession> = {}, database = env.DB) =>
  () =>
    createSessions(database).open({ ...newSession, passkey: passkeyUse, ...changes });

const login = rows.eventRow('LOGIN', { reason: 'passkey', session_id: 'new-session' });
const opened = [
  true,
  {
    changed: { 'users 1': { last_login_at_ms: 1000 }, ...usedPasskey },
    added: {
      sessions: [
        expect.objectContaining({
          id: 'new-session',
          user_id: 1,
          credential_version: 7,
          proven_at_ms: 1000,
          second_factor_at_ms: 1000,
          opened_by: 'passkey',
        }),
      ],
      used_challenges: usedChallenge,
      audit_events: [login],
    },
  },
];

describe('open with a passkey', () => {
  it('opens a session that has proven both factors, and uses the challenge up', async () => {
    expect(await rows.differenceAfter(open())).toEqual(opened);
  });

  it('asks a user with second factors for no other one', async () => {
    await enrolAlice();
    expect(await rows.differenceAfter(open())).toEqual(opened);
  });

  it('opens one for a user without a password', async () => {
    await rows.execute('UPDATE users SET password_hash = NULL WHERE id = 1');
    expect(await rows.differenceAfter(open())).toEqual(opened);
  });

  it('opens one for a verified address where it has to be', async () => {
    await rows.execute('UPDATE users SET email_verified = 1 WHERE id = 1');
    expect(await open({ requiresVerifiedEmail: true })()).toBe(true);
  });

  rows.writesNothing(open(), false, [
    rows.isInactive,
    rows.hasNewPassword,
    rows.isDeleted,
    ...isGone('alice-laptop'),
    ['the challenge was used', "INSERT INTO used_challenges VALUES ('signed', 1500)"],
  ]);
  rows.writesNothing(open({ requiresVerifiedEmail: true }), false, [
    ['the address has to be verified and is not', 'SELECT 1'],
  ]);

  it('opens one session for fifty uses of one challenge, by either passkey', async () => {
    const passkeyIds = ['alice-laptop', 'alice-cloud'];
    const openNth = (n: number) => {
      const passkey = { ...passkeyUse, passkeyId: passkeyIds[n % 2] ?? '' };
      return open({ passkey, sessionId: `new-session-${n}` })();
    };
    const [results, { added }] = await rows.differenceAfter(() =>
      Promise.all(Array.from({ length: 50 }, (_, n) => openNth(n))),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
    expect([added?.sessions?.length, added?.used_challenges?.length]).toEqual([1, 1]);
  });

  it('opens no second session of another user by a challenge that is used', async () => {
    const account = rows.account(2);
    const passkey = { ...passkeyUse, passkeyId: 'bob-laptop' };
    expect(await open()()).toBe(true);
    const bobs = open({ account, passkey, sessionId: 'of-bob' });
    expect(await rows.differenceAfter(bobs)).toEqual([false, {}]);
  });

  it.each([
    ['stored', true],
    ['not stored', false],
  ])('finds out about a lost answer whether the session was %s', async (_, isStored) => {
    const work = open({}, losingFirstBatch(env.DB, isStored))();
    if (isStored) expect(await work).toBe(true);
    else await expect(work).rejects.toThrow('connection lost');
  });
});

describe('open with a password', () => {
  const byPassword = { passkey: null };

  it('asks a user with passkeys alone for no second factor', async () => {
    const [done, { added, changed }] = await rows.differenceAfter(open(byPassword));
    expect([done, changed]).toEqual([true, { 'users 1': { last_login_at_ms: 1000 } }]);
    expect(added?.sessions).toMatchObject([{ second_factor_at_ms: null, opened_by: 'password' }]);
  });

  describe('by a user with passkeys and recovery codes', () => {
    beforeEach(enrolAlice);
    beforeEach(() => rows.execute("DELETE FROM factors WHERE id = 'alice-totp'"));

    rows.writesNothing(open(byPassword), false, [['no code was given', 'SELECT 1']]);
    const first = useOf('alice-pending', 'totp', 41);
    rows.writesNothing(open({ ...byPassword, secondFactor: first }), false, [
      ['an app is not confirmed', 'SELECT 1'],
    ]);

    it('uses one of the codes up', async () => {
      const secondFactor = useOf('alice-code-1', 'recovery-code', 1);
      const [done, { removed }] = await rows.differenceAfter(open({ ...byPassword, secondFactor }));
      expect([done, removed]).toEqual([true, ['factors alice-code-1']]);
    });
  });
});

it('writes three rows for the passkey beside the seven of any login (cost.test.ts)', async () => {
  const written: number[] = [];
  const batch = async (statements: D1PreparedStatement[]) => {
    const results = await env.DB.batch(statements);
    written.push(...results.map(({ meta }) => meta.rows_written));
    return results;
  };
  expect(await open({}, { batch, prepare: env.DB.prepare.bind(env.DB) } as never)()).toBe(true);
  expect(written).toEqual([3, 1, 3, 1, 2, 0, 0]);
});
