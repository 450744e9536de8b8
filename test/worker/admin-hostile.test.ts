/** What an operator's client may send by mistake, or somebody with its token on purpose. */
import { describe, expect, it } from 'vitest';
import { createTestApp } from '../support/test-app.ts';
import { operator } from '../support/operator.ts';

const { call, json } = operator(createTestApp());

describe('hostile input', () => {
  const long = 'a'.repeat(300);
  it.each([
    `/users?limit=0`,
    '/users?limit=101',
    '/users?limit=1.5',
    '/users?limit=NaN',
    '/users?limit=1e999',
    '/users?cursor=-1',
    '/users?cursor=9999999999999999999',
    "/users?cursor=1'%20or%201=1",
    '/users?status=deleted',
    '/users?username=',
    `/users?username=${long}`,
    '/users?email=a%00b',
    '/users?emial=typo@example.com',
    '/users?status=active&status=inactive',
    '/users?__proto__=1',
    '/users?constructor=1',
    `/users/${long}`,
    '/users/a%00b',
    '/users/99999999999999999999',
    '/audit?limit=501',
    '/audit?limit=0',
    '/audit?cursor=0',
    '/audit?cursor=abc',
    '/audit?action=login',
    '/audit?action=LOGIN;--',
    '/audit?from=yesterday',
    '/audit?from=2026-13-01',
    '/audit?to=2026-01-01T00:00:00',
    '/audit?format=xml',
    `/audit?user=${long}`,
    '/audit?user=',
    '/audit?address=%0A',
    '/audit?before=7',
  ])('gets 400 at %s', async (path) => {
    const { status, text } = await call(`GET ${path as '/'}`);
    expect([path, status, JSON.parse(text).error]).toEqual([path, 400, 'malformed']);
    expect(JSON.parse(text).details).not.toEqual({});
  });

  it('finds nobody by an injection, and harms none', async () => {
    const injection = encodeURIComponent("x'; drop table users; --");
    expect(await json(`GET /users?username=${injection}`)).toEqual({ users: [], next: null });
    expect((await call(`GET /users/${injection}`)).status).toBe(404);
    expect((await json('GET /users')).users.length).toBeGreaterThan(0);
  });

  it('is told 405 and what is allowed, or 404', async () => {
    const { status, headers } = await call('PUT /users/1');
    expect([status, headers.get('Allow')]).toEqual([405, 'GET, DELETE']);
    expect((await call('POST /users')).status).toBe(405);
    expect((await call('GET /users/1/unlock')).status).toBe(405);
    expect((await call('POST /users/1/explode')).status).toBe(404);
    expect((await call('GET /audit/1')).status).toBe(404);
    expect((await call('GET /users/%F0%9F')).status).toBe(404);
  });
});
