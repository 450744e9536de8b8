/**
 * `npm run users -- list|show|deactivate|activate|unlock|end-sessions|set-role|delete`: what an
 * operator does about users, through the admin API, since the guard's state is nowhere else. The
 * token of a deployment comes from the environment: an argument would stay in the shell's history,
 * and every process of the machine can read it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../install.mjs';
import { localPort, readSecret } from '../local.ts';

/** One command of `npm run users`. `run` gets what follows its name, and answers the exit code. */
export interface Command {
  usage: string;
  run(args: string[]): Promise<number>;
}

export const EXIT = { done: 0, refused: 1, usage: 2 } as const;

const TOKEN = 'GATEHOUSE_OPERATOR_TOKEN';

/** Told as it is, without a trace: the person can do something about it. */
class Refused extends Error {
  readonly exit: number;
  constructor(message: string, exit: number = EXIT.refused) {
    super(message);
    this.exit = exit;
  }
}

const misused = (message: string) => new Refused(message, EXIT.usage);

const OPTIONS = {
  url: { type: 'string' },
  json: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  none: { type: 'boolean', default: false },
  name: { type: 'string' },
  username: { type: 'string' },
  email: { type: 'string' },
  status: { type: 'string' },
  limit: { type: 'string' },
  cursor: { type: 'string' },
  all: { type: 'boolean', default: false },
} as const;

type Option = keyof typeof OPTIONS;
type Values = ReturnType<typeof parse>['values'];

/** `takes` beside --url and --json, which all do. */
function parse(args: string[], takes: readonly Option[]) {
  const options = Object.fromEntries(
    Object.entries(OPTIONS).filter(([name]) => ['url', 'json', ...takes].includes(name)),
  ) as typeof OPTIONS;
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw misused((error as Error).message);
  }
}

interface User {
  id: number;
  publicId: string;
  username: string | null;
  email: string | null;
  emailVerified: boolean;
  name: string | null;
  role: { id: string; name: string } | null;
  team: { id: string; name: string } | null;
  status: string;
  createdAt: string;
  lastLoginAt: string | null;
}

interface State {
  user: User;
  guard: {
    failures: number;
    failuresInARow: number;
    lockedUntil: string | null;
    stopped: boolean;
    ticketsOut: number;
  };
  liveSessions: number;
}

interface Page {
  users: User[];
  next: number | null;
}

interface Changed {
  user: User;
  changed: boolean;
  sessionsEnded: number;
}

type Api = <T>(method: string, path: string, body?: unknown) => Promise<T>;

