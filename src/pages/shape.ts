/**
 * Asks a contract what its wire looks like, so that a page needs no word about any contract: its
 * functions are given values that cannot be mistaken, and these are looked for in what they make.
 */
import * as z from 'zod/mini';
import { refusalWire, type Contract, type SessionView, type Wire } from '../contracts/contract.ts';
import type { Granted, Refusal } from '../flows/model/outcome.ts';
import type { User } from '../flows/model/user.ts';
import { textsIn } from './reason.ts';
import type { LoginFields, Mark, Reason, SessionFields, Shape, TokenWays, Way } from './sheet.ts';

/** A second that no default falls on. */
const AT_MS = Date.UTC(2001, 1, 3, 4, 5, 6);
const ACCESS = 'probe.access';
const REFRESH = 'probe.refresh';

const user: User = {
  id: 7_700_001,
  publicId: 'probe-public-id',
  username: 'probe-username',
  email: 'probe@probe.example',
  emailVerified: true,
  name: 'Probe Name',
  phone: null,
  avatar: null,
  language: 'en',
  isAdmin: false,
  role: null,
  team: null,
  status: 'active',
  createdAtMs: 0,
  lastLoginAtMs: 0,
};

const granted: Granted = {
  user,
  issuedAtMs: 0,
  access: { token: ACCESS, expiresAtMs: 1000 },
  refresh: { token: REFRESH, expiresAtMs: 1000 },
};

const session: SessionView = {
  id: 'probe-session',
  contract: 'probe-contract',
  startedAtMs: 0,
  lastUsedAtMs: AT_MS,
  address: 'probe-address',
  userAgent: null,
  device: 'probe-device',
  current: true,
};

const known = new WeakMap<Contract, Shape>();

export function shapeOf(contract: Contract): Shape {
  const before = known.get(contract);
  if (before !== undefined) return before;
  const shape = askShape(contract);
  known.set(contract, shape);
  return shape;
}

function askShape(contract: Contract): Shape {
  const { refresh } = contract;
  const profile = contract.profile(user).body;
  return {
    login: loginFields(contract),
    refresh:
      refresh?.in === 'body'
        ? { in: 'body', field: needed(contract, 'refresh field', fieldsOf(refresh.schema)[0]) }
        : refresh === null
          ? null
          : { in: 'cookie' },
    granted: tokenWays(contract, contract.grant(granted)),
    refreshed: refresh === null ? null : tokenWays(contract, contract.refreshed(granted)),
    profile: {
      name: wayTo(profile, (value) => value === user.name),
      username: wayTo(profile, (value) => value === user.username),
      email: wayTo(profile, (value) => value === user.email),
    },
    sessions: sessionsShape(contract),
    marks: marksOf(contract),
  };
}

/** The names that a login's body has, and which of them means what. */
function loginFields(contract: Contract): LoginFields {
  const names = fieldsOf(contract.login);
  const body: Record<string, unknown> = Object.fromEntries(
    names.map((name) => [name, `${name}.probe@probe.example`]),
  );
  const attempt = contract.login.safeParse(body);
  // What takes no text is a switch.
  const switches = new Set(attempt.error?.issues.map(({ path }) => String(path[0])));
  for (const name of switches) body[name] = true;
  const { identifier, password, remember } = attempt.data ?? contract.login.parse(body);
  const named = (wanted: unknown) => names.find((name) => body[name] === wanted);
  return {
    identifier: needed(contract, 'identifier', named(identifier.value)),
    kind: identifier.kind,
    password: needed(contract, 'password', named(password)),
    remember: remember ? (named(true) ?? null) : null,
  };
}

function fieldsOf(schema: z.core.$ZodType): string[] {
  if (schema instanceof z.ZodMiniPipe) return fieldsOf(schema._zod.def.in);
  return schema instanceof z.ZodMiniObject ? Object.keys(schema._zod.def.shape) : [];
}

