/** Each change of second factors: exactly its rows, and none when one condition is not met. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFactors } from '../../src/store/factors/factors.ts';
import { codeRows, enrolAlice, factorRow, newCodes, useOf } from '../support/factor-rows.ts';
import { losingFirstBatch } from '../support/lossy-database.ts';
import { givePasskeys } from '../support/passkey-rows.ts';
import * as rows from '../support/store-rows.ts';

const on = (database: D1Database) => createFactors(database, { maxFactors: 2 });
const factors = on(env.DB);
beforeEach(rows.resetRows);
beforeEach(enrolAlice);

const alice = rows.account(1);
const isStale = [rows.isInactive, rows.hasNewPassword, rows.isDeleted];
const events = (...actions: string[]) => actions.map((action) => rows.eventRow(action));
const how = { ...rows.auditContext, recoveryCodes: newCodes };
const all = ['alice-code-1', 'alice-code-2', 'alice-pending', 'alice-totp'].map(
  (id) => `factors ${id}`,
);
const WITHOUT_TOTP = "DELETE FROM factors WHERE id = 'alice-totp'";

describe('enroll', () => {
  const enroll = (database = env.DB) =>
    on(database).enroll(
      alice,
      { id: 'new-totp', secret: 'new seal', name: 'Tablet' },
      rows.auditContext,
    );
  const row = factorRow(1, {
    id: 'new-totp',
    kind: 'totp',
    secret: 'new seal',
    name: 'Tablet',
    createdAtMs: 1000,
    confirmedAtMs: null,
    lastUsedAtMs: null,
    lastStep: 0,
  });

  it('puts one factor in place of the user’s unconfirmed one', async () => {
    expect(await rows.differenceAfter(enroll)).toEqual([
      true,
      {
        removed: ['factors alice-pending'],
        added: { factors: [row], audit_events: events('FACTOR_ENROLLED') },
      },
    ]);
  });

  it('adds a first one', async () => {
    await rows.execute('DELETE FROM factors WHERE user_id = 1');
    expect((await rows.differenceAfter(enroll))[1].added?.factors).toEqual([row]);
  });

  rows.writesNothing(enroll, false, [
    ...isStale,
    [
      'the user has as many confirmed ones as may be',
      "UPDATE factors SET confirmed_at_ms = 60 WHERE id = 'alice-pending'",
    ],
  ]);
});

describe('replaceRecoveryCodes', () => {
  const replace = () => factors.replaceRecoveryCodes(alice, how);

  it('replaces those of one user', async () => {
    expect(await rows.differenceAfter(replace)).toEqual([
      true,
      {
        removed: ['factors alice-code-1', 'factors alice-code-2'],
        added: { factors: codeRows, audit_events: events('RECOVERY_CODES_REPLACED') },
      },
    ]);
  });

  it('stores those of a user who has none left', async () => {
    await rows.execute("DELETE FROM factors WHERE id LIKE 'alice-code-%'");
    expect((await rows.differenceAfter(replace))[1].added?.factors).toEqual(codeRows);
  });

  it('stores those of a user with passkeys and without an app', async () => {
    await rows.execute('DELETE FROM factors WHERE user_id = 1');
    await givePasskeys();
    expect((await rows.differenceAfter(replace))[1].added?.factors).toEqual(codeRows);
  });

  rows.writesNothing(replace, false, [
    ...isStale,
    ['there is neither a confirmed app nor a passkey', WITHOUT_TOTP],
  ]);
});

describe('remove', () => {
  const remove =
    (factorId = 'alice-totp') =>
    () =>
      factors.remove(alice, factorId, rows.auditContext);
  const added = { audit_events: events('FACTOR_REMOVED') };

  it.each([
    ['the last confirmed factor with the recovery codes', 'alice-totp', 'SELECT 1', [0, 1, 3]],
    [
      'one of two confirmed factors, and no recovery code',
      'alice-totp',
      "UPDATE factors SET confirmed_at_ms = 60 WHERE id = 'alice-pending'",
      [3],
    ],
    ['an unconfirmed factor, and no recovery code', 'alice-pending', 'SELECT 1', [2]],
  ])('removes %s', async (...[, id, sql, removed]) => {
    await rows.execute(sql);
    expect(await rows.differenceAfter(remove(id))).toEqual([
      true,
      { removed: removed.map((n) => all[n]), added },
    ]);
  });

  it('removes the last confirmed factor, and no recovery code beside a passkey', async () => {
    await givePasskeys();
    expect(await rows.differenceAfter(remove())).toEqual([
      true,
      { removed: ['factors alice-totp'], added },
    ]);
  });

  rows.writesNothing(remove(), false, [
    ...isStale,
    ['it was removed', WITHOUT_TOTP],
    ['it is another user’s', "UPDATE factors SET user_id = 2 WHERE id = 'alice-totp'"],
  ]);
  rows.writesNothing(remove('alice-code-1'), false, [['it is a recovery code', 'SELECT 1']]);
});

describe('reset', () => {
  const reset = () => factors.reset(alice, rows.auditContext);

  it('removes all factors and recovery codes of one user', async () => {
    expect(await rows.differenceAfter(reset)).toEqual([
      true,
      { removed: all, added: { audit_events: events('ADMIN_FACTORS_RESET') } },
    ]);
  });

  it.each([
    ['with all else', 'SELECT 1', all],
    ['of a user who has nothing else', 'DELETE FROM factors WHERE user_id = 1', []],
  ])('removes the passkeys of one user, too: %s', async (_, sql, others) => {
    await rows.execute(sql);
    await givePasskeys();
    expect(await rows.differenceAfter(reset)).toEqual([
      true,
      {
        removed: [...others, 'passkeys alice-cloud', 'passkeys alice-laptop'],
        added: { audit_events: events('ADMIN_FACTORS_RESET') },
      },
    ]);
  });

  it('does so for an inactive user with a new password', async () => {
    await rows.execute(rows.isInactive[1]);
    await rows.execute(rows.hasNewPassword[1]);
    expect((await rows.differenceAfter(reset))[0]).toBe(true);
  });

  rows.writesNothing(reset, false, [
    rows.isDeleted,
    ['there is none', 'DELETE FROM factors WHERE user_id = 1'],
  ]);
});

describe('a change whose answer was lost', () => {
  const context = rows.auditContext;
  const newFactor = { id: 'new-totp', secret: 'new seal', name: null };
  const [pending, totp] = [useOf('alice-pending', 'totp', 41), useOf('alice-totp', 'totp', 41)];
  type Change = (store: typeof factors) => Promise<boolean>;

  it.each<[string, Change]>([
    ['enroll', (store) => store.enroll(alice, newFactor, context)],
    ['confirm', (store) => store.confirm(rows.aliceHere, pending, how)],
    ['prove', (store) => store.prove(rows.aliceHere, totp, context)],
    ['replaceRecoveryCodes', (store) => store.replaceRecoveryCodes(alice, how)],
    ['remove', (store) => store.remove(alice, 'alice-totp', context)],
    ['reset', (store) => store.reset(alice, context)],
  ])('is recovered where it was stored, and fails where it was not: %s', async (_, change) => {
    expect(await change(on(losingFirstBatch(env.DB)))).toBe(true);
    await rows.resetRows();
    await enrolAlice();
    await expect(change(on(losingFirstBatch(env.DB, false)))).rejects.toThrow('connection lost');
  });
});
