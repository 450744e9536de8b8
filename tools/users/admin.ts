/** The commands about single users. They use the admin API, since only that has the lockout's state. */
import { parseArgs } from 'node:util';
import { normalise } from '../../src/policy/identifier.ts';
import { Refused, wrongUsage } from '../command-line.ts';
import { connect, NO_USER } from './api.ts';
import type { Api, Changed, Command, Page, User, UserState } from './api.ts';

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const OPTIONS = {
  url: text,
  json: flag,
  yes: flag,
  none: flag,
  name: text,
  username: text,
  email: text,
  status: text,
  limit: text,
  cursor: text,
  all: flag,
};

type Option = keyof typeof OPTIONS;

interface Call {
  values: ReturnType<typeof parse>['values'];
  api: Api;
  /** The path of the user in the first argument. */
  path: string;
  /** The arguments after the user. */
  rest: string[];
}

interface AdminCommand {
  usage: string;
  /** Beside --url and --json. */
  options?: readonly Option[];
  /** The number of arguments, the user first; 1 where absent. */
  takes?: number;
  /** Returns the lines to print. */
  run(call: Call): Promise<string[]>;
}

function parse(args: string[], options: readonly Option[]) {
  const known = Object.entries(OPTIONS).filter(([name]) =>
    ['url', 'json', ...options].includes(name),
  );
  return parseArgs({
    args,
    options: Object.fromEntries(known) as typeof OPTIONS,
    allowPositionals: true,
  });
}

/**
 * The user by number, e-mail address, public id or username. Digits alone are always a number: a username of
 * digits must not stand in for the number of a user who is gone.
 */
async function pathOf(api: Api, user = ''): Promise<string> {
  if (user === '')
    throw wrongUsage('Name a user by number, username, e-mail address or public id.');
  if (/^\d+$/.test(user)) return `/users/${user}`;
  if (user.includes('@')) return pathTo(await findExactly(api, 'email', user));
  const [holder, named] = await Promise.all([
    findPublicId(api, user),
    findExactly(api, 'username', user),
  ]);
  if (holder !== null && named !== null && holder.id !== named.id) {
    throw new Refused(
      `That is the public id of user ${holder.id} and the username of user ${named.id}: give the number.`,
    );
  }
  return pathTo(holder ?? named);
}

function pathTo(user: User | null): string {
  if (user === null) throw new Refused(NO_USER);
  return `/users/${user.id}`;
}

async function findPublicId(api: Api, id: string): Promise<User | null> {
  if (!/^[\w.-]{1,64}$/.test(id)) return null;
  try {
    return (await api<UserState>('GET', `/users/${encodeURIComponent(id)}`)).user;
  } catch (error) {
    if (error instanceof Refused && error.message === NO_USER) return null;
    throw error;
  }
}

/** The API finds what begins with the name; the whole one may be on a later page. */
async function findExactly(
  api: Api,
  kind: 'username' | 'email',
  text: string,
): Promise<User | null> {
  const { value } = normalise({ kind, value: text });
  const query = new URLSearchParams({ [kind]: value, limit: '100' });
  for (;;) {
    const { users, next } = await api<Page>('GET', `/users?${query.toString()}`);
    const found = users.find((user) => {
      const name = user[kind];
      return name !== null && normalise({ kind, value: name }).value === value;
    });
    if (found !== undefined || next === null) return found ?? null;
    query.set('cursor', String(next));
  }
}

/** Names must not move the terminal's cursor. */
const plain = (text: string) => text.replaceAll(/\p{C}/gu, '·');

/** In one line. JSON leaves some control characters as they are. */
const json = (value: unknown) =>
  JSON.stringify(value).replaceAll(
    /\p{Cc}/gu,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const HEADER = ['number', 'status', 'username', 'email', 'last login'].join('\t');

const row = ({ id, username, email, status, lastLoginAt }: User) =>
  [String(id), status, username ?? '–', email ?? '–', lastLoginAt ?? 'never'].map(plain).join('\t');

const named = (it: { id: string; name: string } | null) => (it ? `${it.name} (${it.id})` : '–');

function describe({ user, guard, liveSessions, signInMethods }: UserState): string[] {
  const lock = guard.stopped
    ? 'stopped: only a password reset or an unlock lifts it'
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
    `admin       ${user.isAdmin ? 'yes' : 'no'}`,
    `password    ${signInMethods.includes('password') ? 'yes' : 'no'}`,
    `2nd factor  ${user.secondFactor ? 'yes' : 'no'}`,
    `passkeys    ${user.passkeys}`,
    `created     ${user.createdAt}`,
    `last login  ${user.lastLoginAt ?? 'never'}`,
    `sessions    ${liveSessions} live`,
    `lockout     ${lock}; ${guard.failures} failures, ${guard.failuresInARow} in a row, ${guard.ticketsOut} attempts under way`,
  ].map(plain);
}

