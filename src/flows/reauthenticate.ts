/**
 * Asks the bearer of an access token for the password once more, before changes that a stolen token
 * alone must not make. Guesses are counted and locked like a login's, apart from those at the user's
 * names: strangers who lock a name do not lock its owner's sessions, and a lock here tells of no name.
 */
import { isEnrolled, methodsOf } from '../policy/second-factor.ts';
import { authenticate, type AuthenticatedRequest, type AuthenticatePorts } from './authenticate.ts';
import { lockoutKeyFor, type LockoutKeyPorts } from './lockout-keys.ts';
import { ok, refuse, type Outcome, type Refusal } from './model/outcome.ts';
import type { LiveSession } from './model/session.ts';
import { checkAddressLimit } from './rate-limits.ts';
import type { Account } from './model/user.ts';
import { recordEvent, type UseCaseRequest } from './use-case.ts';
import { verifyPassword, type VerifyPasswordPorts } from './verify-password.ts';

/** Authenticates the token while the request is counted. */
export async function authenticateCounted(
  request: AuthenticatedRequest<AuthenticatePorts | 'limits'>,
  counting = checkAddressLimit(request.services, request.rules.limit, request.meta),
): Promise<Outcome<LiveSession>> {
  const [limited, session] = await Promise.all([counting, authenticate(request)]);
  return limited === null ? session : refuse(limited);
}

export type ReauthenticatePorts =
  | AuthenticatePorts
  | LockoutKeyPorts
  | VerifyPasswordPorts
  | 'accountKey';

export async function reauthenticate(
  request: AuthenticatedRequest<ReauthenticatePorts>,
  password: string,
  counting?: Promise<Refusal | null>,
): Promise<Outcome<{ session: LiveSession; accountKey: string }>> {
  const { services } = request;
  const session = await authenticateCounted(request, counting);
  if (!session.ok) return session;
  const { account, user, secondFactorAtMs } = session.value;
  // The session is older than the account's second factor, and its password alone proves too little.
  if (isEnrolled(user) && secondFactorAtMs === null) {
    return refuse({
      reason: 'reauthentication-required',
      methods: methodsOf(account, request.rules),
    });
  }
  const { accountKey, key } = await lockoutOfSessions(request, account);
  const stored = account.passwordHash;
  const compared = { password, stored, tellsRight: true };
  const check = await verifyPassword(request, { ...compared, account, accountKey, key });
  if (!check.ok) return check;

  const { verdict, ticket } = check.value;
  if (verdict === 'right') {
    if (ticket.isExpired()) return refuse({ reason: 'busy' });
    services.waitUntil(ticket.settle('right'));
    return ok({ session: session.value, accountKey });
  }
  if (!(await ticket.settle('wrong'))) return refuse({ reason: 'busy' });
  const because = stored === null ? 'no-password' : 'wrong-password';
  const event = { action: 'PASSWORD_CHECK_FAILED', reason: because } as const;
  recordEvent(request, { ...event, account, accountKey });
  return refuse({ reason: 'invalid', because });
}

/** The lockout that counts guesses of a user's sessions. */
export async function lockoutOfSessions(
  { services, meta }: UseCaseRequest<LockoutKeyPorts | 'accountKey'>,
  account: Account,
): Promise<{ accountKey: string; key: string }> {
  const userId = account.user.id;
  const scope = { kind: 'sessions', userId } as const;
  const [accountKey, key] = await Promise.all([
    services.accountKey({ userId }),
    lockoutKeyFor(services, { scope, account, meta }),
  ]);
  return { accountKey, key };
}
