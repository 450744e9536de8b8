/** Access to the admin API: the token, the limit of an address, and input of any kind. */
import { describe, expect, it } from 'vitest';
import { createTestApp, freshAddress } from '../support/test-app.ts';
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
    const { fetch } = createTestApp({ LOCAL_DEVELOPMENT: 'false', PASSWORD_COST: { rounds: 6 } });
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
  it.each([
    ['/users?limit=0', 'limit'],
    ['/users?limit=101', 'limit'],
    ['/users?limit=1.5', 'limit'],
    ['/users?limit=NaN', 'limit'],
    ['/users?limit=1e999', 'limit'],
    ['/users?cursor=-1', 'cursor'],
    ['/users?cursor=9999999999999999999', 'cursor'],
    ["/users?cursor=1'%20or%201=1", 'cursor'],
    ['/users?status=deleted', 'status'],
    ['/users?username=', 'username'],
    [`/users?username=${long}`, 'username'],
    ['/users?email=a%00b', 'email'],
    ['/users?emial=typo@example.com', 'emial'],
    ['/users?status=active&status=inactive', 'query'],
    ['/users?__proto__=1', '__proto__'],
    ['/users?constructor=1', 'constructor'],
    [`/users/${long}`, 'id'],
    ['/users/a%00b', 'id'],
    ['/users/99999999999999999999', 'id'],
    ['/audit?limit=501', 'limit'],
    ['/audit?limit=0', 'limit'],
    ['/audit?cursor=0', 'cursor'],
    ['/audit?cursor=abc', 'cursor'],
    ['/audit?action=login', 'action'],
    ['/audit?action=LOGIN;--', 'action'],
    ['/audit?from=yesterday', 'from'],
    ['/audit?from=2026-13-01', 'from'],
    ['/audit?to=2026-01-01T00:00:00', 'to'],
    ['/audit?format=xml', 'format'],
    [`/audit?user=${long}`, 'user'],
    ['/audit?user=', 'user'],
    ['/audit?address=%0A', 'address'],
    ['/audit?before=7', 'before'],
  ])('is refused with 400 at %s, and the field named', async (path, field) => {
    const { status, text } = await call(`GET ${path as '/'}`);
    const { error, details } = JSON.parse(text);
    expect([path, status, error]).toEqual([path, 400, 'malformed']);
    expect(Object.keys(details)).toEqual([field]);
    expect(details[field]).not.toHaveLength(0);
  });

  it('finds nobody by an injection, and deletes nothing', async () => {
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
