/** Composes what lives as long as the isolate: services, metrics, and memories of refusals. */
import { createAuthorizationCodes } from './crypto/authorization-codes.ts';
import { createBreachCheck } from './crypto/breached.ts';
import { createDevices } from './crypto/devices.ts';
import { createFactorSecrets } from './crypto/factors/factor-secrets.ts';
import { createMac } from './crypto/keys.ts';
import { createLoginSteps } from './crypto/login-steps.ts';
import { createPasskeyCeremonies } from './crypto/passkeys/ceremonies.ts';
import { createPasswords } from './crypto/passwords/hash.ts';
import { createRegistrationHandles } from './crypto/registration-handles.ts';
import { randomBelow } from './crypto/random.ts';
import { createSecrets } from './crypto/secrets.ts';
import { createTokens } from './crypto/tokens.ts';
import { createPasswordRules } from './flows/password-rules.ts';
import type { Services } from './flows/ports/services.ts';
import { createMessagesLoader, type LoadMessages } from './languages/load.ts';
import { createLimits, pingLimits } from './limits/client.ts';
import { createEmailLimits } from './limits/email-limits.ts';
import { createMailer } from './mail/mailer.ts';
import { createLineLimit } from './telemetry/line-limit.ts';
import { logEmailLimit, logFailure, logMail } from './telemetry/log.ts';
import { createMetrics, type MetricsStore, type Metrics } from './telemetry/metrics.ts';
import {
  countEmailRefusals,
  instrumentedLimits,
  instrumentedMailer,
  instrumentedStores,
} from './telemetry/instrumented.ts';
import {
  AUTHORIZATION_CODE_SECONDS,
  DEVICE_SECONDS,
  REGISTRATION_SECONDS,
} from './policy/allowances.ts';
import { ExpiringCache } from './policy/expiring-cache.ts';
import { STEP_MS } from './policy/lockout.ts';
import { CHALLENGE_MS, MAX_PASSKEYS } from './policy/passkeys.ts';
import { MAX_FACTORS } from './policy/second-factor.ts';
import { createAdminUsers } from './store/admin-users/admin-users.ts';
import { createAudit } from './store/audit.ts';
import { createAuditLog } from './store/audit-log.ts';
import { createChallenges } from './store/challenges/challenges.ts';
import { createAccountChanges } from './store/account-changes.ts';
import { createFactors } from './store/factors/factors.ts';
import { createPasskeys } from './store/passkeys/passkeys.ts';
import { databaseAnswers } from './store/health.ts';
import { createOverview } from './store/overview.ts';
import { createRegistrations } from './store/registrations/registrations.ts';
import { createSessions } from './store/sessions/sessions.ts';
import { createUsers } from './store/users.ts';
import { hasOperators } from './operator-settings.ts';
import type { Settings } from './settings.ts';

/** A verified token takes about a kilobyte. */
const MAX_VERIFIED_TOKENS = 2_000;

const nowMs = () => Date.now();
/** Calls that were started before are sent. */
const yieldToEventLoop = () => scheduler.wait(0);

