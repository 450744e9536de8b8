/**
 * Registers and signs in at once, for contracts whose clients expect it and deployments that set it.
 * The account is unverified until its code comes back.
 *
 * The answer tells anybody whether an address has an account, at the pace that the limits of the
 * sender leave. Its time tells no more: the hash and the one batch are the same for a taken address.
 * Sessions from before the mailbox was proven end when its owner verifies it or resets the password.
 */
import { normalise } from '../policy/identifier.ts';
import { afterResponse, sendNotice, type AfterResponsePorts } from './email.ts';
import { issueChallenge, type IssueChallengePorts } from './issue-challenge.ts';
import { clearLockouts, scopesOfNames, type ClearLockoutsPorts } from './lockout-keys.ts';
import { ok, refuse, type LoginResult, type Outcome } from './model/outcome.ts';
import { grantSession, planSession, type NewSessionPorts } from './new-session.ts';
import { checkEmailLimit } from './rate-limits.ts';
import { readRegistrationHandle } from './recipients.ts';
import { checkApplication, type RegisterRequest } from './register.ts';
import { auditContext, type UseCaseRequest } from './use-case.ts';

type RegisterImmediatelyRequest = RegisterRequest &
  UseCaseRequest<AfterResponsePorts | IssueChallengePorts | ClearLockoutsPorts | NewSessionPorts>;

export async function registerImmediately(
  request: RegisterImmediatelyRequest,
): Promise<Outcome<LoginResult>> {
  const { services, rules, meta, input } = request;
  const { username, name, password, handle } = input;
  const identifier = normalise({ kind: 'email', value: input.email });
  const email = identifier.value;
  const usernameKey =
    username === null ? null : normalise({ kind: 'username', value: username }).value;
  // Without a handle a username is taken that any pending registration holds, of this address too.
  const handleId = (await readRegistrationHandle({ ...request, handle }, identifier)) ?? '';
  const wanted = { usernameKey, email, handleId };
  const flaw = await checkApplication(request, wanted);
  if (flaw !== null) return refuse(flaw);

  const [limited, passwordHash, accountKey] = await Promise.all([
    checkEmailLimit(services, meta),
    services.passwords.hash(password),
    services.accountKey(identifier),
  ]);
  if (limited !== null) return refuse(limited);

  const context = auditContext(request, accountKey);
  const plan = await planSession(request, {
    remember: false,
    nowMs: context.nowMs,
    openedBy: 'password',
    hasSecondFactor: false,
  });
  const { sessionId, expiries, refreshHash } = plan;
  const created = await services.registrations.createAccount({
    ...context,
    ...wanted,
    username,
    name,
    language: meta.language,
    passwordHash,
    publicId: services.uuid(),
    sessionId,
    expiries,
    refreshHash,
  });
  if ('taken' in created) {
    if (created.taken === 'email') {
      const to = { email, language: created.language };
      afterResponse(services, () => sendNotice(request, to, { kind: 'registration-attempt' }));
    }
    return refuse({ reason: 'taken', field: created.taken });
  }

  const { account } = created;
  const owner = { is: 'user', account } as const;
  afterResponse(services, () =>
    issueChallenge(request, { purpose: 'verify-email', owner, to: email }),
  );
  // Failures at these names were made while they were no user's.
  const scopes = scopesOfNames({ email, username });
  services.waitUntil(clearLockouts(services, scopes, rules.lockout));
  return ok(await grantSession(request, account, plan));
}
