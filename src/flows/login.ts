/**
 * Logs in, read top to bottom: count the address, reserve a ticket and verify the password, check
 * the account's status, create the session, issue its tokens.
 *
 * It waits for the network twice: for the rate limit and the user together, and for the one batch
 * that stores the session. The account's lockout answers while the password is being hashed.
 *
 * Every step keeps three promises:
 * - no verdict is told without a ticket that is still good (policy/lockout.ts);
 * - an unknown user, a wrong password and a missing hash cost the same calls, bytes and time;
 * - nothing is granted that is not stored.
 *
 * A thrown error is an outage or a bug: the caller answers with the contract's internal refusal.
 */
import { normalise } from '../policy/identifier.ts';
import { lockoutKeyFor, type LockoutKeyPorts } from './lockout-keys.ts';
import type { LoginAttempt, LoginRules } from './model/login.ts';
import { ok, refuse, type LoginResult, type Outcome, type Refusal } from './model/outcome.ts';
import type { Account } from './model/user.ts';
import { grantSession, planSession, type NewSessionPorts } from './new-session.ts';
import { checkAddressLimit } from './rate-limits.ts';
import { auditContext, recordEvent, type UseCaseRequest } from './use-case.ts';
import { verifyPassword, type Ticket, type VerifyPasswordPorts } from './verify-password.ts';

export interface LoginRequest extends UseCaseRequest<
  VerifyPasswordPorts | LockoutKeyPorts | NewSessionPorts | 'accountKey' | 'sessions' | 'users'
> {
  attempt: LoginAttempt;
}

/** An account after a password check, with the ticket that the check drew. */
interface Checked {
  account: Account;
  accountKey: string;
  ticket: Ticket;
}

export async function login(request: LoginRequest): Promise<Outcome<LoginResult>> {
  const { services, rules, meta } = request;
  const { password } = request.attempt;
  const identifier = normalise(request.attempt.identifier);

  // Both calls start at once: the look-up is wasted on a refused address, and only then.
  const [limited, nearest] = await Promise.all([
    checkAddressLimit(services, rules.limit, meta),
    services.users.find(identifier, 'nearest'),
  ]);
  if (limited !== null) return refuse(limited);

  // Once on what the nearest database says, and once more on the primary's word where that is
  // another: a replica may be behind, and the user may change while the password is hashed.
  let { account, fromPrimary } = nearest;
  for (let round = 1; round <= 2; round += 1) {
    const accountKey = await services.accountKey(
      account === null ? identifier : { userId: account.user.id },
    );
    const key = await lockoutKeyFor(services, { scope: identifier, account, meta });
    const stored = account?.passwordHash ?? null;
    const check = await verifyPassword(request, { password, stored, account, accountKey, key });
    if (!check.ok) return check;

    const { verdict, ticket } = check.value;
    try {
      const refusal =
        verdict === 'right' ? checkAccountStatus(account, rules) : invalidCredentials(account);
      if (refusal === null && account !== null) {
        const outcome = await createSession(request, { account, accountKey, ticket });
        if (outcome !== 'stale') return outcome;
      }

      const current: Account | null =
        refusal !== null && fromPrimary
          ? account
          : (await services.users.find(identifier, 'primary')).account;
      if (refusal !== null && hasSameCredentials(account, current)) {
        return await rejectLogin(request, refusal, { account, accountKey, ticket });
      }
      await ticket.settle('void');
      account = current;
      fromPrimary = true;
    } catch (outage) {
      // The password was right: an outage must not add up to a lock for its owner. A wrong one stays
      // counted, since an answer that only a right one may get would make its absence a verdict.
      if (verdict === 'right') services.waitUntil(ticket.settle('void'));
      throw outage;
    }
  }
  throw new Error('the account changed twice during one login');
}

/** Called after a right password only, so that its refusals tell a stranger nothing. */
function checkAccountStatus(account: Account | null, rules: LoginRules): Refusal | null {
  if (account === null) return invalidCredentials(account);
  if (account.user.status !== 'active') return { reason: 'inactive' };
  if (rules.requiresVerifiedEmail && !account.user.emailVerified) return { reason: 'unverified' };
  return null;
}

/** Stores the session, then issues its tokens. `stale`: the account is no longer what was verified. */
async function createSession(
  request: LoginRequest,
  { account, accountKey, ticket }: Checked,
): Promise<Outcome<LoginResult> | 'stale'> {
  const { services, rules, attempt, meta } = request;
  const isOutdated =
    account.passwordHash !== null && services.passwords.isOutdated(account.passwordHash);
  const renewedHash = isOutdated ? await services.passwords.hash(attempt.password) : null;
  const nowMs = services.nowMs();
  const { remember } = attempt;
  const plan = await planSession(request, { remember, nowMs });
  const { sessionId, expiries, refreshHash } = plan;
  const isStored = await services.sessions.open({
    account,
    sessionId,
    contract: rules.contract,
    meta,
    accountKey,
    expiries,
    nowMs,
    requiresVerifiedEmail: rules.requiresVerifiedEmail,
    refreshHash,
    renewedHash,
    secondFactor: null,
    stepIssuedAtMs: null,
  });
  if (!isStored) return 'stale';
  if (ticket.isExpired()) {
    const session = { id: sessionId, userId: account.user.id };
    const context = auditContext(request, accountKey);
    services.waitUntil(services.sessions.end(session, { ...context, action: 'LOGIN_UNANSWERED' }));
    return refuse({ reason: 'busy' });
  }

  const granted = await grantSession(request, account, plan);
  services.waitUntil(ticket.settle('right'));
  return ok(granted);
}

/** Refuses with what the primary has confirmed, and settles the ticket. */
async function rejectLogin(
  request: LoginRequest,
  refusal: Refusal,
  { account, accountKey, ticket }: Omit<Checked, 'account'> & { account: Account | null },
): Promise<Outcome<never>> {
  if (refusal.reason === 'invalid') {
    if (!(await ticket.settle('wrong'))) return refuse({ reason: 'busy' });
  } else {
    if (ticket.isExpired()) return refuse({ reason: 'busy' });
    request.services.waitUntil(ticket.settle('right'));
  }
  const reason = refusal.reason === 'invalid' ? refusal.because : refusal.reason;
  recordEvent(request, { action: 'LOGIN_FAILED', reason, account, accountKey });
  return refuse(refusal);
}

function invalidCredentials(account: Account | null): Refusal {
  if (account === null) return { reason: 'invalid', because: 'unknown-user' };
  const because = account.passwordHash === null ? 'no-password' : 'wrong-password';
  return { reason: 'invalid', because };
}

/** Tells whether a refusal that was decided on `one` holds for `other`. */
function hasSameCredentials(one: Account | null, other: Account | null): boolean {
  if (one === null || other === null) return one === other;
  return (
    one.user.id === other.user.id &&
    one.credentialVersion === other.credentialVersion &&
    one.passwordHash === other.passwordHash &&
    one.user.status === other.user.status &&
    one.user.emailVerified === other.user.emailVerified
  );
}
