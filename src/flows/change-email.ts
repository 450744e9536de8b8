/**
 * Another address: asked for with the password, and done once the code has come back from the new
 * one. The old mailbox is told of both. Whether somebody else has the new address is told to its
 * mailbox alone.
 */
import { CODE_SECONDS, CODES, NOTICES, TRIES } from '../policy/allowances.ts';
import { normalised } from '../policy/identifier.ts';
import { afterwards, happening, post } from './account-request.ts';
import { admittedWithEmail } from './admission.ts';
import type { Owner } from './account-services.ts';
import { clearLockouts, scopesOfNames } from './lockout-keys.ts';
import { granted, type Outcome } from './outcome.ts';
import { callerOf, reauthenticate, type PrivateRequest } from './reauthenticate.ts';
import { DECOY, missed } from './verify-email.ts';

export async function changeEmail(
  request: PrivateRequest & { email: string; password: string },
): Promise<Outcome<null>> {
  const { services } = request;
  const caller = await reauthenticate(request, request.password, admittedWithEmail);
  if (!caller.ok) return caller;
  const { session, subject } = caller.value;
  const { value: email } = normalised({ kind: 'email', value: request.email });
  const mover: Owner = { is: 'user', account: session.account };
  afterwards(services, () => tellNewMailbox(request, { email, mover, subject }));
  const { email: old } = session.user;
  if (old !== null) {
    const letter = { kind: 'email-change-notice' } as const;
    afterwards(services, () =>
      post(request, old, { letter, share: { of: 'notices', limit: NOTICES } }),
    );
  }
  return granted(null);
}

interface Move {
  email: string;
  mover: Owner;
  subject: string;
}

/**
 * Asks whose the address is behind the answer as well: the answer does not depend on it. A challenge
 * is stored in every case, and holds a code only where one is sent: it ends the code of an earlier
 * address, which would tell by being good still that this address is somebody's.
 */
async function tellNewMailbox(request: PrivateRequest, move: Move): Promise<void> {
  const { services, rules } = request;
  const { email, mover, subject } = move;
  const owner = await services.challenges.findOwner(
    { kind: 'email', value: email },
    { handleId: null, nowMs: services.nowMs() },
  );
  const isTaken = owner?.is === 'user';
  const mayHaveCode = !isTaken && (await services.guard.allow(`codes to ${email}`, CODES)).admitted;
  const id = services.uuid();
  const { code, hash } = await services.secrets.newCode(id);
  const secretHash = mayHaveCode ? hash : DECOY.secretHash;
  const event = happening(request, subject);
  const expiresAtMs = event.nowMs + CODE_SECONDS * 1000;
  const challenge = { id, secretHash, email, purpose: 'change-email', expiresAtMs } as const;
  await services.challenges.issue(mover, challenge, event);
  if (isTaken) {
    const letter = { kind: 'registration-attempt' } as const;
    return post(request, email, { letter, share: { of: 'notices', limit: NOTICES } });
  }
  if (!mayHaveCode) return;
  const letter = { kind: 'email-change-code', code, minutes: CODE_SECONDS / 60 } as const;
  await services.mailer.send({ to: email, contract: rules.contract, letter });
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
  const subject = await services.subject({ userId });
  const challenge = await services.challenges.ofUser(userId, 'change-email', services.nowMs());
  const tries = await services.guard.allow(`tries at change-email of ${subject}`, TRIES);
  const isCode = await services.secrets.isCode(challenge ?? DECOY, code);
  const event = happening(request, subject);
  const done =
    challenge !== null &&
    tries.admitted &&
    isCode &&
    (await services.credentials.changeEmail(account, challenge, event));
  if (!done) return missed(request, subject, account);
  // Failures at the new address were made while it was not the account's.
  const moved = scopesOfNames({ email: challenge.email, username: null });
  services.later(clearLockouts(services, moved, request.rules.lockout));
  const { email: old } = account.user;
  const letter = { kind: 'email-changed' } as const;
  // No share: whoever used it up with notices must not keep the last one from coming.
  if (old !== null) {
    services.later(services.mailer.send({ to: old, contract: request.rules.contract, letter }));
  }
  return granted(null);
}
