/**
 * The way of a login, read top to bottom: admit, reserve and verify, judge, open, sign.
 *
 * It waits for the network twice: for the address's guard and the user together, and for the one
 * batch that stores the session. The account's guard answers while the password is being hashed.
 *
 * What every step keeps:
 * - no verdict is told without a ticket that is still good (policy/lockout.ts);
 * - an unknown user, a wrong password and a missing hash cost the same calls, bytes and time;
 * - nothing is granted that is not stored.
 *
 * A thrown error is an outage or a bug: the caller answers with the contract's internal refusal.
 */
import { normalised } from '../policy/identifier.ts';
import { expiries } from '../policy/lifetimes.ts';
import { admitted } from './admission.ts';
import { verifyGuess, type Ticket } from './guess.ts';
import { lockoutKeyFor } from './lockout-keys.ts';
import { granted, refused, type Outcome, type Refusal, type SignedIn } from './outcome.ts';
import type { Account, Attempt, LoginRules, Services, Visit } from './services.ts';

export interface LoginRequest {
  services: Services;
  rules: LoginRules;
  attempt: Attempt;
  visit: Visit;
}

export async function login(request: LoginRequest): Promise<Outcome<SignedIn>> {
  const { services, rules, visit } = request;
  const identifier = normalised(request.attempt.identifier);

  // Admit. Both calls start at once: the look-up is wasted on a refused address, and only then.
  const [turnedAway, nearest] = await Promise.all([
    admitted(services, rules.limit, visit),
    services.users.find(identifier, 'nearest'),
  ]);
  if (turnedAway !== null) return refused(turnedAway);

  // Once on what the nearest database says, and once more on the primary's word where that is
  // another: a replica may be behind, and the user may change while the password is hashed.
  let { account, fromPrimary } = nearest;
  for (let round = 1; round <= 2; round += 1) {
    const subject = await services.subject(
      account === null ? identifier : { userId: account.user.id },
    );
    const guess = await verifyGuess(request, {
      password: request.attempt.password,
      stored: account?.passwordHash ?? null,
      account,
      subject,
      key: await lockoutKeyFor(services, { scope: identifier, account, visit }),
    });
    if (!guess.ok) return guess;

    const { verdict, ticket } = guess.value;
    try {
      const refusal = verdict === 'right' ? judge(account, rules) : invalid(account);
      if (refusal === null && account !== null) {
        const outcome = await open(request, { account, subject, ticket });
        if (outcome !== 'fenced') return outcome;
      }

      const current: Account | null =
        refusal !== null && fromPrimary
          ? account
          : (await services.users.find(identifier, 'primary')).account;
      if (refusal !== null && sameCredentials(account, current)) {
        return await conclude(request, { refusal, account, subject, ticket });
      }
      await ticket.settle('void');
      account = current;
      fromPrimary = true;
    } catch (outage) {
      // The password was right: an outage must not add up to a lock for its owner. A wrong one stays
      // counted, since an answer that only a right one may get would make its absence a verdict.
      if (verdict === 'right') services.later(ticket.settle('void'));
      throw outage;
    }
  }
  throw new Error('the account changed twice during one login');
}

/** Only ever asked after a right password, so that its answers tell a stranger nothing. */
function judge(account: Account | null, rules: LoginRules): Refusal | null {
  if (account === null) return invalid(account);
  if (account.user.status !== 'active') return { reason: 'inactive' };
  if (rules.requiresVerifiedEmail && !account.user.emailVerified) return { reason: 'unverified' };
  return null;
}

