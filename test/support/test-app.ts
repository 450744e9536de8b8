/** Logs in as a client would: over HTTP, against the whole app on real bindings. */
/// <reference types="vite/types/importMeta.d.ts" />
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { createApp } from '../../src/app.ts';
import { contracts } from '../../src/contracts/index.ts';
import { createPasswords } from '../../src/crypto/passwords/hash.ts';
import { demoAccounts } from '../fixtures/demo-accounts.ts';
import { flawsOfAnswer, type Exchange } from './published.ts';
import { interceptBindings, type BindingInterceptor } from '../fixtures/intercept-bindings.ts';

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

export interface TestApp {
  /** Posts JSON and waits for what the app does after the response, too. */
  post(path: string, body: unknown, sending?: Sending): Promise<Answer>;
  fetch(path: string, init?: RequestInit & { origin?: string }): Promise<Answer>;
}

/** The settings of a deployment, which does not start with the few iterations of the tests. */
export const deployed = {
  LOCAL_DEVELOPMENT: 'false',
  PASSWORD_COST: { iterations: 100_000, rounds: 6 },
};

/**
 * An app of its own (settings, memory of refusals) on the file's database and guards. `answered` is
 * called when an answer is there, before what the app does after it is waited for.
 */
export function createTestApp(
  settings: object = {},
  intercept?: BindingInterceptor,
  answered?: () => void,
): TestApp {
  const own = { ...env, ...settings };
  const app = createApp(intercept ? interceptBindings(own, intercept) : own);
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
    for (const name of everywhere) {
      if (!response.headers.has(name)) throw new Error(`${path}: no ${name}`);
    }
    const exchange = { path, method: init.method ?? 'GET', status: response.status };
    const published = [
      ...own.CONTRACTS,
      ...(Reflect.get(own, 'OPERATOR_TOKEN') === undefined ? [] : ['admin']),
    ];
    const contract = published.find((name) => path.startsWith(`/${name}/`));
    // Pages and tables are no part of a document.
    const type = response.headers.get('Content-Type') ?? '';
    const isOther = /^text\/(?:html|csv)/.test(type) || /-form(?:[?#]|$)/.test(path);
    if (contract !== undefined && !isOther) holdAgainstDocument({ contract, ...exchange }, text);
    return { status: response.status, headers: response.headers, text };
  };
  return {
    fetch,
    post: (path, body, { address = freshAddress(), headers = {}, origin, method = 'POST' } = {}) =>
      fetch(path, {
        method,
        headers: { 'Content-Type': 'application/json', 'CF-Connecting-IP': address, ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...(origin === undefined ? {} : { origin }),
      }),
  };
}

const everywhere = ['X-Request-Id', 'Cache-Control', 'Content-Security-Policy', 'Vary'];

/** Whatever a test is about: what a contract answers is what its document says. */
function holdAgainstDocument(exchange: Exchange, text: string): void {
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

let people = 0;
/** A user of their own for a test, with a username and an address. */
export async function addUser(columns: Record<string, string | number | null> = {}) {
  people += 1;
  const person = {
    username: `person${people}`,
    email: `person${people}@example.com`,
    password: `correct horse ${people}`,
  };
  const row = {
    public_id: crypto.randomUUID(),
    username: person.username,
    username_key: person.username,
    email: person.email,
    email_verified: 1,
    password_hash: await hashOf(person.password),
    created_at_ms: 0,
    ...columns,
  };
  const names = Object.keys(row);
  const { meta } = await env.DB.prepare(
    `INSERT INTO users (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
  )
    .bind(...Object.values(row))
    .run();
  return { ...person, id: meta.last_row_id };
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

/** Every contract's own login request, which signs a demo account in. */
const logins = import.meta.glob<{ request: { path: string; body: Record<string, unknown> } }>(
  '../golden/*/login.json',
  { eager: true, import: 'default' },
);

/** Every contract with its login path, and the body that signs `person` in there. */
export const contractCases = contracts.map((contract) => {
  const { path, body } = logins[`../golden/${contract.name}/login.json`]?.request ?? {};
  if (path === undefined || body === undefined) {
    throw new Error(`test/golden/${contract.name}/login.json is missing`);
  }
  return {
    contract,
    name: contract.name,
    path,
    body: (person: TestUser) =>
      Object.fromEntries(
        Object.entries(body).map(([key, value]) => [key, inPlaceOf(value, person)]),
      ),
  };
});

/** Puts a person's own name, address and password where those of a demo account stand. */
function inPlaceOf(value: unknown, person: TestUser): unknown {
  for (const { username, email, password } of demoAccounts) {
    if (value === username) return person.username;
    if (value === email) return person.email;
    if (value === password) return person.password;
  }
  return value;
}

export function contractCase(name: string) {
  const found = contractCases.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no contract ${name}`);
  return found;
}

export async function count(table: 'sessions' | 'audit_events', userId: number): Promise<number> {
  const row = await env.DB.prepare(`SELECT count(*) AS n FROM ${table} WHERE user_id = ?`)
    .bind(userId)
    .first<{ n: number }>();
  return row?.n ?? 0;
}
