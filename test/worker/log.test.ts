/** The log says what happened, and holds no secret and no full identifier. */
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { insertRows } from '../fixtures/rows.ts';
import { valueNamed } from '../support/authenticator.ts';
import { captureConsole, type CapturedConsole } from '../support/captured-console.ts';
import { bindingError, CANARY, failing } from '../support/faults.ts';
import { factorRow, factorsOf } from '../support/factor-rows.ts';
import { increasesOf, measured } from '../support/scrape.ts';
import { client, encoded, tokensOf, WRONG } from '../support/session.ts';
import {
  addUser,
  contractCase,
  contractCases,
  createTestApp,
  freshAddress,
} from '../support/test-app.ts';

let captured: CapturedConsole;
const takeRecords = () =>
  captured.take().map((line) => JSON.parse(line) as Record<string, unknown>);

beforeEach(() => {
  captured = captureConsole();
});

describe.each(contractCases)('$name', ({ name }) => {
  it.each(['none', 'all', 'batch', 'run', 'consume', 'reserve', 'settle', 'any'])(
    'keeps passwords, tokens, hashes and identifiers out while %s fails',
    async (which) => {
      const user = await addUser();
      const canaries = {
        username: `${CANARY}-${which}`,
        email: `${CANARY}-${which}@${CANARY}.${name}.com`,
        password: `${CANARY}-password`,
      };
      const app = createTestApp(
        {},
        failing(({ method }) => method === which || which === 'any'),
      );
      const headers = {
        'User-Agent': CANARY,
        Cookie: `refreshToken=${CANARY}`,
        Authorization: `Bearer ${CANARY}`,
        'X-Request-Id': CANARY,
      };
      const { login, askRaw, attempt } = client(app, name);
      const granted = await login(user, { headers });
      await login({ ...user, password: canaries.password }, { headers });
      await login(canaries, { headers });
      await askRaw('login', `{"password":"${CANARY}", ${CANARY}%`, { headers });
      const request = encoded(name, 'login', { input: attempt(canaries) });
      await app.send(
        { ...request, path: request.path.replace(/(?=\?|$)/, `/${CANARY}`) },
        { headers },
      );
      const lines = captured.take();
      const log = lines.join('\n');
      const signatures = Object.values(tokensOf(granted)).flatMap((token: string) =>
        token === '' ? [] : [token.split('.')[2] ?? ''],
      );
      const { password, email, username } = user;
      for (const secret of [
        CANARY,
        password,
        email,
        username,
        'eyJ',
        '$gh-',
        '$2b',
        ...signatures,
      ]) {
        expect(log).not.toContain(secret);
      }
      expect(lines.length).toBeGreaterThanOrEqual(4);
      for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
    },
  );

  it('says contract, outcome, masked identifier, address, trace id and duration', async () => {
    const address = freshAddress();
    const user = await addUser();
    const { login, askWith } = client(createTestApp(), name);
    const answers = [
      await login(user, { address }),
      await login({ ...user, password: WRONG }, { address }),
      await askWith('login', {}, { address }),
    ];
    expect(takeRecords()).toEqual(
      ['granted', 'invalid', 'malformed'].map((outcome, n) => ({
        event: 'login',
        contract: name,
        outcome,
        identifier: outcome === 'malformed' ? null : expect.stringMatching(/^p\*\*\*/),
        address,
        trace_id: answers[n]?.headers.get('X-Request-Id'),
        duration_ms: expect.any(Number),
      })),
    );
  });

  it('keeps tokens out, whatever is done with them', async () => {
    const own = client(createTestApp(), name);
    const first = tokensOf(await own.login(await addUser()));
    const second = first.refresh === '' ? first : tokensOf(await own.refresh(first.refresh));
    await own.profile(second.access);
    await own.sessions(second.access);
    await own.endSession(second.access, CANARY);
    await own.profile(`${CANARY}.${CANARY}.${CANARY}`);
    await own.logout(second.access);
    const lines = captured.take();
    expect(lines.join('\n')).not.toContain(CANARY);
    for (const token of [first.access, first.refresh, second.access, second.refresh]) {
      for (const part of token.split('.')) {
        if (part !== '') expect(lines.join('\n')).not.toContain(part);
      }
    }
    const events = lines.map((line) => (JSON.parse(line) as { event: string }).event);
    // Of the two requests for the profile, only the one that was refused; none for the list.
    expect(events.filter((event) => event !== 'refresh')).toEqual([
      'login',
      'end-session',
      'profile',
      'logout',
    ]);
  });
});

const { path, body } = contractCase('email-cookie');

it('keeps one record on one line, whatever the identifier holds', async () => {
  const username = 'x\r\n{"event":"login","outcome":"granted"}';
  await createTestApp().post(contractCase('username-coded').path, { username, password: 'y' });
  const lines = captured.take();
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toMatch(/[\r\n]/);
});

it('has the trace id of the envelope contract’s body', async () => {
  const { text, headers } = await createTestApp().post(contractCase('email-envelope').path, {});
  const { trace_id } = JSON.parse(text) as { trace_id: string };
  expect(trace_id).toBe(headers.get('X-Request-Id'));
  expect(takeRecords()[0]).toMatchObject({ trace_id });
});

