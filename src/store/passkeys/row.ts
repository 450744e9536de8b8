/** Reads passkeys as their owners may list them: without public key and counter. */
import { getTableColumns } from 'drizzle-orm';
import type { Passkey } from '../../flows/model/passkey.ts';
import { passkeys } from '../schema.ts';

const { userId: _, publicKey: __, signCount: ___, ...shown } = getTableColumns(passkeys);
export const passkeyColumns = shown;

export type PasskeyRow = Omit<Passkey, 'isSyncable' | 'transports'> & {
  isSyncable: number;
  transports: string;
};

export const passkeyOf = (row: PasskeyRow): Passkey => ({
  ...row,
  isSyncable: row.isSyncable !== 0,
  transports: JSON.parse(row.transports) as string[],
});
