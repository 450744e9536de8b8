/** The fields of a record of users, and the database row that it becomes or why it is refused. */
import * as z from 'zod';
import { KINDS, type LegacyCost } from '../../src/crypto/legacy/costs.ts';
import { parseLegacyHash } from '../../src/crypto/legacy/formats.ts';
import { parseHash } from '../../src/crypto/passwords/format.ts';
import { normalise } from '../../src/policy/identifier.ts';

const LONGEST_EMAIL = 254;
const LONGEST_TEXT = 200;
const LONGEST_BIO = 1000;
const LONGEST_URL = 2048;
const DAY_MS = 86_400_000;

// No control characters, and none that stands for bytes that are no UTF-8.
const PLAIN = /^[^\p{Cc}\p{Zl}\p{Zp}\u{FFFD}]*$/u;
const text = (longest: number) => z.string().max(longest).regex(PLAIN);
const lines = (longest: number) =>
  z
    .string()
    .max(longest)
    .refine((value) => PLAIN.test(value.replaceAll('\n', '')));
const named = z.union([
  text(LONGEST_TEXT).transform((id) => ({ id, name: null })),
  z.strictObject({ id: text(LONGEST_TEXT).min(1), name: text(LONGEST_TEXT).min(1) }),
]);
const TRUE = new Set<unknown>([true, 1, '1', 'true', 'yes', 't', 'y']);
const FALSE = new Set<unknown>([false, 0, '0', 'false', 'no', 'f', 'n']);
const boolean = z.unknown().transform((value, context) => {
  const plain = typeof value === 'string' ? value.toLowerCase() : value;
  if (TRUE.has(plain)) return 1;
  if (FALSE.has(plain)) return 0;
  context.addIssue({ code: 'custom', message: 'is neither true nor false' });
  return z.NEVER;
});

// A date, or a date and a time, in UTC where it has no zone; Python writes a space for the T.
const ISO = /^\d{4}-\d\d-(\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/;
const date = z.string().transform((value, context) => {
  const [, day, zone] = ISO.exec(value) ?? [];
  const hasTime = value.length > 'YYYY-MM-DD'.length;
  const iso =
    zone === undefined && hasTime ? `${value}Z` : value.replace(/([T ].*[+-]\d\d)(\d\d)$/, '$1:$2');
  const ms = Date.parse(iso.replace(' ', 'T'));
  // Date.parse lets February have 30 days.
  const exists = Number(day) === new Date(`${value.slice(0, 10)}T00:00:00Z`).getUTCDate();
  if (Number.isFinite(ms) && exists) return ms;
  context.addIssue({ code: 'custom', message: 'bad date' });
  return z.NEVER;
});

const fields = {
  username: [text(LONGEST_TEXT).regex(/^\S(?:.*\S)?$/u), 'bad username'],
  email: [z.email().max(LONGEST_EMAIL), 'bad address'],
  password_hash: [
    // Hashes of Gatehouse too: an export with hashes can be imported again.
    z.string().refine((hash) => parseHash(hash) !== null || parseLegacyHash(hash) !== null),
    'unknown hash',
  ],
  public_id: [z.string().regex(/^[\w.-]{1,64}$/), 'bad public_id'],
  email_verified: [boolean, 'email_verified is neither true nor false'],
  is_admin: [boolean, 'is_admin is neither true nor false'],
  status: [z.enum(['active', 'inactive']), 'status is neither active nor inactive'],
  created_at: [date, 'bad date in created_at'],
  name: [text(LONGEST_TEXT), 'bad name'],
  phone: [text(50), 'bad phone'],
  avatar: [text(LONGEST_URL), 'bad avatar'],
  bio: [lines(LONGEST_BIO), 'bad bio'],
  language: [z.string().regex(/^[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*$/), 'bad language'],
  role: [named, 'bad role'],
  role_name: [text(LONGEST_TEXT), 'bad role_name'],
  team: [named, 'bad team'],
  team_name: [text(LONGEST_TEXT), 'bad team_name'],
} as const;

/** The fields in the order of an export. */
export const fieldNames = Object.keys(fields);
const fieldOf = new Map<string, readonly [z.ZodType, string]>(Object.entries(fields));

type Values = { [K in keyof typeof fields]?: z.output<(typeof fields)[K][0]> };

/** A role or a team. */
export interface Named {
  id: string;
  name: string;
}

/** One user, by the columns of the table, and the role and team that must exist for it. */
export type UserRow = ReturnType<typeof rowOfValues>;

/** The row of a record, or everything that is wrong with it. */
export function rowOf(record: ReadonlyMap<string, unknown>, nowMs: number): UserRow | string[] {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, value] of record) {
    const [schema, fault] = fieldOf.get(name) ?? [];
    const read = schema?.safeParse(value);
    if (read?.success) values[name] = read.data;
    else faults.push(fault ?? `unknown column ${JSON.stringify(name.slice(0, 40))}`);
  }
  if (!record.has('username') && !record.has('email')) faults.push('neither username nor email');
  if (!record.has('password_hash')) faults.push('no password_hash');
  const { created_at = nowMs } = values as Values;
  if (created_at > nowMs + DAY_MS) faults.push('created_at is in the future');
  return faults.length > 0 ? faults : rowOfValues(values, nowMs);
}

function rowOfValues(values: Values, nowMs: number) {
  const { username, email, role, team } = values;
  const normalised = (kind: 'username' | 'email', value: string | undefined) =>
    value === undefined ? null : normalise({ kind, value }).value;
  return {
    columns: {
      public_id: values.public_id ?? crypto.randomUUID(),
      username: username?.normalize('NFC') ?? null,
      username_key: normalised('username', username),
      email: normalised('email', email),
      email_verified: values.email_verified ?? 0,
      name: values.name ?? null,
      phone: values.phone ?? null,
      avatar: values.avatar ?? null,
      bio: values.bio ?? null,
      language: values.language ?? 'en',
      is_admin: values.is_admin ?? 0,
      role_id: role?.id ?? null,
      team_id: team?.id ?? null,
      status: values.status ?? 'active',
      password_hash: values.password_hash ?? '',
      created_at_ms: values.created_at ?? nowMs,
    },
    role: role && { id: role.id, name: role.name ?? values.role_name ?? role.id },
    team: team && { id: team.id, name: team.name ?? values.team_name ?? team.id },
  };
}

/** The highest cost of each kind of legacy hash. */
export class HighestCosts {
  readonly #costs = new Map<string, number>();

  addHash(hash: string): void {
    const cost = parseLegacyHash(hash);
    if (cost === null) return;
    this.#costs.set(cost.kind, Math.max(cost.cost, this.#costs.get(cost.kind) ?? 0));
  }

  list(): LegacyCost[] {
    return KINDS.flatMap((kind) => {
      const cost = this.#costs.get(kind);
      return cost === undefined ? [] : [{ kind, cost }];
    });
  }
}
