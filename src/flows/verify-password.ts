/** Verifies one password under a lockout: no verdict without a ticket. */
import { TICKET_MS, type Verdict } from '../policy/lockout.ts';
import { isAmbiguous } from '../policy/password-rules.ts';
import { ok, refuse, type Outcome } from './model/outcome.ts';
import type { Account } from './model/user.ts';
import type { LockReport, Reservation } from './ports/limits.ts';
import { recordEvent, type RecordEventPorts, type UseCaseRequest } from './use-case.ts';

export type VerifyPasswordPorts = RecordEventPorts | 'limits' | 'passwords' | 'uuid';

export interface PasswordCheck {
  password: string;
  /** Null: there is no such user, or no password. */
  stored: string | null;
  /** Null: there is no such user. */
  account: Account | null;
  /** The pseudonym of the account, or of the name: for the audit. */
  accountKey: string;
  /** The lockout that issues the ticket (lockout-keys.ts). */
  key: string;
}

export interface Ticket {
  /** True from the moment at which the lockout may have counted the ticket as a failure. */
  isExpired(): boolean;
  /** False: it had expired, and its verdict must not be told. */
  settle(verdict: Verdict): Promise<boolean>;
}

/**
 * Reserves a ticket and hashes meanwhile. Without a ticket there is no verdict: `locked` and
 * `queued` abort the hash as soon as they arrive, and a queued request hashes when its ticket comes.
 *
 * A lock that an answer of the lockout reports is recorded in the audit, once for each lock.
 */
export async function verifyPassword(
  request: UseCaseRequest<VerifyPasswordPorts>,
  { password, stored, account, accountKey, key }: PasswordCheck,
): Promise<Outcome<{ verdict: 'right' | 'wrong'; ticket: Ticket }>> {
  const { services } = request;
  const { lockout } = request.rules;
  const id = services.uuid();
  // An ambiguous password is compared with a decoy: wrong, and in the same time as any other.
  const compared = { password, stored: isAmbiguous(password) ? null : stored };

  const recordLock = <T extends LockReport>(answer: T): T => {
    const { lockBegan: reason } = answer;
    if (reason !== null) {
      recordEvent(request, { action: 'ACCOUNT_LOCKED', reason, account, accountKey });
    }
    return answer;
  };
  const settle = async (verdict: Verdict) =>
    recordLock(await services.limits.settle(key, { ticket: id, verdict, rules: lockout })).settled;
  // A lost answer may have carried a ticket. It has brought no verdict, and an outage must not add
  // up to a lock: the ticket is given back.
  const voidIfLost = (answer: Promise<Reservation>) =>
    answer.then(recordLock, (outage: unknown) => {
      services.waitUntil(settle('void'));
      throw outage;
    });

  let sentAtMs = services.nowMs();
  let hasNoTicket = false;
  const reserving = services.limits.reserve(key, id, lockout);
  reserving.then(
    ({ state }) => (hasNoTicket = state !== 'ticket'),
    () => (hasNoTicket = true),
  );
  let verdict = await services.passwords.verify({ ...compared, shouldAbort: () => hasNoTicket });

  let reservation = await voidIfLost(reserving);
  let waitedMs = 0;
  if (reservation.state === 'queued') {
    sentAtMs = services.nowMs();
    reservation = await voidIfLost(services.limits.wait(key, id, lockout));
    if (reservation.state === 'ticket') {
      ({ waitedMs } = reservation);
      if (verdict === 'aborted') {
        verdict = await services.passwords.verify({ ...compared, shouldAbort: () => false });
      }
    }
  }
  if (reservation.state === 'locked') {
    const { untilMs, untilReset } = reservation;
    return refuse({ reason: 'locked', untilMs, untilReset });
  }
  if (reservation.state !== 'ticket' || verdict === 'aborted') return refuse({ reason: 'busy' });

  // Measured on this clock alone and from before the lockout saw the call: never later than the
  // lockout's own expiry, however far apart the two clocks are.
  const expiresAtMs = sentAtMs + waitedMs + TICKET_MS;
  return ok({ verdict, ticket: { isExpired: () => services.nowMs() >= expiresAtMs, settle } });
}
