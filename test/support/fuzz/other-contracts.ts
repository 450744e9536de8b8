/** What is asked for besides the contracts' operations: pages, documents, and the operator's door. */
import { env } from 'cloudflare:workers';
import { addUser, contractCases, freshAddress } from '../test-app.ts';
import { operatorToken } from '../operator.ts';
import { operationsOf } from '../published.ts';
import type { Outgoing } from './outgoing.ts';
import { ORIGIN } from './fixture.ts';

export interface OtherContract {
  name: string;
  /** A request that is granted. */
  ready(): Promise<Outgoing>;
  granted: number;
  /** What besides a grant its cases must come to. */
  refused: readonly number[];
}

const BROWSER = 'text/html,application/xhtml+xml,*/*;q=0.8';

const asking = (method: string, path: string, headers: Outgoing['headers'] = []): Outgoing => ({
  origin: ORIGIN,
  method,
  path,
  headers: [...headers, ['CF-Connecting-IP', freshAddress()]],
  fields: null,
  spoils: [],
});

const seen = (path: string, headers: Outgoing['headers'] = []): OtherContract => ({
  name: `GET ${path}`,
  ready: async () => asking('GET', path, headers),
  granted: 200,
  refused: [404],
});

const PAGES = ['/', '/login', '/register', '/verify', '/forgot', '/reset'];
const page = (path: string) => seen(path, [['Accept', BROWSER]]);

const withCookie = contractCases.find(({ contract }) => contract.refresh?.in === 'cookie');

/** Sent without scripts: the same login, from a form. */
const form = ({ name, contract, body }: (typeof contractCases)[number]): OtherContract => ({
  name: `POST ${name} login-form`,
  ready: async () => {
    const fields = new URLSearchParams(body(await addUser()) as Record<string, string>);
    const request = asking('POST', `/${name}${contract.base}/login-form`, [
      ['Accept', BROWSER],
      ['Content-Type', 'application/x-www-form-urlencoded'],
      ['Origin', ORIGIN],
    ]);
    return { ...request, spoils: [{ text: { put: fields.toString() } }] };
  },
  granted: 303,
  refused: [403, 404],
});

const QUERIES: Readonly<Record<string, string>> = {
  'list-users': '?limit=5&username=person&status=active&cursor=1',
  'read-audit': '?limit=5&from=2026-01-01&action=LOGIN&format=csv',
};

const operators = (operation: ReturnType<typeof operationsOf>[number]): OtherContract => {
  const { id, method, path, statuses } = operation;
  /** What may be malformed is at the end of the path, or in the body. */
  const isReadable = id in QUERIES || id === 'set-role' || path.endsWith('}');
  return {
    name: `operator: ${id}`,
    ready: async () => {
      const { id: user } = await addUser();
      const asked = path.replace('{id}', String(user)) + (QUERIES[id] ?? '');
      const request = asking(method, `/admin${asked}`, [
        ['Authorization', `Bearer ${operatorToken}`],
        ...(id === 'set-role' ? [['Content-Type', 'application/json'] as [string, string]] : []),
      ]);
      const fields: [string, string][] = [
        ['role', '"editor"'],
        ['name', '"Editor"'],
      ];
      return id === 'set-role' ? { ...request, fields } : request;
    },
    granted: statuses.find((status) => status < 300) ?? 200,
    refused: isReadable ? [400, 401, 404, 405] : [401, 404, 405],
  };
};

export const otherContracts: readonly OtherContract[] = [
  ...['', `/${env.CONTRACTS.at(-1)}`].flatMap((prefix) => PAGES.map((path) => page(prefix + path))),
  page('/docs'),
  page('/dev/mail'),
  ...(withCookie === undefined ? [] : [form(withCookie)]),
  seen('/healthz'),
  seen('/.well-known/jwks.json'),
  {
    ...seen('/openapi/admin.json', [['Authorization', `Bearer ${operatorToken}`]]),
    refused: [401, 404],
  },
  ...env.CONTRACTS.map((name) => seen(`/openapi/${name}.json`)),
  { ...seen('/metrics', [['Authorization', `Bearer ${operatorToken}`]]), refused: [401, 404] },
  ...operationsOf('admin').map(operators),
];
