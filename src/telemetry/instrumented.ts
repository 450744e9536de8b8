/** Counts what the guard, the database and the mail do, by standing between them and the flows. */
import type { EmailTemplate, Mailer } from '../flows/ports/mail.ts';
import type { Limits, LockReport, Reservation } from '../flows/ports/limits.ts';
import type { LockBegan } from '../policy/lockout.ts';
import type { Metrics } from './metrics.ts';

/**
 * `room` with its failed calls counted. Every call is there from the start, with none: the first
 * failure ever would otherwise be a series' first value, and no increase.
 */
function watched<T extends object>(room: T, counted: (call: string, times: number) => void): T {
  const calls = Object.entries(room).map(([call, work]: [string, unknown]) => {
    if (typeof work !== 'function') return [call, work];
    counted(call, 0);
    return [
      call,
      (...given: unknown[]) => {
        const result: unknown = work(...given);
        if (result instanceof Promise) result.catch(() => counted(call, 1));
        return result;
      },
    ];
  });
  return Object.fromEntries(calls) as T;
}

/** Stores by their names in `Services`. */
export function instrumentedStores<T extends Record<string, object>>(
  stores: T,
  metrics: Metrics,
): T {
  const pairs = Object.entries(stores).map(([name, store]) => [
    name,
    watched(store, (call, times) =>
      metrics.count('auth_d1_errors_total', { call: `${name}.${call}` }, times),
    ),
  ]);
  return Object.fromEntries(pairs) as T;
}

const OUTCOMES: Readonly<Record<Reservation['state'], string>> = {
  ticket: 'granted',
  queued: 'queued',
  locked: 'locked',
  busy: 'busy',
};

const LOCKS: Readonly<Record<LockBegan, true>> = { locked: true, stopped: true };

export function instrumentedLimits(limits: Limits, metrics: Metrics, nowMs: () => number): Limits {
  const { rememberedRefusal, ...remote } = limits;
  const calls = watched(remote, (call, times) =>
    metrics.count('auth_guard_errors_total', { call }, times),
  );
  const counted = (state: Reservation['state'], times = 1) =>
    metrics.count('auth_guard_tickets_total', { outcome: OUTCOMES[state] }, times);
  for (const state of Object.keys(OUTCOMES)) counted(state as Reservation['state'], 0);
  for (const kind of Object.keys(LOCKS)) metrics.count('auth_guard_locks_total', { kind }, 0);
  const report = <T extends LockReport>(answer: T): T => {
    const { lockBegan: kind } = answer;
    if (kind !== null) metrics.count('auth_guard_locks_total', { kind });
    return answer;
  };
  return {
    ...calls,
    rememberedRefusal,
    async reserve(key, ticket, rules) {
      const reservation = await calls.reserve(key, ticket, rules);
      counted(reservation.state);
      return report(reservation);
    },
    async wait(key, ticket, rules) {
      const sinceMs = nowMs();
      const reservation = await calls.wait(key, ticket, rules);
      counted(reservation.state);
      metrics.time('auth_guard_wait_ms', {}, nowMs() - sinceMs);
      return report(reservation);
    },
    settle: async (key, settling) => report(await calls.settle(key, settling)),
  };
}

const LETTERS: Readonly<Record<EmailTemplate['kind'], true>> = {
  'verification-code': true,
  'registration-code': true,
  'registration-attempt': true,
  'password-reset': true,
  'password-changed': true,
  'email-change-code': true,
  'email-change-notice': true,
  'email-changed': true,
};

export function instrumentedMailer(
  { send }: Mailer,
  metrics: Metrics,
  nowMs: () => number,
): Mailer {
  for (const template of Object.keys(LETTERS)) {
    metrics.count('auth_mail_success_total', { template }, 0);
    metrics.count('auth_mail_failure_total', { template }, 0);
  }
  return {
    async send(mail) {
      const template = mail.template.kind;
      const sinceMs = nowMs();
      try {
        await send(mail);
        metrics.count('auth_mail_success_total', { template });
      } catch (error) {
        metrics.count('auth_mail_failure_total', { template });
        throw error;
      } finally {
        metrics.time('auth_mail_duration_ms', { template }, nowMs() - sinceMs);
      }
    },
  };
}

/** Counts refused e-mail by the limit that refused it; both series are there from the start. */
export function countEmailRefusals(metrics: Metrics): (reason: 'address' | 'total') => void {
  const counted = (reason: string, times: number) =>
    metrics.count('auth_emails_refused_total', { reason }, times);
  for (const reason of ['address', 'total']) counted(reason, 0);
  return (reason) => counted(reason, 1);
}
