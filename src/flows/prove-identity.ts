/**
 * Proofs of identity within a session ("sudo"): changes of credentials need one that is at most five
 * minutes old. The session's row keeps the time, and no token does. Guesses are counted and locked as
 * in reauthenticate.ts.
 */
import { isEnrolled, isRecentlyProven, methodsOf } from '../policy/second-factor.ts';
import type { AuthenticatedRequest, AuthenticatePorts } from './authenticate.ts';
import { UNAUTHENTICATED } from './authenticate.ts';
import type { FactorUse } from './model/factor.ts';
import { ok, refuse, type Outcome, type Refusal } from './model/outcome.ts';
import type { LiveSession } from './model/session.ts';
import {
  authenticateCounted,
  lockoutOfSessions,
  reauthenticate,
  type ReauthenticatePorts,
} from './reauthenticate.ts';
import { rejectFactor, reportUse } from './second-factor.ts';
import { auditContext, recordEvent } from './use-case.ts';
import { underLockout } from './verify-password.ts';

/** Null: the session's owner has proven their identity within the last five minutes. */
export function checkRecentProof(session: LiveSession, nowMs: number): Refusal | null {
  if (isRecentlyProven(session, nowMs)) return null;
  return { reason: 'reauthentication-required', methods: methodsOf(session.user) };
}

/** Authenticates the token, counted, and asks for a recent proof. */
export async function authenticateProven(
  request: AuthenticatedRequest<AuthenticatePorts | 'limits'>,
  counting?: Promise<Refusal | null>,
): Promise<Outcome<LiveSession>> {
  const session = await authenticateCounted(request, counting);
  if (!session.ok) return session;
  const refusal = checkRecentProof(session.value, request.services.nowMs());
  return refusal === null ? session : refuse(refusal);
}

/** Asks for the password; null: for a recent proof in its place. */
export async function requireProof(
  request: AuthenticatedRequest<ReauthenticatePorts>,
  password: string | null,
  counting?: Promise<Refusal | null>,
): Promise<Outcome<LiveSession>> {
  if (password === null) return authenticateProven(request, counting);
  const caller = await reauthenticate(request, password, counting);
  return caller.ok ? ok(caller.value.session) : caller;
}

export interface ProveIdentityRequest extends AuthenticatedRequest<
  ReauthenticatePorts | 'factorSecrets' | 'factors' | 'mailer'
> {
  /** One of the two is given. */
  password: string | null;
  code: string | null;
}

export async function proveIdentity(request: ProveIdentityRequest): Promise<Outcome<null>> {
  const { services, password, code } = request;
  if (code !== null) return proveFactor(request, code);
  const caller = await reauthenticate(request, password ?? '');
  if (!caller.ok) return caller;
  const { session, accountKey } = caller.value;
  const { id, account } = session;
  const owner = { id, userId: account.user.id };
  if (!(await services.sessions.provePassword(owner, services.nowMs()))) return UNAUTHENTICATED;
  recordEvent(request, { action: 'REAUTHENTICATED', reason: 'password', account, accountKey });
  return ok(null);
}

async function proveFactor(request: ProveIdentityRequest, code: string): Promise<Outcome<null>> {
  const { services } = request;
  const caller = await authenticateCounted(request);
  if (!caller.ok) return caller;
  const session = caller.value;
  const { account } = session;
  const { accountKey, key } = await lockoutOfSessions(request, account);
  let use: FactorUse | null = null;
  const match = async () => {
    const how = { nowMs: services.nowMs(), enrolling: false };
    use = isEnrolled(account.user) ? await services.factorSecrets.match(account, code, how) : null;
    return use === null ? ('wrong' as const) : ('right' as const);
  };
  const check = await underLockout(request, { account, accountKey, key }, match);
  if (!check.ok) return check;

  const { ticket } = check.value;
  if (use !== null) {
    const context = auditContext(request, accountKey);
    const isProven = await services.factors.prove(session, use, context).catch((outage) => {
      // The code was right: an outage must not add up to a lock for its owner.
      services.waitUntil(ticket.settle('void'));
      throw outage;
    });
    if (isProven && ticket.isExpired()) return refuse({ reason: 'busy' });
    if (isProven) {
      services.waitUntil(ticket.settle('right'));
      reportUse(request, { account, use, enrols: false });
      return ok(null);
    }
  }
  // A code that another request has used up meanwhile is as wrong as any other.
  return rejectFactor(request, { account, accountKey, ticket });
}