/** Stores the session, then signs. `fenced`: the account is no longer what was verified. */
async function open(
  { services, rules, attempt, visit }: LoginRequest,
  { account, subject, ticket }: { account: Account; subject: string; ticket: Ticket },
): Promise<Outcome<SignedIn> | 'fenced'> {
  const sessionId = services.uuid();
  const outdated =
    account.passwordHash !== null && services.passwords.isOutdated(account.passwordHash);
  const renewedHash = outdated ? await services.passwords.hash(attempt.password) : null;
  const nowMs = services.nowMs();
  const expiry = expiries(rules.lifetimes, attempt.remember, nowMs);
  const refreshId =
    expiry.refreshExpiresAtMs === null ? null : await services.tokens.refreshId(sessionId, 0);
  const stored = await services.sessions.open({
    account,
    sessionId,
    contract: rules.contract,
    visit,
    subject,
    expiries: expiry,
    nowMs,
    requiresVerifiedEmail: rules.requiresVerifiedEmail,
    refreshHash: refreshId?.hash ?? null,
    renewedHash,
  });
  if (!stored) return 'fenced';
  if (ticket.isExpired()) {
    const { contract } = rules;
    const ending = { action: 'LOGIN_UNANSWERED', contract, visit, subject } as const;
    const session = { id: sessionId, userId: account.user.id };
    services.later(services.sessions.end(session, { ...ending, nowMs: services.nowMs() }));
    return refused({ reason: 'busy' });
  }

  const user = { ...account.user, lastLoginAtMs: nowMs };
  const claims = rules.claims(user);
  const common = { subject: user.publicId, sessionId, issuedAtMs: expiry.issuedAtMs };
  const accessToken = await services.tokens.signAccess({
    ...common,
    jti: services.uuid(),
    expiresAtMs: expiry.accessExpiresAtMs,
    extra: claims.access,
  });
  const refreshToken =
    refreshId === null || expiry.refreshExpiresAtMs === null
      ? null
      : await services.tokens.signRefresh({
          ...common,
          jti: refreshId.jti,
          generation: 0,
          expiresAtMs: expiry.refreshExpiresAtMs,
          extra: claims.refresh,
        });
  const device = await services.devices.issue({
    userId: account.user.id,
    deviceVersion: account.deviceVersion,
  });
  services.later(ticket.settle('right'));
  return granted({
    user,
    issuedAtMs: expiry.issuedAtMs,
    access: { token: accessToken, expiresAtMs: expiry.accessExpiresAtMs },
    refresh:
      refreshToken === null || expiry.refreshExpiresAtMs === null
        ? null
        : { token: refreshToken, expiresAtMs: expiry.refreshExpiresAtMs },
    device,
  });
}

/** Tells a refusal that the primary stands behind, and accounts for its ticket. */
async function conclude(
  { services, rules, visit }: LoginRequest,
  told: { refusal: Refusal; account: Account | null; subject: string; ticket: Ticket },
): Promise<Outcome<never>> {
  const { refusal, account, subject, ticket } = told;
  if (refusal.reason === 'invalid') {
    if (!(await ticket.settle('wrong'))) return refused({ reason: 'busy' });
  } else {
    if (ticket.isExpired()) return refused({ reason: 'busy' });
    services.later(ticket.settle('right'));
  }
  services.later(
    services.audit.record({
      action: 'LOGIN_FAILED',
      atMs: services.nowMs(),
      userId: account?.user.id ?? null,
      subject,
      contract: rules.contract,
      visit,
      reason: refusal.reason === 'invalid' ? refusal.because : refusal.reason,
    }),
  );
  return refused(refusal);
}

function invalid(account: Account | null): Refusal {
  if (account === null) return { reason: 'invalid', because: 'unknown-user' };
  const because = account.passwordHash === null ? 'no-password' : 'wrong-password';
  return { reason: 'invalid', because };
}

/** Whether a judgement made on `one` holds for `other`. */
function sameCredentials(one: Account | null, other: Account | null): boolean {
  if (one === null || other === null) return one === other;
  return (
    one.user.id === other.user.id &&
    one.credentialVersion === other.credentialVersion &&
    one.passwordHash === other.passwordHash &&
    one.user.status === other.user.status &&
    one.user.emailVerified === other.user.emailVerified
  );
}
