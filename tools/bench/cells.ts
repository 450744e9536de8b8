/** What is measured: each kind of request, whom it goes to, and what it must be answered. */
import { LIMITED_CONTRACT, PASSWORD, USERS, WIDER_CONTRACT, type BenchUser } from './server.ts';
import type { Burst } from './load.ts';
import type { OpenSession } from './sessions.ts';

export interface Cell {
  title: string;
  to: BenchUser;
  path: string;
  method?: 'GET';
  /** `{n}` is the number of the request, modulo `every`. */
  email?: string;
  every?: number;
  /** From how many addresses; each request has its own where absent. */
  addresses?: number;
  status: number;
  /** Calls for what must have happened to the addresses before they are measured. */
  address?: 'used-up' | 'remembered';
  /** What `{token}` stands for in path and headers: of a session of each request's own, or of a few. */
  token?: { of: keyof OpenSession; own: boolean };
  headers?: Record<string, string>;
  /** How long a slice of the measurement should take. */
  seconds: number;
}

const login = (contract: string) => `/${contract}/api/v1/auth/login`;
const LOGIN = login(LIMITED_CONTRACT);
export const LOCKED_EMAIL = 'locked@bench.example';

const cellsByName = {
  right: {
    title: 'login, right',
    to: 'app',
    path: LOGIN,
    email: 'right-{n}@bench.example',
    every: USERS,
    status: 200,
    seconds: 2.4,
  },
  wrong: {
    title: 'login, wrong (unknown names)',
    to: 'app',
    path: LOGIN,
    email: 'nobody-{n}@bench.example',
    status: 401,
    seconds: 1.4,
  },
  cut: {
    title: 'login, right, hash cut to one iteration',
    to: 'cut',
    path: LOGIN,
    email: 'cut-{n}@bench.example',
    every: USERS,
    status: 200,
    seconds: 1,
  },
  locked: {
    title: 'account locked',
    to: 'app',
    path: LOGIN,
    email: LOCKED_EMAIL,
    status: 423,
    seconds: 0.5,
  },
  limited: {
    title: 'address limited, first refusal',
    to: 'app',
    path: LOGIN,
    email: LOCKED_EMAIL,
    status: 429,
    address: 'used-up',
    seconds: 0.5,
  },
  remembered: {
    title: 'address limited, remembered',
    to: 'app',
    path: LOGIN,
    email: LOCKED_EMAIL,
    status: 429,
    address: 'remembered',
    seconds: 0.7,
  },
  refresh: {
    title: 'refresh',
    to: 'cut',
    path: `/${WIDER_CONTRACT}/api/v1/auth/refresh`,
    headers: { Cookie: 'refreshToken={token}' },
    token: { of: 'refresh', own: true },
    status: 200,
    seconds: 0.4,
  },
  logout: {
    title: 'logout',
    to: 'cut',
    path: `/${WIDER_CONTRACT}/api/v1/auth/logout`,
    headers: { Authorization: 'Bearer {token}' },
    token: { of: 'access', own: true },
    status: 204,
    seconds: 0.4,
  },
  profile: {
    title: 'profile',
    to: 'cut',
    path: `/${WIDER_CONTRACT}/api/v1/profile`,
    method: 'GET',
    headers: { Authorization: 'Bearer {token}' },
    token: { of: 'access', own: false },
    status: 200,
    seconds: 0.7,
  },
  live: {
    title: 'floor: the same D1 read alone',
    to: 'calls',
    path: '/live?{token}',
    method: 'GET',
    token: { of: 'id', own: false },
    status: 200,
    seconds: 0.7,
  },
  health: {
    title: 'healthz',
    to: 'app',
    path: '/healthz',
    method: 'GET',
    status: 200,
    seconds: 0.5,
  },
  derives: {
    title: 'floor: six derives alone',
    to: 'derives',
    path: '/',
    status: 200,
    seconds: 2.4,
  },
  calls: {
    title: 'floor: the same calls alone',
    to: 'calls',
    path: '/?cut-{n}@bench.example',
    every: USERS,
    status: 200,
    seconds: 1,
  },
  hono: {
    title: 'floor: no-op Hono route',
    to: 'hono',
    path: '/refuse',
    status: 429,
    seconds: 0.7,
  },
  'no-op': { title: 'floor: no-op Worker', to: 'no-op', path: '/', status: 200, seconds: 0.7 },
} satisfies Record<string, Cell>;

export type CellName = keyof typeof cellsByName;
export const cells: Record<CellName, Cell> = cellsByName;

/**
 * The same without a hash from few addresses: beside the app, a local workerd holds every guard that
 * was called within ten seconds, each with a database of its own, and their coming and going would
 * hide what the isolate keeps.
 */
export const enduring: Cell = {
  ...cells.cut,
  path: login(WIDER_CONTRACT),
  addresses: 2 * USERS,
};

/** In the order of a round's way there; neighbours are compared with each other. */
export const cellNames: readonly CellName[] = [
  'right',
  'derives',
  'wrong',
  'cut',
  'calls',
  'locked',
  'limited',
  'remembered',
  'hono',
  'no-op',
  'refresh',
  'logout',
  'profile',
  'live',
  'health',
];

interface Wanted {
  first: number;
  amount: number;
  callers: number;
  tokens?: string[];
}

const A_FEW = 16;

/** How many sessions a burst needs to be open before it. */
export const sessionsFor = ({ token }: Cell, amount: number): number =>
  token === undefined ? 0 : token.own ? amount : A_FEW;

/** The bursts that come before, unmeasured, and the one that is measured. */
export function burstsOf(cell: Cell, origin: string, wanted: Wanted): [Burst[], Burst] {
  const common = {
    url: origin + cell.path,
    method: cell.method ?? ('POST' as const),
    headers: {
      'Content-Type': 'application/json',
      'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64)',
      ...cell.headers,
    },
    body: cell.method === 'GET' || cell.token ? '' : bodyOf(cell.email ?? LOCKED_EMAIL),
    every: cell.every ?? Number.MAX_SAFE_INTEGER,
    addresses: cell.addresses ?? Number.MAX_SAFE_INTEGER,
    status: cell.status,
  };
  const measured: Burst = { ...common, ...wanted };
  if (cell.address === 'used-up') {
    // A wider limit admits one attempt of each address and so uses up the narrow one, whose
    // refusal nobody has seen yet. The account is locked, so no hash is wasted on it.
    const path = login(WIDER_CONTRACT);
    return [[{ ...measured, url: origin + path, callers: 16, status: 429 }], measured];
  }
  if (cell.address === 'remembered') {
    const headers = {
      ...common.headers,
      'CF-Connecting-IP': `172.16.${(wanted.first % 65_536) >> 8}.${wanted.first & 255}`,
    };
    const one = { ...measured, headers, amount: 1, callers: 1 };
    return [[{ ...one, status: 423 }, one], { ...measured, headers }];
  }
  return [[], measured];
}

/** Five wrong guesses at a name that nobody has. */
export function lockingBurst(origin: string, first: number): Burst {
  const { to: _to, ...wrong } = cells.wrong;
  const [, burst] = burstsOf({ ...wrong, to: 'app', email: LOCKED_EMAIL }, origin, {
    first,
    amount: 5,
    callers: 1,
  });
  return burst;
}

const bodyOf = (email: string) => JSON.stringify({ email, password: PASSWORD });
