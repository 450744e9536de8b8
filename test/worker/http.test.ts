/** Where contracts answer, who may read the answers, and what never reaches the pipeline. */
import { describe, expect, it } from 'vitest';
import { addUser, contractCase, freshAddress, createTestApp } from '../support/test-app.ts';

const { path, body } = contractCase('email-cookie');

describe('a contract', () => {
  it('that is not listed does not exist, under no name', async () => {
    const { post } = createTestApp({ CONTRACTS: ['email-remember'] });
    const person = await addUser();
    for (const other of ['email-cookie', 'email-envelope', 'username-pair', 'username-coded']) {
      const { path: elsewhere, body: as } = contractCase(other);
      const { status, text } = await post(elsewhere, as(person));
      expect([status, JSON.parse(text)]).toEqual([
        404,
        { error: { code: 'NOT_FOUND', message: 'Not found' } },
      ]);
    }
  });

  it('answers on bare paths by the order of the list', async () => {
    const person = await addUser();
    const bare = { email: person.email, password: person.password };
    const first = await createTestApp({ CONTRACTS: ['email-cookie', 'email-remember'] }).post(
      '/api/v1/auth/login',
      bare,
    );
    expect(JSON.parse(first.text)).toHaveProperty('expiresIn');
    const other = await createTestApp({ CONTRACTS: ['email-remember', 'email-cookie'] }).post(
      '/api/v1/auth/login',
      bare,
    );
    expect(JSON.parse(other.text)).toHaveProperty('expiresAt');
  });

  it('answers on bare paths of the host that is its own, and keeps the others out of them', async () => {
    const hosts = {
      CONTRACT_HOSTS: { 'login.acme.com': 'email-envelope', 'old.acme.com': 'username-coded' },
    };
    const { post, fetch } = createTestApp(hosts);
    const person = await addUser();
    const acme = { origin: 'https://login.acme.com' };
    const envelope = await post(
      '/api/v1/auth/login',
      { email: person.email, password: person.password },
      acme,
    );
    expect(JSON.parse(envelope.text)).toMatchObject({ data: { token_type: 'Bearer' } });
    const foreign = await post('/api/auth/login', body(person), acme);
    expect([foreign.status, JSON.parse(foreign.text)]).toMatchObject([404, { code: 'NOT_FOUND' }]);
    const old = await fetch('/api/auth/login', { origin: 'https://old.acme.com' });
    expect([old.status, old.headers.get('Allow')]).toEqual([405, 'POST']);
    expect((await post(path, body(person), acme)).status).toBe(200);
  });

  it('does not answer on paths that only look like its own', async () => {
    const { post } = createTestApp();
    const person = await addUser();
    for (const near of [
      `${path}/`,
      path.toUpperCase(),
      `/${path}`,
      path.replace('login', 'login.json'),
      `${path}%00`,
    ]) {
      expect([near, (await post(near, body(person))).status]).toEqual([near, 404]);
    }
  });
});

describe('a path', () => {
  const here = createTestApp();
  const statusOf = async (spelling: string) => (await here.fetch(spelling)).status;

  it('is not decoded, folded or trimmed before it is matched', async () => {
    expect(await statusOf('/healthz')).toBe(200);
    for (const spelling of [
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
      expect([spelling, await statusOf(spelling)]).toEqual([spelling, 404]);
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
      expect([spelling, await statusOf(spelling)]).toEqual([spelling, 200]);
    }
  });

  it('leads past the operator’s token in no spelling', async () => {
    const paths = ['/admin/users', '/metrics', '/openapi/admin.json'];
    for (const path of paths) {
      const letters = `/%${path.charCodeAt(1).toString(16)}${path.slice(2)}`;
      for (const [spelling, status] of [
        [path, 401],
        [`/x/..${path}`, 401],
        [`/x/%2e%2e${path}`, 401],
        [String.raw`/x\..` + path.replaceAll('/', '\\'), 401],
        [`/${path}`, 404],
        [letters, 404],
        [path.toUpperCase(), 404],
      ] as const) {
        const headers = { 'CF-Connecting-IP': freshAddress() };
        const answer = await here.fetch(spelling, { headers });
        expect([spelling, answer.status]).toEqual([spelling, status]);
      }
    }
  });
});

describe('a method that is not POST', () => {
  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY'])(
    '%s gets 405 with Allow',
    async (method) => {
      const answer = await createTestApp().fetch(path, { method });
      expect([answer.status, answer.headers.get('Allow')]).toEqual([405, 'POST']);
    },
  );
});

