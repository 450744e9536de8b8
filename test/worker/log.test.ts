/** The log says what happened, and no secret and no full identifier gets into it. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BindingInterceptor } from '../fixtures/intercept-bindings.ts';
import {
  addUser,
  contractCase,
  contractCases,
  freshAddress,
  createTestApp,
} from '../support/test-app.ts';
import { added } from '../support/scrape.ts';
import { client, held } from '../support/session.ts';

const CANARY = 'canary-7f3a9c';
const lines: string[] = [];
const records = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

beforeEach(() => {
  lines.length = 0;
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...said) => void lines.push(said.join(' ')));
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Fails with an error that quotes all it knows, as drivers do. */
const quoting =
  (which: string): BindingInterceptor =>
  (call, proceed) =>
    call.method === which || which === 'any'
      ? Promise.reject(
          Object.assign(new Error(`D1_ERROR: near "${CANARY}"\n    at ${CANARY} (${CANARY}:1:1)`), {
            name: `${CANARY} Error`,
            params: [CANARY],
            cause: new Error(CANARY),
          }),
        )
      : proceed();

describe.each(contractCases)('$name', ({ contract, path, body }) => {
  it.each(['none', 'all', 'batch', 'run', 'consume', 'reserve', 'settle', 'any'])(
    'keeps passwords, tokens, hashes and identifiers out while %s fails',
    async (which) => {
      const person = await addUser();
      const canaries = {
        username: `${CANARY}-${which}`,
        email: `${CANARY}-${which}@${CANARY}.${contract.name}.com`,
        password: `${CANARY}-password`,
      };
      const { post } = createTestApp({}, quoting(which));
      const headers = {
        'User-Agent': CANARY,
        Cookie: `refreshToken=${CANARY}`,
        Authorization: `Bearer ${CANARY}`,
        'X-Request-Id': CANARY,
      };
      const granted = await post(path, body(person), { headers });
      await post(path, body({ ...person, password: canaries.password }), { headers });
      await post(path, body(canaries), { headers });
      await post(path, `{"password":"${CANARY}", ${CANARY}`, { headers });
      await post(`${path}/${CANARY}`, body(canaries), { headers });
      const log = lines.join('\n');
      const secrets = [
        CANARY,
        person.password,
        person.email,
        person.username,
        'eyJ',
        '$gh-',
        '$2b',
      ];
      for (const secret of secrets) expect(log).not.toContain(secret);
      const tokens = granted.text.match(/[\w-]{20,}\.[\w-]+\.[\w-]+/g) ?? [];
      for (const token of tokens) expect(log).not.toContain(token.split('.')[2]);
      expect(lines.length).toBeGreaterThanOrEqual(4);
      for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
    },
  );

  it('says contract, outcome, masked identifier, address, trace id and duration', async () => {
    const address = freshAddress();
    const person = await addUser();
    const { post } = createTestApp();
    const answers = [
      await post(path, body(person), { address }),
      await post(path, body({ ...person, password: 'a wrong one' }), { address }),
      await post(path, '[]', { address }),
    ];
    const said = records();
    expect(said.map(({ outcome }) => outcome)).toEqual(['granted', 'invalid', 'malformed']);
    for (const [n, line] of said.entries()) {
      expect(line).toEqual({
        event: 'login',
        contract: contract.name,
        outcome: expect.any(String),
        identifier: n === 2 ? null : expect.stringMatching(/^p\*\*\*/),
        address,
        trace_id: answers[n]?.headers.get('X-Request-Id'),
        duration_ms: expect.any(Number),
      });
    }
  });
});

it.each(contractCases)(
  'keeps the tokens of $name out, whatever is done with them',
  async ({ name }) => {
    const here = client(createTestApp(), name);
    const first = held(await here.login(await addUser()));
    const second = first.refresh === '' ? first : held(await here.refresh(first.refresh));
    await here.profile(second.access);
    await here.sessions(second.access);
    await here.endSession(second.access, CANARY);
    await here.profile(`${CANARY}.${CANARY}.${CANARY}`);
    await here.logout(second.access);
    const log = lines.join('\n');
    expect(log).not.toContain(CANARY);
    for (const token of [first.access, first.refresh, second.access, second.refresh]) {
      for (const part of token.split('.')) if (part !== '') expect(log).not.toContain(part);
    }
    const operations = lines.map((line) => (JSON.parse(line) as { event: string }).event);
    // Of the two looks at the profile, only the one that was refused; none at the list.
    expect(operations.filter((event) => event !== 'refresh')).toEqual([
      'login',
      'end-session',
      'profile',
      'logout',
    ]);
  },
);

