/** Changes by the admin API: roles and deletion, each with its audit event. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { roleBody } from '../../src/http/admin-input.ts';
import { insertRows } from '../fixtures/rows.ts';
import { codeAt, valueNamed } from '../support/authenticator.ts';
import { factorRowsOf } from '../support/factor-rows.ts';
import { mailbox } from '../support/mailbox.ts';
import { addUser, count, freshAddress, createTestApp } from '../support/test-app.ts';
import { eventsOf, operator } from '../support/operator.ts';
import { passkeyRowsOf } from '../support/passkey-rows.ts';
import { fieldsOf } from '../support/published.ts';
import { client, moveClock, tokensOf } from '../support/session.ts';

const app = createTestApp();
const { call, json } = operator(app);
const pair = client(app, 'username-pair');

const enrol = (userId: number) =>
  insertRows(
    env.DB,
    factorRowsOf(`user-${userId}`, userId).map((columns) => ({ table: 'factors', columns })),
  );

async function lock(user: Awaited<ReturnType<typeof addUser>>): Promise<void> {
  for (let n = 0; n < 5; n += 1) await pair.login({ ...user, password: 'a wrong one' });
}

describe('a role', () => {
  it('is refused if unknown, and created if it comes with a name', async () => {
    const { id } = await addUser();
    const unknown = await call(`POST /users/${id}/role`, { body: { role: 'role-typo' } });
    expect([unknown.status, JSON.parse(unknown.text).error]).toEqual([400, 'unknown_role']);
    const given = await json(`POST /users/${id}/role`, { role: 'role-ops', name: 'Operations' });
    expect(given).toMatchObject({ changed: true, user: { role: { name: 'Operations' } } });
  });

  it.each([
    ['{"role":', { body: ['is no JSON in UTF-8'] }],
    [`{"role":"${'a'.repeat(20_000)}"}`, { body: ['is too large'] }],
    ['[]', { body: ['Invalid input: expected object, received array'] }],
    ['null', { body: ['Invalid input: expected object, received null'] }],
    ['{}', { role: ['Invalid input: expected string, received undefined'] }],
    ['{"role":7}', { role: ['Invalid input: expected string, received number'] }],
    ['{"role":""}', { role: ['Too small: expected string to have >=1 characters'] }],
    ['{"role":null,"x":1,"y":2}', { x: ['is not known'], y: ['is not known'] }],
    ['{"role":"a","__proto__":{}}', { ['__proto__']: ['is not known'] }],
  ])('is malformed in %s', async (body, details) => {
    const { status, text } = await call(`POST /users/1/role`, { body });
    expect([status, text]).toEqual([400, JSON.stringify({ error: 'malformed', details })]);
  });

  it('is malformed if it is not declared as JSON', async () => {
    const headers = { 'Content-Type': 'text/plain' };
    const sent = await call('POST /users/1/role', { body: { role: null }, headers });
    const details = { body: ['is not declared as JSON'] };
    expect([sent.status, JSON.parse(sent.text)]).toEqual([400, { error: 'malformed', details }]);
  });
});

describe('a reset of second factors', () => {
  it('leaves the password, sessions and nothing to ask for, and is told by e-mail and audited', async () => {
    const user = await addUser({ email: 'lost.phone@example.com' });
    const { access } = tokensOf(await pair.login(user));
    await enrol(user.id);
    expect((await pair.login(user)).status).toBe(pair.status['second-factor-required']);
    const inbox = mailbox();
    const address = freshAddress();
    const reset = () =>
      operator(inbox.app).call(`POST /users/${user.id}/reset-factors`, { address });
    const done = await reset();
    expect([done.status, JSON.parse(done.text)]).toMatchObject([
      200,
      { changed: true, sessionsEnded: 0, user: { id: user.id, secondFactor: false } },
    ]);
    expect(await count('factors', user.id)).toBe(0);
    expect((await pair.profile(access)).status).toBe(200);
    expect((await pair.login(user)).status).toBe(200);

    expect(JSON.parse((await reset()).text)).toMatchObject({ changed: false });
    expect((await eventsOf(user.id)).filter(({ contract }) => contract === 'admin')).toEqual([
      {
        action: 'ADMIN_FACTORS_RESET',
        reason: 'done',
        address,
        contract: 'admin',
        operator: 'token:OPERATOR_TOKEN',
        trace_id: done.headers.get('X-Request-Id'),
      },
    ]);
    const mails = inbox.to('lost.phone@example.com');
    expect(mails.map(({ subject }) => subject)).toEqual([
      'Your second factor at Gatehouse was reset',
    ]);
    expect(mails[0]?.text).toContain('/email-remember/forgot');
  });

  it('removes passkeys alone as well, and no other user’s', async () => {
    const user = await addUser();
    const other = await addUser();
    await insertRows(
      env.DB,
      [user.id, other.id]
        .flatMap((id) => passkeyRowsOf(`reset-${id}`, id))
        .map((columns) => ({ table: 'passkeys', columns })),
    );
    expect(await json(`POST /users/${user.id}/reset-factors`)).toMatchObject({
      changed: true,
      user: { passkeys: 0 },
    });
    expect([await count('passkeys', user.id), await count('passkeys', other.id)]).toEqual([0, 2]);
    expect(await json(`POST /users/${user.id}/reset-factors`)).toMatchObject({ changed: false });
  });

  it('ends a login that waits for its code, and an enrolment that waits for its own', async () => {
    const user = await addUser();
    const { access: token } = tokensOf(await pair.login(user));
    const enrolment = await pair.ask('enroll-totp', { challenge: null, name: null }, { token });
    const secret = valueNamed(JSON.parse(enrolment.text), 'secret') as string;
    await json(`POST /users/${user.id}/reset-factors`);
    const late = await pair.ask('confirm-totp', { code: codeAt(secret) }, { token });
    expect(late.status).toBe(pair.status['invalid-factor']);

    const again = await pair.ask('enroll-totp', { challenge: null, name: null }, { token });
    const other = valueNamed(JSON.parse(again.text), 'secret') as string;
    expect((await pair.ask('confirm-totp', { code: codeAt(other) }, { token })).status).toBe(200);
    moveClock(30_000);
    const owed = await pair.login(user);
    const challenge = valueNamed(JSON.parse(owed.text), 'challenge') as string;
    await json(`POST /users/${user.id}/reset-factors`);
    const step = await pair.ask('second-factor', { challenge, code: codeAt(other) });
    expect(step.status).toBe(pair.status['expired-step']);
    expect((await pair.login(user)).status).toBe(200);
  });
});

describe('deletion', () => {
  it('removes a user with all personal data, and keeps who did it', async () => {
    const user = await addUser();
    await json(`POST /users/${user.id}/deactivate`);
    await json(`POST /users/${user.id}/activate`);
    const { access } = tokensOf(await pair.login(user, { address: '198.51.100.7' }));
    await lock(user);
    const address = '203.0.113.9';
    const { status, text, headers } = await call(`DELETE /users/${user.id}`, { address });
    expect([status, text]).toEqual([204, '']);
    expect((await pair.profile(access)).status).toBe(401);
    expect((await pair.login(user)).status).toBe(401);
    expect((await call(`GET /users/${user.id}`)).status).toBe(404);
    expect(await count('audit_events', user.id)).toBe(0);

    const { results } = await env.DB.prepare(
      "SELECT action, user_id, address FROM audit_events WHERE contract = 'admin' AND subject = (SELECT subject FROM audit_events WHERE trace_id = ?) ORDER BY id",
    )
      .bind(headers.get('X-Request-Id'))
      .all<Record<'action' | 'address', string>>();
    expect(results.map(({ action }) => action)).toEqual([
      'ADMIN_DEACTIVATED',
      'ADMIN_ACTIVATED',
      'ADMIN_DELETED',
    ]);
    expect(results.at(-1)).toMatchObject({ user_id: null, address });
    expect(results[0]?.address).not.toBe('');
    const ofUser = await env.DB.prepare('SELECT count(*) AS n FROM audit_events WHERE address = ?')
      .bind('198.51.100.7')
      .first('n');
    expect(ofUser).toBe(0);
  });

  it('is refused with 409 if the password changes meanwhile', async () => {
    const user = await addUser();
    const racing = createTestApp({}, async (call, proceed) => {
      if (
        call.method === 'batch' &&
        call.what.some((sql) => sql.startsWith('delete from "users"'))
      ) {
        await env.DB.prepare(
          'UPDATE users SET credential_version = credential_version + 1 WHERE id = ?',
        )
          .bind(user.id)
          .run();
      }
      return proceed();
    });
    const { status, text } = await operator(racing).call(`DELETE /users/${user.id}`);
    expect([status, JSON.parse(text)]).toEqual([409, { error: 'changed_meanwhile' }]);
    expect((await call(`GET /users/${user.id}`)).status).toBe(200);
  });
});

describe('the audit', () => {
  it('has each change with the operator’s address and trace, and none that changed nothing', async () => {
    const { id } = await addUser();
    for (const change of ['activate', 'unlock', 'reset-factors', 'end-sessions']) {
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
        operator: 'token:OPERATOR_TOKEN',
        trace_id: first.headers.get('X-Request-Id'),
      },
    ]);
  });

  it('is a condition of every change', async () => {
    const user = await addUser();
    await enrol(user.id);
    await lock(user);
    const failing = createTestApp({}, (call, proceed) =>
      call.to === 'database' && call.what.some((sql) => sql.includes('insert into "audit_events"'))
        ? Promise.reject(new Error('Network connection lost.'))
        : proceed(),
    );
    const broken = operator(failing);
    for (const change of ['unlock', 'reset-factors', 'deactivate', 'end-sessions'] as const) {
      const { status, text } = await broken.call(`POST /users/${user.id}/${change}`);
      expect([status, text]).toEqual([500, '{"error":"internal"}']);
    }
    const { user: shown, guard } = await json(`GET /users/${user.id}`);
    expect([shown.status, guard.lockedUntil]).toEqual(['active', expect.any(String)]);
    expect(shown.secondFactor).toBe(true);
  });
});

it('gives an operator no way to set a password', async () => {
  const fields = fieldsOf('admin');
  expect(fields).toContain('role');
  for (const field of fields) expect(field).not.toMatch(/password|hash|secret|token/i);
  expect(roleBody.safeParse({ role: null, password: 'chosen by somebody' }).success).toBe(false);

  const user = await addUser();
  const body = { password: 'chosen by somebody', passwordHash: 'x', password_hash: 'x' };
  for (const change of [
    'activate',
    'unlock',
    'reset-factors',
    'end-sessions',
    'deactivate',
    'activate',
    'role',
  ]) {
    await call(`POST /users/${user.id}/${change}`, { body });
  }
  expect((await pair.login({ ...user, password: body.password })).status).toBe(401);
  expect((await pair.login(user)).status).toBe(200);
});
