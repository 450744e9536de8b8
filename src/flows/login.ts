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
import { normalise } from '../policy/identifier.ts';
import { expiries } from '../policy/lifetimes.ts';
import { checkAddressLimit } from './rate-limits.ts';
import { verifyPassword, type Ticket } from './verify-password.ts';
import { lockoutKeyFor } from './lockout-keys.ts';
import { ok, refuse, type Outcome, type Refusal, type LoginResult } from './model/outcome.ts';
import type { LoginAttempt, LoginRules } from './model/login.ts';
import type { RequestMeta } from './model/request.ts';
import type { Account } from './model/user.ts';
import type { Services } from './ports/services.ts';

export interface LoginRequest {
  services: Services;
  rules: LoginRules;
  attempt: LoginAttempt;
  meta: RequestMeta;
}

export async function login(request: LoginRequest): Promise<Outcome<LoginResult>> {
  const { services, rules, meta } = request;
  const identifier = normalise(request.attempt.identifier);

  // Admit. Both calls start at once: the look-up is wasted on a refused address, and only then.
  const [turnedAway, nearest] = await Promise.all([
    checkAddressLimit(services, rules.limit, meta),
    services.users.find(identifier, 'nearest'),
  ]);
  if (turnedAway !== null) return refuse(turnedAway);

  // Once on what the nearest database says, and once more on the primary's word where that is
  // another: a replica may be behind, and the user may change while the password is hashed.
  let { account, fromPrimary } = nearest;
  for (let round = 1; round <= 2; round += 1) {
    const accountKey = await services.accountKey(
      account === null ? identifier : { userId: account.user.id },
    );
    const guess = await verifyPassword(request, {
      password: request.attempt.password,
      stored: account?.passwordHash ?? null,
      account,
      accountKey,
      key: await lockoutKeyFor(services, { scope: identifier, account, meta }),
    });
    if (!guess.ok) return guess;

    const { verdict, ticket } = guess.value;
    try {
      const refusal = verdict === 'right' ? judge(account, rules) : invalid(account);
      if (refusal === null && account !== null) {
        const outcome = await open(request, { account, accountKey, ticket });
        if (outcome !== 'fenced') return outcome;
      }

      const current: Account | null =
        refusal !== null && fromPrimary
          ? account
          : (await services.users.find(identifier, 'primary')).account;
      if (refusal !== null && sameCredentials(account, current)) {
        return await conclude(request, { refusal, account, accountKey, ticket });
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

/** Only ever asked after a right password, so that its answers tell a stranger nothing. */
function judge(account: Account | null, rules: LoginRules): Refusal | null {
  if (account === null) return invalid(account);
  if (account.user.status !== 'active') return { reason: 'inactive' };
  if (rules.requiresVerifiedEmail && !account.user.emailVerified) return { reason: 'unverified' };
  return null;
}

/** Stores the session, then signs. `fenced`: the account is no longer what was verified. */
async function open(
  { services, rules, attempt, meta }: LoginRequest,
  { account, accountKey, ticket }: { account: Account; accountKey: string; ticket: Ticket },
): Promise<Outcome<LoginResult> | 'fenced'> {
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
    meta,
    accountKey,
    expiries: expiry,
    nowMs,
    requiresVerifiedEmail: rules.requiresVerifiedEmail,
    refreshHash: refreshId?.hash ?? null,
    renewedHash,
  });
  if (!stored) return 'fenced';
  if (ticket.isExpired()) {
    const { contract } = rules;
    const sessionEnd = { action: 'LOGIN_UNANSWERED', contract, meta, accountKey } as const;
    const session = { id: sessionId, userId: account.user.id };
    services.waitUntil(services.sessions.end(session, { ...sessionEnd, nowMs: services.nowMs() }));
    return refuse({ reason: 'busy' });
  }

  const user = { ...account.user, lastLoginAtMs: nowMs };
  const claims = rules.claims(user);
  const common = { sub: user.publicId, sessionId, issuedAtMs: expiry.issuedAtMs };
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
  services.waitUntil(ticket.settle('right'));
  return ok({
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
  { services, rules, meta }: LoginRequest,
  told: { refusal: Refusal; account: Account | null; accountKey: string; ticket: Ticket },
): Promise<Outcome<never>> {
  const { refusal, account, accountKey, ticket } = told;
  if (refusal.reason === 'invalid') {
    if (!(await ticket.settle('wrong'))) return refuse({ reason: 'busy' });
  } else {
    if (ticket.isExpired()) return refuse({ reason: 'busy' });
    services.waitUntil(ticket.settle('right'));
  }
  services.waitUntil(
    services.audit.record({
      action: 'LOGIN_FAILED',
      nowMs: services.nowMs(),
      userId: account?.user.id ?? null,
      accountKey,
      contract: rules.contract,
      meta,
      reason: refusal.reason === 'invalid' ? refusal.because : refusal.reason,
    }),
  );
  return refuse(refusal);
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
