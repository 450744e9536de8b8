/** Access to the admin API: the token, the limit of an address, and input of any kind. */
import { describe, expect, it } from 'vitest';
import { createTestApp, deployed, freshAddress } from '../support/test-app.ts';
import { operator, operatorToken as token } from '../support/operator.ts';

const app = createTestApp();
const { call, json } = operator(app);

const authorized = (authorization: string | null, address = freshAddress()) => ({
  headers: {
    'CF-Connecting-IP': address,
    ...(authorization === null ? {} : { Authorization: authorization }),
  },
});

describe('the operator’s token', () => {
  const unknown = { error: 'not_found' };
  it.each([
    ['/admin/users/nobody-at-all', 404, unknown],
    ['/admin/nothing', 404, unknown],
    ['/metrics/nothing', 404, unknown],
    ['/openapi/admin.json', 200, { openapi: '3.1.0' }],
  ])('alone opens %s, and no cache keeps the answer', async (path, opened, body) => {
    const { status, headers, text } = await app.fetch(path, authorized(`Bearer ${token}`));
    expect([status, JSON.parse(text)]).toEqual([opened, expect.objectContaining(body)]);
    expect(headers.get('Cache-Control')).toBe('no-store');
    expect(headers.get('Content-Type')).toBe('application/json');
    for (const [wrong, challenge] of [
      [null, 'Bearer'],
      ['', 'Bearer'],
      ['Bearer', 'Bearer'],
      [`Basic ${token}`, 'Bearer'],
      [`Bearer ${token}x`, 'Bearer error="invalid_token"'],
      [`Bearer ${token.slice(1)}`, 'Bearer error="invalid_token"'],
      [`Bearer ${token.toLowerCase()}`, 'Bearer error="invalid_token"'],
    ]) {
      const refused = await app.fetch(path, authorized(wrong ?? null));
      expect([wrong, refused.status, refused.text]).toEqual([
        wrong,
        401,
        '{"error":"unauthorized"}',
      ]);
      expect(refused.headers.get('WWW-Authenticate')).toBe(challenge);
    }
  });

  it('opens nothing if none is set', async () => {
    const { fetch } = createTestApp({ OPERATOR_TOKEN: undefined });
    for (const path of ['/admin/users', '/metrics', '/openapi/admin.json']) {
      const { status, text } = await fetch(path, authorized(`Bearer ${token}`));
      const contractsOwn = { error: { code: 'NOT_FOUND', message: 'Not found' } };
      expect([path, status, JSON.parse(text)]).toEqual([path, 404, contractsOwn]);
    }
  });

  it('is refused over plain http outside of local development', async () => {
    const { fetch } = createTestApp(deployed);
    const plain = { ...authorized(`Bearer ${token}`), origin: 'http://gatehouse.example' };
    const { status, text } = await fetch('/admin/users', plain);
    expect([status, text]).toEqual([403, '{"error":"https_required"}']);
  });

  it('is compared for 120 requests a minute of one address', async () => {
    const address = '203.0.113.120';
    const statuses = [];
    for (let n = 0; n < 121; n += 1) {
      statuses.push((await app.fetch('/admin/nothing', authorized('Bearer no', address))).status);
    }
    expect(new Set(statuses.slice(0, 120))).toEqual(new Set([401]));
    const right = await app.fetch('/admin/nothing', authorized(`Bearer ${token}`, address));
    expect([statuses[120], right.status]).toEqual([429, 429]);
    expect(Number(right.headers.get('Retry-After'))).toBeGreaterThan(0);
  });
});

describe('hostile input', () => {
  const long = 'a'.repeat(300);
  const malformed: Record<string, string[]> = {
    limit: ['0', '101', '1.5', 'NaN', '1e999'].map((limit) => `/users?limit=${limit}`),
    'limit of the audit': ['/audit?limit=501', '/audit?limit=0'],
    cursor: ['-1', '9999999999999999999', "1'%20or%201=1"].map((n) => `/users?cursor=${n}`),
    'cursor of the audit': ['/audit?cursor=0', '/audit?cursor=abc'],
    status: ['/users?status=deleted'],
    username: ['/users?username=', `/users?username=${long}`],
    email: ['/users?email=a%00b'],
    emial: ['/users?emial=typo@example.com'],
    query: ['/users?status=active&status=inactive'],
    ['__proto__']: ['/users?__proto__=1'],
    constructor: ['/users?constructor=1'],
    id: [`/users/${long}`, '/users/a%00b', '/users/99999999999999999999'],
    action: ['/audit?action=login', '/audit?action=LOGIN;--', '/audit?action=LOGINS'],
    from: ['/audit?from=yesterday', '/audit?from=2026-13-01'],
    to: ['/audit?to=2026-01-01T00:00:00', '/audit?from=2026-01-02&to=2026-01-02'],
    format: ['/audit?format=xml'],
    user: [`/audit?user=${long}`, '/audit?user='],
    address: ['%0A', '10.0.0', 'example.com', '2001:db8::/48'].map((a) => `/audit?address=${a}`),
    before: ['/audit?before=7'],
  };
  it.each(Object.entries(malformed))(
    'is refused with 400 if it is a malformed %s',
    async (name, paths) => {
      for (const path of paths) {
        const { status, text } = await call(`GET ${path as '/'}`);
        expect([path, status]).toEqual([path, 400]);
        const field = name.replace(' of the audit', '');
        const details = { [field]: expect.arrayContaining([expect.any(String)]) };
        expect(JSON.parse(text)).toEqual({ error: 'malformed', details });
      }
    },
  );

  it('finds no user by an injection, and deletes none', async () => {
    const injection = encodeURIComponent("x'; drop table users; --");
    expect(await json(`GET /users?username=${injection}`)).toEqual({ users: [], next: null });
    expect((await call(`GET /users/${injection}`)).status).toBe(404);
    expect((await json('GET /users')).users.length).toBeGreaterThan(0);
  });

  it.each([
    ['PUT /users/1', 405, 'GET, DELETE'],
    ['POST /users', 405, 'GET'],
    ['DELETE /audit', 405, 'GET'],
    ['GET /users/1/unlock', 405, 'POST'],
    ['GET /users/1/role', 405, 'POST'],
    ['POST /users/1/explode', 404, null],
    [`POST /users/${long}/explode`, 404, null],
    ['GET /audit/1', 404, null],
    ['GET /users/%F0%9F', 404, null],
  ])('is answered at %s with %i', async (route, expected, allow) => {
    const { status, headers } = await call(route as 'GET /');
    expect([status, headers.get('Allow')]).toEqual([expected, allow]);
  });
});
