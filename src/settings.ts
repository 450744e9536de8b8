/**
 * The settings of a deployment: parsed and checked once, at the start. One that is missing or
 * malformed stops the start with a message that names it, and never shows its value.
 */
import { en } from 'zod/locales';
import * as z from 'zod/mini';
import { brandFlaws, brandOf, brandValues } from './brand-settings.ts';
import { emailLinkFlaws, emailLinksOf, emailLinkValues } from './email-link-settings.ts';
import type { Contract } from './contracts/contract.ts';
import { withRules } from './contracts/define.ts';
import type { TokenKey } from './crypto/keys.ts';
import { MOST_ROUNDS } from './crypto/passwords/format.ts';
import { MOST_ITERATIONS } from './crypto/pbkdf2.ts';
import { mailSettings, passkeySettingsFlaw, passkeySettings } from './derived-settings.ts';
import { operatorAccounts, operatorRoles, operatorTokens } from './operator-settings.ts';
import type { Lifetimes } from './policy/lifetimes.ts';
import { flawsOfKeys, immediateFlaw, isPlaceholder } from './setting-flaws.ts';
import {
  legacyCosts,
  domain,
  json,
  jwk,
  key,
  lifetimes,
  namedKeys,
  idAndName,
  origin,
  seconds,
  sender,
  group,
  integer,
} from './setting-kinds.ts';

/** OWASP Password Storage Cheat Sheet: PBKDF2-HMAC-SHA256. */
const MIN_TOTAL_ITERATIONS = 600_000;

export const schema = z.object({
  CONTRACTS: json(z.array(z.string()).check(z.minLength(1))),
  CONTRACT_HOSTS: z._default(json(z.record(z.string(), z.string())), {}),
  ALLOWED_ORIGINS: z._default(json(z.array(origin)), []),
  ISSUER: z.url('is not a URL'),
  AUDIENCE: z.string('is missing').check(z.minLength(1, 'is empty')),
  LOCAL_DEVELOPMENT: z._default(z.enum(['true', 'false']), 'false'),
  TOKEN_LIFETIMES: z._default(json(z.record(z.string(), lifetimes)), {}),
  IMMEDIATE_REGISTRATION: z._default(json(z.array(z.string())), []),
  ADDRESS_LIMITS: z._default(json(z.record(z.string(), integer(1, 1000))), {}),
  SESSION_ABSOLUTE_SECONDS: z._default(json(seconds), 90 * 86_400),
  LOCKOUT: group({
    threshold: z._default(integer(1, 100), 5),
    lockSeconds: z._default(integer(1, 86_400), 900),
    growth: z._default(z.number().check(z.gte(1), z.lte(10)), 1),
    stopAfterFailures: z._default(integer(1, 1_000_000), 50),
  }).check(
    z.refine(
      ({ threshold, stopAfterFailures }) => stopAfterFailures >= threshold,
      'stopAfterFailures is below threshold',
    ),
  ),
  DEVICE_COOKIES: z._default(json(z.boolean()), true),
  NEW_ACCOUNTS: group({ role: z.optional(idAndName), team: z.optional(idAndName) }),
  PASSWORD_COST: group({
    iterations: z._default(integer(1, MOST_ITERATIONS), MOST_ITERATIONS),
    rounds: z._default(integer(1, MOST_ROUNDS), 6),
  }),
  FOREIGN_HASH_COST: z._default(json(legacyCosts), []),
  PASSWORD_RULES: group({
    // ASVS 5.0 V6.2.1 and V6.2.9: a deployment may ask for more than 8, and must take 64.
    least: z._default(integer(8, 64), 8),
    most: z._default(integer(64, 1024), 256),
    breached: z._default(z.boolean(), false),
  }),
  PAGES_ORIGIN: z.optional(origin),
  MAIL: group(
    {
      transport: z._default(z.enum(['binding', 'resend']), 'binding'),
      from: z.optional(sender),
    },
    { service: 'BRAND.name' },
  ),
  BRAND: brandValues,
  EMAIL_LINKS: emailLinkValues,
  EMAIL_LIMITS: group({
    perAddressPerHour: z._default(integer(1, 1_000), 10),
    perHour: z._default(integer(1, 1_000_000), 1_000),
  }),
  // Work after a response has 30 seconds, and sending an e-mail twice takes some of them.
  EMAIL_DELAY_MS: z._default(json(integer(0, 10_000)), 2_000),
  RESEND_API_KEY: z.optional(z.string().check(z.regex(/^[\x21-\x7e]+$/, 'is not a key'))),
  OPERATOR_TOKEN: z.optional(operatorTokens),
  OPERATORS: operatorRoles,
  // A timer after a response has 30 seconds.
  METRICS_FLUSH_SECONDS: z._default(json(z.number().check(z.gte(0), z.lte(25))), 5),
  AUDIT_RETENTION_DAYS: z._default(json(integer(1, 3650)), 400),
  SERVER_KEY: key,
  TOKEN_KEYS: json(z.object({ keys: z.tuple([jwk], jwk) }, 'is not a JWK set')),
  PEPPERS: z._default(namedKeys, []),
  SECOND_FACTOR: z._default(
    z.enum(['off', 'optional', 'required', 'required-for-admins']),
    'optional',
  ),
  FACTOR_KEYS: z._default(namedKeys, []),
  PASSKEYS: group({
    offered: z._default(z.boolean(), true),
    domain: z.optional(domain),
    deviceBound: z._default(z.enum(['none', 'admins', 'all']), 'none'),
  }),
});

