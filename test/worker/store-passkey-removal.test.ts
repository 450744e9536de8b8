/** Removals of passkeys: never the last way into an account, and no recovery codes that lead nowhere. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { createPasskeys } from '../../src/store/passkeys/passkeys.ts';
import { enrolAlice } from '../support/factor-rows.ts';
import { givePasskeys, isGone, passkeyRow } from '../support/passkey-rows.ts';
import * as rows from '../support/store-rows.ts';

const passkeys = createPasskeys(env.DB, { maxPasskeys: 20 });
beforeEach(rows.resetRows);
beforeEach(() => givePasskeys());
beforeEach(enrolAlice);

const remove = (id = 'alice-laptop') => passkeys.remove(rows.account(1), id, rows.auditContext);
const WITHOUT_PASSWORD = 'UPDATE users SET password_hash = NULL WHERE id = 1';
const WITHOUT_OTHER = "DELETE FROM passkeys WHERE id = 'alice-cloud'";
const WITHOUT_APP = "DELETE FROM factors WHERE id = 'alice-totp'";
const WITHOUT_CODES = "DELETE FROM factors WHERE id LIKE 'alice-code-%'";
const all = async (...statements: string[]) => {
  for (const sql of statements) await rows.execute(sql);
};
const codes = ['factors alice-code-1', 'factors alice-code-2'];
const third = () => givePasskeys([passkeyRow('alice-third', 1)]);

it.each<[string, string[], string[]]>([
  ['one of two', [], []],
  ['the last one, and no recovery code beside an app', [WITHOUT_OTHER], []],
  ['the last one, and the recovery codes without an app', [WITHOUT_OTHER, WITHOUT_APP], codes],
  ['one of two, and no recovery code', [WITHOUT_APP], []],
  ['one of two of a user with a code and without a password', [WITHOUT_PASSWORD], []],
])('removes %s', async (_, statements, removed) => {
  await all(...statements);
  expect(await rows.differenceAfter(remove)).toEqual([
    'removed',
    {
      removed: [...removed, 'passkeys alice-laptop'],
      added: { audit_events: [rows.eventRow('PASSKEY_REMOVED')] },
    },
  ]);
});

it('removes one of three of a user without password and codes', async () => {
  await third();
  await all(WITHOUT_PASSWORD, WITHOUT_CODES);
  expect(await remove()).toBe('removed');
});

rows.writesNothing(remove, 'stale', [
  rows.isInactive,
  rows.hasNewPassword,
  rows.isDeleted,
  ...isGone('alice-laptop'),
]);

describe('the last one without an app', () => {
  beforeEach(() => all(WITHOUT_OTHER, WITHOUT_APP));
  rows.writesNothing(remove, 'stale', isGone('alice-laptop'));
});

it.each([
  ['the last one', [WITHOUT_PASSWORD, WITHOUT_OTHER]],
  ['the last one, beside no app', [WITHOUT_PASSWORD, WITHOUT_OTHER, WITHOUT_APP]],
  ['one of two without a recovery code', [WITHOUT_PASSWORD, WITHOUT_CODES]],
])('leaves %s to a user without a password', async (_, statements) => {
  await all(...statements);
  expect(await rows.differenceAfter(remove)).toEqual(['last-way-in', {}]);
});

it.each<[string, string[], string[]]>([
  ['one, and its codes', [WITHOUT_APP], ['alice-laptop', 'alice-cloud']],
  ['two without codes', [WITHOUT_CODES], ['alice-laptop', 'alice-cloud', 'alice-third']],
])('leaves %s to a user without a password who removes all at once', async (...given) => {
  const [, statements, ids] = given;
  if (ids.length > 2) await third();
  await all(WITHOUT_PASSWORD, ...statements);
  const [results, { removed }] = await rows.differenceAfter(() => Promise.all(ids.map(remove)));
  expect(results.filter((result) => result === 'removed')).toHaveLength(1);
  expect(removed).toEqual([`passkeys ${ids[results.indexOf('removed')]}`]);
});
