/** Passkeys for tests of store functions: the same two for each user. */
import { env } from 'cloudflare:workers';
import { insertRows, type Columns } from '../fixtures/rows.ts';
import type { Passkey, PasskeyUse } from '../../src/flows/model/passkey.ts';

/** The passkeys of a user by name, as their owner may list them: the oldest first. */
export const passkeysOf = (name: string): Passkey[] => [
  {
    id: `${name}-laptop`,
    credentialId: `credential of ${name}-laptop`,
    name: 'Laptop',
    isSyncable: false,
    transports: ['internal'],
    createdAtMs: 20,
    lastUsedAtMs: 30,
  },
  {
    id: `${name}-cloud`,
    credentialId: `credential of ${name}-cloud`,
    name: null,
    isSyncable: true,
    transports: ['hybrid', 'internal'],
    createdAtMs: 40,
    lastUsedAtMs: null,
  },
];

export const passkeyRow = (id: string, userId: number, more: Columns = {}): Columns => ({
  id,
  user_id: userId,
  credential_id: `credential of ${id}`,
  public_key: `key of ${id}`,
  sign_count: 4,
  is_syncable: 0,
  transports: '["internal"]',
  name: null,
  created_at_ms: 20,
  last_used_at_ms: null,
  ...more,
});

/** The newest first, so that no look-up is in order by chance. */
export const passkeyRowsOf = (name: string, userId: number) => [
  passkeyRow(`${name}-cloud`, userId, {
    is_syncable: 1,
    transports: '["hybrid","internal"]',
    created_at_ms: 40,
  }),
  passkeyRow(`${name}-laptop`, userId, { name: 'Laptop', last_used_at_ms: 30 }),
];

/** Gives Alice the passkeys that Bob and Carol have, or some of them, or others like them. */
export const givePasskeys = (rows = passkeyRowsOf('alice', 1)) =>
  insertRows(
    env.DB,
    rows.map((columns) => ({ table: 'passkeys', columns })),
  );

/** Conditions of `writesNothing`. */
export const isGone = (id: string) =>
  [
    ['the passkey was removed', `DELETE FROM passkeys WHERE id = '${id}'`],
    ['the passkey is another user’s', `UPDATE passkeys SET user_id = 2 WHERE id = '${id}'`],
  ] as const;

export const challenge = { id: 'signed', expiresAtMs: 1500 };
export const passkeyUse: PasskeyUse = { passkeyId: 'alice-laptop', challenge, signCount: 9 };

/** The changes of every use of `passkeyUse` at NOW. */
export const usedPasskey = { 'passkeys alice-laptop': { sign_count: 9, last_used_at_ms: 1000 } };
export const usedChallenge = [{ id: 'signed', expires_at_ms: 1500 }];
