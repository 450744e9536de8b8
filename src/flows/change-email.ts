/**
 * Another address: asked for with the password, and done once the code has come back from the new
 * one. The old mailbox is told of both. Whether somebody else has the new address is told to its
 * mailbox alone.
 */
import { CODE_SECONDS, CODES, NOTICES, TRIES } from '../policy/allowances.ts';
import { normalise } from '../policy/identifier.ts';
import { afterResponse, auditContext, sendRateLimited } from './account-request.ts';
import { checkAddressAndEmailLimits } from './rate-limits.ts';
import type { ChallengeOwner } from './model/challenge.ts';
import { clearLockouts, scopesOfNames } from './lockout-keys.ts';
import { ok, type Outcome } from './model/outcome.ts';
import { callerOf, reauthenticate, type PrivateRequest } from './reauthenticate.ts';
import { DECOY, missed } from './verify-email.ts';

export async function changeEmail(
  request: PrivateRequest & { email: string; password: string },
): Promise<Outcome<null>> {
  const { services } = request;
  const caller = await reauthenticate(request, request.password, checkAddressAndEmailLimits);
  if (!caller.ok) return caller;
  const { session, accountKey } = caller.value;
  const { value: email } = normalise({ kind: 'email', value: request.email });
  const mover: ChallengeOwner = { is: 'user', account: session.account };
  afterResponse(services, () => tellNewMailbox(request, { email, mover, accountKey }));
  const { email: old } = session.user;
  if (old !== null) {
    const template = { kind: 'email-change-notice' } as const;
    afterResponse(services, () =>
      sendRateLimited(request, old, { template, share: { of: 'notices', limit: NOTICES } }),
    );
  }
  return ok(null);
}

interface Move {
  email: string;
  mover: ChallengeOwner;
  accountKey: string;
}

/**
 * Asks whose the address is behind the answer as well: the answer does not depend on it. A challenge
 * is stored in every case, and holds a code only where one is sent: it ends the code of an earlier
 * address, which would tell by being good still that this address is somebody's.
 */
async function tellNewMailbox(request: PrivateRequest, move: Move): Promise<void> {
  const { services, rules } = request;
  const { email, mover, accountKey } = move;
  const owner = await services.challenges.findOwner(
    { kind: 'email', value: email },
    { handleId: null, nowMs: services.nowMs() },
  );
  const isTaken = owner?.is === 'user';
  const mayHaveCode =
    !isTaken && (await services.limits.consume(`codes to ${email}`, CODES)).admitted;
  const id = services.uuid();
  const { code, hash } = await services.secrets.newCode(id);
  const secretHash = mayHaveCode ? hash : DECOY.secretHash;
  const event = auditContext(request, accountKey);
  const expiresAtMs = event.nowMs + CODE_SECONDS * 1000;
  const challenge = { id, secretHash, email, purpose: 'change-email', expiresAtMs } as const;
  await services.challenges.issue(mover, challenge, event);
  if (isTaken) {
    const template = { kind: 'registration-attempt' } as const;
    return sendRateLimited(request, email, { template, share: { of: 'notices', limit: NOTICES } });
  }
  if (!mayHaveCode) return;
  const template = { kind: 'email-change-code', code, minutes: CODE_SECONDS / 60 } as const;
  await services.mailer.send({ to: email, contract: rules.contract, template });
}

/**
 * Where the new address is somebody's no code was sent, and its absence must not show: tries are
 * counted by user and a code is compared whether there is a challenge or not.
 */
export async function confirmEmail(
  request: PrivateRequest & { code: string },
): Promise<Outcome<null>> {
  const { services, code } = request;
  const caller = await callerOf(request);
  if (!caller.ok) return caller;
  const { account } = caller.value;
  const { id: userId } = account.user;
  const accountKey = await services.accountKey({ userId });
  const challenge = await services.challenges.ofUser(userId, 'change-email', services.nowMs());
  const tries = await services.limits.consume(`tries at change-email of ${accountKey}`, TRIES);
  const isCode = await services.secrets.isCode(challenge ?? DECOY, code);
  const event = auditContext(request, accountKey);
  const done =
    challenge !== null &&
    tries.admitted &&
    isCode &&
    (await services.accountChanges.changeEmail(account, challenge, event));
  if (!done) return missed(request, accountKey, account);
  // Failures at the new address were made while it was not the account's.
  const moved = scopesOfNames({ email: challenge.email, username: null });
  services.waitUntil(clearLockouts(services, moved, request.rules.lockout));
  const { email: old } = account.user;
  const template = { kind: 'email-changed' } as const;
  // No share: whoever used it up with notices must not keep the last one from coming.
  if (old !== null) {
    services.waitUntil(
      services.mailer.send({ to: old, contract: request.rules.contract, template }),
    );
  }
  return ok(null);
}
