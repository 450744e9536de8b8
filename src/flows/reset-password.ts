/**
 * A forgotten password: a link to the mailbox, and a new password for whoever follows it. Asking
 * is answered alike for everyone; the link is good once, for an hour, and for nothing else. Links of
 * one account stand side by side, so that strangers who ask for more do not void the owner's; the
 * first that is used ends the others.
 */
import { LINK_SECONDS, LINKS } from '../policy/allowances.ts';
import {
  afterResponse,
  checkNewPassword,
  auditContext,
  recipientOf,
  type AccountRequest,
  type NamedRequest,
} from './account-request.ts';
import type { ChallengeOwner } from './model/challenge.ts';
import { checkAddressLimit } from './rate-limits.ts';
import { clearLockouts, scopesOfNames, scopesOfUser } from './lockout-keys.ts';
import { ok, refuse, type Outcome } from './model/outcome.ts';
import type { Services } from './ports/services.ts';

export async function forgotPassword(request: NamedRequest): Promise<Outcome<null>> {
  const found = await recipientOf(request);
  if (!found.ok) return found;
  afterResponse(request.services, () => sendLink(request, found.value));
  return ok(null);
}

async function sendLink(request: AccountRequest, owner: ChallengeOwner | null): Promise<void> {
  const { services, rules } = request;
  const to = owner === null ? null : mailboxOf(owner);
  if (owner === null || to === null) return;
  const admission = await services.limits.consume(`links to ${to}`, LINKS);
  if (!admission.admitted) return;
  const { token, hash: secretHash } = await services.secrets.newToken();
  const event = auditContext(request, await subjectOf(services, owner));
  await services.challenges.issue(
    owner,
    {
      id: services.uuid(),
      secretHash,
      email: null,
      purpose: 'reset-password',
      expiresAtMs: event.nowMs + LINK_SECONDS * 1000,
    },
    event,
  );
  const template = { kind: 'password-reset', token, minutes: LINK_SECONDS / 60 } as const;
  await services.mailer.send({ to, contract: rules.contract, template });
}

export async function resetPassword(
  request: AccountRequest & { token: string; password: string },
): Promise<Outcome<null>> {
  const { services, rules, meta, token, password } = request;
  const secretHash = await services.secrets.hashOfToken(token);
  const [turnedAway, found] = await Promise.all([
    checkAddressLimit(services, rules.limit, meta),
    services.challenges.findBySecret(secretHash, 'reset-password', services.nowMs()),
  ]);
  if (turnedAway !== null) return refuse(turnedAway);
  if (found === null) return refuse({ reason: 'invalid-link' });

  const { owner, challenge } = found;
  const { username, email, name } = owner.is === 'user' ? owner.account.user : owner.registration;
  const flaw = await checkNewPassword(request, { value: password, field: 'password' }, [
    username,
    email,
    name,
  ]);
  if (flaw !== null) return refuse(flaw);

  const passwordHash = await services.passwords.hash(password);
  const accountKey = await subjectOf(services, owner);
  const event = { ...auditContext(request, accountKey), passwordHash };
  const done =
    owner.is === 'user'
      ? await services.accountChanges.resetPassword(owner.account, challenge, event)
      : (await services.registrations.admit(owner.registration, challenge, {
          ...event,
          publicId: services.uuid(),
        })) !== null;
  if (!done) return refuse({ reason: 'invalid-link' });

  const scopes =
    owner.is === 'user' ? scopesOfUser(owner.account.user) : scopesOfNames(owner.registration);
  await clearLockouts(services, scopes, rules.lockout);
  const to = mailboxOf(owner);
  const template = { kind: 'password-changed' } as const;
  if (to !== null)
    services.waitUntil(services.mailer.send({ to, contract: rules.contract, template }));
  return ok(null);
}

function mailboxOf(owner: ChallengeOwner): string | null {
  if (owner.is === 'registration') return owner.registration.email;
  const { email, status } = owner.account.user;
  return status === 'active' ? email : null;
}

function subjectOf(services: Services, owner: ChallengeOwner): Promise<string> {
  return services.accountKey(
    owner.is === 'user'
      ? { userId: owner.account.user.id }
      : { kind: 'email', value: owner.registration.email },
  );
}
