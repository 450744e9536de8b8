/**
 * The admin API from a shell. The token of a deployment comes from the environment: an argument
 * would stay in the shell's history, and every process of the machine can read it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../install.mjs';
import { localPort, readSecret } from '../local.ts';

export const EXIT = { done: 0, refused: 1, usage: 2 } as const;

const TOKEN = 'GATEHOUSE_OPERATOR_TOKEN';

/** Told as it is, without a trace: the person can do something about it. */
export class Refused extends Error {
  readonly exit: number;
  constructor(message: string, exit: number = EXIT.refused) {
    super(message);
    this.exit = exit;
  }
}

export const misused = (message: string) => new Refused(message, EXIT.usage);

export interface User {
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

export interface State {
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

export interface Page {
  users: User[];
  next: number | null;
}

export interface Changed {
  user: User;
  changed: boolean;
  sessionsEnded: number;
}

/** Answers the body; throws a `Refused` that says what to do where there is none to answer. */
export type Api = <T>(method: string, path: string, body?: unknown) => Promise<T>;

/** `url`: undefined is the local instance. */
export function connect(url: string | undefined): Api {
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
