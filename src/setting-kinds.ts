/** Schemas of the values that settings hold, with their error messages. */
import { base64url, type JWK } from 'jose';
import * as z from 'zod/mini';
import { KINDS, LEAST_COST, MOST_COST } from './crypto/legacy/costs.ts';
import { validateKey } from './crypto/keys.ts';

const MIN_KEY_BYTES = 32;

/** A JSON value, or JSON text: [vars] hold values, .dev.vars and secrets hold text. */
export const json = <T extends z.core.$ZodType>(schema: T) =>
  z.pipe(
    z.transform((value, { issues }) => {
      if (typeof value !== 'string') return value;
      try {
        return JSON.parse(value);
      } catch {
        issues.push({ code: 'custom', message: 'is not JSON', input: value });
        return z.NEVER;
      }
    }),
    schema,
  );

/**
 * A group of settings, each optional with a default. `moved`: the new names of settings that were in the
 * group before.
 */
export const group = <T extends z.core.$ZodShape>(
  fields: T,
  moved: Readonly<Record<string, string>> = {},
) => z.prefault(json(z.strictObject(fields, { error: movedTo(moved) })), {});

const movedTo =
  (moved: Readonly<Record<string, string>>) =>
  (issue: { code?: string; keys?: readonly string[] }) => {
    if (issue.code !== 'unrecognized_keys') return undefined;
    const found = Object.entries(moved).find(([name]) => issue.keys?.includes(name));
    return found && `has no ${found[0]} any more: set ${found[1]}`;
  };

/** An https URL without a user and a password, with which it can pass for another host's. */
export const httpsUrl = z.string().check(
  z.refine((text) => {
    if (!/^https:\/\/[^\s\p{C}]+$/iu.test(text) || !URL.canParse(text)) return false;
    const { username, password } = new URL(text);
    return username === '' && password === '';
  }, 'is not an https URL'),
);

export const key = z
  .pipe(
    z
      .string('is missing')
      // A length of 1 mod 4 leaves six bits, at which the decoder would throw.
      .check(z.regex(/^(?:[\w-]{4})*(?:[\w-]{2,3})?$/, 'is not base64url')),
    z.transform((text) => base64url.decode(text)),
  )
  .check(z.refine(({ length }) => length >= MIN_KEY_BYTES, `has less than ${MIN_KEY_BYTES} bytes`));

export const id = z.string().check(z.regex(/^[\w.-]{1,64}$/, 'is not an id'));

/** An object that holds a secret. */
export const secretObject = <T extends z.core.$ZodShape>(fields: T) =>
  z.strictObject(fields, {
    // Do not echo an unknown key: someone may have pasted the secret in the key's place.
    error: ({ code }) => (code === 'unrecognized_keys' ? 'has an unknown field' : undefined),
  });

export const isDistinct = (values: readonly string[]) => new Set(values).size === values.length;

/** Rotatable keys: the first is used for what is new, all for what is old, which names its key. */
export const namedKeys = json(
  z
    .array(secretObject({ id, key }))
    .check(z.refine((keys) => isDistinct(keys.map(({ id }) => id)), 'has an id twice')),
);

export const jwk = z.looseObject({ kty: z.string() }).check(
  z.superRefine((value, context) => {
    const flaw = validateKey(value as JWK);
    if (flaw !== null) context.addIssue({ code: 'custom', message: flaw });
  }),
);

export const integer = (least: number, most: number) => z.int().check(z.gte(least), z.lte(most));

export const seconds = integer(1, 400 * 86_400);

export const lifetimes = z.strictObject({
  accessSeconds: z.optional(seconds),
  rememberedSeconds: z.optional(seconds),
  refreshSeconds: z.optional(seconds),
});

export const origin = z
  .string()
  .check(
    z.refine((text) => URL.canParse(text) && new URL(text).origin === text, 'is not an origin'),
  );

/** A host name as URLs have it: lower case, ASCII, and no IP address, whose last label is a number. */
export const DOMAIN = /^(?:[a-z0-9_-]+\.)*(?!\d+$)[a-z0-9-]+$/;

export const domain = z
  .string()
  .check(z.minLength(1), z.maxLength(253), z.regex(DOMAIN, 'is not a domain name'));

/** A display name without control characters or separators, which could inject e-mail headers. */
export const name = z
  .string()
  .check(
    z.trim(),
    z.minLength(1),
    z.maxLength(60),
    z.regex(/^[^\p{C}\p{Zl}\p{Zp}"\\<>@,;:]+$/u, 'is not a plain name'),
  );

/** Bounded text without control characters. */
export const text = z
  .string()
  .check(
    z.minLength(1),
    z.maxLength(64),
    z.regex(/^\P{C}*$/u, 'has characters that are not allowed'),
  );

/** A role or a team. */
export const idAndName = z.strictObject({ id: text, name: text });

/** `Name <address>`, or an address alone. */
export const sender = z.pipe(
  z.string(),
  z.transform((text, { issues }) => {
    const [, displayName, email = text] = /^([^<>]+) <([^<>]+)>$/.exec(text) ?? [];
    const parsed = z
      .object({ name: z.optional(name), email: z.email() })
      .safeParse({ name: displayName, email });
    if (parsed.success) return parsed.data;
    issues.push({ code: 'custom', message: 'is not "Name <address>"', input: text });
    return z.NEVER;
  }),
);

const legacyCost = z.strictObject({ kind: z.enum(KINDS), cost: z.int() }).check(
  z.refine(({ kind, cost }) => cost >= LEAST_COST[kind] && cost <= MOST_COST[kind], {
    error: ({ input }) => {
      const { kind } = input as { kind: (typeof KINDS)[number] };
      return `is not between ${LEAST_COST[kind]} and ${MOST_COST[kind]}`;
    },
  }),
);

/** Legacy hash costs as the import prints them: null, one cost, or one for each kind. */
export const legacyCosts = z
  .union([
    z.array(legacyCost).check(z.maxLength(KINDS.length)),
    z.pipe(
      legacyCost,
      z.transform((cost) => [cost]),
    ),
    z.pipe(
      z.null(),
      z.transform(() => []),
    ),
  ])
  .check(z.refine((costs) => isDistinct(costs.map(({ kind }) => kind)), 'names a kind twice'));
