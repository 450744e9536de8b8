/** Each change of passkeys: exactly its rows, and none when one condition is not met. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { createPasskeys } from '../../src/store/passkeys/passkeys.ts';
import { losingFirstBatch } from '../support/lossy-database.ts';
import {
  challenge,
  givePasskeys,
  isGone,
  passkeyRow,
  passkeysOf,
  passkeyUse,
  usedChallenge,
  usedPasskey,
} from '../support/passkey-rows.ts';
import * as rows from '../support/store-rows.ts';

const on = (database: D1Database) => createPasskeys(database, { maxPasskeys: 20 });
const passkeys = on(env.DB);
type Store = typeof passkeys;
beforeEach(rows.resetRows);
beforeEach(() => givePasskeys());

const alice = rows.account(1);
const context = rows.auditContext;
const isStale = [rows.isInactive, rows.hasNewPassword, rows.isDeleted];
const isOver = [
  ...isStale,
  ['the session has ended', "DELETE FROM sessions WHERE id = 'alice-here'"],
  ['the session has expired', rows.expiring('sessions', 'alice-here')],
] as const;
const challengeIsUsed = [
  'the challenge was used',
  "INSERT INTO used_challenges VALUES ('signed', 1500)",
] as const;
const event = (action: string, more: rows.Row = {}) => [rows.eventRow(action, more)];

describe('handleOf', () => {
  it('stores a first handle of one user', async () => {
    expect(await rows.differenceAfter(() => passkeys.handleOf(1, 'fresh'))).toEqual([
      'fresh',
      { changed: { 'users 1': { passkey_handle: 'fresh' } } },
    ]);
  });

  it.each<[string, number, string | null]>([
    ['keeps the one that is stored', 2, 'bob-handle'],
    ['has none of a user who does not exist', 4, null],
  ])('%s', async (_, userId, handle) => {
    const handleOf = () => passkeys.handleOf(userId, 'fresh');
    expect(await rows.differenceAfter(handleOf)).toEqual([handle, {}]);
  });

  it('answers fifty requests at once with one handle', async () => {
    const handles = await Promise.all(
      Array.from({ length: 50 }, (_, n) => passkeys.handleOf(1, `fresh ${n}`)),
    );
    expect(new Set(handles).size).toBe(1);
  });
});

const newPasskey = {
  id: 'new-passkey',
  name: 'Key ring' as string | null,
  credentialId: 'credential of new-passkey',
  publicKey: 'key of new-passkey',
  signCount: 4,
  isSyncable: true,
  transports: ['usb', 'nfc'],
};
const newRow = passkeyRow('new-passkey', 1, {
  name: 'Key ring',
  is_syncable: 1,
  transports: '["usb","nfc"]',
  created_at_ms: 1000,
});
const add =
  (changes: Partial<typeof newPasskey> = {}, signed = challenge) =>
  () =>
    passkeys.add(rows.aliceHere, { ...newPasskey, ...changes }, { ...context, challenge: signed });

describe('add', () => {
  it.each<[string, Partial<typeof newPasskey>, rows.Row]>([
    ['a syncable passkey', {}, newRow],
    [
      'a passkey of one device, without a name',
      { isSyncable: false, name: null, transports: [] },
      { ...newRow, is_syncable: 0, name: null, transports: '[]' },
    ],
  ])('stores %s, and uses the challenge up', async (_, changes, row) => {
    await rows.inLastMillisecond('sessions', 'alice-here');
    expect(await rows.differenceAfter(add(changes))).toEqual([
      'added',
      {
        added: {
          passkeys: [row],
          used_challenges: usedChallenge,
          audit_events: event('PASSKEY_ADDED'),
        },
      },
    ]);
  });

  rows.writesNothing(add(), 'stale', [...isOver, challengeIsUsed]);
  const idsTo = (most: number) =>
    `WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < ${most})
     INSERT INTO passkeys SELECT 'p' || i, 1, 'c' || i, '', 0, 0, '[]', NULL, 0, NULL FROM n`;
  rows.writesNothing(add(), 'full', [['the user has twenty', idsTo(20)]]);
  rows.writesNothing(add({ credentialId: 'credential of bob-laptop' }), 'taken', [
    ['the credential is another user’s', 'SELECT 1'],
    ['the user has twenty as well', idsTo(20)],
  ]);

  it('stores the twentieth', async () => {
    await rows.execute(idsTo(19));
    expect(await add()()).toBe('added');
  });

  it('stores twenty of twenty-five at once', async () => {
    await rows.execute('DELETE FROM passkeys WHERE user_id = 1');
    const ids = Array.from({ length: 25 }, (_, n) => `new-${n}`);
    const [results, { added }] = await rows.differenceAfter(() =>
      Promise.all(ids.map((id) => add({ id, credentialId: id }, { ...challenge, id })())),
    );
    expect(results.toSorted()).toEqual([
      ...Array.from({ length: 20 }, () => 'added'),
      ...Array.from({ length: 5 }, () => 'full'),
    ]);
    expect([added?.passkeys?.length, added?.used_challenges?.length]).toEqual([20, 20]);
  });

  it.each<[string, (n: number) => ReturnType<typeof add>, string]>([
    ['one challenge', (n) => add({ id: `new-${n}`, credentialId: `new-${n}` }), 'stale'],
    [
      'one credential',
      (n) => add({ id: `new-${n}` }, { ...challenge, id: `signed-${n}` }),
      'taken',
    ],
  ])('stores one passkey for ten uses of %s', async (_, addNth, refused) => {
    const [results, { added }] = await rows.differenceAfter(() =>
      Promise.all(Array.from({ length: 10 }, (_, n) => addNth(n)())),
    );
    expect(results.toSorted()).toEqual(['added', ...Array.from({ length: 9 }, () => refused)]);
    expect([added?.passkeys?.length, added?.audit_events?.length]).toEqual([1, 1]);
  });
});

describe('rename', () => {
  const [laptop] = passkeysOf('alice');
  const rename =
    (name: string, store = passkeys) =>
    () =>
      store.rename(alice, { id: 'alice-laptop', name }, context);

  it('renames one passkey', async () => {
    expect(await rows.differenceAfter(rename('Desk'))).toEqual([
      { ...laptop, name: 'Desk' },
      {
        changed: { 'passkeys alice-laptop': { name: 'Desk' } },
        added: { audit_events: event('PASSKEY_RENAMED') },
      },
    ]);
  });

  it('writes nothing where it has the name', async () => {
    expect(await rows.differenceAfter(rename('Laptop'))).toEqual([laptop, {}]);
  });

  it('finds out about a lost answer', async () => {
    const lossy = on(losingFirstBatch(env.DB));
    expect(await rename('Desk', lossy)()).toEqual({ ...laptop, name: 'Desk' });
  });

  rows.writesNothing(rename('Desk'), null, [...isStale, ...isGone('alice-laptop')]);
});

describe('prove', () => {
  const prove = (use = passkeyUse) => passkeys.prove(rows.aliceHere, use, context);

  it('marks one session, and uses the challenge up', async () => {
    await rows.inLastMillisecond('sessions', 'alice-here');
    expect(await rows.differenceAfter(prove)).toEqual([
      true,
      {
        changed: {
          'sessions alice-here': { proven_at_ms: 1000, second_factor_at_ms: 1000 },
          ...usedPasskey,
        },
        added: {
          used_challenges: usedChallenge,
          audit_events: event('REAUTHENTICATED', { reason: 'passkey' }),
        },
      },
    ]);
  });

  rows.writesNothing(prove, false, [...isOver, ...isGone('alice-laptop'), challengeIsUsed]);

  it('succeeds once for fifty uses of one challenge, by either passkey', async () => {
    const ids = ['alice-laptop', 'alice-cloud'];
    const proofs = await Promise.all(
      Array.from({ length: 50 }, (_, n) => prove({ ...passkeyUse, passkeyId: ids[n % 2] ?? '' })),
    );
    expect(proofs.filter(Boolean)).toHaveLength(1);
  });
});

describe('a change whose answer was lost', () => {
  it.each<[string, (store: Store) => Promise<unknown>, unknown]>([
    ['add', (store) => store.add(rows.aliceHere, newPasskey, { ...context, challenge }), 'added'],
    ['remove', (store) => store.remove(alice, 'alice-laptop', context), 'removed'],
    ['prove', (store) => store.prove(rows.aliceHere, passkeyUse, context), true],
  ])(
    'is recovered where it was stored, and fails where it was not: %s',
    async (_, change, done) => {
      expect(await change(on(losingFirstBatch(env.DB)))).toBe(done);
      await rows.resetRows();
      await givePasskeys();
      await expect(change(on(losingFirstBatch(env.DB, false)))).rejects.toThrow('connection lost');
    },
  );
});
