/** Roles and deletion; and what the audit keeps of every change that an operator makes. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { roleBody } from '../../src/http/admin-input.ts';
import { addUser, count, freshAddress, createTestApp } from '../support/test-app.ts';
import { eventsOf, operator } from '../support/operator.ts';
import { fieldsOf } from '../support/published.ts';
import { client, held } from '../support/session.ts';

const here = createTestApp();
const { call, json } = operator(here);
const pair = client(here, 'username-pair');

async function lock(person: Awaited<ReturnType<typeof addUser>>): Promise<void> {
  for (let n = 0; n < 5; n += 1) await pair.login({ ...person, password: 'a wrong one' });
}

describe('a role', () => {
  it('is given where it exists, made where a name comes with it, and taken away', async () => {
    const { id } = await addUser();
    const unknown = await call(`POST /users/${id}/role`, { body: { role: 'role-typo' } });
    expect([unknown.status, JSON.parse(unknown.text).error]).toEqual([400, 'unknown_role']);
    const given = await json(`POST /users/${id}/role`, { role: 'role-ops', name: 'Operations' });
    expect(given).toMatchObject({ changed: true, user: { role: { name: 'Operations' } } });
    const again = await json(`POST /users/${id}/role`, { role: 'role-ops', name: 'Renamed' });
    expect(again).toMatchObject({ changed: false, user: { role: { name: 'Operations' } } });
    expect((await json(`POST /users/${id}/role`, { role: null })).user.role).toBeNull();
    expect((await eventsOf(id)).map(({ action, reason }) => [action, reason])).toEqual([
      ['ADMIN_ROLE_SET', 'role-ops'],
      ['ADMIN_ROLE_SET', 'none'],
    ]);
  });

  it.each([
    '{"role":',
    '[]',
    'null',
    '{}',
    '{"role":7}',
    '{"role":""}',
    '{"role":null,"x":1}',
    '{"role":"a","__proto__":{}}',
    `{"role":"${'a'.repeat(20_000)}"}`,
  ])('is not read from %s', async (body) => {
    const { id } = await addUser();
    const { status, text } = await call(`POST /users/${id}/role`, { body });
    expect([status, JSON.parse(text).error]).toEqual([400, 'malformed']);
  });

  it('is not read from what is not declared as JSON', async () => {
    const { id } = await addUser();
    const headers = { 'Content-Type': 'text/plain' };
    const sent = await call(`POST /users/${id}/role`, { body: { role: null }, headers });
    expect(sent.status).toBe(400);
  });
});

it('deletes a user as the owner would, and keeps who did it', async () => {
  const person = await addUser();
  await json(`POST /users/${person.id}/deactivate`);
  await json(`POST /users/${person.id}/activate`);
  const { access } = held(await pair.login(person, { address: '198.51.100.7' }));
  await lock(person);
  const address = '203.0.113.9';
  const { status, text, headers } = await call(`DELETE /users/${person.id}`, { address });
  expect([status, text]).toEqual([204, '']);
  expect((await pair.profile(access)).status).toBe(401);
  expect((await pair.login(person)).status).toBe(401);
  expect((await call(`GET /users/${person.id}`)).status).toBe(404);
  expect(await count('audit_events', person.id)).toBe(0);

  const trace = headers.get('X-Request-Id');
  const { results } = await env.DB.prepare(
    "SELECT action, user_id, address, subject FROM audit_events WHERE trace_id = ? OR (contract = 'admin' AND subject = (SELECT subject FROM audit_events WHERE trace_id = ?1)) ORDER BY id",
  )
    .bind(trace)
    .all<Record<'action' | 'address', string>>();
  expect(results.map(({ action }) => action)).toEqual([
    'ADMIN_DEACTIVATED',
    'ADMIN_ACTIVATED',
    'ADMIN_DELETED',
  ]);
  expect(results.at(-1)).toMatchObject({ user_id: null, address });
  expect(results[0]?.address).not.toBe('');
  const kept = await env.DB.prepare('SELECT count(*) AS n FROM audit_events WHERE address = ?')
    .bind('198.51.100.7')
    .first('n');
  expect(kept).toBe(0);
});

it('audits each change with the operator’s address and trace, and nothing where nothing changed', async () => {
  const person = await addUser();
  const { id } = person;
  for (const change of ['activate', 'unlock', 'end-sessions']) {
    expect(await json(`POST /users/${id}/${change}`)).toMatchObject({ changed: false });
  }
  expect(await json(`POST /users/${id}/role`, { role: null })).toMatchObject({ changed: false });
  expect(await eventsOf(id)).toEqual([]);

  const address = freshAddress();
  const first = await call(`POST /users/${id}/deactivate`, { address });
  await call(`POST /users/${id}/deactivate`, { address });
  expect(await eventsOf(id)).toEqual([
    {
      action: 'ADMIN_DEACTIVATED',
      reason: 'done',
      address,
      contract: 'admin',
      trace_id: first.headers.get('X-Request-Id'),
    },
  ]);
});

it('changes nothing where the audit cannot be written', async () => {
  const person = await addUser();
  await lock(person);
  const failing = createTestApp({}, (call, proceed) =>
    call.to === 'database' && call.what.some((sql) => sql.includes('insert into "audit_events"'))
      ? Promise.reject(new Error('Network connection lost.'))
      : proceed(),
  );
  const broken = operator(failing);
  for (const change of ['unlock', 'deactivate', 'end-sessions'] as const) {
    const { status, text } = await broken.call(`POST /users/${person.id}/${change}`);
    expect([status, text]).toEqual([500, '{"error":"internal"}']);
  }
  const { user, guard } = await json(`GET /users/${person.id}`);
  expect([user.status, guard.lockedUntil]).toEqual(['active', expect.any(String)]);
});

it('deletes nobody whose password changes meanwhile, and says so', async () => {
  const person = await addUser();
  const racing = createTestApp({}, async (call, proceed) => {
    if (call.method === 'batch' && call.what.some((sql) => sql.startsWith('delete from "users"'))) {
      await env.DB.prepare(
        'UPDATE users SET credential_version = credential_version + 1 WHERE id = ?',
      )
        .bind(person.id)
        .run();
    }
    return proceed();
  });
  const { status, text } = await operator(racing).call(`DELETE /users/${person.id}`);
  expect([status, JSON.parse(text)]).toEqual([409, { error: 'changed_meanwhile' }]);
  expect((await call(`GET /users/${person.id}`)).status).toBe(200);
});

it('gives an operator no way to set a password', async () => {
  const fields = fieldsOf('admin');
  expect(fields).toContain('role');
  for (const field of fields) expect(field).not.toMatch(/password|hash|secret|token/i);
  expect(roleBody.safeParse({ role: null, password: 'chosen by somebody' }).success).toBe(false);

  const person = await addUser();
  const body = { password: 'chosen by somebody', passwordHash: 'x', password_hash: 'x' };
  for (const change of ['activate', 'unlock', 'end-sessions', 'deactivate', 'activate', 'role']) {
    await call(`POST /users/${person.id}/${change}`, { body });
  }
  expect((await pair.login({ ...person, password: body.password })).status).toBe(401);
  expect((await pair.login(person)).status).toBe(200);
});
