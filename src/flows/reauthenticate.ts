/**
 * Asks the bearer of an access token for the password once more, before what a stolen token must
 * not do alone. Guesses are counted and locked like a login's, apart from those at the user's names:
 * strangers who lock a name do not lock its owner's sessions, and a lock here tells of no name.
 */
import type { AccountRequest } from './account-request.ts';
import { admitted } from './admission.ts';
import { authenticate } from './authenticate.ts';
import { verifyGuess } from './guess.ts';
import { lockoutKeyFor } from './lockout-keys.ts';
import { granted, refused, type Outcome } from './outcome.ts';
import type { LiveSession } from './services.ts';

export interface PrivateRequest extends AccountRequest {
  /** The access token; null where none was sent. */
  token: string | null;
}

/** Whose token it is, asked while the address is counted by `admit`. */
export async function callerOf(
  { services, rules, visit, token }: PrivateRequest,
  admit = admitted,
): Promise<Outcome<LiveSession>> {
  const [turnedAway, caller] = await Promise.all([
    admit(services, rules.limit, visit),
    authenticate(services, { contract: rules.contract, token }),
  ]);
  return turnedAway === null ? caller : refused(turnedAway);
}

export async function reauthenticate(
  request: PrivateRequest,
  password: string,
  admit = admitted,
): Promise<Outcome<{ session: LiveSession; subject: string }>> {
  const { services, rules, visit } = request;
  const caller = await callerOf(request, admit);
  if (!caller.ok) return caller;
  const { account } = caller.value;
  const userId = account.user.id;
  const subject = await services.subject({ userId });
  const stored = account.passwordHash;
  const scope = { kind: 'sessions', userId } as const;
  const key = await lockoutKeyFor(services, { scope, account, visit });
  const guess = await verifyGuess(request, { password, stored, account, subject, key });
  if (!guess.ok) return guess;

  const { verdict, ticket } = guess.value;
  if (verdict === 'right') {
    if (ticket.isExpired()) return refused({ reason: 'busy' });
    services.later(ticket.settle('right'));
    return granted({ session: caller.value, subject });
  }
  if (!(await ticket.settle('wrong'))) return refused({ reason: 'busy' });
  const because = stored === null ? 'no-password' : 'wrong-password';
  services.later(
    services.audit.record({
      action: 'PASSWORD_CHECK_FAILED',
      atMs: services.nowMs(),
      userId,
      subject,
      contract: rules.contract,
      visit,
      reason: because,
    }),
  );
  return refused({ reason: 'invalid', because });
}