describe('CORS', () => {
  const ours = 'https://app.example.com';
  const settings = { ALLOWED_ORIGINS: [ours] };

  it('lets a listed origin read grants, refusals and failures, with credentials', async () => {
    const person = await addUser();
    const failing = createTestApp(settings, (call, proceed) =>
      call.method === 'batch' ? Promise.reject(new Error('lost')) : proceed(),
    );
    const headers = { Origin: ours };
    const answers = [
      await createTestApp(settings).post(path, body(person), { headers }),
      await createTestApp(settings).post(path, {}, { headers }),
      await createTestApp(settings).post('/nowhere', {}, { headers }),
      await failing.post(path, body(person), { headers }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 404, 500]);
    for (const answer of answers) {
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'access-control-allow-origin': ours,
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': 'Retry-After,RateLimit,RateLimit-Policy,X-Request-Id',
        vary: 'Origin',
      });
    }
  });

  it.each([
    'https://evil.example',
    'null',
    'https://app.example.com.evil.example',
    'http://app.example.com',
  ])('lets %s read nothing', async (origin) => {
    const headers = { Origin: origin };
    const { headers: got } = await createTestApp(settings).post(path, body(await addUser()), {
      headers,
    });
    expect(got.get('Access-Control-Allow-Origin')).toBeNull();
    expect(got.get('Vary')).toBe('Origin');
  });

  it('answers a preflight without touching the pipeline', async () => {
    const headers = {
      Origin: ours,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'content-type',
    };
    const calls: unknown[] = [];
    const { fetch } = createTestApp(settings, (call, proceed) => (calls.push(call), proceed()));
    const answer = await fetch(path, { method: 'OPTIONS', headers });
    expect(answer.status).toBe(204);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': ours,
      'access-control-allow-methods': 'GET,POST,DELETE',
      'access-control-allow-headers': 'Authorization,Content-Type',
    });
    expect(calls).toEqual([]);
  });
});

describe('a refused address', () => {
  it('is remembered: no database statement, no guard call', async () => {
    const calls: string[] = [];
    const { post } = createTestApp({ ADDRESS_LIMITS: { 'email-cookie': 2 } }, (call, proceed) => {
      calls.push(`${call.to} ${call.method}`);
      return proceed();
    });
    const from = { address: '203.0.113.9' };
    const person = await addUser();
    for (let n = 0; n < 3; n += 1) await post(path, body(person), from);
    calls.length = 0;
    const answer = await post(path, body(person), from);
    expect(answer.status).toBe(429);
    expect(calls).toEqual([]);
    expect(answer.headers.get('RateLimit-Policy')).toBe('"address";q=2;w=60');
    expect(answer.headers.get('RateLimit')).toBe(
      `"address";r=0;t=${answer.headers.get('Retry-After')}`,
    );
    for (const faulty of ['', '{', '[]', { email: 'nobody' }]) {
      expect((await post(path, faulty, from)).status).toBe(429);
    }
    expect(calls).toEqual([]);
  });

  it('costs no database write the first time', async () => {
    const writes: string[] = [];
    const limit = { ADDRESS_LIMITS: { 'email-cookie': 1 } };
    const person = await addUser();
    const from = { address: '203.0.113.10' };
    await createTestApp(limit).post(path, body(person), from);
    const { post } = createTestApp(limit, (call, proceed) => {
      if (call.method === 'batch' || call.method === 'run') writes.push(call.method);
      return proceed();
    });
    expect((await post(path, body(person), from)).status).toBe(429);
    expect(writes).toEqual([]);
  });

  it('takes all of an IPv6 /64 for one address, and the next /64 for another', async () => {
    const { post } = createTestApp({ ADDRESS_LIMITS: { 'email-cookie': 2 } });
    const person = await addUser();
    const from = async (address: string) => (await post(path, body(person), { address })).status;
    expect(await from('2001:db8:1:2::1')).toBe(200);
    expect(await from('2001:db8:1:2:ffff::1')).toBe(200);
    expect(await from('2001:DB8:1:2:8000:0:0:3')).toBe(429);
    expect(await from('2001:db8:1:3::1')).toBe(200);
  });
});

it('believes a remembered lock for at most five seconds, and asks no guard meanwhile', async () => {
  const { vi } = await import('vitest');
  const calls: string[] = [];
  const { post } = createTestApp({}, (call, proceed) => (calls.push(call.method), proceed()));
  const person = await addUser();
  for (let n = 0; n < 6; n += 1) await post(path, body({ ...person, password: 'wrong' }));
  calls.length = 0;
  expect((await post(path, body(person))).status).toBe(429);
  expect(calls).not.toContain('reserve');
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5_000 });
  await post(path, body(person)).finally(() => vi.useRealTimers());
  expect(calls).toContain('reserve');
});