it('says what kind of failure it was, as far as that quotes nothing', async () => {
  const app = createTestApp({}, (call, proceed) =>
    call.method === 'all' ? Promise.reject(bindingError(call, { retryable: true })) : proceed(),
  );
  await app.post(path, body(await addUser()));
  expect(takeRecords()[0]).toMatchObject({
    event: 'failure',
    during: 'login',
    known: 'Network connection lost',
    retryable: true,
  });
});

it.each([
  ['gone~AAAA', 'FACTOR_KEYS lacks the key "gone" of the secret of factor'],
  ['test-key~AAAA', 'The key "test-key" of FACTOR_KEYS does not open the secret of factor'],
])('names the key that a second factor’s secret %s needs', async (secret, known) => {
  const { ask, login, status } = client(createTestApp(), 'email-cookie');
  const user = await addUser();
  const totp = factorsOf(`user-${user.id}`).find(({ id }) => id.endsWith('-totp'));
  if (totp === undefined) throw new Error('no confirmed factor');
  const columns = factorRow(user.id, { ...totp, secret });
  await insertRows(env.DB, [{ table: 'factors', columns }]);
  const challenge = String(valueNamed(JSON.parse((await login(user)).text), 'challenge'));
  takeRecords();
  const failed = await ask('second-factor', { challenge, code: '123456' });
  expect(failed.status).toBe(status.internal);
  const line = { event: 'failure', during: 'second-factor', known: `${known} ${totp.id}` };
  expect(takeRecords()[0]).toMatchObject(line);
});

it('names the route that failed, and nothing that the caller put into its path', async () => {
  const ASSETS = { fetch: () => Promise.reject(new Error('away')) };
  const { status } = await createTestApp({ ASSETS }).fetch('/assets/x@example.com', {});
  expect(status).toBe(500);
  const [line = ''] = captured.take();
  expect(JSON.parse(line)).toMatchObject({ event: 'failure', during: '/assets/:name' });
  expect(line).not.toContain('@');
});

it.each(['/admin/users', '/admin/nowhere', '/metrics'])(
  'logs a request with a wrong operator token, and not the token: %s',
  async (path) => {
    const address = freshAddress();
    const headers = { 'CF-Connecting-IP': address, Authorization: `Bearer ${CANARY}` };
    const answer = await createTestApp().fetch(path, { headers });
    expect(answer.status).toBe(401);
    expect(takeRecords()).toEqual([
      {
        event: 'operator',
        route: 'admin authentication',
        operator: null,
        status: 401,
        address,
        trace_id: answer.headers.get('X-Request-Id'),
        duration_ms: expect.any(Number),
      },
    ]);
  },
);

it.each([
  { what: 'from another site', outcome: 'cross-site', status: 403, form: 'email=a' },
  { what: 'that is not UTF-8', outcome: 'malformed', status: 400, form: 'email=%FF' },
  { what: 'that is too large', outcome: 'malformed', status: 413, form: 'x'.repeat(16_385) },
])('logs and counts a login form $what', async ({ outcome, status, form }) => {
  const app = createTestApp(measured);
  const address = freshAddress();
  const headers = {
    'Content-Type': 'application/x-www-form-urlencoded',
    'CF-Connecting-IP': address,
    ...(outcome === 'cross-site' ? { Origin: 'https://evil.example' } : {}),
  };
  const increase = await increasesOf(app, async () => {
    const answer = await app.fetch(`${path}-form`, { method: 'POST', headers, body: form });
    expect(answer.status).toBe(status);
  });
  expect(takeRecords().filter(({ event }) => event === 'login')).toMatchObject([
    { contract: 'email-cookie', outcome, address, identifier: null },
  ]);
  const labels = { contract: 'email-cookie', reason: outcome };
  expect(increase('auth_login_failure_total', labels)).toBe(1);
});

it.each(['refresh', 'logout'])(
  'logs and counts a request that another site caused, and not its cookie: %s',
  async (operation) => {
    const app = createTestApp(measured);
    const { login, contract } = client(app, 'email-cookie');
    const { refresh: token } = tokensOf(await login(await addUser()));
    captured.take();
    const address = freshAddress();
    const headers = { Cookie: `refreshToken=${token}`, Origin: 'https://evil.example' };
    const increase = await increasesOf(app, async () => {
      const answer = await app.post(`/email-cookie${contract.base}/${operation}`, '', {
        address,
        headers,
      });
      expect(answer.status).toBe(403);
    });
    const records = takeRecords();
    expect(records.filter(({ event }) => event === operation)).toMatchObject([
      { contract: 'email-cookie', outcome: 'cross-site', address },
    ]);
    const labels = { contract: 'email-cookie', reason: 'cross-site' };
    expect(increase(`auth_${operation}_failure_total`, labels)).toBe(1);
    for (const part of token.split('.')) expect(JSON.stringify(records)).not.toContain(part);
  },
);
