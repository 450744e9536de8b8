/**
 * Proofs of identity within a session ("sudo"): changes of credentials need one that is at most five
 * minutes old. The session's row keeps the time, and no token does. Guesses are counted and locked as
 * in reauthenticate.ts.
 */
import { isEnrolled, isRecent, isRecentlyProven, methodsOf } from '../policy/second-factor.ts';
import type { AuthenticatedRequest, AuthenticatePorts } from './authenticate.ts';
import { UNAUTHENTICATED } from './authenticate.ts';
import type { FactorUse } from './model/factor.ts';
import { ok, refuse, type Outcome, type Refusal } from './model/outcome.ts';
import type { AssertionCredential } from './model/passkey.ts';
import type { LiveSession } from './model/session.ts';
import {
  authenticateCounted,
  lockoutOfSessions,
  reauthenticate,
  type ReauthenticatePorts,
} from './reauthenticate.ts';
import { rejectFactor, reportUse } from './second-factor.ts';
import { auditContext, recordEvent, type UseCaseRequest } from './use-case.ts';
import {
  checkDeviceBound,
  EXPIRED_CHALLENGE,
  refusalOf,
  reportCountedBack,
  verifyPasskey,
  type OwnedPasskey,
  type VerifyPasskeyPorts,
} from './verify-passkey.ts';
import { underLockout } from './verify-password.ts';

/** Null: the session's owner has proven their identity within the last five minutes. */
function checkRecentProof(
  { services, rules }: UseCaseRequest<'nowMs'>,
  session: LiveSession,
): Refusal | null {
  if (isRecentlyProven(session, services.nowMs())) return null;
  return { reason: 'reauthentication-required', methods: methodsOf(session.account, rules) };
}

/** The same of a proof that works without the password: by a passkey or a second factor. */
export function checkSecondFactor(
  { services, rules }: UseCaseRequest<'nowMs'>,
  { account, secondFactorAtMs }: LiveSession,
): Refusal | null {
  if (isRecent(secondFactorAtMs, services.nowMs())) return null;
  const methods = methodsOf(account, rules).filter((method) => method !== 'password');
  return { reason: 'reauthentication-required', methods };
}

/** Authenticates the token, counted, and asks for a recent proof. */
export async function authenticateProven(
  request: AuthenticatedRequest<AuthenticatePorts | 'limits'>,
  counting?: Promise<Refusal | null>,
): Promise<Outcome<LiveSession>> {
  const session = await authenticateCounted(request, counting);
  if (!session.ok) return session;
  const refusal = checkRecentProof(request, session.value);
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

/**
 * Asks for the password, whatever was proven a moment ago. Only an account without one takes a recent
 * proof in its place. `field`: the password's name on the wire.
 */
export async function requirePassword(
  request: AuthenticatedRequest<ReauthenticatePorts>,
  { password, field, label }: { password: string | null; field: string; label: string },
): Promise<Outcome<{ session: LiveSession; accountKey: string }>> {
  if (password !== null) return reauthenticate(request, password);
  const caller = await authenticateCounted(request);
  if (!caller.ok) return caller;
  const session = caller.value;
  const { account } = session;
  if (account.passwordHash !== null) {
    const issue = { field, message: `${label} is required`, missing: true };
    return refuse({ reason: 'malformed', issues: [issue] });
  }
  const refusal = checkRecentProof(request, session);
  if (refusal !== null) return refuse(refusal);
  const accountKey = await request.services.accountKey({ userId: account.user.id });
  return ok({ session, accountKey });
}

export interface ProveIdentityRequest extends AuthenticatedRequest<
  ReauthenticatePorts | VerifyPasskeyPorts | 'factorSecrets' | 'factors' | 'mailer' | 'passkeys'
> {
  /** One of the three is given. */
  password: string | null;
  code: string | null;
  credential?: AssertionCredential | null;
}

export async function proveIdentity(request: ProveIdentityRequest): Promise<Outcome<null>> {
  const { services, password, code, credential = null } = request;
  if (credential !== null) return provePasskey(request, credential);
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

async function provePasskey(
  request: ProveIdentityRequest,
  credential: AssertionCredential,
): Promise<Outcome<null>> {
  const { services, rules } = request;
  const [caller, owned] = await Promise.all([
    authenticateCounted(request),
    rules.passkeys.isOffered ? services.users.findByPasskey(credential.id) : null,
  ]);
  if (!caller.ok) return caller;
  const session = caller.value;
  const { account } = session;
  const isOwn = owned?.account.user.id === account.user.id;
  const verified = await verifyPasskey(request, credential, isOwn ? owned : null);
  const accountKey = await services.accountKey({ userId: account.user.id });
  if (!verified.ok) {
    const event = { action: 'SECOND_FACTOR_FAILED', reason: verified.flaw } as const;
    recordEvent(request, { ...event, account, accountKey });
    return refuse(refusalOf(verified.flaw));
  }
  // The ceremony has verified it against a passkey, so there is one.
  const proven = owned as OwnedPasskey;
  const refusal = checkDeviceBound(request, account, proven.passkey);
  if (refusal !== null) return refuse(refusal);
  const context = auditContext(request, accountKey);
  const isProven = await services.passkeys.prove(session, verified.use, context);
  if (!isProven) return EXPIRED_CHALLENGE;
  if (verified.hasCountedBack) reportCountedBack(request, proven, accountKey);
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
