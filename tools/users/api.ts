/**
 * A client of the admin API. The token of a deployment comes from the environment: an argument
 * would stay in the shell's history, and every process of the machine can read it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { User as StoredUser } from '../../src/flows/model/user.ts';
import { Refused, wrongUsage } from '../command-line.ts';
import { root } from '../install.mjs';
import { readSecret } from '../local-secrets.ts';

/** A command of `npm run users`; `args` is what follows its name. */
export interface Command {
  usage: string;
  run(args: string[]): Promise<void>;
}

type Shown =
  | 'id'
  | 'publicId'
  | 'username'
  | 'email'
  | 'emailVerified'
  | 'name'
  | 'role'
  | 'team'
  | 'isAdmin'
  | 'status';

/** A user as the admin API shows it. */
export interface User extends Pick<StoredUser, Shown> {
  secondFactor: boolean;
  passkeys: number;
  createdAt: string;
  lastLoginAt: string | null;
}

export interface UserState {
  user: User;
  guard: {
    failures: number;
    failuresInARow: number;
    lockedUntil: string | null;
    stopped: boolean;
    ticketsOut: number;
  };
  liveSessions: number;
  signInMethods: readonly ('password' | 'passkey')[];
}

export interface Page {
  users: User[];
  next: number | null;
}

export interface Changed {
  user: User;
  changed: boolean;
  sessionsEnded: number;
}

/** Returns the body; throws `Refused` where there is none. */
export type Api = <T>(method: string, path: string, body?: unknown) => Promise<T>;

export const NO_USER = 'There is no such user.';

const TOKEN = 'GATEHOUSE_OPERATOR_TOKEN';

/** `address`: the local instance where undefined. */
export async function connect(address?: string): Promise<Api> {
  const url = address ?? `http://localhost:${(await import('../local.ts')).localPort()}`;
  if (!URL.canParse(url) || !/^https?:/.test(url)) throw wrongUsage(`--url ${url} is not a URL.`);
  const base = new URL(url);
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(base.hostname);
  if (base.protocol !== 'https:' && !isLocal) {
    throw wrongUsage('--url is not https: the token would be sent in the clear.');
  }
  const token = tokenFor(isLocal);
  return async (method, path, body) => {
    const response = await fetch(new URL(`/admin${path}`, base), {
      method,
      // A redirect could send the token elsewhere.
      redirect: 'error',
      signal: AbortSignal.timeout(30_000),
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      const hint = isLocal ? ' Is `npm start` running?' : '';
      throw new Refused(`${base.origin} cannot be reached (${causeOf(error)}).${hint}`);
    });
    if (response.status === 204) return null as never;
    const answer = (await response.json().catch(() => null)) as Refusal | null;
    if (answer?.error === 'malformed') throw wrongUsage(messageOf(response, answer));
    if (!response.ok) throw new Refused(messageOf(response, answer));
    if (answer === null) throw new Refused(`The answer is not the API’s: ${FRONT}`);
    return answer as never;
  };
}

/** fetch puts the reason behind its own error: ENOTFOUND, an expired certificate, an unexpected redirect. */
function causeOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: { code?: string; message: string } };
  return cause?.code ?? cause?.message ?? message;
}

const FRONT = 'something in front of it answers. Is --url right?';

/** The local token is never sent to another machine. */
function tokenFor(isLocal: boolean): string {
  const token = process.env[TOKEN]?.trim() ?? '';
  if (token !== '') return token;
  if (!isLocal) throw wrongUsage(`Put the deployment's OPERATOR_TOKEN into ${TOKEN}.`);
  const local = existsSync(join(root, '.dev.vars')) ? readSecret('OPERATOR_TOKEN') : '';
  if (local.startsWith('[')) return tokenOf(local);
  if (local !== '') return local;
  throw wrongUsage('.dev.vars has no OPERATOR_TOKEN yet: `npm start` makes it.');
}

/** The first token of a list that may change users. */
function tokenOf(list: string): string {
  let tokens: { token: string; scope: string }[] = [];
  try {
    tokens = JSON.parse(list) as typeof tokens;
  } catch {
    // The error would show a part of it.
  }
  const found = tokens.find(({ scope }) => scope === 'write');
  if (found === undefined)
    throw wrongUsage(`OPERATOR_TOKEN has no token that writes: put one into ${TOKEN}.`);
  return found.token;
}

interface Refusal {
  error?: unknown;
  details?: Record<string, string[]>;
}

function messageOf({ status, headers }: Response, refusal: Refusal | null): string {
  const details = Object.entries(refusal?.details ?? {}).map(
    ([field, violations]) => `${field} ${violations.join(', ')}`,
  );
  switch (status) {
    case 400:
      return `Refused: ${details.join('; ') || String(refusal?.error)}.`;
    case 401:
      return 'The token is not the right one.';
    case 403:
      return refusal?.error === 'insufficient_scope'
        ? 'The token may read, and change nothing.'
        : `Refused: ${refusal?.error ?? FRONT}`;
    case 404:
      // Without OPERATOR_TOKEN there is no admin API, and its own refusals have this shape.
      return refusal?.error === 'not_found'
        ? NO_USER
        : 'There is no admin API: is OPERATOR_TOKEN set there?';
    case 409:
      return refusal?.error === 'own_account'
        ? 'Operators cannot do this to their own account.'
        : 'The user changed meanwhile; nothing was done. Try again.';
    case 429:
      return `Too many requests; try again in ${headers.get('Retry-After') ?? 'some'} seconds.`;
    default:
      return `The answer was ${status}; look for ${headers.get('X-Request-Id') ?? 'it'} in the log.`;
  }
}
