/**
 * Mutated requests to pages, documents, metrics and the admin API: never an outage, no markup of the
 * caller's, no redirect elsewhere, and nothing of the operator's without the token.
 */
import { env } from 'cloudflare:workers';
import * as fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { captureConsole, type CapturedConsole } from '../support/captured-console.ts';
import { MARK, mutationOf } from '../support/fuzz/arbitraries.ts';
import { commonViolations } from '../support/fuzz/invariants.ts';
import {
  applyMutations,
  requestInit,
  type Mutation,
  type Outgoing,
} from '../support/fuzz/mutation.ts';
import { ALLOWED_ORIGIN } from '../support/fuzz/requests.ts';
import { ORIGIN, requestTo, withHeader } from '../support/fuzz/outgoing.ts';
import { operatorToken } from '../support/operator.ts';
import { operationsOf } from '../support/published.ts';
import {
  addUser,
  contractCase,
  createTestApp,
  freshAddress,
  type Answer,
} from '../support/test-app.ts';

const RUNS_EACH = 80;

interface Target {
  name: string;
  /** A request that is granted. */
  request(): Promise<Outgoing>;
  granted: number;
  /** Statuses that its mutations must come to besides. */
  refused: readonly number[];
}

const ask = (route: string, headers: Record<string, string> = {}, body?: object) => {
  const [method = '', path = ''] = route.split(' ');
  return Object.entries({ ...headers, 'CF-Connecting-IP': freshAddress() }).reduce(
    (request, [name, value]) => withHeader(request, name, value),
    requestTo(method, path, body),
  );
};
const get = (path: string, headers = {}, refused = [404]): Target => ({
  name: `GET ${path}`,
  request: async () => ask(`GET ${path}`, headers),
  granted: 200,
  refused,
});

const BROWSER = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const OPERATOR = { Authorization: `Bearer ${operatorToken}` };
const pages = ['/', '/login', '/register', '/verify', '/forgot', '/reset', '/revoke'];
const { path: loginPath, body } = contractCase('email-cookie');

const QUERIES: Readonly<Record<string, string>> = {
  'GET /users': '?limit=5&username=person&status=active&cursor=1',
  'GET /audit': '?limit=5&from=2026-01-01&action=LOGIN&format=csv',
};

/** A query, a role, or the id at the end of the path can be malformed. */
const admin = ({ method, path, statuses }: ReturnType<typeof operationsOf>[number]): Target => {
  const query = QUERIES[`${method} ${path}`];
  const isRole = path.endsWith('/role');
  const canBeMalformed = query !== undefined || isRole || path.endsWith('}');
  return {
    name: `${method} /admin${path}`,
    request: async () => {
      const { id } = await addUser();
      const role = isRole ? { role: 'editor', name: 'Editor' } : undefined;
      return ask(
        `${method} /admin${path.replace('{id}', String(id))}${query ?? ''}`,
        OPERATOR,
        role,
      );
    },
    granted: statuses.find((status) => status < 300) ?? 200,
    refused: canBeMalformed ? [400, 401, 404, 405] : [401, 404, 405],
  };
};

const targets: readonly Target[] = [
  ...['', `/${env.CONTRACTS.at(-1)}`].flatMap((prefix) =>
    pages.map((page) => get(prefix + page, BROWSER)),
  ),
  get('/docs', BROWSER),
  get('/dev/mail', BROWSER),
  {
    name: 'POST login-form',
    request: async () => {
      const put = new URLSearchParams(body(await addUser()) as Record<string, string>).toString();
      const form = {
        ...BROWSER,
        Origin: ORIGIN,
        'Content-Type': 'application/x-www-form-urlencoded',
      };
      return { ...ask(`POST ${loginPath}-form`, form), bodyChanges: [{ body: { put } }] };
    },
    granted: 303,
    refused: [403, 404],
  },
  get('/healthz'),
  get('/.well-known/jwks.json'),
  ...env.CONTRACTS.map((name) => get(`/openapi/${name}.json`)),
  get('/openapi/admin.json', OPERATOR, [401, 404]),
  get('/metrics', OPERATOR, [401, 404]),
  ...operationsOf('admin').map(admin),
];

