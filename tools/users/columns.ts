/** What a record may hold, and the row that comes of it; or why it is refused, in a few words. */
import * as z from 'zod';
import { KINDS, type LegacyCost } from '../../src/crypto/legacy/costs.ts';
import { parseLegacyHash } from '../../src/crypto/legacy/formats.ts';
import { parseHash } from '../../src/crypto/passwords/format.ts';
import { normalise } from '../../src/policy/identifier.ts';

/** One user as the database has it. */
export interface UserRow {
  publicId: string;
  username: string | null;
  usernameKey: string | null;
  email: string | null;
  emailVerified: number;
  name: string | null;
  phone: string | null;
  avatar: string | null;
  language: string;
  isAdmin: number;
  role: Named | null;
  team: Named | null;
  status: string;
  passwordHash: string;
  createdAtMs: number;
}

export interface Named {
  id: string;
  name: string;
}

const LONGEST_EMAIL = 254;
const LONGEST_TEXT = 200;
const LONGEST_URL = 2000;
const DAY_MS = 86_400_000;

// No control characters, and none that stands for a byte that was no UTF-8.
const PLAIN = /^[^\p{Cc}\p{Zl}\p{Zp}\u{FFFD}]*$/u;
const text = (most: number) => z.string().max(most).regex(PLAIN);
const named = z.union([
  text(LONGEST_TEXT).transform((id) => ({ id, name: null })),
  z.strictObject({ id: text(LONGEST_TEXT).min(1), name: text(LONGEST_TEXT).min(1) }),
]);
const yes = new Set<unknown>([true, 1, '1', 'true', 'yes', 't', 'y']);
const no = new Set<unknown>([false, 0, '0', 'false', 'no', 'f', 'n']);
const boolean = z.unknown().transform((value, context) => {
  const plain = typeof value === 'string' ? value.toLowerCase() : value;
  if (yes.has(plain)) return 1;
  if (no.has(plain)) return 0;
  context.addIssue({ code: 'custom', message: 'is neither true nor false' });
  return z.NEVER;
});

// A date, or a date and a time, without a zone in UTC; Python writes a space for the T.
const ISO = /^\d{4}-\d\d-(\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/;
const date = z.string().transform((value, context) => {
  const [, day, zone] = ISO.exec(value) ?? [];
  const unzoned = zone === undefined && value.length > 'YYYY-MM-DD'.length;
  const iso = unzoned ? `${value}Z` : value.replace(/([T ].*[+-]\d\d)(\d\d)$/, '$1:$2');
  const ms = Date.parse(iso.replace(' ', 'T'));
  // Date.parse lets February have 30 days.
  const exists = Number(day) === new Date(`${value.slice(0, 10)}T00:00:00Z`).getUTCDate();
  if (Number.isFinite(ms) && exists) return ms;
  context.addIssue({ code: 'custom', message: 'bad date' });
  return z.NEVER;
});

const fields = {
  username: { schema: text(LONGEST_TEXT).regex(/^\S(?:.*\S)?$/u), fault: 'bad username' },
  email: { schema: z.email().max(LONGEST_EMAIL), fault: 'bad address' },
  password_hash: { schema: z.string(), fault: 'unknown hash' },
  public_id: { schema: z.string().regex(/^[\w.-]{1,64}$/), fault: 'bad public_id' },
  email_verified: { schema: boolean, fault: 'email_verified is neither true nor false' },
  is_admin: { schema: boolean, fault: 'is_admin is neither true nor false' },
  status: {
    schema: z.enum(['active', 'inactive']),
    fault: 'status is neither active nor inactive',
  },
  created_at: { schema: date, fault: 'bad date in created_at' },
  name: { schema: text(LONGEST_TEXT), fault: 'bad name' },
  phone: { schema: text(50), fault: 'bad phone' },
  avatar: { schema: text(LONGEST_URL), fault: 'bad avatar' },
  language: {
    schema: z.string().regex(/^[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*$/),
    fault: 'bad language',
  },
  role: { schema: named, fault: 'bad role' },
  role_name: { schema: text(LONGEST_TEXT), fault: 'bad role_name' },
  team: { schema: named, fault: 'bad team' },
  team_name: { schema: text(LONGEST_TEXT), fault: 'bad team_name' },
} as const;

/** The order of an export. */
export const columns = Object.keys(fields);

type Values = { [K in keyof typeof fields]?: z.output<(typeof fields)[K]['schema']> };

/** A row, or everything that is wrong with the record. */
export function rowOf(record: ReadonlyMap<string, unknown>, nowMs: number): UserRow | string[] {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, value] of record) {
    const field = new Map(Object.entries(fields)).get(name);
    if (field === undefined) faults.push(`unknown column ${JSON.stringify(name.slice(0, 40))}`);
    else {
      const read = field.schema.safeParse(value);
      if (read.success) values[name] = read.data;
      else faults.push(field.fault);
    }
  }
  const { username, email, password_hash, ...rest } = values as Values;
  if (!record.has('username') && !record.has('email')) faults.push('neither username nor email');
  if (!record.has('password_hash')) faults.push('no password_hash');
  else if (password_hash !== undefined && !isKnownHash(password_hash)) faults.push('unknown hash');
  const createdAtMs = rest.created_at ?? nowMs;
  if (createdAtMs > nowMs + DAY_MS) faults.push('created_at is in the future');
  if (faults.length > 0 || password_hash === undefined) return faults;
  const key = (kind: 'username' | 'email', value: string | undefined) =>
    value === undefined ? null : normalise({ kind, value }).value;
  return {
    publicId: rest.public_id ?? crypto.randomUUID(),
    username: username?.normalize('NFC') ?? null,
    usernameKey: key('username', username),
    email: key('email', email),
    emailVerified: rest.email_verified ?? 0,
    name: rest.name ?? null,
    phone: rest.phone ?? null,
    avatar: rest.avatar ?? null,
    language: rest.language ?? 'en',
    isAdmin: rest.is_admin ?? 0,
    role: namedOf(rest.role, rest.role_name),
    team: namedOf(rest.team, rest.team_name),
    status: rest.status ?? 'active',
    passwordHash: password_hash,
    createdAtMs,
  };
}

function namedOf(given: Values['role'], name: string | undefined): Named | null {
  return given === undefined ? null : { id: given.id, name: given.name ?? name ?? given.id };
}

/** Ours as well: an export with hashes can be taken in again. */
const isKnownHash = (hash: string) => parseHash(hash) !== null || parseLegacyHash(hash) !== null;

/** The highest cost of each kind, as it is met. */
export class Costliest {
  readonly #costs = new Map<string, number>();

  add({ kind, cost }: LegacyCost): void {
    this.#costs.set(kind, Math.max(cost, this.#costs.get(kind) ?? 0));
  }

  addHash(hash: string): void {
    const foreign = parseLegacyHash(hash);
    if (foreign !== null) this.add(foreign);
  }

  list(): LegacyCost[] {
    return KINDS.flatMap((kind) => {
      const cost = this.#costs.get(kind);
      return cost === undefined ? [] : [{ kind, cost }];
    });
  }
}
