/**
 * `npm run users -- list|show|deactivate|activate|unlock|end-sessions|set-role|delete`: what an
 * operator does about users, through the admin API, since the guard's state is nowhere else.
 */
import { parseArgs } from 'node:util';
import {
  connect,
  EXIT,
  misused,
  Refused,
  type Api,
  type Changed,
  type Page,
  type State,
  type User,
} from './api.ts';

/** One command of `npm run users`. `run` gets what follows its name, and answers the exit code. */
export interface Command {
  usage: string;
  run(args: string[]): Promise<number>;
}

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

/** One line. JSON leaves some control characters as they are. */
const json = (value: unknown) =>
  JSON.stringify(value).replaceAll(
    /\p{Cc}/gu,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

function print(lines: readonly string[]): void {
  console.log(lines.join('\n'));
}

const listed = ({ id, username, email, status, lastLoginAt }: User) =>
  [String(id), status, username ?? '–', email ?? '–', lastLoginAt ?? 'never'].map(plain).join('\t');

const named = (it: { id: string; name: string } | null) =>
  it ? plain(`${it.name} (${it.id})`) : '–';

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
  ].map(plain);
}

async function list(args: string[]): Promise<void> {
  const takes = ['username', 'email', 'status', 'limit', 'cursor', 'all'] as const;
  const { values, positionals } = parse(args, takes);
  none(positionals);
  const api = connect(values.url);
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
    const lines = page.users.map((user) => (values.json ? json(user) : listed(user)));
    if (lines.length > 0) print(lines);
  } while (values.all && next !== null);
  if (next !== null) console.error(`There are more: --cursor ${next}, or --all.`);
}

async function show(args: string[]): Promise<void> {
  const { values, positionals } = parse(args, []);
  const [who, ...more] = positionals;
  none(more);
  const api = connect(values.url);
  const state = await api<State>('GET', await pathOf(api, who));
  print(values.json ? [json(state)] : described(state));
}

const change = (path: string, told: (changed: Changed) => string) => async (args: string[]) => {
  const { values, positionals } = parse(args, []);
  const [who, ...more] = positionals;
  none(more);
  const api = connect(values.url);
  const changed = await api<Changed>('POST', `${await pathOf(api, who)}/${path}`);
  tell(values, changed, told);
};

function tell(values: Values, changed: Changed, told: (changed: Changed) => string): void {
  const { id } = changed.user;
  const text = changed.changed ? told(changed) : 'nothing to do, it was so already';
  print(values.json ? [json(changed)] : [`User ${id}: ${text}.`]);
}

async function setRole(args: string[]): Promise<void> {
  const { values, positionals } = parse(args, ['name', 'none']);
  const [who, role, ...more] = positionals;
  none(more);
  if ((role === undefined) !== values.none) throw misused('Give either a role or --none.');
  const api = connect(values.url);
  const { name } = values;
  const body = { role: role ?? null, ...(name === undefined ? {} : { name }) };
  const changed = await api<Changed>('POST', `${await pathOf(api, who)}/role`, body);
  tell(values, changed, ({ user }) => `role ${named(user.role)}`);
}

async function remove(args: string[]): Promise<void> {
  const { values, positionals } = parse(args, ['yes']);
  const [who, ...more] = positionals;
  none(more);
  const api = connect(values.url);
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