/** One for each refusal, and what a run once failed on. */
const kept: Mutation[][] = [
  [{ lastSegment: { put: 'a%00b' } }],
  [{ path: { insert: '&limit=0', at: 100 } }],
  [{ field: 0, json: '5' }],
  [
    { header: 'Authorization', edit: { put: null } },
    { header: 'Origin', edit: { put: 'null' } },
  ],
  [{ method: 'PATCH' }],
  [{ extra: '\udfffx', json: '""', first: false }],
  ...['//evil.example/', 'https://evil.example/', 'https://app.example.com/'].map(
    (target): Mutation[] => [{ body: { insert: `&return_to=${target}`, at: 100 } }],
  ),
  [{ prefix: '/nobody' }],
  [{ path: { form: 'percent' } }],
  [{ lastSegment: { form: 'percent' } }],
];

const { fetch } = createTestApp({ ALLOWED_ORIGINS: [ALLOWED_ORIGIN] });

let captured: CapturedConsole;
beforeEach(() => {
  captured = captureConsole();
});

function violations({ origin, path, method }: Outgoing, sent: Headers, answer: Answer): string[] {
  const { status, headers, text } = answer;
  const isPage = headers.get('Content-Type')?.startsWith('text/html') === true;
  const isOperators = /^\/(?:admin|metrics|openapi\/admin\.json)(?:\/|$)/.test(
    new URL(origin + path).pathname,
  );
  const isPreflight = method === 'OPTIONS' && sent.has('Access-Control-Request-Method');
  const hasToken = new RegExp(`^Bearer +${operatorToken}$`, 'i').test(
    sent.get('Authorization') ?? '',
  );
  const location = headers.get('Location') ?? '/';
  const others = [...headers].filter(([name]) => !/^(?:link|location)$/.test(name)).join('\n');
  const broken: [string, boolean][] = [
    ['what was sent comes back in a header', others.includes(MARK)],
    ['what was sent becomes markup', isPage && text.includes(`<${MARK}`)],
    [`Location: ${location}`, !/^\/(?!\/)|^https:\/\/app\.example\.com\//.test(location)],
    ['no Allow', status === 405 && !headers.has('Allow')],
    ['granted without the token', isOperators && status < 300 && !hasToken && !isPreflight],
    ['the token comes back', text.includes(operatorToken)],
  ];
  return [
    ...commonViolations(answer, sent),
    ...broken.filter(([, is]) => is).map(([violation]) => violation),
  ];
}

it.each(targets)('holds the invariants at $name', async ({ name, request, granted, refused }) => {
  const reached = new Map<number, number>();
  const mutations = fc.array(mutationOf(/role|form/.test(name)), { maxLength: 2 });
  const property = fc.asyncProperty(mutations, async (mutations) => {
    const outgoing = applyMutations(await request(), mutations);
    const init = requestInit(outgoing);
    if (init === null) return;
    captured.take();
    const answer = await fetch(outgoing.path, { ...init, origin: outgoing.origin });
    const log = captured.take().join('\n');
    expect(violations(outgoing, init.headers, answer)).toEqual([]);
    for (const secret of [operatorToken, '"event":"failure"']) expect(log).not.toContain(secret);
    reached.set(answer.status, (reached.get(answer.status) ?? 0) + 1);
  });
  const examples = kept.map((one): [Mutation[]] => [one]);
  await fc.assert(property, { numRuns: RUNS_EACH, examples });
  expect(reached.get(granted)).toBeGreaterThan(RUNS_EACH / 5);
  expect(refused.filter((status) => !reached.has(status))).toEqual([]);
});
