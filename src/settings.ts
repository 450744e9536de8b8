/**
 * The settings of a deployment: parsed and checked once, at the start. One that is missing or
 * malformed stops the start with a message that names it, and never shows its value.
 */
import { base64url, type JWK } from 'jose';
import * as z from 'zod';
import type { Contract } from './contracts/contract.ts';
import { KINDS, LEAST_COST, MOST_COST } from './crypto/foreign-costs.ts';
import { flawOfKey } from './crypto/keys.ts';
import { MOST_ITERATIONS, MOST_ROUNDS } from './crypto/password.ts';
import type { MailSettings } from './mail/mailer.ts';

/** OWASP Password Storage Cheat Sheet: PBKDF2-HMAC-SHA256. */
const LEAST_ITERATIONS_IN_ALL = 600_000;
const LEAST_KEY_BYTES = 32;

/** Vars hold JSON, .dev.vars and secrets hold text. */
const json = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value, context) => {
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value);
    } catch {
      context.addIssue({ code: 'custom', message: 'is not JSON' });
      return z.NEVER;
    }
  }, schema);

const key = z
  .string('is missing')
  // No length of 1 mod 4: six bits are no byte, and the decoder would throw.
  .regex(/^(?:[\w-]{4})*(?:[\w-]{2,3})?$/, 'is not base64url')
  .transform((text) => base64url.decode(text))
  .refine(({ length }) => length >= LEAST_KEY_BYTES, `has less than ${LEAST_KEY_BYTES} bytes`);

const jwk = z.looseObject({ kty: z.string() }).superRefine((value, context) => {
  const flaw = flawOfKey(value as JWK);
  if (flaw !== null) context.addIssue({ code: 'custom', message: flaw });
});

const seconds = z
  .int()
  .min(1)
  .max(400 * 86_400);

const lifetimes = z.strictObject({
  accessSeconds: seconds.optional(),
  rememberedSeconds: seconds.optional(),
  refreshSeconds: seconds.optional(),
});

const origin = z
  .string()
  .refine((text) => URL.canParse(text) && new URL(text).origin === text, 'is not an origin');