function tokenWays(contract: Contract, { body }: Wire): TokenWays {
  return {
    access: needed(
      contract,
      'access token',
      wayTo(body, (value) => value === ACCESS),
    ),
    refresh: wayTo(body, (value) => value === REFRESH),
  };
}

function sessionsShape(contract: Contract): Shape['sessions'] {
  const { body } = contract.sessions([session]);
  const list = needed(contract, 'session list', wayTo(body, Array.isArray));
  const shown = (at(body, list) as unknown[])[0];
  const field = (name: string, is: (value: unknown) => boolean) =>
    needed(contract, `session's ${name}`, wayTo(shown, is)?.[0]);
  const fields: SessionFields = {
    id: field('id', (value) => value === session.id),
    device: field('device', (value) => value === session.device),
    address: field('address', (value) => value === session.address),
    lastUsed: field('last use', (value) => isTime(value)),
    current: field('mark', (value) => value === true),
  };
  return { list, fields };
}

const isTime = (value: unknown): boolean =>
  (typeof value === 'string' || typeof value === 'number') && new Date(value).getTime() === AT_MS;

/** The first value that fits, outermost first. */
function wayTo(body: unknown, fits: (value: unknown) => boolean): Way | null {
  if (typeof body !== 'object' || body === null) return null;
  const entries = Object.entries(body);
  const here = entries.find(([, value]) => fits(value));
  if (here !== undefined) return [here[0]];
  for (const [name, value] of entries) {
    const rest = wayTo(value, fits);
    if (rest !== null) return [name, ...rest];
  }
  return null;
}

const at = (body: unknown, way: Way): unknown =>
  way.reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], body);

const limit = { attempts: 1, windowSeconds: 60 };

/** Each as it may be at one time, and at another. Of those that look alike, the first is meant. */
const samples = (ms: number): Extract<Refusal, { reason: Reason }>[] => [
  { reason: 'invalid', because: 'wrong-password' },
  { reason: 'unauthenticated', presented: true },
  // A field that is missing may have a code of its own.
  { reason: 'malformed', issues: [{ field: `field-${ms}`, message: `${ms}`, missing: false }] },
  { reason: 'malformed', issues: [{ field: `field-${ms}`, message: `${ms}`, missing: true }] },
  { reason: 'limited', limit, retryAtMs: ms },
  { reason: 'locked', untilMs: ms, untilReset: false },
  { reason: 'locked', untilMs: ms, untilReset: true },
  { reason: 'busy' },
  { reason: 'inactive' },
  { reason: 'unverified' },
  { reason: 'insecure' },
  { reason: 'cross-site' },
  { reason: 'not-found' },
  { reason: 'taken' },
  { reason: 'invalid-code' },
  { reason: 'invalid-link' },
  { reason: 'internal' },
];

const reasonIn = (refusal: ReturnType<typeof samples>[number]): Reason =>
  refusal.reason === 'locked' && refusal.untilReset ? 'locked-until-reset' : refusal.reason;

function marksOf(contract: Contract): Mark[] {
  const [once, again] = [AT_MS, AT_MS + 86_400_000].map((ms) =>
    samples(ms).map((sample) => ({
      reason: reasonIn(sample),
      wire: refusalWire(contract, sample, { nowMs: 0, traceId: `trace ${ms}`, operation: 'login' }),
    })),
  ) as [Told[], Told[]];
  return once
    .map(({ reason, wire: { status, body } }, index) => {
      const others = new Set(textsIn(again[index]?.wire.body));
      const texts = textsIn(body).filter((text) => others.has(text));
      return { reason, status, texts: texts.toSorted((a, b) => words(a) - words(b)) };
    })
    .filter(({ reason }) => reason !== 'unverified' || contract.requiresVerifiedEmail);
}

interface Told {
  reason: Reason;
  wire: Wire;
}

/** A code is one word, what people are to read has more. */
const words = (text: string) => text.split(' ').length;

function needed<T>({ name }: Contract, what: string, found: T | null | undefined): T {
  if (found === null || found === undefined) throw new Error(`pages: ${name} shows no ${what}`);
  return found;
}
