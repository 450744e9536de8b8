/** Decorates stores, limits and mailer so that their calls and failures are counted. */
import type { EmailTemplate, Mailer } from '../flows/ports/mail.ts';
import type { Limits, LockReport, Reservation } from '../flows/ports/limits.ts';
import type { LockBegan } from '../policy/lockout-state.ts';
import type { Metrics } from './metrics.ts';

/**
 * Wraps every method of `port` to count its failed calls. Each series starts at zero: Prometheus
 * would otherwise see the first failure as the first value, not as an increase.
 */
function countFailures<T extends object>(
  port: T,
  counted: (call: string, times: number) => void,
): T {
  const calls = Object.entries(port).map(([call, work]: [string, unknown]) => {
    if (typeof work !== 'function') return [call, work];
    counted(call, 0);
    return [
      call,
      (...args: unknown[]) => {
        const result: unknown = work(...args);
        if (result instanceof Promise) result.catch(() => counted(call, 1));
        return result;
      },
    ];
  });
  return Object.fromEntries(calls) as T;
}

/** Decorates stores, keyed by their names in `Services`. */
export function instrumentedStores<T extends Record<string, object>>(
  stores: T,
  metrics: Metrics,
): T {
  const pairs = Object.entries(stores).map(([name, store]) => [
    name,
    countFailures(store, (call, times) =>
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
  const calls = countFailures(remote, (call, times) =>
    metrics.count('auth_limits_errors_total', { call }, times),
  );
  const counted = (state: Reservation['state'], times = 1) =>
    metrics.count('auth_lockout_tickets_total', { outcome: OUTCOMES[state] }, times);
  for (const state of Object.keys(OUTCOMES)) counted(state as Reservation['state'], 0);
  for (const kind of Object.keys(LOCKS)) metrics.count('auth_lockout_locks_total', { kind }, 0);
  const report = <T extends LockReport>(answer: T): T => {
    const { lockBegan: kind } = answer;
    if (kind !== null) metrics.count('auth_lockout_locks_total', { kind });
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
      metrics.time('auth_lockout_wait_ms', {}, nowMs() - sinceMs);
      return report(reservation);
    },
    take: async (key, taking) => report(await calls.take(key, taking)),
    settle: async (key, settling) => report(await calls.settle(key, settling)),
  };
}

const TEMPLATES: Readonly<Record<EmailTemplate['kind'], true>> = {
  'verification-code': true,
  'registration-code': true,
  'registration-attempt': true,
  'password-reset': true,
  'password-changed': true,
  'email-change-code': true,
  'email-change-notice': true,
  'email-changed': true,
  'factor-added': true,
  'factor-removed': true,
  'recovery-codes-replaced': true,
  'recovery-code-used': true,
  'passkey-added': true,
  'passkey-removed': true,
  'passkey-counted-back': true,
  'password-removed': true,
  'factors-reset': true,
  'new-device': true,
  'account-deleted': true,
};

export function instrumentedMailer(
  { send }: Mailer,
  metrics: Metrics,
  nowMs: () => number,
): Mailer {
  for (const template of Object.keys(TEMPLATES)) {
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

/** Returns a counter of refused e-mails by the limit that refused them; both series start at zero. */
export function countEmailRefusals(metrics: Metrics): (reason: 'address' | 'total') => void {
  const counted = (reason: string, times: number) =>
    metrics.count('auth_emails_refused_total', { reason }, times);
  for (const reason of ['address', 'total']) counted(reason, 0);
  return (reason) => counted(reason, 1);
}
