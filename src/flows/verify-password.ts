/** One guess at a password, under a lockout: no verdict without a ticket. */
import { TICKET_MS, type Verdict } from '../policy/lockout.ts';
import { isAmbiguous } from '../policy/password-rules.ts';
import type { AccountRequest } from './account-request.ts';
import { ok, refuse, type Outcome } from './model/outcome.ts';
import type { Account } from './model/user.ts';
import type { LockReport, Reservation } from './ports/limits.ts';

export interface PasswordCheck {
  password: string;
  /** Null: there is no such user, or no password. */
  stored: string | null;
  /** Null: there is no such user. */
  account: Account | null;
  /** The account's pseudonym, or the name's: for the audit. */
  accountKey: string;
  /** The lockout whose ticket is drawn (lockout-keys.ts). */
  key: string;
}

export interface Ticket {
  /** Past this moment the guard has counted the ticket as a failure. */
  isExpired(): boolean;
  /** False: it had expired, and its verdict must not be told. */
  settle(verdict: Verdict): Promise<boolean>;
}

/**
 * Draws a ticket and hashes while it travels. Without a ticket there is no verdict: `locked` and
 * `queued` stop the hash as soon as they arrive, and a queued caller hashes when its turn comes.
 *
 * A lock that an answer of the guard reports is written to the audit, once for each lock.
 */
export async function verifyPassword(
  { services, rules: { contract, lockout }, meta }: AccountRequest,
  { password, stored, account, accountKey, key }: PasswordCheck,
): Promise<Outcome<{ verdict: 'right' | 'wrong'; ticket: Ticket }>> {
  const id = services.uuid();
  // Against a decoy: wrong, and as long in coming as any.
  const guess = { password, stored: isAmbiguous(password) ? null : stored };

  const audited = <T extends LockReport>(answer: T): T => {
    const { lockBegan: reason } = answer;
    if (reason !== null) {
      const event = { action: 'ACCOUNT_LOCKED', reason, nowMs: services.nowMs() } as const;
      const userId = account?.user.id ?? null;
      services.waitUntil(services.audit.record({ ...event, userId, accountKey, contract, meta }));
    }
    return answer;
  };
  const settle = async (verdict: Verdict) =>
    audited(await services.limits.settle(key, { ticket: id, verdict, rules: lockout })).settled;

  let sentAtMs = services.nowMs();
  let stop = false;
  const reserving = services.limits.reserve(key, id, lockout);
  reserving.then(
    (answer) => (stop = answer.state !== 'ticket'),
    () => (stop = true),
  );
  let verdict = await services.passwords.verify({ ...guess, stop: () => stop });

  // A ticket whose answer was lost may be out. It has brought no verdict, and an outage must not add
  // up to a lock: it is given back.
  const drawn = (drawing: Promise<Reservation>) =>
    drawing.then(audited, (outage: unknown) => {
      services.waitUntil(settle('void'));
      throw outage;
    });
  let standing = await drawn(reserving);
  let waitedMs = 0;
  if (standing.state === 'queued') {
    sentAtMs = services.nowMs();
    standing = await drawn(services.limits.wait(key, id, lockout));
    if (standing.state === 'ticket') waitedMs = standing.waitedMs;
    if (standing.state === 'ticket' && verdict === 'stopped') {
      verdict = await services.passwords.verify({ ...guess, stop: () => false });
    }
  }
  if (standing.state === 'locked') {
    const { untilMs, untilReset } = standing;
    return refuse({ reason: 'locked', untilMs, untilReset });
  }
  if (standing.state !== 'ticket' || verdict === 'stopped') return refuse({ reason: 'busy' });

  // Measured on this clock alone and from before the guard saw the call: never later than the
  // guard's own expiry, however far apart the two clocks are.
  const expiresAtMs = sentAtMs + waitedMs + TICKET_MS;
  const ticket: Ticket = {
    isExpired: () => services.nowMs() >= expiresAtMs,
    settle,
  };
  return ok({ verdict, ticket });
}