export function createServices(env: Env, settings: Settings) {
  const mac = createMac(settings.serverKey);
  const namespaces = { addresses: env.RATE_LIMITER, accounts: env.ACCOUNT_LOCKOUT };
  const metrics = createMetricsService(env, settings);
  const limits = instrumentedLimits(
    createLimits({ ...namespaces, nowMs, nameOf: (address) => mac('address', address) }),
    metrics,
    nowMs,
  );
  const countRefusal = countEmailRefusals(metrics);
  const lineLimit = createLineLimit(nowMs);
  const loadMessages = createMessagesLoader({
    assets: env.ASSETS,
    onFailure(error, tag) {
      if (lineLimit.admits(`language ${tag}`, 0)) logFailure(error, `language ${tag}`, null);
    },
  });
  const { mailer, passwordRules } = createAccountServices(env, settings, loadMessages);
  const stores = {
    users: createUsers(env.DB),
    sessions: createSessions(env.DB),
    audit: createAudit(env.DB),
    registrations: createRegistrations(env.DB, settings.newAccounts),
    challenges: createChallenges(env.DB),
    accountChanges: createAccountChanges(env.DB),
    factors: createFactors(env.DB, { maxFactors: MAX_FACTORS }),
    passkeys: createPasskeys(env.DB, { maxPasskeys: MAX_PASSKEYS }),
  };
  const services: Omit<Services, 'waitUntil'> = {
    nowMs,
    randomDelay: () => scheduler.wait(randomBelow(settings.emailDelayMs + 1)),
    uuid: () => crypto.randomUUID(),
    accountKey: (account) =>
      mac(
        'account',
        'userId' in account ? `user:${account.userId}` : `${account.kind}:${account.value}`,
      ),
    lockoutKey: (scope) =>
      mac('account', `${scope.kind}:${'userId' in scope ? scope.userId : scope.value}`),
    ...instrumentedStores(stores, metrics),
    limits,
    passwords: createPasswords(settings.passwords, yieldToEventLoop),
    mailer: instrumentedMailer(mailer, metrics, nowMs),
    emailLimits: createEmailLimits({
      limits,
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
    factorSecrets: createFactorSecrets({
      keys: settings.factorKeys,
      mac,
      maxFactors: MAX_FACTORS,
      issuer: settings.brand.name,
    }),
    passkeyCeremonies: createPasskeyCeremonies({
      mac,
      nowMs,
      lifetimeMs: CHALLENGE_MS,
      name: settings.brand.name,
      domain: settings.passkeys.domain,
      origins: settings.passkeys.origins,
    }),
    loginSteps: createLoginSteps({ serverKey: settings.serverKey, nowMs, lifetimeMs: STEP_MS }),
    authorizationCodes: createAuthorizationCodes({
      serverKey: settings.serverKey,
      nowMs,
      lifetimeMs: AUTHORIZATION_CODE_SECONDS * 1000,
    }),
    tokens: createTokens(settings.tokens.keys, {
      mac,
      nowMs,
      verifiedTokens: new ExpiringCache(MAX_VERIFIED_TOKENS),
    }),
  };
  const adminServices = {
    ...services,
    ...instrumentedStores(
      {
        adminUsers: createAdminUsers(env.DB),
        auditLog: createAuditLog(env.DB),
        overview: createOverview(env.DB),
      },
      metrics,
    ),
  };
  const health = {
    probe: () => Promise.all([databaseAnswers(env.DB), pingLimits(namespaces)]),
    nowMs,
    wait: (ms: number) => scheduler.wait(ms),
    onFailure: (error: unknown) => logFailure(error, 'healthz', null),
  };
  return {
    services,
    adminServices,
    metrics,
    lineLimit,
    health,
    loadMessages,
    outbox: mailer.outbox,
  };
}

/** Name of the one MetricsAggregator object: another name would start all sums at zero. */
const AGGREGATOR_NAME = 'hub';

function createMetricsService(env: Env, settings: Settings): Metrics {
  // A new stub each time: one that threw may stay broken.
  const aggregator: MetricsStore = {
    add: (isolate, batches) =>
      env.METRICS_AGGREGATOR.getByName(AGGREGATOR_NAME).add(isolate, batches),
    read: () => env.METRICS_AGGREGATOR.getByName(AGGREGATOR_NAME).read(),
  };
  const { ANALYTICS: analytics } = env as { ANALYTICS?: AnalyticsEngineDataset };
  const metrics = createMetrics({
    aggregator: hasOperators(settings.operators) ? aggregator : null,
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

const fetchOutside = (url: string, init: RequestInit) => fetch(url, init);
const MAIL_PAUSE_MS = 1_000;

/** Creates mail and password rules; `mailer.outbox` is for the page /dev/mail. */
function createAccountServices(env: Env, settings: Settings, loadMessages: LoadMessages) {
  const mailer = createMailer({
    settings: settings.mail,
    localDevelopment: settings.localDevelopment,
    binding: env.EMAIL,
    loadMessages,
    fetch: fetchOutside,
    uuid: () => crypto.randomUUID(),
    nowMs,
    pause: () => scheduler.wait(MAIL_PAUSE_MS),
    onFailure: (error) => logFailure(error, 'mail, first try', null),
    onWritten: logMail,
  });
  const passwordRules = createPasswordRules({
    rules: settings.passwordRules,
    service: settings.brand.name,
    isBreached: settings.passwordRules.breached
      ? createBreachCheck({
          fetch: fetchOutside,
          onFailure: (error) => logFailure(error, 'breached passwords', null),
        })
      : null,
  });
  return { mailer, passwordRules };
}
