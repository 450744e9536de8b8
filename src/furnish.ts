/** Makes what lives as long as the isolate: keys, statements, guard, mail, metrics, and memories. */
import { createBreachCheck } from './crypto/breached.ts';
import { createDevices } from './crypto/devices.ts';
import { createMac } from './crypto/keys.ts';
import { createPasswords } from './crypto/password.ts';
import { createRegistrationHandles } from './crypto/registration-handles.ts';
import { createSecrets, randomBelow } from './crypto/secrets.ts';
import { createTokens } from './crypto/tokens.ts';
import { createPasswordRules } from './flows/password-rules.ts';
import type { Services } from './flows/services.ts';
import { createGuard } from './guard/client.ts';
import { createEmailLimits } from './guard/email-limits.ts';
import { createMailer } from './mail/mailer.ts';
import { createLineLimit } from './observe/line-limit.ts';
import { logEmailLimit, logFailure, logMail } from './observe/log.ts';
import { createMetrics, type Hub, type Metrics } from './observe/metrics.ts';
import { emailRefusals, watchedGuard, watchedMailer, watchedStores } from './observe/watched.ts';
import { DEVICE_SECONDS, REGISTRATION_SECONDS } from './policy/allowances.ts';
import { ExpiringMemory } from './policy/memory.ts';
import { createAudit } from './store/audit.ts';
import { createChallenges } from './store/challenges.ts';
import { createCredentials } from './store/credentials.ts';
import { createRegistrations } from './store/registrations.ts';
import { createSessions } from './store/sessions.ts';
import { createUsers } from './store/users.ts';
import type { Settings } from './settings.ts';

/** About a kilobyte each. */
const MOST_GENUINE_TOKENS = 2_000;

export const nowMs = () => Date.now();
const turn = () => scheduler.wait(0);

/** What lives as long as the isolate: keys, statements, and the memory of refusals. */
export function furnish(env: Env, settings: Settings) {
  const mac = createMac(settings.serverKey);
  const namespaces = { addresses: env.ADDRESS_GUARD, accounts: env.ACCOUNT_GUARD };
  const metrics = furnishMetrics(env, settings);
  const { mailer, passwordRules } = furnishAccounts(env, settings);
  const guard = watchedGuard(
    createGuard({ ...namespaces, nowMs, nameOf: (address) => mac('address', address) }),
    metrics,
    nowMs,
  );
  const countRefusal = emailRefusals(metrics);
  const lineLimit = createLineLimit(nowMs);
  const stores = {
    users: createUsers(env.DB),
    sessions: createSessions(env.DB),
    audit: createAudit(env.DB),
    registrations: createRegistrations(env.DB, settings.newAccounts),
    challenges: createChallenges(env.DB),
    credentials: createCredentials(env.DB),
  };
  const services: Omit<Services, 'later'> = {
    nowMs,
    turn,
    randomDelay: () => scheduler.wait(randomBelow(settings.emailDelayMs + 1)),
    uuid: () => crypto.randomUUID(),
    subject: (who) =>
      mac('account', 'userId' in who ? `user:${who.userId}` : `${who.kind}:${who.value}`),
    lockoutKey: (scope) =>
      mac('account', `${scope.kind}:${'userId' in scope ? scope.userId : scope.value}`),
    ...watchedStores(stores, metrics),
    guard,
    passwords: createPasswords(settings.passwords, turn),
    mailer: watchedMailer(mailer, metrics, nowMs),
    emailLimits: createEmailLimits({
      guard,
      ...settings.emailLimits,
      onRefused(reason) {
        countRefusal(reason);
        if (reason === 'total' && lineLimit.admits('e-mail in total', 0)) logEmailLimit();
      },
    }),
    passwordRules,
    devices: createDevices({
      mac,
      nowMs,
      lifetimeSeconds: DEVICE_SECONDS,
      enabled: settings.deviceCookies,
    }),
    registrationHandles: createRegistrationHandles({
      mac,
      nowMs,
      lifetimeSeconds: REGISTRATION_SECONDS,
    }),
    secrets: createSecrets(mac),
    tokens: createTokens(settings.tokens, {
      mac,
      nowMs,
      genuine: new ExpiringMemory(MOST_GENUINE_TOKENS),
    }),
  };
  return { services, namespaces, metrics, lineLimit, outbox: mailer.outbox };
}

function furnishMetrics(env: Env, settings: Settings): Metrics {
  // A new stub each time: one that threw may stay broken.
  const hub: Hub = {
    add: (isolate, batches) => env.METRICS_HUB.getByName('hub').add(isolate, batches),
    read: () => env.METRICS_HUB.getByName('hub').read(),
  };
  const { ANALYTICS: analytics } = env as { ANALYTICS?: AnalyticsEngineDataset };
  const metrics = createMetrics({
    hub: settings.operatorToken === null ? null : hub,
    flushMs: settings.metricsFlushMs,
    nowMs,
    uuid: () => crypto.randomUUID(),
    wait: (ms) => scheduler.wait(ms),
    onFailure: (error) => logFailure(error, 'metrics', null),
    analytics,
  });
  for (const { name: contract } of settings.contracts) {
    metrics.count('auth_login_success_total', { contract }, 0);
  }
  return metrics;
}

const outside = (url: string, init: RequestInit) => fetch(url, init);
const MAIL_PAUSE_MS = 1_000;

/** What the flows around an account need besides; `mailer.outbox` is for the page /dev/mail. */
function furnishAccounts(env: Env, settings: Settings) {
  const mailer = createMailer({
    settings: settings.mail,
    localDevelopment: settings.localDevelopment,
    binding: env.EMAIL,
    fetch: outside,
    uuid: () => crypto.randomUUID(),
    nowMs,
    pause: () => scheduler.wait(MAIL_PAUSE_MS),
    onFailure: (error) => logFailure(error, 'mail, first try', null),
    onWritten: logMail,
  });
  const passwordRules = createPasswordRules({
    rules: settings.passwordRules,
    service: settings.mail.service,
    isBreached: settings.passwordRules.breached
      ? createBreachCheck({
          fetch: outside,
          onFailure: (error) => logFailure(error, 'breached passwords', null),
        })
      : null,
  });
  return { mailer, passwordRules };
}
