/// <reference types="vite/types/importMeta.d.ts" />
/** The whole app on real bindings, its test users, and the table of contracts that tests run over. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { createApp } from '../../src/app.ts';
import type { EncodedRequest } from '../../src/contracts/routes.ts';
import { createPasswords } from '../../src/crypto/passwords/hash.ts';
import { interceptBindings, type BindingInterceptor } from '../fixtures/intercept-bindings.ts';
import { flawsOfHeaders } from '../fixtures/protective-headers.ts';
import { insertRows, userRow } from '../fixtures/rows.ts';
import { knownContracts } from './contract-cases.ts';
import { flawsOfAnswer, isPublished, type Exchange } from './published.ts';

export { contractCase, contractCases, oneOfEachKind } from './contract-cases.ts';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

export interface Sending {
  address?: string;
  headers?: Record<string, string>;
  origin?: string;
  method?: string;
}

/** A request of a contract's client, with the contract's prefix. */
export interface Outgoing extends Omit<EncodedRequest, 'body'> {
  body: string | Uint8Array | ReadableStream | null;
}

export interface TestApp {
  /** Sends a request as a contract's client writes it (session.ts). */
  send(request: Outgoing, sending?: Sending): Promise<Answer>;
  /** Posts JSON; resolves when the work after the response is done, too. */
  post(path: string, body: unknown, sending?: Sending): Promise<Answer>;
  fetch(path: string, init?: RequestInit & { origin?: string }): Promise<Answer>;
}

/** Metrics go nowhere: each request would end with a call that few tests are about (scrape.ts). */
const unmeasured = {
  METRICS_AGGREGATOR: { getByName: () => ({ add: async () => {}, read: async () => new Map() }) },
};

/** The settings of a deployment, which does not start with the placeholder and few iterations of the tests. */
export const deployed = {
  ISSUER: 'https://login.example.com',
  LOCAL_DEVELOPMENT: 'false',
  PASSWORD_COST: { iterations: 100_000, rounds: 6 },
};

/** The contracts that the deployment serves, and the others after them. */
const everyContract: readonly string[] = [
  ...new Set([...env.CONTRACTS, ...knownContracts.map(({ name }) => name)]),
];

/**
 * Creates an app with its own settings and caches on the bindings of the test file. `answered` is
 * called with each answer, before the work that follows it. Every answer is checked: its protective
 * headers, and its body against the published document of its contract.
 */
