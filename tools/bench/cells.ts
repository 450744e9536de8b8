/** The cells of the bench's table: each kind of request, the Worker it goes to, and its answer. */
import type { Burst } from './load.ts';
import type { OpenSession } from './sessions.ts';
import type { WaitingLogin } from './steps.ts';
import { LIMITED_CONTRACT, PASSWORD, USERS, WIDER_CONTRACT, type WorkerName } from './workers.ts';

export interface Cell<Name extends string = string> {
  title: string;
  to: Name;
  path: string;
  method?: 'GET';
  /** `{n}` is the number of the request, modulo `every`. */
  email?: string;
  password?: string;
  every?: number;
  /** The number of client addresses; each request has its own where absent. */
  addresses?: number;
  status: number;
  /** The state into which the addresses are brought before they are measured. */
  address?: 'used-up' | 'remembered';
  /** `{token}` in path, headers and body: of a session for each request (`own`), or of a few. */
  token?:
    | { of: keyof OpenSession; own: boolean }
    | { of: keyof WaitingLogin | 'assertion'; own: true };
  /** Of a request with a token; empty where absent. */
  body?: string;
  headers?: Record<string, string>;
  /** Dominated by a password hash: a few requests warm it up. */
  hashes?: true;
  /** The duration of one measurement. */
  seconds: number;
  /** Measured with one caller only. */
  alone?: true;
}

const login = (contract: string) => `/${contract}/api/v1/auth/login`;
const LOGIN = { to: 'app', path: login(LIMITED_CONTRACT) } as const;
export const LOCKED_EMAIL = 'locked@bench.example';
const LOCKED = { ...LOGIN, email: LOCKED_EMAIL };
const WIDER = `/${WIDER_CONTRACT}/api/v1`;
const BEARER = { Authorization: 'Bearer {token}' };

/** In the order of a round; neighbours are compared with each other. */
const table = {
  right: {
    ...LOGIN,
    title: 'login, right',
    email: 'right-{n}@bench.example',
    every: USERS,
    status: 200,
    hashes: true,
    seconds: 2.4,
  },
  derives: {
    title: 'baseline: six derives alone',
    to: 'derives',
    path: '/',
    status: 200,
    hashes: true,
    seconds: 2.4,
  },
  wrong: {
    ...LOGIN,
    title: 'login, wrong (unknown names)',
    email: 'unknown-{n}@bench.example',
    status: 401,
    hashes: true,
    seconds: 1.4,
  },
  cut: {
    ...LOGIN,
    to: 'cut',
    title: 'login, right, hash cut to one iteration',
    email: 'cut-{n}@bench.example',
    every: USERS,
    status: 200,
    seconds: 1,
  },
  calls: {
    title: 'baseline: the same calls alone',
    to: 'calls',
    path: '/?cut-{n}@bench.example',
    every: USERS,
    status: 200,
    seconds: 1,
  },
  passkey: {
    title: 'sign-in with a passkey',
    to: 'cut',
    path: `/${LIMITED_CONTRACT}/api/v1/auth/passkeys/login`,
    token: { of: 'assertion', own: true },
    body: '{token}',
    status: 200,
    seconds: 1,
  },
  owed: {
    title: 'login, right, second factor owed, hash cut',
    to: 'cut',
    path: login(LIMITED_CONTRACT),
    token: { of: 'login', own: true },
    body: '{token}',
    status: 403,
    seconds: 0.5,
  },
  code: {
    title: 'second factor, right code',
    to: 'cut',
    path: `${login(LIMITED_CONTRACT)}/second-factor`,
    token: { of: 'proof', own: true },
    body: '{token}',
    status: 200,
    seconds: 0.5,
  },
  locked: { ...LOCKED, title: 'account locked', status: 423, seconds: 0.5 },
  limited: {
    ...LOCKED,
    title: 'address limited, first refusal',
    status: 429,
    address: 'used-up',
    seconds: 0.5,
  },
  remembered: {
    ...LOCKED,
    title: 'address limited, remembered',
    status: 429,
    address: 'remembered',
    seconds: 0.7,
  },
  hono: {
    title: 'baseline: no-op Hono route',
    to: 'hono',
    path: '/refuse',
    status: 429,
    seconds: 0.7,
  },
  'no-op': { title: 'baseline: no-op Worker', to: 'no-op', path: '/', status: 200, seconds: 0.7 },
  refresh: {
    title: 'refresh',
    to: 'cut',
    path: `${WIDER}/auth/refresh`,
    headers: { Cookie: 'refreshToken={token}' },
    token: { of: 'refresh', own: true },
    status: 200,
    seconds: 0.4,
  },
  logout: {
    title: 'logout',
    to: 'cut',
    path: `${WIDER}/auth/logout`,
    headers: BEARER,
    token: { of: 'access', own: true },
    status: 204,
    seconds: 0.4,
  },
  profile: {
    title: 'profile',
    to: 'cut',
    path: `${WIDER}/profile`,
    method: 'GET',
    headers: BEARER,
    token: { of: 'access', own: false },
    status: 200,
    seconds: 0.7,
  },
  live: {
    title: 'baseline: the same D1 read alone',
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
} satisfies Record<string, Cell<WorkerName>>;

export type CellName = keyof typeof table;
export const cells: Record<CellName, Cell<WorkerName>> = table;
export const cellNames = Object.keys(table) as CellName[];

/**
 * A login without a hash from few addresses, for endurance: a local workerd keeps every Durable
 * Object that was called within ten seconds, and those would hide what the isolate keeps.
 */
export const enduring: Cell = { ...cells.cut, path: login(WIDER_CONTRACT), addresses: 2 * USERS };

type Wanted = Pick<Burst, 'first' | 'amount' | 'callers' | 'tokens'>;

/** The bursts of a cell: those sent before, unmeasured, and the measured one. */
export function burstsOf(cell: Cell, origin: string, wanted: Wanted): [Burst[], Burst] {
  const { email = LOCKED_EMAIL, password = PASSWORD } = cell;
  const burst: Burst = {
    url: origin + cell.path,
    method: cell.method ?? 'POST',
    headers: {
      'Content-Type': 'application/json',
      'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64)',
      ...cell.headers,
    },
    body:
      cell.method === 'GET' || cell.token ? (cell.body ?? '') : JSON.stringify({ email, password }),
    every: cell.every ?? Number.MAX_SAFE_INTEGER,
    addresses: cell.addresses ?? Number.MAX_SAFE_INTEGER,
    status: cell.status,
    ...wanted,
  };
  if (cell.address === 'used-up') {
    // The wider contract admits one attempt of each address, which uses up the narrow limit without
    // a refusal. The account is locked, so no hash is computed.
    const callers = Math.min(16, wanted.amount);
    return [[{ ...burst, url: origin + login(WIDER_CONTRACT), callers }], burst];
  }
  if (cell.address !== 'remembered') return [[], burst];
  const { first } = wanted;
  const address = `172.16.${(first % 65_536) >> 8}.${first & 255}`;
  const from = { ...burst, headers: { ...burst.headers, 'CF-Connecting-IP': address } };
  const one = { ...from, amount: 1, callers: 1 };
  return [[{ ...one, status: 423 }, one], from];
}

/** Five wrong passwords for an unknown name, which lock it. */
export const lockingBurst = (origin: string, first: number): Burst =>
  burstsOf({ ...cells.wrong, email: LOCKED_EMAIL }, origin, { first, amount: 5, callers: 1 })[1];
