/**
 * Logs in, read top to bottom: count the address, reserve a ticket and verify the password, check
 * the account's status, create the session, issue its tokens. Where a second factor is owed, the
 * answer is a step in place of a session, and second-factor.ts goes on.
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
import { isEnrolled } from '../policy/second-factor.ts';
import { lockoutKeyFor, type LockoutKeyPorts } from './lockout-keys.ts';
import type { LoginAttempt } from './model/login.ts';
import { refuse, type LoginResult, type Outcome, type Refusal } from './model/outcome.ts';
import type { FactorUse } from './model/factor.ts';
import type { Account } from './model/user.ts';
import { openSession, type OpenSessionPorts } from './new-session.ts';
import { checkAddressLimit } from './rate-limits.ts';
import {
  askSecondFactor,
  countLostKey,
  owedStep,
  reportUse,
  type AskSecondFactorPorts,
} from './second-factor.ts';
import { recordEvent, type UseCaseRequest } from './use-case.ts';
import { verifyPassword, type Ticket, type VerifyPasswordPorts } from './verify-password.ts';

export interface LoginRequest extends UseCaseRequest<
  | AskSecondFactorPorts
  | 'accountChanges'
  | LockoutKeyPorts
  | OpenSessionPorts
  | VerifyPasswordPorts
  | 'accountKey'
  | 'factorSecrets'
  | 'mailer'
  | 'users'
> {
  attempt: LoginAttempt;
}

/** An account after a password check, with the ticket that the check drew. Null: there is none. */
interface Checked {
  account: Account | null;
  accountKey: string;
  ticket: Ticket;
}

export async function login(request: LoginRequest): Promise<Outcome<LoginResult>> {
  const { services, rules, meta } = request;
  const { password, code } = request.attempt;
  // With a wrong or a missing code the right password is answered like a wrong one.
  const tellsRight = code === null && rules.codeTravels !== 'with-password';
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
    const compared = { password, stored, tellsRight };
    const check = await verifyPassword(request, { ...compared, account, accountKey, key });
    if (!check.ok) return check;

    const { verdict, ticket } = check.value;
    let refusal: Refusal | null = null;
    const secondFactor = await countLostKey(matchCode(request, account), { services, ticket });
    try {
      refusal =
        verdict === 'right'
          ? checkAccount(request, account, secondFactor)
          : invalidCredentials(account);
      if (refusal === null && account !== null) {
        const proven = { account, accountKey, key, ticket, secondFactor };
        const outcome = await proceed(request, proven);
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
      const isWrong = verdict === 'wrong' || refusal?.reason === 'invalid';
      if (!isWrong) services.waitUntil(ticket.settle('void'));
      throw outage;
    }
  }
  throw new Error('the account changed twice during one login');
}

/**
 * Compares the code that was sent beside the password, before the password's verdict is looked at: a
 * wrong code takes as long after a wrong password as after the right one. Null: none, or a wrong one.
 */
async function matchCode(
  { services, attempt }: LoginRequest,
  account: Account | null,
): Promise<FactorUse | null> {
  if (attempt.code === null) return null;
  const how = { nowMs: services.nowMs(), enrolling: false };
  return services.factorSecrets.match(account, attempt.code, how);
}

/** Called after a right password only, so that its refusals tell a stranger nothing. */
function checkAccount(
  { rules, attempt }: LoginRequest,
  account: Account | null,
  secondFactor: FactorUse | null,
): Refusal | null {
  if (account === null) return invalidCredentials(account);
  // Before the status: a wrong code is answered like a wrong password, whatever the account.
  if (isEnrolled(account.user) && secondFactor === null) {
    if (attempt.code !== null) return { reason: 'invalid', because: 'wrong-code' };
    if (rules.codeTravels === 'with-password') return { reason: 'invalid', because: 'no-code' };
  }
  if (account.user.status !== 'active') return { reason: 'inactive' };
  if (rules.requiresVerifiedEmail && !account.user.emailVerified) return { reason: 'unverified' };
  return null;
}

/** Asks for a second factor that is owed, or opens the session. */
async function proceed(
  request: LoginRequest,
  proven: Checked & { account: Account; key: string; secondFactor: FactorUse | null },
): Promise<Outcome<LoginResult> | 'stale'> {
  const { services, rules, attempt } = request;
  const { account, secondFactor } = proven;
  const { passwordHash } = account;
  const isOutdated = passwordHash !== null && services.passwords.isOutdated(passwordHash);
  const { remember } = attempt;
  const owed = secondFactor === null ? owedStep(account, rules.secondFactor) : null;
  if (owed !== null) {
    if (isOutdated) services.waitUntil(renewHash(request, account));
    return askSecondFactor(request, { ...proven, remember, owed });
  }
  const renewedHash = isOutdated ? await services.passwords.hash(attempt.password) : null;
  const session = { ...proven, remember, renewedHash, passkey: null, stepIssuedAtMs: null };
  const outcome = await openSession(request, session);
  if (secondFactor !== null && outcome !== 'stale' && outcome.ok) {
    reportUse(request, { account, use: secondFactor, enrols: false });
  }
  return outcome;
}

/** After the response: a step has no batch of its own, and no request after it has the password. */
async function renewHash({ services, attempt }: LoginRequest, account: Account): Promise<void> {
  const renewedHash = await services.passwords.hash(attempt.password);
  await services.accountChanges.renewHash(account, renewedHash);
}

/** Refuses with what the primary has confirmed, and settles the ticket. */
async function rejectLogin(
  request: LoginRequest,
  refusal: Refusal,
  { account, accountKey, ticket }: Checked,
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
    one.user.emailVerified === other.user.emailVerified &&
    JSON.stringify(one.factors) === JSON.stringify(other.factors)
  );
}