export function createTestApp(
  settings: object = {},
  intercept?: BindingInterceptor,
  answered?: () => void,
): TestApp {
  const own: Env = Object.assign({}, env, unmeasured, { CONTRACTS: everyContract }, settings);
  const app = createApp(intercept ? interceptBindings(own, intercept) : own, knownContracts);
  const fetch: TestApp['fetch'] = async (
    path,
    { origin = 'https://gatehouse.example', ...init } = {},
  ) => {
    const context = createExecutionContext();
    const response = await app.fetch(new Request(origin + path, init), own, context);
    answered?.();
    // Not text(): it warns of types that it does not know to be text.
    const text = new TextDecoder().decode(await response.arrayBuffer());
    await waitOnExecutionContext(context);
    const wrongHeaders = flawsOfHeaders(path, response);
    if (wrongHeaders.length > 0) throw new Error([path, ...wrongHeaders].join('\n'));
    const exchange = { path, method: init.method ?? 'GET', status: response.status };
    const published = [
      ...own.CONTRACTS,
      ...(Reflect.get(own, 'OPERATOR_TOKEN') === undefined ? [] : ['admin']),
    ].filter(isPublished);
    const contract = published.find((name) => path.startsWith(`/${name}/`));
    // Pages and tables are no part of a document.
    const type = response.headers.get('Content-Type') ?? '';
    const isOther = /^text\/(?:html|csv)/.test(type) || /-form(?:[?#]|$)/.test(path);
    if (contract !== undefined && !isOther) assertDocumented({ contract, ...exchange }, text);
    return { status: response.status, headers: response.headers, text };
  };
  const send: TestApp['send'] = ({ method, path, headers, body }, sending = {}) => {
    const { address = freshAddress(), origin } = sending;
    return fetch(path, {
      method,
      headers: joined({ 'CF-Connecting-IP': address, ...headers }, sending.headers ?? {}),
      body: body as BodyInit | null,
      ...(origin === undefined ? {} : { origin }),
    });
  };
  return {
    fetch,
    send,
    post: (path, body, { address = freshAddress(), headers = {}, origin, method = 'POST' } = {}) =>
      fetch(path, {
        method,
        headers: { 'Content-Type': 'application/json', 'CF-Connecting-IP': address, ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...(origin === undefined ? {} : { origin }),
      }),
  };
}

/** Cookies are added to those of the request, other headers take their place. */
function joined(headers: Record<string, string>, others: Record<string, string>) {
  const cookies = [headers['Cookie'], others['Cookie']].filter((one) => one !== undefined);
  return { ...headers, ...others, ...(cookies.length > 0 ? { Cookie: cookies.join('; ') } : {}) };
}

function assertDocumented(exchange: Exchange, text: string): void {
  const { method, path, status } = exchange;
  if (method === 'HEAD' || (method === 'OPTIONS' && status === 204)) return;
  const flaws = flawsOfAnswer(exchange, text === '' ? null : JSON.parse(text));
  if (flaws.length > 0)
    throw new Error([`${method} ${path}: ${status} ${text}`, ...flaws].join('\n'));
}

let addresses = 0;
export function freshAddress(): string {
  addresses += 1;
  return `10.${(addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`;
}

let users = 0;
/** Adds a user with a username, a verified address and a password; `columns` override the row. */
export async function addUser(columns: Record<string, string | number | null> = {}) {
  users += 1;
  const user = {
    username: `person${users}`,
    email: `person${users}@example.com`,
    password: `correct horse ${users}`,
  };
  const { columns: row } = userRow({
    username: user.username,
    username_key: user.username,
    email: user.email,
    password_hash: await hashOf(user.password),
    created_at_ms: 0,
    ...columns,
  });
  const names = Object.keys(row);
  const { meta } = await env.DB.prepare(
    `INSERT INTO users (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
  )
    .bind(...Object.values(row))
    .run();
  return { ...user, id: meta.last_row_id };
}

/** Adds a session without tokens. */
export const addSession = (userId: number) =>
  insertRows(env.DB, [
    {
      table: 'sessions',
      columns: {
        id: crypto.randomUUID(),
        user_id: userId,
        contract: 'username-pair',
        created_at_ms: Date.now(),
        last_used_at_ms: Date.now(),
        expires_at_ms: Date.now() + 86_400_000,
        credential_version: 1,
        refresh_generation: 0,
        refreshed_at_ms: Date.now(),
        address: '',
      },
    },
  ]);

let newUsers = 0;
/** Returns a user without an account. */
export function newUser(): TestUser {
  newUsers += 1;
  return {
    username: `new-user-${newUsers}`,
    email: `new-user-${newUsers}@example.com`,
    password: `a long way to ${newUsers}`,
  };
}

export async function hashOf(
  password: string,
  cost = env.PASSWORD_COST as { iterations: number; rounds: number },
) {
  return createPasswords({ cost, peppers: [] }, async () => undefined).hash(password);
}

export interface TestUser {
  username: string;
  email: string;
  password: string;
}

export async function count(
  table: 'sessions' | 'audit_events' | 'factors' | 'passkeys',
  userId: number,
): Promise<number> {
  const row = await env.DB.prepare(`SELECT count(*) AS n FROM ${table} WHERE user_id = ?`)
    .bind(userId)
    .first<{ n: number }>();
  return row?.n ?? 0;
}

/** The id of a user's authenticator app. */
export async function factorIdOf({ id }: { id: number }): Promise<string> {
  const found = env.DB.prepare("SELECT id FROM factors WHERE user_id = ? AND kind = 'totp'");
  return (await found.bind(id).first<string>('id')) ?? '';
}
