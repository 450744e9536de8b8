/** One guess at a password, under the account's lockout: no verdict without a ticket. */
import { TICKET_MS, type LockoutRules, type Verdict } from '../policy/lockout.ts';
import { isAmbiguous } from '../policy/password-rules.ts';
import { granted, refused, type Outcome } from './outcome.ts';
import type { Account, Reservation, Services } from './services.ts';

export interface Guess {
  password: string;
  /** Null: there is no such user, or no password. */
  stored: string | null;
  /** Null: there is no such user. */
  account: Account | null;
  /** The device cookie that came along. */
  device: string | null;
  subject: string;
  lockout: LockoutRules;
}

export interface Ticket {
  /** Past this moment the guard has counted the ticket as a failure. */
  isExpired(): boolean;
  /** False: it had expired, and its verdict must not be told. */
  settle(verdict: Verdict): Promise<boolean>;
}

/**
 * The ticket is the account's, or the device's where a cookie of this account came along: locks
 * that strangers set do not stop who has signed in here before, and neither do theirs stop others.
 *
 * Draws a ticket and hashes while it travels. Without a ticket there is no verdict: `locked` and
 * `queued` stop the hash as soon as they arrive, and a queued caller hashes when its turn comes.
 */
export async function verifyGuess(
  services: Services,
  { lockout, password, stored, ...who }: Guess,
): Promise<Outcome<{ verdict: 'right' | 'wrong'; ticket: Ticket }>> {
  const id = services.uuid();
  // Against a decoy: wrong, and as long in coming as any.
  const guess = { password, stored: isAmbiguous(password) ? null : stored };
  const subject = (await services.devices.poolOf(who.device, who.account)) ?? who.subject;

  const settle = (verdict: Verdict) =>
    services.guard.settle(subject, { ticket: id, verdict, rules: lockout });

  let sentAtMs = services.nowMs();
  let stop = false;
  const reserving = services.guard.reserve(subject, id, lockout);
  reserving.then(
    (answer) => (stop = answer.state !== 'ticket'),
    () => (stop = true),
  );
  let verdict = await services.passwords.verify({ ...guess, stop: () => stop });

  // A ticket whose answer was lost may be out. It has brought no verdict, and an outage must not add
  // up to a lock: it is given back.
  const drawn = (drawing: Promise<Reservation>) =>
    drawing.catch((outage: unknown) => {
      services.later(settle('void'));
      throw outage;
    });
  let standing = await drawn(reserving);
  let waitedMs = 0;
  if (standing.state === 'queued') {
    sentAtMs = services.nowMs();
    standing = await drawn(services.guard.wait(subject, id, lockout));
    if (standing.state === 'ticket') waitedMs = standing.waitedMs;
    if (standing.state === 'ticket' && verdict === 'stopped') {
      verdict = await services.passwords.verify({ ...guess, stop: () => false });
    }
  }
  if (standing.state === 'locked') {
    const { untilMs, untilReset } = standing;
    return refused({ reason: 'locked', untilMs, untilReset });
  }
  if (standing.state !== 'ticket' || verdict === 'stopped') return refused({ reason: 'busy' });

  // Measured on this clock alone and from before the guard saw the call: never later than the
  // guard's own expiry, however far apart the two clocks are.
  const expiresAtMs = sentAtMs + waitedMs + TICKET_MS;
  const ticket: Ticket = {
    isExpired: () => services.nowMs() >= expiresAtMs,
    settle,
  };
  return granted({ verdict, ticket });
}
