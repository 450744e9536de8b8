/** Verifies one password, or anything else that can be guessed, under a lockout: no verdict without a ticket. */
import { TICKET_MS, type Verdict } from '../policy/lockout.ts';
import { isAmbiguous } from '../policy/password-rules.ts';
import { ok, refuse, type Outcome } from './model/outcome.ts';
import type { LockReport } from './ports/limits.ts';
import {
  recordEvent,
  type RecordEventPorts,
  type UseCaseRequest,
  type WithUserId,
} from './use-case.ts';

export type LockoutPorts = RecordEventPorts | 'limits' | 'uuid';
export type VerifyPasswordPorts = LockoutPorts | 'passwords';

/** One of the lockouts of an account, and the account that the audit records its locks for. */
interface LockoutOf {
  /** Null: there is no such user. */
  account: WithUserId | null;
  /** The pseudonym of the account, or of the name: for the audit. */
  accountKey: string;
  /** The lockout that issues the ticket (lockout-keys.ts). */
  key: string;
}

interface PasswordCheck extends LockoutOf {
  password: string;
  /** Null: there is no such user, or no password. */
  stored: string | null;
  /** The answer tells a right password from a wrong one. */
  tellsRight: boolean;
}

export interface Ticket {
  id: string;
  /** True from the moment at which the lockout may have counted the ticket as a failure. */
  isExpired(): boolean;
  /** False: it had expired, and its verdict must not be told. */
  settle(verdict: Verdict): Promise<boolean>;
}

/** A check that takes time, and can be aborted once it is clear that no ticket comes for it. */
type Check = (shouldAbort: () => boolean) => Promise<'right' | 'wrong' | 'aborted'>;

type Checked = Outcome<{ verdict: 'right' | 'wrong'; ticket: Ticket }>;

export function verifyPassword(
  request: UseCaseRequest<VerifyPasswordPorts>,
  { password, stored, tellsRight, ...of }: PasswordCheck,
): Promise<Checked> {
  const { passwords } = request.services;
  // An ambiguous password is compared with a decoy: wrong, and in the same time as any other.
  const compared = { password, stored: isAmbiguous(password) ? null : stored, tellsRight };
  return underLockout(request, of, (shouldAbort) => passwords.verify({ ...compared, shouldAbort }));
}

/**
 * Reserves a ticket and checks meanwhile. Without a ticket there is no verdict: `locked` and
 * `queued` abort the check as soon as they arrive, and a queued request checks when its ticket comes.
 */
export async function underLockout(
  request: UseCaseRequest<LockoutPorts>,
  of: LockoutOf,
  check: Check,
): Promise<Checked> {
  const { services } = request;
  const { lockout } = request.rules;
  const { key } = of;
  const id = services.uuid();
  const { settle, received } = ticketCalls(request, of, id);

  let sentAtMs = services.nowMs();
  let hasNoTicket = false;
  const reserving = services.limits.reserve(key, id, lockout);
  reserving.then(
    ({ state }) => (hasNoTicket = state !== 'ticket'),
    () => (hasNoTicket = true),
  );
  let verdict = await check(() => hasNoTicket);

  let reservation = await received(reserving);
  let waitedMs = 0;
  if (reservation.state === 'queued') {
    sentAtMs = services.nowMs();
    reservation = await received(services.limits.wait(key, id, lockout));
    if (reservation.state === 'ticket') {
      ({ waitedMs } = reservation);
      if (verdict === 'aborted') verdict = await check(() => false);
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
  return ok({ verdict, ticket: { id, isExpired: () => services.nowMs() >= expiresAtMs, settle } });
}

/**
 * Takes a ticket for one try at the second factor. `step` is the id of the ticket that the password
 * settled as `owed`. `gone`: the step is over.
 */
export async function takeTicket(
  request: UseCaseRequest<LockoutPorts>,
  of: LockoutOf,
  step: string,
): Promise<Outcome<Ticket> | 'gone'> {
  const { services, rules } = request;
  const id = services.uuid();
  const { settle, received } = ticketCalls(request, of, id);
  const expiresAtMs = services.nowMs() + TICKET_MS;
  const taking = { step, ticket: id, rules: rules.lockout };
  const taken = await received(services.limits.take(of.key, taking));
  if (taken.state === 'gone') return 'gone';
  if (taken.state === 'busy') return refuse({ reason: 'busy' });
  if (taken.state === 'locked') {
    const { untilMs, untilReset } = taken;
    return refuse({ reason: 'locked', untilMs, untilReset });
  }
  return ok({ id, isExpired: () => services.nowMs() >= expiresAtMs, settle });
}

/**
 * Calls about one ticket. A lock that an answer of the lockout reports is recorded in the audit, once
 * for each lock.
 */
function ticketCalls(
  request: UseCaseRequest<LockoutPorts>,
  { account, accountKey, key }: LockoutOf,
  ticket: string,
) {
  const { services, rules } = request;
  const recordLock = <T extends LockReport>(answer: T): T => {
    const { lockBegan: reason } = answer;
    if (reason !== null) {
      recordEvent(request, { action: 'ACCOUNT_LOCKED', reason, account, accountKey });
    }
    return answer;
  };
  const settle = async (verdict: Verdict) => {
    const settling = { ticket, verdict, rules: rules.lockout };
    return recordLock(await services.limits.settle(key, settling)).settled;
  };
  // A lost answer may have carried a ticket. It has brought no verdict, and an outage must not add
  // up to a lock: the ticket is given back.
  const received = <T extends LockReport>(answer: Promise<T>): Promise<T> =>
    answer.then(recordLock, (outage: unknown) => {
      services.waitUntil(settle('void'));
      throw outage;
    });
  return { settle, received };
}