function connect({ url }: Values): Api {
  const base = new URL(parsed(url ?? `http://localhost:${localPort()}`));
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(base.hostname);
  if (base.protocol !== 'https:' && !local) {
    throw misused('--url is not https: the token would cross the wire as it is.');
  }
  const token = tokenFor(local);
  return async (method, path, body) => {
    let response: Response;
    try {
      response = await fetch(new URL(`/admin${path}`, base), {
        method,
        // A redirect could lead the token elsewhere.
        redirect: 'error',
        signal: AbortSignal.timeout(30_000),
        headers: {
          Authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch {
      const hint = url === undefined ? ' Is `npm start` running?' : '';
      throw new Refused(`${base.origin} cannot be reached.${hint}`);
    }
    if (response.status === 204) return null as never;
    const answer = (await response.json().catch(() => null)) as Told | null;
    if (!response.ok) throw new Refused(explained(response, answer));
    return answer as never;
  };
}

function parsed(url: string): string {
  if (!URL.canParse(url) || !/^https?:/.test(url)) throw misused(`--url ${url} is not a URL.`);
  return url;
}

/** The local token never goes to another machine. */
function tokenFor(local: boolean): string {
  const given = process.env[TOKEN];
  if (given !== undefined && given !== '') return given;
  if (!local) throw misused(`Put the deployment's OPERATOR_TOKEN into ${TOKEN}.`);
  const kept = existsSync(join(root, '.dev.vars')) ? readSecret('OPERATOR_TOKEN') : '';
  if (kept === '')
    throw misused('There is no OPERATOR_TOKEN in .dev.vars yet: `npm start` makes it.');
  return kept;
}

interface Told {
  error?: unknown;
  details?: Record<string, string[]>;
}

function explained({ status, headers }: Response, told: Told | null): string {
  const details = Object.entries(told?.details ?? {}).map(
    ([field, flaws]) => `${field} ${flaws.join(', ')}`,
  );
  switch (status) {
    case 400:
      return `Refused: ${details.join('; ') || String(told?.error)}.`;
    case 401:
      return 'The token is not the right one.';
    case 404:
      // The door's own refusals have this shape; without OPERATOR_TOKEN there is no door.
      return told?.error === 'not_found'
        ? 'There is no such user.'
        : 'There is no operator’s door: is OPERATOR_TOKEN set there?';
    case 409:
      return 'The user changed meanwhile; nothing was done. Try again.';
    case 429:
      return `Too many requests; come back in ${headers.get('Retry-After') ?? 'some'} seconds.`;
    default:
      return `The answer was ${status}; its log has ${headers.get('X-Request-Id') ?? 'no trace'}.`;
  }
}

/** A number, a public id, or an address, which has to be somebody's in full. */
async function pathOf(api: Api, given: string | undefined): Promise<string> {
  if (given === undefined || given === '')
    throw misused('Whom? Give a number, a public id or an address.');
  if (!given.includes('@')) return `/users/${encodeURIComponent(given)}`;
  const { users } = await api<Page>('GET', `/users?limit=1&email=${encodeURIComponent(given)}`);
  const [user] = users;
  const wanted = given.normalize('NFC').toLowerCase();
  if (user === undefined || user.email !== wanted) throw new Refused('There is no such user.');
  return `/users/${user.id}`;
}

/** What users call themselves must not move the terminal's cursor. */
const plain = (text: string) => text.replaceAll(/\p{C}/gu, '·');

function print(lines: readonly string[]): void {
  console.log(lines.map(plain).join('\n'));
}

const listed = ({ id, username, email, status, lastLoginAt }: User) =>
  [id, status, username ?? '–', email ?? '–', lastLoginAt ?? 'never'].join('\t');

const named = (it: { id: string; name: string } | null) => (it ? `${it.name} (${it.id})` : '–');

function described({ user, guard, liveSessions }: State): string[] {
  const lock = guard.stopped
    ? 'stopped: only a reset or an unlock opens it'
    : guard.lockedUntil === null
      ? 'not locked'
      : `locked until ${guard.lockedUntil}`;
  return [
    `user        ${user.id}, ${user.publicId}`,
    `username    ${user.username ?? '–'}`,
    `email       ${user.email ?? '–'}${user.emailVerified ? '' : ' (not verified)'}`,
    `name        ${user.name ?? '–'}`,
    `role, team  ${named(user.role)}, ${named(user.team)}`,
    `status      ${user.status}`,
    `created     ${user.createdAt}`,
    `last login  ${user.lastLoginAt ?? 'never'}`,
    `sessions    ${liveSessions} live`,
    `guard       ${lock}; ${guard.failures} failures, ${guard.failuresInARow} in a row, ${guard.ticketsOut} attempts under way`,
  ];
}

async function list(args: string[]): Promise<void> {
  const takes = ['username', 'email', 'status', 'limit', 'cursor', 'all'] as const;
  const { values, positionals } = parse(args, takes);
  none(positionals);
  const api = connect(values);
  const query = new URLSearchParams();
  for (const name of ['username', 'email', 'status', 'limit', 'cursor'] as const) {
    const value = values[name];
    if (value !== undefined) query.set(name, value);
  }
  if (values.all && values.limit === undefined) query.set('limit', '100');
  let next: number | null;
  do {
    const page = await api<Page>('GET', `/users?${query.toString()}`);
    ({ next } = page);
    if (next !== null) query.set('cursor', String(next));
    const lines = page.users.map((user) => (values.json ? JSON.stringify(user) : listed(user)));
    if (lines.length > 0) print(lines);
  } while (values.all && next !== null);
  if (next !== null) console.error(`There are more: --cursor ${next}, or --all.`);
}

async function show(args: string[]): Promise<void> {
  const { values, positionals } = parse(args, []);
  const [who, ...more] = positionals;
  none(more);
  const api = connect(values);
  const state = await api<State>('GET', await pathOf(api, who));
  print(values.json ? [JSON.stringify(state)] : described(state));
}

const change = (path: string, told: (changed: Changed) => string) => async (args: string[]) => {
  const { values, positionals } = parse(args, []);
  const [who, ...more] = positionals;
  none(more);
  const api = connect(values);
  const changed = await api<Changed>('POST', `${await pathOf(api, who)}/${path}`);
  tell(values, changed, told);
};

function tell(values: Values, changed: Changed, told: (changed: Changed) => string): void {
  const { id } = changed.user;
  const text = changed.changed ? told(changed) : 'nothing to do, it was so already';
  print(values.json ? [JSON.stringify(changed)] : [`User ${id}: ${text}.`]);
}

async function setRole(args: string[]): Promise<void> {
  const { values, positionals } = parse(args, ['name', 'none']);
  const [who, role, ...more] = positionals;
  none(more);
  if ((role === undefined) !== values.none) throw misused('Give either a role or --none.');
  const api = connect(values);
  const { name } = values;
  const body = { role: role ?? null, ...(name === undefined ? {} : { name }) };
  const changed = await api<Changed>('POST', `${await pathOf(api, who)}/role`, body);
  tell(values, changed, ({ user }) => `role ${named(user.role)}`);
}

async function remove(args: string[]): Promise<void> {
  const { values, positionals } = parse(args, ['yes']);
  const [who, ...more] = positionals;
  none(more);
  const api = connect(values);
  const path = await pathOf(api, who);
  if (!values.yes) {
    const state = await api<State>('GET', path);
    print(described(state));
    throw misused('Nothing brings a deleted user back. If this is the one: --yes.');
  }
  await api('DELETE', path);
  print(values.json ? ['{"deleted":true}'] : [`User ${who}: deleted.`]);
}

function none(more: readonly string[]): void {
  if (more.length > 0) throw misused(`What is ${more.join(' ')}?`);
}

const ended = ({ sessionsEnded }: Changed) =>
  sessionsEnded === 1 ? '1 session ended' : `${sessionsEnded} sessions ended`;

const command = (usage: string, work: (args: string[]) => Promise<void>): Command => ({
  usage,
  async run(args) {
    try {
      await work(args);
      return EXIT.done;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      console.error(error.message);
      if (error.exit === EXIT.usage) console.error(`Usage: npm run users -- ${usage}`);
      return error.exit;
    }
  },
});

/** By name. WHO is a number, a public id or an address. */
export const adminCommands: Readonly<Record<string, Command>> = {
  list: command(
    'list [--username BEGINNING] [--email BEGINNING] [--status active|inactive] [--limit N] [--cursor N] [--all] [--json] [--url URL]',
    list,
  ),
  show: command('show WHO [--json] [--url URL]', show),
  deactivate: command(
    'deactivate WHO [--json] [--url URL]',
    change('deactivate', (changed) => `deactivated, ${ended(changed)}`),
  ),
  activate: command(
    'activate WHO [--json] [--url URL]',
    change('activate', () => 'activated'),
  ),
  unlock: command(
    'unlock WHO [--json] [--url URL]',
    change('unlock', () => 'unlocked'),
  ),
  'end-sessions': command('end-sessions WHO [--json] [--url URL]', change('end-sessions', ended)),
  'set-role': command('set-role WHO ROLE|--none [--name NAME] [--json] [--url URL]', setRole),
  delete: command('delete WHO --yes [--json] [--url URL]', remove),
};
