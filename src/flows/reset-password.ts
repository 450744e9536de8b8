/**
 * Resets a forgotten password through a link to the mailbox. Asking is answered alike for everyone;
 * the link is good once, for an hour, and for nothing else. Links of one account stand side by side,
 * so that strangers who ask for more do not void the owner's; the first that is used ends the others.
 */
import { afterResponse, sendEmail, type AfterResponsePorts } from './email.ts';
import { issueChallenge, type IssueChallengePorts } from './issue-challenge.ts';
import {
  clearLockouts,
  scopesOfNames,
  scopesOfUser,
  type ClearLockoutsPorts,
} from './lockout-keys.ts';
import type { ChallengeOwner, Purpose } from './model/challenge.ts';
import { ok, refuse, type Outcome } from './model/outcome.ts';
import { checkNewPassword } from './password-rules.ts';
import { checkAddressLimit } from './rate-limits.ts';
import {
  accountKeyOf,
  findRecipient,
  languageOf,
  type FindRecipientPorts,
  type IdentifierRequest,
} from './recipients.ts';
import { auditContext, type UseCaseRequest } from './use-case.ts';

export async function forgotPassword(
  request: IdentifierRequest<AfterResponsePorts | FindRecipientPorts | IssueChallengePorts>,
): Promise<Outcome<null>> {
  const found = await findRecipient(request);
  if (!found.ok) return found;
  const owner = found.value;
  const to = owner && activeEmail(owner);
  afterResponse(request.services, async () => {
    if (owner === null || to === null) return;
    await issueChallenge(request, { purpose: 'reset-password', owner, to });
  });
  return ok(null);
}

/** The link that ends a session leads on to a new password. */
const RESETTING: readonly Purpose[] = ['reset-password', 'revoke-session'];

interface ResetPasswordRequest extends UseCaseRequest<
  | ClearLockoutsPorts
  | 'accountChanges'
  | 'accountKey'
  | 'challenges'
  | 'mailer'
  | 'nowMs'
  | 'passwordRules'
  | 'passwords'
  | 'registrations'
  | 'secrets'
  | 'uuid'
> {
  token: string;
  password: string;
}

export async function resetPassword(request: ResetPasswordRequest): Promise<Outcome<null>> {
  const { services, rules, meta, token, password } = request;
  const secretHash = await services.secrets.hashOfToken(token);
  const [limited, found] = await Promise.all([
    checkAddressLimit(services, rules.limit, meta),
    services.challenges.findBySecret(secretHash, RESETTING, services.nowMs()),
  ]);
  if (limited !== null) return refuse(limited);
  if (found === null) return refuse({ reason: 'invalid-link' });

  const { owner, challenge } = found;
  const person = owner.is === 'user' ? owner.account.user : owner.registration;
  const refusal = await checkNewPassword(services, { value: password, field: 'password' }, person);
  if (refusal !== null) return refuse(refusal);

  const passwordHash = await services.passwords.hash(password);
  const accountKey = await accountKeyOf(services, owner);
  const change = { ...auditContext(request, accountKey), passwordHash };
  const isReset =
    owner.is === 'user'
      ? await services.accountChanges.resetPassword(owner.account, challenge, change)
      : (await services.registrations.admit(owner.registration, challenge, {
          ...change,
          publicId: services.uuid(),
        })) !== null;
  if (!isReset) return refuse({ reason: 'invalid-link' });

  const scopes =
    owner.is === 'user' ? scopesOfUser(owner.account.user) : scopesOfNames(owner.registration);
  await clearLockouts(services, scopes, rules.lockout);
  const to = activeEmail(owner);
  const passkeysStay = owner.is === 'user' && owner.account.user.passkeys.length > 0;
  const notice = { kind: 'password-changed', ...(passkeysStay && { passkeysStay }) } as const;
  if (to === null) return ok(null);
  services.waitUntil(sendEmail(request, { email: to, language: languageOf(owner) }, notice));
  return ok(null);
}

/** Null: an inactive user, or one without an address, is sent nothing. */
function activeEmail(owner: ChallengeOwner): string | null {
  if (owner.is === 'registration') return owner.registration.email;
  const { email, status } = owner.account.user;
  return status === 'active' ? email : null;
}