it('keeps one record one line, whatever the identifier holds', async () => {
  const { path } = contractCase('username-coded');
  const username = 'x\r\n{"event":"login","outcome":"granted"}';
  await createTestApp().post(path, { username, password: 'y' });
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toMatch(/[\r\n]/);
});

it('names the trace id of the log in the body of the envelope contract', async () => {
  const { path } = contractCase('email-envelope');
  const { text, headers } = await createTestApp().post(path, {});
  const { trace_id } = JSON.parse(text) as { trace_id: string };
  expect(trace_id).toBe(headers.get('X-Request-Id'));
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ trace_id });
});

it('says what kind of failure it was, as far as that quotes nothing', async () => {
  const { path, body } = contractCase('email-cookie');
  const lost: BindingInterceptor = (call, proceed) =>
    call.method === 'all'
      ? Promise.reject(
          Object.assign(new Error('D1_ERROR: Network connection lost. x@y.z'), { retryable: true }),
        )
      : proceed();
  await createTestApp({}, lost).post(path, body(await addUser()));
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    event: 'failure',
    during: 'login',
    error: 'Error',
    known: 'Network connection lost',
    retryable: true,
  });
});

it('names the route that failed, and nothing that the caller put into its path', async () => {
  const ASSETS = { fetch: () => Promise.reject(new Error('away')) };
  const { status } = await createTestApp({ ASSETS }).fetch('/assets/x@example.com', {});
  expect(status).toBe(500);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ event: 'failure', during: '/assets/:name' });
  expect(lines.join()).not.toContain('@');
});

it.each(['/admin/users', '/admin/nowhere', '/metrics'])(
  'logs a request with a wrong operator token, and not the token: %s',
  async (path) => {
    const address = freshAddress();
    const headers = { 'CF-Connecting-IP': address, Authorization: `Bearer ${CANARY}` };
    const answer = await createTestApp().fetch(path, { headers });
    expect(answer.status).toBe(401);
    expect(records()).toEqual([
      {
        event: 'operator',
        route: 'admin authentication',
        status: 401,
        address,
        trace_id: answer.headers.get('X-Request-Id'),
        duration_ms: expect.any(Number),
      },
    ]);
    expect(lines.join('')).not.toContain(CANARY);
  },
);

it.each([
  { what: 'from another site', outcome: 'cross-site', status: 403, body: 'email=a' },
  { what: 'that is not UTF-8', outcome: 'malformed', status: 400, body: 'email=%FF' },
  { what: 'that is too large', outcome: 'malformed', status: 413, body: 'x'.repeat(16_385) },
])('logs and counts a login form $what', async ({ outcome, status, body }) => {
  const here = createTestApp();
  const address = freshAddress();
  const headers = {
    'Content-Type': 'application/x-www-form-urlencoded',
    'CF-Connecting-IP': address,
    ...(outcome === 'cross-site' ? { Origin: 'https://evil.example' } : {}),
  };
  const path = '/email-cookie/api/v1/auth/login-form';
  const more = await added(here, async () => {
    expect((await here.fetch(path, { method: 'POST', headers, body })).status).toBe(status);
  });
  expect(records().filter(({ event }) => event === 'login')).toMatchObject([
    { contract: 'email-cookie', outcome, address, identifier: null },
  ]);
  const labels = { contract: 'email-cookie', reason: outcome };
  expect(more('auth_login_failure_total', labels)).toBe(1);
});

it.each(['refresh', 'logout'])(
  'logs and counts a request that another site caused, and not its cookie: %s',
  async (operation) => {
    const here = createTestApp();
    const { login, base } = client(here, 'email-cookie');
    const { refresh: token } = held(await login(await addUser()));
    lines.length = 0;
    const address = freshAddress();
    const headers = { Cookie: `refreshToken=${token}`, Origin: 'https://evil.example' };
    const more = await added(here, async () => {
      expect((await here.post(`${base}/${operation}`, '', { address, headers })).status).toBe(403);
    });
    expect(records().filter(({ event }) => event === operation)).toMatchObject([
      { contract: 'email-cookie', outcome: 'cross-site', address },
    ]);
    const labels = { contract: 'email-cookie', reason: 'cross-site' };
    expect(more(`auth_${operation}_failure_total`, labels)).toBe(1);
    for (const part of token.split('.')) expect(lines.join('')).not.toContain(part);
  },
);