/** No control characters, which could end a header, and none that have a meaning in one. */
const name = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .regex(/^[^\p{C}\p{Zl}\p{Zp}"\\<>@,;:]+$/u, 'is not a plain name');

/** `Name <address>`, or an address alone. */
const sender = z.string().transform((text, context) => {
  const [, given, email = text] = /^([^<>]+) <([^<>]+)>$/.exec(text) ?? [];
  const parsed = z
    .object({ name: name.optional(), email: z.email() })
    .safeParse({ name: given, email });
  if (parsed.success) return parsed.data;
  context.addIssue({ code: 'custom', message: 'is not "Name <address>"' });
  return z.NEVER;
});

const foreignCost = z
  .strictObject({ kind: z.enum(KINDS), cost: z.int() })
  .refine(({ kind, cost }) => cost >= LEAST_COST[kind] && cost <= MOST_COST[kind], {
    error: ({ input }) => {
      const { kind } = input as { kind: (typeof KINDS)[number] };
      return `is not between ${LEAST_COST[kind]} and ${MOST_COST[kind]}`;
    },
  });

/** What the import writes: null, one cost, or one for each kind. */
const foreignCosts = z
  .union([
    z.array(foreignCost).max(KINDS.length),
    foreignCost.transform((cost) => [cost]),
    z.null().transform(() => []),
  ])
  .refine((costs) => new Set(costs.map(({ kind }) => kind)).size === costs.length, {
    error: 'names a kind twice',
  });

const schema = z.object({
  CONTRACTS: json(z.array(z.string()).min(1)),
  CONTRACT_HOSTS: json(z.record(z.string(), z.string())).default({}),
  ALLOWED_ORIGINS: json(z.array(origin)).default([]),
  ISSUER: z.url('is not a URL'),
  AUDIENCE: z.string('is missing').min(1, 'is empty'),
  LOCAL_DEVELOPMENT: z.enum(['true', 'false']).default('false'),
  TOKEN_LIFETIMES: json(z.record(z.string(), lifetimes)).default({}),
  ADDRESS_LIMITS: json(z.record(z.string(), z.int().min(1).max(1000))).default({}),
  SESSION_ABSOLUTE_SECONDS: json(seconds).default(90 * 86_400),
  LOCKOUT: json(
    z
      .strictObject({
        threshold: z.int().min(1).max(100).default(5),
        lockSeconds: z.int().min(1).max(86_400).default(900),
        growth: z.number().min(1).max(10).default(1),
        stopAfterFailures: z.int().min(1).max(1_000_000).default(100),
      })
      .refine(
        ({ threshold, stopAfterFailures }) => stopAfterFailures >= threshold,
        'stopAfterFailures is below threshold',
      ),
  ).prefault({}),
  PASSWORD_COST: json(
    z.strictObject({
      iterations: z.int().min(1).max(MOST_ITERATIONS).default(MOST_ITERATIONS),
      rounds: z.int().min(1).max(MOST_ROUNDS).default(6),
    }),
  ).prefault({}),
  FOREIGN_HASH_COST: json(foreignCosts).default([]),
  PASSWORD_RULES: json(
    z.strictObject({
      // ASVS 5.0 V6.2.1 and V6.2.9: a deployment may ask for more than 8, and must take 64.
      least: z.int().min(8).max(64).default(8),
      most: z.int().min(64).max(1024).default(256),
      breached: z.boolean().default(false),
    }),
  ).prefault({}),
  PAGES_ORIGIN: origin.optional(),
  MAIL: json(
    z.strictObject({
      transport: z.enum(['binding', 'resend']).default('binding'),
      from: sender.optional(),
      service: name.default('Gatehouse'),
    }),
  ).prefault({}),
  RESEND_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'is not a key')
    .optional(),
  OPERATOR_TOKEN: z
    .string()
    .regex(/^[\w.~+/-]{32,}$/, 'has less than 32 characters, or other ones than a bearer may have')
    .optional(),
  SERVER_KEY: key,
  TOKEN_KEYS: json(z.object({ keys: z.tuple([jwk], jwk) }, 'is not a JWK set')),
  PEPPERS: json(
    z.array(z.strictObject({ id: z.string().regex(/^[\w.-]{1,64}$/, 'is not an id'), key })),
  ).default([]),
});

export type Settings = ReturnType<typeof readSettings>;

/** Throws an error that names every setting at fault. `known`: the contracts there are. */
export function readSettings(env: object, known: readonly Contract[]) {
  const parsed = schema.safeParse(env);
  if (!parsed.success) throw faulty(parsed.error.issues);
  const values = parsed.data;
  const local = values.LOCAL_DEVELOPMENT === 'true';
  const faults: { path: PropertyKey[]; message: string }[] = [];
  const fault = (name: string, message: string) => faults.push({ path: [name], message });

  const served = values.CONTRACTS.flatMap((name) => {
    const contract = known.find((candidate) => candidate.name === name);
    if (contract === undefined) fault('CONTRACTS', `there is no contract "${name}"`);
    return contract === undefined ? [] : [contract];
  });
  if (new Set(served).size < served.length) fault('CONTRACTS', 'names a contract twice');

  const servedNames = new Set(values.CONTRACTS);
  for (const name of Object.values(values.CONTRACT_HOSTS)) {
    if (!servedNames.has(name)) fault('CONTRACT_HOSTS', `"${name}" is not in CONTRACTS`);
  }
  for (const setting of ['TOKEN_LIFETIMES', 'ADDRESS_LIMITS'] as const) {
    for (const name of Object.keys(values[setting])) {
      if (!servedNames.has(name)) fault(setting, `"${name}" is not in CONTRACTS`);
    }
  }
  for (const contract of served) {
    for (const lifetime of Object.keys(values.TOKEN_LIFETIMES[contract.name] ?? {})) {
      if (!(lifetime in contract.lifetimes)) {
        fault('TOKEN_LIFETIMES', `${contract.name} has no ${lifetime}`);
      }
    }
  }

  const kids = values.TOKEN_KEYS.keys.map(({ kid }) => kid);
  if (new Set(kids).size < kids.length) fault('TOKEN_KEYS', 'has a kid twice');
  if (!local) {
    const { iterations, rounds } = values.PASSWORD_COST;
    if (iterations * rounds < LEAST_ITERATIONS_IN_ALL) {
      fault('PASSWORD_COST', `is below ${LEAST_ITERATIONS_IN_ALL} iterations in all (OWASP)`);
    }
    if (!values.ISSUER.startsWith('https://')) fault('ISSUER', 'is not https');
  }
  const pagesOrigin = values.PAGES_ORIGIN ?? new URL(values.ISSUER).origin;
  if (!/^https?:/.test(pagesOrigin)) fault('PAGES_ORIGIN', 'is missing, and ISSUER has no origin');
  else if (!local && !pagesOrigin.startsWith('https:')) fault('PAGES_ORIGIN', 'is not https');
  if (values.MAIL.transport === 'resend' && values.RESEND_API_KEY === undefined) {
    fault('RESEND_API_KEY', 'is missing, and MAIL asks for resend');
  }
  if (faults.length > 0) throw faulty(faults);

  return {
    contracts: served.map((contract) => ({
      ...contract,
      lifetimes: { ...contract.lifetimes, ...defined(values.TOKEN_LIFETIMES[contract.name]) },
      attemptsPerMinute: values.ADDRESS_LIMITS[contract.name] ?? contract.attemptsPerMinute,
    })),
    /** Host → name of a contract. */
    hosts: new Map(
      Object.entries(values.CONTRACT_HOSTS).map(([host, name]) => [host.toLowerCase(), name]),
    ),
    allowedOrigins: values.ALLOWED_ORIGINS,
    tokens: {
      issuer: values.ISSUER,
      audience: values.AUDIENCE,
      keys: values.TOKEN_KEYS.keys as [JWK, ...JWK[]],
    },
    sessions: { absoluteSeconds: values.SESSION_ABSOLUTE_SECONDS },
    lockout: values.LOCKOUT,
    passwords: {
      cost: values.PASSWORD_COST,
      peppers: values.PEPPERS,
      foreign: values.FOREIGN_HASH_COST,
    },
    passwordRules: values.PASSWORD_RULES,
    mail: mailOf(values.MAIL, { pagesOrigin, key: values.RESEND_API_KEY ?? '' }),
    /** Null: there is no operator's door. */
    operatorToken: values.OPERATOR_TOKEN ?? null,
    serverKey: values.SERVER_KEY,
    /** Plain http and a cheap hash are allowed only here. Never derived from the request. */
    localDevelopment: local,
  };
}

type MailValues = z.output<typeof schema>['MAIL'];

function mailOf(
  { transport, from, service }: MailValues,
  { pagesOrigin, key }: { pagesOrigin: string; key: string },
): MailSettings {
  return {
    service,
    pagesOrigin,
    from: {
      name: from?.name ?? service,
      email: from?.email ?? `no-reply@${new URL(pagesOrigin).hostname}`,
    },
    transport: transport === 'resend' ? { kind: transport, key } : { kind: transport },
  };
}

function faulty(issues: readonly { path: PropertyKey[]; message: string }[]): Error {
  const lines = issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  return new Error(`Gatehouse cannot start: these settings are at fault.\n${lines.join('\n')}`);
}

/** Without the keys whose value is undefined. */
function defined<T extends object>(partial: T | undefined) {
  return Object.fromEntries(
    Object.entries(partial ?? {}).filter(([, value]) => value !== undefined),
  ) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
