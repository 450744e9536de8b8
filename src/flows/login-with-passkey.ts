/**
 * Signs in with a passkey: both factors in one, since its authenticator has verified the user. It waits
 * for the network twice: for the rate limit and the passkey together, and for the one batch that uses
 * the challenge up and stores the session.
 *
 * An unknown credential, a wrong signature and another account's passkey are refused alike, after the
 * same work; the account's status is told after a right signature only.
 */
import type { LoginResult, Outcome, Refusal } from './model/outcome.ts';
import { refuse } from './model/outcome.ts';
import type { AssertionCredential, PasskeyFlaw } from './model/passkey.ts';
import { openSession, type OpenSessionPorts } from './new-session.ts';
import { checkAddressLimit } from './rate-limits.ts';
import { recordEvent, type RecordEventPorts, type UseCaseRequest } from './use-case.ts';
import {
  checkDeviceBound,
  EXPIRED_CHALLENGE,
  refusalOf,
  reportCountedBack,
  verifyPasskey,
  type OwnedPasskey,
  type VerifyPasskeyPorts,
} from './verify-passkey.ts';

interface LoginWithPasskeyRequest extends UseCaseRequest<
  OpenSessionPorts | RecordEventPorts | VerifyPasskeyPorts | 'accountKey' | 'limits' | 'mailer'
> {
  credential: AssertionCredential;
  remember: boolean;
}

export async function loginWithPasskey(
  request: LoginWithPasskeyRequest,
): Promise<Outcome<LoginResult>> {
  const { services, rules, meta, credential, remember } = request;
  const [limited, owned] = await Promise.all([
    checkAddressLimit(services, rules.limit, meta),
    rules.passkeys.isOffered ? services.users.findByPasskey(credential.id) : null,
  ]);
  if (limited !== null) return refuse(limited);
  if (!rules.passkeys.isOffered) return refuse({ reason: 'not-found' });

  const verified = await verifyPasskey(request, credential, owned);
  if (!verified.ok) {
    return reject(request, owned, { refusal: refusalOf(verified.flaw), reason: verified.flaw });
  }
  // The ceremony has verified it against a passkey, so there is one.
  const proven = owned as OwnedPasskey;
  const refusal = checkAccount(request, proven);
  if (refusal !== null) return reject(request, owned, { refusal, reason: refusal.reason });

  const { account } = proven;
  const accountKey = await services.accountKey({ userId: account.user.id });
  const outcome = await openSession(request, {
    account,
    accountKey,
    ticket: null,
    remember,
    renewedHash: null,
    secondFactor: null,
    passkey: verified.use,
    stepIssuedAtMs: null,
  });
  // The challenge is used up, or passkey or account have changed: the next assertion is told which.
  if (outcome === 'stale') return EXPIRED_CHALLENGE;
  if (verified.hasCountedBack) reportCountedBack(request, proven, accountKey);
  return outcome;
}

function checkAccount(
  request: LoginWithPasskeyRequest,
  { account, passkey }: OwnedPasskey,
): Refusal | null {
  const { user } = account;
  if (user.status !== 'active') return { reason: 'inactive' };
  if (request.rules.requiresVerifiedEmail && !user.emailVerified) return { reason: 'unverified' };
  return checkDeviceBound(request, account, passkey);
}

async function reject(
  request: LoginWithPasskeyRequest,
  owned: OwnedPasskey | null,
  { refusal, reason }: { refusal: Refusal; reason: PasskeyFlaw | Refusal['reason'] },
): Promise<Outcome<never>> {
  const account = owned?.account ?? null;
  const { services, credential } = request;
  const accountKey = await services.accountKey(
    account === null ? { kind: 'passkey', value: credential.id } : { userId: account.user.id },
  );
  recordEvent(request, { action: 'LOGIN_FAILED', reason, account, accountKey });
  return refuse(refusal);
}