export type Settings = ReturnType<typeof readSettings>;

/** Throws an error that names every setting at fault. `known`: all contracts, served or not. */
export function readSettings(env: object, known: readonly Contract[]) {
  const parsed = schema.safeParse(env, { error: en().localeError });
  if (!parsed.success) throw settingsError(parsed.error.issues);
  const values = parsed.data;
  const local = values.LOCAL_DEVELOPMENT === 'true';
  const issues: { path: PropertyKey[]; message: string }[] = [];
  const report = (name: string, message: string) => issues.push({ path: [name], message });

  const served = values.CONTRACTS.flatMap((name) => {
    const contract = known.find((candidate) => candidate.name === name);
    if (contract === undefined) report('CONTRACTS', `there is no contract "${name}"`);
    return contract === undefined ? [] : [contract];
  });
  if (new Set(served).size < served.length) report('CONTRACTS', 'names a contract twice');

  const servedNames = new Set(values.CONTRACTS);
  for (const name of Object.values(values.CONTRACT_HOSTS)) {
    if (!servedNames.has(name)) report('CONTRACT_HOSTS', `"${name}" is not in CONTRACTS`);
  }
  for (const setting of ['TOKEN_LIFETIMES', 'ADDRESS_LIMITS'] as const) {
    for (const name of Object.keys(values[setting])) {
      if (!servedNames.has(name)) report(setting, `"${name}" is not in CONTRACTS`);
    }
  }
  for (const name of values.IMMEDIATE_REGISTRATION) {
    const contract = served.find((candidate) => candidate.name === name);
    const flaw = contract === undefined ? 'is not in CONTRACTS' : immediateFlaw(contract);
    if (flaw !== null) report('IMMEDIATE_REGISTRATION', `"${name}" ${flaw}`);
  }
  for (const contract of served) {
    for (const lifetime of Object.keys(values.TOKEN_LIFETIMES[contract.name] ?? {})) {
      if (!(lifetime in contract.lifetimes)) {
        report('TOKEN_LIFETIMES', `${contract.name} has no ${lifetime}`);
      }
    }
  }

  const keys = values.TOKEN_KEYS.keys as TokenKey[];
  for (const message of flawsOfKeys(keys, served, known)) report('TOKEN_KEYS', message);
  if (!local) {
    const { iterations, rounds } = values.PASSWORD_COST;
    if (iterations * rounds < MIN_TOTAL_ITERATIONS) {
      report('PASSWORD_COST', `is below ${MIN_TOTAL_ITERATIONS} iterations in all (OWASP)`);
    }
    if (!values.ISSUER.startsWith('https://')) report('ISSUER', 'is not https');
    for (const setting of ['ISSUER', 'PAGES_ORIGIN'] as const) {
      const url = values[setting];
      if (url !== undefined && isPlaceholder(url))
        report(setting, 'is still the placeholder: set it to the origin of this deployment');
    }
  }
  const pagesOrigin = values.PAGES_ORIGIN ?? new URL(values.ISSUER).origin;
  if (!/^https?:/.test(pagesOrigin)) report('PAGES_ORIGIN', 'is missing, and ISSUER has no origin');
  else if (!local && !pagesOrigin.startsWith('https:')) report('PAGES_ORIGIN', 'is not https');
  if (values.MAIL.transport === 'resend' && values.RESEND_API_KEY === undefined) {
    report('RESEND_API_KEY', 'is missing, and MAIL asks for resend');
  }
  if (values.SECOND_FACTOR !== 'off' && values.FACTOR_KEYS.length === 0) {
    report('FACTOR_KEYS', 'is missing, and SECOND_FACTOR is not off (npm run secret FACTOR_KEYS)');
  }
  if (values.SECOND_FACTOR === 'required' && values.IMMEDIATE_REGISTRATION.length > 0) {
    report('SECOND_FACTOR', 'is required, and IMMEDIATE_REGISTRATION signs in without one');
  }
  for (const flaw of brandFlaws(values.BRAND)) report('BRAND', flaw);
  for (const flaw of emailLinkFlaws(values.EMAIL_LINKS, local)) report('EMAIL_LINKS', flaw);
  const flaw = local ? null : passkeySettingsFlaw(values.PASSKEYS, pagesOrigin);
  if (flaw !== null) report('PASSKEYS', flaw);
  const accounts = operatorAccounts(values.OPERATORS, served, {
    roleOfAll: values.NEW_ACCOUNTS.role?.id,
    asksFactors: values.SECOND_FACTOR !== 'off',
  });
  if (typeof accounts === 'string') report('OPERATORS', accounts);
  if (issues.length > 0 || typeof accounts === 'string') throw settingsError(issues);
  const brand = brandOf(values.BRAND);

  return {
    contracts: served.map((contract) =>
      withRules(contract, {
        lifetimes: cappedAt(values.SESSION_ABSOLUTE_SECONDS, {
          ...contract.lifetimes,
          ...defined(values.TOKEN_LIFETIMES[contract.name]),
        }),
        attemptsPerMinute: values.ADDRESS_LIMITS[contract.name] ?? contract.attemptsPerMinute,
        registration: values.IMMEDIATE_REGISTRATION.includes(contract.name)
          ? 'immediate'
          : contract.registration,
      }),
    ),
    /** Host → name of a contract. */
    hosts: new Map(
      Object.entries(values.CONTRACT_HOSTS).map(([host, name]) => [host.toLowerCase(), name]),
    ),
    allowedOrigins: values.ALLOWED_ORIGINS,
    tokens: { issuer: values.ISSUER, audience: values.AUDIENCE, keys },
    sessions: { absoluteSeconds: values.SESSION_ABSOLUTE_SECONDS },
    lockout: values.LOCKOUT,
    deviceCookies: values.DEVICE_COOKIES,
    newAccounts: {
      role: values.NEW_ACCOUNTS.role ?? null,
      team: values.NEW_ACCOUNTS.team ?? null,
    },
    passwords: {
      cost: values.PASSWORD_COST,
      peppers: values.PEPPERS,
      legacyCosts: values.FOREIGN_HASH_COST,
    },
    secondFactor: values.SECOND_FACTOR,
    factorKeys: values.FACTOR_KEYS,
    passkeys: passkeySettings(values.PASSKEYS, {
      pagesOrigin,
      allowedOrigins: values.ALLOWED_ORIGINS,
    }),
    passwordRules: values.PASSWORD_RULES,
    mail: mailSettings(values.MAIL, {
      brand,
      links: emailLinksOf(values.EMAIL_LINKS, pagesOrigin),
      pagesOrigin,
      key: values.RESEND_API_KEY ?? '',
    }),
    brand,
    emailLimits: values.EMAIL_LIMITS,
    emailDelayMs: values.EMAIL_DELAY_MS,
    metricsFlushMs: values.METRICS_FLUSH_SECONDS * 1000,
    /** Without any, the admin API and the metrics answer 404. */
    operators: { tokens: values.OPERATOR_TOKEN ?? [], accounts },
    auditRetentionDays: values.AUDIT_RETENTION_DAYS,
    serverKey: values.SERVER_KEY,
    /** Plain http and a cheap hash are allowed only here. Never derived from the request. */
    localDevelopment: local,
  };
}

function settingsError(issues: readonly { path: PropertyKey[]; message: string }[]): Error {
  const lines = issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  return new Error(`Gatehouse cannot start: these settings are at fault.\n${lines.join('\n')}`);
}

/** A token that outlived its session's absolute limit would keep the session beyond it. */
function cappedAt(maxSeconds: number, lifetimes: Lifetimes): Lifetimes {
  const { accessSeconds, ...others } = lifetimes;
  const capped = Object.entries(others).map(([name, seconds]) => [
    name,
    Math.min(seconds, maxSeconds),
  ]);
  return { accessSeconds: Math.min(accessSeconds, maxSeconds), ...Object.fromEntries(capped) };
}

/** Without the keys whose value is undefined. */
function defined<T extends object>(partial: T | undefined) {
  return Object.fromEntries(
    Object.entries(partial ?? {}).filter(([, value]) => value !== undefined),
  ) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