const FILTERS = ['username', 'email', 'status', 'limit', 'cursor'] as const;

async function list({ api, values }: Call): Promise<string[]> {
  const query = new URLSearchParams();
  for (const name of FILTERS) if (values[name] !== undefined) query.set(name, values[name]);
  if (values.all && values.limit === undefined) query.set('limit', '100');
  let next: number | null;
  let isFirst = true;
  do {
    const page = await api<Page>('GET', `/users?${query.toString()}`);
    ({ next } = page);
    if (next !== null) query.set('cursor', String(next));
    if (isFirst && page.users.length > 0 && !values.json) console.log(HEADER);
    if (isFirst && page.users.length === 0) console.error('There are no such users.');
    isFirst = false;
    for (const user of page.users) console.log(values.json ? json(user) : row(user));
  } while (values.all && next !== null);
  if (next !== null) console.error(`There are more: --cursor ${next}, or --all.`);
  return [];
}

function resultOf({ values }: Call, changed: Changed, done: (changed: Changed) => string) {
  if (values.json) return [json(changed)];
  const what = changed.changed ? done(changed) : 'nothing to do, it was so already';
  return [plain(`User ${changed.user.id}: ${what}.`)];
}

const ended = ({ sessionsEnded }: Changed) =>
  sessionsEnded === 1 ? '1 session ended' : `${sessionsEnded} sessions ended`;

const change = (name: string, done: (changed: Changed) => string): AdminCommand => ({
  usage: `${name} USER`,
  run: async (call) =>
    resultOf(call, await call.api<Changed>('POST', `${call.path}/${name}`), done),
});

async function setRole(call: Call): Promise<string[]> {
  const { api, path, values, rest } = call;
  const [role = null] = rest;
  if ((role === null) !== values.none) throw wrongUsage('Give either a role or --none.');
  const body = { role, ...(values.name === undefined ? {} : { name: values.name }) };
  const changed = await api<Changed>('POST', `${path}/role`, body);
  return resultOf(call, changed, ({ user }) => `role ${named(user.role)}`);
}

async function remove({ api, path, values }: Call): Promise<string[]> {
  if (!values.yes) {
    console.log(describe(await api<UserState>('GET', path)).join('\n'));
    throw wrongUsage('A deleted user cannot be restored. To delete this one, add --yes.');
  }
  await api('DELETE', path);
  return [values.json ? '{"deleted":true}' : 'The user was deleted.'];
}

const table: Record<string, AdminCommand> = {
  list: {
    usage:
      'list [--username PREFIX] [--email PREFIX] [--status active|inactive] [--limit N] [--cursor N] [--all]',
    options: [...FILTERS, 'all'],
    takes: 0,
    run: list,
  },
  show: {
    usage: 'show USER',
    run: async ({ api, path, values }) => {
      const state = await api<UserState>('GET', path);
      return values.json ? [json(state)] : describe(state);
    },
  },
  deactivate: change('deactivate', (changed) => `deactivated, ${ended(changed)}`),
  activate: change('activate', () => 'activated'),
  unlock: change('unlock', () => 'unlocked'),
  'reset-factors': change(
    'reset-factors',
    () => 'second factors, recovery codes and passkeys removed; the user was told by e-mail',
  ),
  'end-sessions': change('end-sessions', ended),
  'set-role': {
    usage: 'set-role USER ROLE|--none [--name NAME]',
    options: ['name', 'none'],
    takes: 2,
    run: setRole,
  },
  delete: { usage: 'delete USER --yes', options: ['yes'], run: remove },
};

const commandOf = ({ usage, options = [], takes = 1, run }: AdminCommand): Command => ({
  usage: `${usage} [--json] [--url URL]`,
  async run(args) {
    const { values, positionals } = parse(args, options);
    const surplus = positionals.slice(takes);
    if (surplus.length > 0) throw wrongUsage(`Unexpected argument: ${surplus.join(' ')}`);
    const api = await connect(values.url);
    const [user, ...rest] = positionals;
    const path = takes === 0 ? '' : await pathOf(api, user);
    for (const line of await run({ values, api, path, rest })) console.log(line);
  },
});

export const adminCommands: Readonly<Record<string, Command>> = Object.fromEntries(
  Object.entries(table).map(([name, command]) => [name, commandOf(command)]),
);
