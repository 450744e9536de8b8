/** The paths and methods that contracts answer, by list, host and prefix. */
import { describe, expect, it } from 'vitest';
import { encodeRequest, operationsOf } from '../../src/contracts/routes.ts';
import {
  addUser,
  contractCase,
  contractCases,
  freshAddress,
  createTestApp,
} from '../support/test-app.ts';

const { path, body } = contractCase('email-cookie');

describe('a contract', () => {
  it('does not exist unless it is listed', async () => {
    const { post } = createTestApp({ CONTRACTS: ['email-remember'] });
    const user = await addUser();
    for (const other of ['email-cookie', 'email-envelope', 'username-pair', 'username-coded']) {
      const { path: elsewhere, body: as } = contractCase(other);
      const { status, text } = await post(elsewhere, as(user));
      expect(status, other).toBe(404);
      expect(JSON.parse(text)).toEqual({ error: { code: 'NOT_FOUND', message: 'Not found' } });
    }
  });

  it('answers on bare paths in the order of the list', async () => {
    const user = await addUser();
    const bare = { email: user.email, password: user.password };
    for (const [CONTRACTS, field] of [
      [['email-cookie', 'email-remember'], 'expiresIn'],
      [['email-remember', 'email-cookie'], 'expiresAt'],
    ] as const) {
      const { text } = await createTestApp({ CONTRACTS }).post('/api/v1/auth/login', bare);
      expect(JSON.parse(text)).toHaveProperty(field);
    }
    // email-remember has no refresh, so the next contract in the list answers.
    const { fetch } = createTestApp({ CONTRACTS: ['email-remember', 'email-cookie'] });
    expect((await fetch('/api/v1/auth/refresh', { method: 'PUT' })).status).toBe(405);
  });

  it('alone answers on bare paths of its own host', async () => {
    const hosts = {
      CONTRACT_HOSTS: { 'login.acme.com': 'email-envelope', 'old.acme.com': 'username-coded' },
    };
    const { post, fetch } = createTestApp(hosts);
    const user = await addUser();
    const acme = { origin: 'https://login.acme.com' };
    const envelope = await post(
      '/api/v1/auth/login',
      { email: user.email, password: user.password },
      acme,
    );
    expect(JSON.parse(envelope.text)).toMatchObject({ data: { token_type: 'Bearer' } });
    const foreign = await post('/api/auth/login', body(user), acme);
    expect([foreign.status, JSON.parse(foreign.text)]).toMatchObject([404, { code: 'NOT_FOUND' }]);
    const old = await fetch('/api/auth/login', { origin: 'https://old.acme.com' });
    expect([old.status, old.headers.get('Allow')]).toEqual([405, 'POST']);
    expect((await post(path, body(user), acme)).status).toBe(200);
  });
});

describe.each(contractCases)('$name', ({ name, contract, inputs }) => {
  it('has its own paths and no others, bare and under its name', async () => {
    const { fetch } = createTestApp({ CONTRACTS: [name] });
    const input = inputs({ username: 'x', email: 'x@example.com', password: 'x' });
    const own = operationsOf(contract).map((operation) => {
      const { path } = encodeRequest(contract, operation, { input: input[operation] as never });
      return path.replace(/\?.*$/, '');
    });
    const others = own.flatMap((path) => [`${path}/`, `${path}x/y`, `/x${path}`]);
    if (contract.refresh === null) others.push(`${contract.base}/refresh`);
    const isFound = async (path: string) => (await fetch(path, { method: 'PURGE' })).status === 405;
    for (const prefix of ['', `/${name}`]) {
      for (const path of own) expect(await isFound(prefix + path), prefix + path).toBe(true);
      for (const path of others) expect(await isFound(prefix + path), prefix + path).toBe(false);
    }
    for (const path of own) expect(await isFound(`/${name}-2${path}`), path).toBe(false);
  });
});

describe('a path', () => {
  const here = createTestApp();
  const statusOf = async (spelling: string) => (await here.fetch(spelling)).status;

  it('is not decoded, folded or trimmed before it is matched', async () => {
    expect(await statusOf('/healthz')).toBe(200);
    expect(await statusOf(path)).toBe(405);
    for (const spelling of [
      `${path}/`,
      path.toUpperCase(),
      `/${path}`,
      `${path}.json`,
      `${path}%00`,
      '//healthz',
      '/healthz/',
      '/HEALTHZ',
      '/%68ealthz',
      '/healthz;x',
      '/healthz%00',
      '/healthz%3Fx',
      '/x%2F..%2Fhealthz',
      '/.../healthz',
    ]) {
      expect(await statusOf(spelling), spelling).toBe(404);
    }
  });

  it('has its dot segments and backslashes resolved by the platform', async () => {
    for (const spelling of [
      '/x/../healthz',
      '/./healthz',
      '/../healthz',
      '/x/%2e%2E/healthz',
      String.raw`/x\..\healthz`,
    ]) {
      expect(await statusOf(spelling), spelling).toBe(200);
    }
  });

  it('needs the operator token in every spelling', async () => {
    const paths = ['/admin/users', '/metrics', '/openapi/admin.json'];
    for (const path of paths) {
      const encoded = `/%${path.charCodeAt(1).toString(16)}${path.slice(2)}`;
      for (const [spelling, status] of [
        [path, 401],
        [`/x/..${path}`, 401],
        [`/x/%2e%2e${path}`, 401],
        [String.raw`/x\..` + path.replaceAll('/', '\\'), 401],
        [`/${path}`, 404],
        [encoded, 404],
        [path.toUpperCase(), 404],
      ] as const) {
        const headers = { 'CF-Connecting-IP': freshAddress() };
        expect((await here.fetch(spelling, { headers })).status, spelling).toBe(status);
      }
    }
  });
});

it('refuses HEAD with 405 and Allow, like the methods of test/golden/protocol.json', async () => {
  const { status, headers } = await createTestApp().fetch(path, { method: 'HEAD' });
  expect([status, headers.get('Allow')]).toEqual([405, 'POST']);
});
