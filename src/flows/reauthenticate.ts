/**
 * Asks the bearer of an access token for the password once more, before what a stolen token must
 * not do alone. Guesses are counted and locked like a login's, apart from those at the user's names:
 * strangers who lock a name do not lock its owner's sessions, and a lock here tells of no name.
 */
import type { AccountRequest } from './account-request.ts';
import { checkAddressLimit } from './rate-limits.ts';
import { authenticate } from './authenticate.ts';
import { verifyPassword } from './verify-password.ts';
import { lockoutKeyFor } from './lockout-keys.ts';
import { ok, refuse, type Outcome } from './model/outcome.ts';
import type { LiveSession } from './model/session.ts';

export interface PrivateRequest extends AccountRequest {
  /** The access token; null where none was sent. */
  token: string | null;
}

/** Whose token it is, asked while the address is counted by `admit`. */
export async function callerOf(
  { services, rules, meta, token }: PrivateRequest,
  admit = checkAddressLimit,
): Promise<Outcome<LiveSession>> {
  const [turnedAway, caller] = await Promise.all([
    admit(services, rules.limit, meta),
    authenticate(services, { contract: rules.contract, token }),
  ]);
  return turnedAway === null ? caller : refuse(turnedAway);
}

export async function reauthenticate(
  request: PrivateRequest,
  password: string,
  admit = checkAddressLimit,
): Promise<Outcome<{ session: LiveSession; accountKey: string }>> {
  const { services, rules, meta } = request;
  const caller = await callerOf(request, admit);
  if (!caller.ok) return caller;
  const { account } = caller.value;
  const userId = account.user.id;
  const accountKey = await services.accountKey({ userId });
  const stored = account.passwordHash;
  const scope = { kind: 'sessions', userId } as const;
  const key = await lockoutKeyFor(services, { scope, account, meta });
  const guess = await verifyPassword(request, { password, stored, account, accountKey, key });
  if (!guess.ok) return guess;

  const { verdict, ticket } = guess.value;
  if (verdict === 'right') {
    if (ticket.isExpired()) return refuse({ reason: 'busy' });
    services.waitUntil(ticket.settle('right'));
    return ok({ session: caller.value, accountKey });
  }
  if (!(await ticket.settle('wrong'))) return refuse({ reason: 'busy' });
  const because = stored === null ? 'no-password' : 'wrong-password';
  services.waitUntil(
    services.audit.record({
      action: 'PASSWORD_CHECK_FAILED',
      nowMs: services.nowMs(),
      userId,
      accountKey,
      contract: rules.contract,
      meta,
      reason: because,
    }),
  );
  return refuse({ reason: 'invalid', because });
}
