/** Accounts as operators: what they have to prove, their own account, and their name in the audit. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { valueNamed } from '../support/authenticator.ts';
import { captureConsole, type CapturedConsole } from '../support/captured-console.ts';
import { eventsOf, operator } from '../support/operator.ts';
import {
  addOperator,
  asking,
  CONTRACT,
  operatorSettings,
  passwordSession,
  ROLES,
  TOKENS,
  type OperatorAccount,
} from '../support/operators.ts';
import { client, moveClock } from '../support/session.ts';
import { addUser, createTestApp } from '../support/test-app.ts';

const app = createTestApp(operatorSettings);
const ask = asking(app);

describe('an operator who has to prove more', () => {
  it.each([
    ['with a passkey', async () => undefined, ['passkey']],
    [
      'with neither app nor passkey',
      ({ user }: OperatorAccount) =>
        env.DB.prepare('DELETE FROM passkeys WHERE user_id = ?').bind(user.id).run(),
      [],
    ],
  ])('is told how: %s', async (_, change, methods) => {
    const account = await addOperator(app, ROLES.writeRole);
    await change(account);
    const token = await passwordSession(app, account.user);
    const { text } = await ask('GET /users', token);
    expect(JSON.parse(text)).toEqual({ error: 'second_factor_required', details: { methods } });
  });

  it('goes on after the proof', async () => {
    const { token, passkey } = await addOperator(app, ROLES.writeRole);
    const { id } = await addUser();
    moveClock(600_000);
    const refused = await ask(`POST /users/${id}/reset-factors`, token);
    expect(JSON.parse(refused.text)).toEqual({
      error: 'reauthentication_required',
      details: { methods: ['passkey'] },
    });
    const caller = client(app, CONTRACT);
    const options = await caller.ask('passkey-login-options', null);
    const challenge = valueNamed(JSON.parse(options.text), 'challenge');
    const credential = await passkey.sign(String(challenge));
    const proof = { password: null, code: null, credential };
    expect((await caller.ask('reauthenticate', proof, { token })).status).toBeLessThan(300);
    expect((await ask(`POST /users/${id}/reset-factors`, token)).status).toBe(200);
  });

  it('proves nothing by the password', async () => {
    const { user, token: first } = await addOperator(app, ROLES.writeRole);
    const token = await passwordSession(app, user);
    const proof = { password: user.password, code: null, credential: null };
    await client(app, CONTRACT).ask('reauthenticate', proof, { token });
    expect((await ask('GET /users', token)).status).toBe(403);
    moveClock(300_000);
    await client(app, CONTRACT).ask('reauthenticate', proof, { token: first });
    expect((await ask('DELETE /users/1', first)).status).toBe(403);
  });
});

describe('an operator’s own account', () => {
  it.each([
    ['DELETE', ''],
    ['POST', '/deactivate'],
    ['POST', '/reset-factors'],
    ['POST', '/role'],
  ] as const)('is refused for %s %s, by number and by public id', async (method, path) => {
    const { user, publicId, token } = await addOperator(app, ROLES.writeRole);
    const body = path === '/role' ? { role: null } : undefined;
    for (const id of [user.id, publicId]) {
      const { status, text } = await ask(`${method} /users/${id}${path}`, token, body);
      expect([id, status, text]).toEqual([id, 409, '{"error":"own_account"}']);
    }
    expect((await ask('GET /users', token)).status).toBe(200);
  });
});

describe('the audit', () => {
  it('names the account or token that made a change, and finds its changes', async () => {
    const { token, publicId } = await addOperator(app, ROLES.writeRole);
    const { id } = await addUser();
    await ask(`POST /users/${id}/deactivate`, token);
    await ask(`POST /users/${id}/activate`, TOKENS.write);
    expect((await eventsOf(id)).map(({ action, operator }) => [action, operator])).toEqual([
      ['ADMIN_DEACTIVATED', publicId],
      ['ADMIN_ACTIVATED', 'token:writer'],
    ]);
    const { text } = await ask(`GET /audit?operator=${publicId}`, TOKENS.read);
    expect(JSON.parse(text).events).toMatchObject([
      { action: 'ADMIN_DEACTIVATED', userId: id, operator: publicId },
    ]);
  });

  it('names no operator in what users do', async () => {
    const user = await addUser();
    await client(app, CONTRACT).login(user);
    expect(await eventsOf(user.id)).toMatchObject([{ action: 'LOGIN', operator: null }]);
  });
});

describe('the log', () => {
  const lines = (console: CapturedConsole) =>
    console
      .take()
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .flatMap(({ event, route, status, operator }) =>
        event === 'operator' ? [[route, status, operator]] : [],
      );

  it('names the operator of every request, reads too, and an account that is none', async () => {
    const { token, publicId } = await addOperator(app, ROLES.readRole);
    const stranger = await addOperator(app, null);
    const console = captureConsole();
    await ask('GET /users', token);
    await ask('DELETE /users/1', token);
    await ask('GET /users', TOKENS.write);
    await ask('GET /users', stranger.token);
    await ask('GET /users', 'x.y.z');
    expect(lines(console)).toEqual([
      ['GET /admin/users', 200, publicId],
      ['DELETE /admin/users/:id', 403, publicId],
      ['GET /admin/users', 200, 'token:writer'],
      ['admin authentication', 403, stranger.publicId],
      ['admin authentication', 401, null],
    ]);
  });
});

it('opens metrics and document to an account that reads, and to no stranger', async () => {
  const { token } = await addOperator(app, ROLES.readRole);
  const stranger = await addOperator(app, null);
  for (const path of ['/metrics', '/openapi/admin.json']) {
    for (const [sent, status] of [
      [token, 200],
      [stranger.token, 403],
    ] as const) {
      const headers = { Authorization: `Bearer ${sent}`, 'CF-Connecting-IP': '192.0.2.77' };
      expect([path, (await app.fetch(path, { headers })).status]).toEqual([path, status]);
    }
  }
});

it('opens to no account while sessions cannot be read', async () => {
  const { token } = await addOperator(app, ROLES.writeRole);
  const broken = createTestApp(operatorSettings, (call, proceed) =>
    call.to === 'database' ? Promise.reject(new Error('Network connection lost.')) : proceed(),
  );
  const { status, text } = await asking(broken)('GET /users', token);
  expect([status, text]).toEqual([500, '{"error":"internal"}']);
});

it('is there for accounts where no token is set', async () => {
  const other = createTestApp({ ...operatorSettings, OPERATOR_TOKEN: undefined });
  const { token } = await addOperator(other, ROLES.readRole);
  const headers = { Authorization: `Bearer ${token}` };
  expect((await operator(other).call('GET /users', { headers })).status).toBe(200);
  expect((await operator(other).call('GET /users')).status).toBe(401);
});

it('opens to no account where no role is set', async () => {
  const { token } = await addOperator(app, ROLES.writeRole);
  const other = createTestApp();
  const headers = { Authorization: `Bearer ${token}` };
  expect((await operator(other).call('GET /users', { headers })).status).toBe(401);
});
