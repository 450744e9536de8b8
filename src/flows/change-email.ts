/**
 * Changes the address: asked for with the password, and done once the code has come back from the
 * new one. The old mailbox is told of both. Whether another user has the new address is told to its
 * mailbox alone.
 */
import { TRIES } from '../policy/allowances.ts';
import { normalise } from '../policy/identifier.ts';
import { emailChangeTriesOf } from '../policy/rate-limit-keys.ts';
import type { AuthenticatedRequest } from './authenticate.ts';
import { afterResponse, notify, sendNotice, type AfterResponsePorts } from './email.ts';
import { issueChallenge, type IssueChallengePorts } from './issue-challenge.ts';
import { clearLockouts, scopesOfNames, type ClearLockoutsPorts } from './lockout-keys.ts';
import { DECOY_CHALLENGE } from './model/challenge.ts';
import { ok, type Outcome } from './model/outcome.ts';
import type { Account } from './model/user.ts';
import { checkAddressAndEmailLimits } from './rate-limits.ts';
import { requireProof } from './prove-identity.ts';
import { authenticateCounted, type ReauthenticatePorts } from './reauthenticate.ts';
import { auditContext, type RecordEventPorts } from './use-case.ts';
import { languageOf } from './recipients.ts';
import { rejectCode } from './verify-email.ts';

interface ChangeEmailRequest extends AuthenticatedRequest<
  AfterResponsePorts | IssueChallengePorts | ReauthenticatePorts
> {
  email: string;
  /** Null: the session's owner has proven their identity a moment ago. */
  password: string | null;
}

export async function changeEmail(request: ChangeEmailRequest): Promise<Outcome<null>> {
  const { services, rules, meta, password } = request;
  const counting = checkAddressAndEmailLimits(services, rules.limit, meta);
  const caller = await requireProof(request, password, counting);
  if (!caller.ok) return caller;
  const { account } = caller.value;
  const { value: email } = normalise({ kind: 'email', value: request.email });
  afterResponse(services, () => writeToNewAddress(request, account, email));
  const { email: old, language } = account.user;
  if (old !== null) {
    const to = { email: old, language };
    afterResponse(services, () => sendNotice(request, to, { kind: 'email-change-notice' }));
  }
  return ok(null);
}

/** Looks the address up behind the response, which does not depend on whether it is taken. */
async function writeToNewAddress(
  request: ChangeEmailRequest,
  account: Account,
  email: string,
): Promise<void> {
  const { services } = request;
  const addressOwner = await services.challenges.findOwner(
    { kind: 'email', value: email },
    { handleId: null, nowMs: services.nowMs() },
  );
  const isTaken = addressOwner?.is === 'user';
  const owner = { is: 'user', account } as const;
  await issueChallenge(request, { purpose: 'change-email', owner, to: email, isTaken });
  if (!isTaken) return;
  const to = { email, language: languageOf(addressOwner) };
  await sendNotice(request, to, { kind: 'registration-attempt' });
}

interface ConfirmEmailRequest extends AuthenticatedRequest<
  | RecordEventPorts
  | ClearLockoutsPorts
  | 'accountChanges'
  | 'accountKey'
  | 'challenges'
  | 'mailer'
  | 'secrets'
  | 'sessions'
  | 'tokens'
> {
  code: string;
}

/**
 * No code was sent to an address that another user has, and its absence must not show: tries are
 * counted by user, and a code is compared whether there is a challenge or not.
 */
export async function confirmEmail(request: ConfirmEmailRequest): Promise<Outcome<null>> {
  const { services, rules, code } = request;
  const session = await authenticateCounted(request);
  if (!session.ok) return session;
  const { account } = session.value;
  const { id: userId } = account.user;
  const accountKey = await services.accountKey({ userId });
  const challenge = await services.challenges.ofUser(userId, 'change-email', services.nowMs());
  const tries = await services.limits.consume(emailChangeTriesOf(accountKey), TRIES);
  const isCode = await services.secrets.isCode(challenge ?? DECOY_CHALLENGE, code);
  const context = auditContext(request, accountKey);
  const isChanged =
    challenge !== null &&
    tries.admitted &&
    isCode &&
    (await services.accountChanges.changeEmail(account, challenge, context));
  if (!isChanged) return rejectCode(request, accountKey, account);
  // Failures at the new address were made while it was not the account's.
  const scopes = scopesOfNames({ email: challenge.email, username: null });
  services.waitUntil(clearLockouts(services, scopes, rules.lockout));
  // Not counted as a notice: earlier notices must not use up this last one.
  notify(request, account, { kind: 'email-changed' });
  return ok(null);
}
