/**
 * Verifies what a passkey has signed, at a sign-in and at a proof of identity. Nothing is guessed here,
 * so that no lockout has a part in it, and a lock of the password stops no passkey.
 */
import { notify } from './email.ts';
import { refuse, type Refusal } from './model/outcome.ts';
import type { AssertionCredential, PasskeyFlaw, StoredPasskey } from './model/passkey.ts';
import type { Account } from './model/user.ts';
import { acceptsPasskey } from '../policy/passkeys.ts';
import { recordEvent, type RecordEventPorts, type UseCaseRequest } from './use-case.ts';

export type VerifyPasskeyPorts = 'passkeyCeremonies' | 'users';

/** An account with one of its passkeys. */
export interface OwnedPasskey {
  account: Account;
  passkey: StoredPasskey;
}

/** Null: no account has the credential, and the same work is done. */
export function verifyPasskey(
  { services, rules }: UseCaseRequest<'passkeyCeremonies'>,
  credential: AssertionCredential,
  owned: OwnedPasskey | null,
) {
  const userHandle = owned?.account.userHandle ?? null;
  return services.passkeyCeremonies.verifyAssertion(
    rules.contract,
    credential,
    owned === null || userHandle === null ? null : { passkey: owned.passkey, userHandle },
  );
}

export const EXPIRED_CHALLENGE = refuse({ reason: 'expired-challenge' });

/** Tells an expired challenge from the other flaws: that is no fact of any account. */
export const refusalOf = (flaw: PasskeyFlaw): Refusal =>
  flaw === 'expired-challenge'
    ? { reason: 'expired-challenge' }
    : { reason: 'invalid-passkey', because: flaw };

/** Refuses a passkey that may be copied where the account's policy asks for one that stays on its device. */
export const checkDeviceBound = (
  { rules }: UseCaseRequest<never>,
  { user }: Account,
  passkey: { isSyncable: boolean },
): Refusal | null =>
  acceptsPasskey(rules.passkeys, user, passkey) ? null : { reason: 'unacceptable-passkey' };

/** Tells operators and owner of a counter that went back: a copy of the authenticator may be in use. */
export function reportCountedBack(
  request: UseCaseRequest<RecordEventPorts | 'mailer'>,
  { account, passkey: { name } }: OwnedPasskey,
  accountKey: string,
): void {
  recordEvent(request, { action: 'PASSKEY_COUNTED_BACK', reason: 'done', account, accountKey });
  notify(request, account, { kind: 'passkey-counted-back', name });
}
