/** Logins of accounts with a second factor: it is used up with the session it opens, or nothing is written. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FactorUse } from '../../src/flows/model/factor.ts';
import type { NewSession } from '../../src/flows/model/session.ts';
import { createSessions } from '../../src/store/sessions/sessions.ts';
import { enrolAlice, useOf } from '../support/factor-rows.ts';
import { losingFirstBatch } from '../support/lossy-database.ts';
import { newSession } from '../support/new-session.ts';
import * as rows from '../support/store-rows.ts';

beforeEach(rows.resetRows);
beforeEach(enrolAlice);

const totp = useOf('alice-totp', 'totp', 41);
const code = useOf('alice-code-1', 'recovery-code', 1);
const first: FactorUse = { ...totp, factorId: 'alice-pending' };

const open =
  (secondFactor: FactorUse | null, changes: Partial<NewSession> = {}, database = env.DB) =>
  () =>
    createSessions(database).open({ ...newSession, secondFactor, ...changes });

const login = rows.eventRow('LOGIN', { reason: 'granted', session_id: 'new-session' });
const loginEvent = (action: string) =>
  rows.eventRow(action, { reason: 'login', session_id: 'new-session' });
const loggedIn = { 'users 1': { last_login_at_ms: 1000 } };
const session = expect.objectContaining({
  id: 'new-session',
  user_id: 1,
  proven_at_ms: 1000,
  second_factor_at_ms: 1000,
});
const NO_CONFIRMED = "DELETE FROM factors WHERE user_id = 1 AND id <> 'alice-pending'";

describe('open with a second factor', () => {
  it.each([
    ['the time step', totp, {}],
    [
      'the time step, and reseals the secret',
      { ...totp, resealed: 'new seal' },
      { secret: 'new seal' },
    ],
  ])('uses up %s of one TOTP factor', async (_, use, changed) => {
    expect(await rows.differenceAfter(open(use))).toEqual([
      true,
      {
        changed: {
          ...loggedIn,
          'factors alice-totp': { last_step: 41, last_used_at_ms: 1000, ...changed },
        },
        added: { sessions: [session], audit_events: [login] },
      },
    ]);
  });

  it('uses up one recovery code, and records it', async () => {
    expect(await rows.differenceAfter(open(code))).toEqual([
      true,
      {
        changed: loggedIn,
        removed: ['factors alice-code-1'],
        added: { sessions: [session], audit_events: [login, loginEvent('RECOVERY_CODE_USED')] },
      },
    ]);
  });

  it('confirms a first factor that was enrolled on the way', async () => {
    await rows.execute(NO_CONFIRMED);
    expect(await rows.differenceAfter(open(first))).toEqual([
      true,
      {
        changed: {
          ...loggedIn,
          'factors alice-pending': {
            confirmed_at_ms: 1000,
            last_step: 41,
            last_used_at_ms: 1000,
          },
        },
        added: { sessions: [session], audit_events: [login, loginEvent('FACTOR_CONFIRMED')] },
      },
    ]);
  });

  const isStale = [rows.isInactive, rows.hasNewPassword, rows.isDeleted];
  const isGone = (id: string) =>
    [
      ['the factor was removed', `DELETE FROM factors WHERE id = '${id}'`],
      ['the factor is another user’s', `UPDATE factors SET user_id = 2 WHERE id = '${id}'`],
    ] as const;
  rows.writesNothing(open(totp), false, [
    ...isStale,
    ...isGone('alice-totp'),
    ['the time step was used', "UPDATE factors SET last_step = 41 WHERE id = 'alice-totp'"],
    ['a later time step was used', "UPDATE factors SET last_step = 42 WHERE id = 'alice-totp'"],
  ]);
  rows.writesNothing(open(code), false, [...isStale, ...isGone('alice-code-1')]);
  rows.writesNothing(open(first), false, [['another factor was confirmed meanwhile', 'SELECT 1']]);
  rows.writesNothing(open({ ...code, factorId: 'alice-totp', step: 41 }), false, [
    ['the factor is of another kind', 'SELECT 1'],
  ]);
});

describe('open without a second factor', () => {
  rows.writesNothing(open(null), false, [['the user has a confirmed one', 'SELECT 1']]);

  it.each([
    ['an unconfirmed one', NO_CONFIRMED],
    ['none', 'DELETE FROM factors WHERE user_id = 1'],
  ])('opens a session of a user with %s', async (_, sql) => {
    await rows.execute(sql);
    const [opened, { changed, added }] = await rows.differenceAfter(open(null));
    expect([opened, changed, added?.audit_events]).toEqual([true, loggedIn, [login]]);
    expect(added?.sessions).toMatchObject([{ proven_at_ms: 1000, second_factor_at_ms: null }]);
  });
});

describe('the step of a login', () => {
  const openStep = open(totp, { stepIssuedAtMs: 900 });
  const loginAt = (ms: number) => `UPDATE users SET last_login_at_ms = ${ms} WHERE id = 1`;

  it.each(['SELECT 1', loginAt(899), loginAt(900)])('opens a session after %s', async (sql) => {
    await rows.execute(sql);
    expect(await openStep()).toBe(true);
  });

  rows.writesNothing(openStep, false, [['the user has logged in since then', loginAt(901)]]);
});

it.each<[string, FactorUse, string]>([
  ['code of a TOTP factor', totp, 'SELECT 1'],
  ['recovery code', code, 'SELECT 1'],
  ['code that confirms a first factor', first, NO_CONFIRMED],
])('opens one session for fifty uses of one %s', async (_, use, sql) => {
  await rows.execute(sql);
  const [opened, { added }] = await rows.differenceAfter(() =>
    Promise.all(
      Array.from({ length: 50 }, (_, n) => open(use, { sessionId: `new-session-${n}` })()),
    ),
  );
  expect(opened.filter(Boolean)).toHaveLength(1);
  expect(added?.sessions).toHaveLength(1);
});

it.each([
  ['stored', true],
  ['not stored', false],
])('finds out about a lost answer whether the session was %s', async (_, isStored) => {
  const work = open(totp, {}, losingFirstBatch(env.DB, isStored))();
  if (isStored) expect(await work).toBe(true);
  else await expect(work).rejects.toThrow('connection lost');
});
