/** Opens a session: plans it, stores it, and grants its tokens. */
import { expiries } from '../policy/lifetimes.ts';
import { issueTokens, type IssueTokensPorts } from './issue-tokens.ts';
import type { FactorUse } from './model/factor.ts';
import type { PasskeyUse } from './model/passkey.ts';
import type { LiveSession } from './model/session.ts';
import { ok, refuse, type LoginResult, type Outcome } from './model/outcome.ts';
import type { Account, User } from './model/user.ts';
import { notifyNewDevice, type NewDevicePorts } from './notify-new-device.ts';
import { auditContext, type UseCaseRequest } from './use-case.ts';
import type { Ticket } from './verify-password.ts';

export type NewSessionPorts = IssueTokensPorts | 'devices';
export type OpenSessionPorts = NewSessionPorts | NewDevicePorts | 'sessions';

type Plan = Awaited<ReturnType<typeof planSession>>;

/** An account whose owner has proven everything that it asks for. */
interface ProvenAccount {
  account: Account;
  accountKey: string;
  /** Under which the last proof was given; null: nothing was guessed at (a passkey). */
  ticket: Ticket | null;
  remember: boolean;
  /** Replaces the stored hash; null leaves it. */
  renewedHash: string | null;
  /** Null: the account has no second factor, or a passkey stands for both. */
  secondFactor: FactorUse | null;
  /** Null: a password was verified. */
  passkey: PasskeyUse | null;
  /** Null: there was no step between password and second factor. */
  stepIssuedAtMs: number | null;
}

/** Stores the session, then issues its tokens. `stale`: the account is no longer what was verified. */
export async function openSession(
  request: UseCaseRequest<OpenSessionPorts>,
  { ticket, remember, account, accountKey, renewedHash, ...proven }: ProvenAccount,
): Promise<Outcome<LoginResult> | 'stale'> {
  const { services, rules, meta } = request;
  const { secondFactor, passkey, stepIssuedAtMs } = proven;
  const nowMs = services.nowMs();
  const openedBy = passkey === null ? 'password' : 'passkey';
  const hasSecondFactor = secondFactor !== null || passkey !== null;
  const plan = await planSession(request, { remember, nowMs, openedBy, hasSecondFactor });
  const { sessionId, expiries, refreshHash } = plan;
  const isStored = await services.sessions.open({
    account,
    accountKey,
    sessionId,
    contract: rules.contract,
    meta,
    expiries,
    nowMs,
    requiresVerifiedEmail: rules.requiresVerifiedEmail,
    refreshHash,
    renewedHash,
    secondFactor,
    passkey,
    stepIssuedAtMs,
  });
  if (!isStored) return 'stale';
  if (ticket?.isExpired()) {
    const session = { id: sessionId, userId: account.user.id };
    const context = auditContext(request, accountKey);
    services.waitUntil(services.sessions.end(session, { ...context, action: 'LOGIN_UNANSWERED' }));
    return refuse({ reason: 'busy' });
  }

  const user = withUse(account.user, secondFactor, nowMs);
  const granted = await grantSession(request, { ...account, user }, plan);
  if (ticket !== null) services.waitUntil(ticket.settle('right'));
  notifyNewDevice(request, account, sessionId);
  return ok(granted);
}

/** The user as the session's batch has left it: a new factor is confirmed by its first use. */
function withUse(user: User, use: FactorUse | null, nowMs: number): User {
  if (use?.kind !== 'totp') return user;
  const factors = user.factors.map((factor) =>
    factor.id === use.factorId
      ? { ...factor, confirmedAtMs: factor.confirmedAtMs ?? nowMs, lastUsedAtMs: nowMs }
      : factor,
  );
  return { ...user, factors };
}

/** Chooses the id, the expiries and the refresh token's id. */
export async function planSession(
  { services, rules }: UseCaseRequest<NewSessionPorts>,
  session: Pick<LiveSession, 'openedBy'> & {
    remember: boolean;
    nowMs: number;
    hasSecondFactor: boolean;
  },
) {
  const { remember, nowMs, openedBy, hasSecondFactor } = session;
  const sessionId = services.uuid();
  const plan = {
    sessionId,
    nowMs,
    openedBy,
    secondFactorAtMs: hasSecondFactor ? nowMs : null,
    expiries: expiries(rules.lifetimes, remember, nowMs),
  };
  if (plan.expiries.refreshExpiresAtMs === null)
    return { ...plan, refresh: null, refreshHash: null };
  const { jti, hash } = await services.tokens.refreshId(sessionId, 0);
  return { ...plan, refresh: { jti, generation: 0 }, refreshHash: hash };
}

/** Issues the tokens of a session that is stored, and the cookie of a known device. */
export async function grantSession(
  request: UseCaseRequest<NewSessionPorts>,
  { user, deviceVersion }: Account,
  { sessionId, nowMs, openedBy, secondFactorAtMs, expiries, refresh }: Plan,
): Promise<LoginResult> {
  const granted = await issueTokens(request, {
    user: { ...user, lastLoginAtMs: nowMs },
    sessionId,
    createdAtMs: nowMs,
    openedBy,
    secondFactorAtMs,
    expiries,
    refresh,
  });
  const { devices } = request.services;
  const deviceCookie = await devices.issue({ userId: user.id, deviceVersion });
  return { ...granted, deviceCookie };
}
