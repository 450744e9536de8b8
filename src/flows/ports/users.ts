import type { Identifier } from '../../policy/identifier.ts';
import type { StoredPasskey } from '../model/passkey.ts';
import type { Account } from '../model/user.ts';

export interface Users {
  /** `nearest` may be a replica and behind; `fromPrimary` says whether it was the primary. */
  find(
    identifier: Identifier,
    from: 'nearest' | 'primary',
  ): Promise<{ account: Account | null; fromPrimary: boolean }>;
  /** Reads the primary. */
  findById(userId: number): Promise<Account | null>;
  /** Reads the primary. The id is the authenticator's. */
  findByPasskey(credentialId: string): Promise<{ account: Account; passkey: StoredPasskey } | null>;
}
