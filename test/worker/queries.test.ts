/** Every statement of the application finds its rows by an index. */
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { runCleanup } from '../../src/scheduled.ts';
import { createAccountChanges } from '../../src/store/account-changes.ts';
import { createFactors } from '../../src/store/factors/factors.ts';
import { createPasskeys } from '../../src/store/passkeys/passkeys.ts';
import { createSessions } from '../../src/store/sessions/sessions.ts';
import { createUsers } from '../../src/store/users.ts';
import { byAddress } from '../support/contract-cases.ts';
import { addUser, contractCases, createTestApp, newUser } from '../support/test-app.ts';
import { codeIn, mailbox, tokenIn } from '../support/mailbox.ts';
import { newCodes, useOf } from '../support/factor-rows.ts';
import { newSession } from '../support/new-session.ts';
import { challenge, passkeysOf, passkeyUse } from '../support/passkey-rows.ts';
import { operator } from '../support/operator.ts';
import * as rows from '../support/store-rows.ts';
import { client, tokensOf } from '../support/session.ts';
import { interceptBindings, type BindingInterceptor } from '../fixtures/intercept-bindings.ts';

async function planOf(sql: string): Promise<string[]> {
  const values = Array.from(sql.matchAll(/\?/g), () => null);
  const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...values)
    .all<{ detail: string }>();
  return results.map(({ detail }) => detail);
}

it('scans no table in any operation', async () => {
  const statements = new Set<string>();
  const collect: BindingInterceptor = (call, proceed) => {
    if (call.to === 'database') for (const sql of call.what) statements.add(sql);
    return proceed();
  };
  const app = createTestApp({}, collect);
  for (const { name } of contractCases) {
    const { login, refresh, profile, sessions, ...session } = client(app, name);
    const { endSession, logout, logoutAll, ask } = session;
    const person = await addUser();
    await login({ ...person, password: 'a wrong one' });
    const { access, refresh: token } = tokensOf(await login(person));
    if (token !== '') await refresh(token);
    await profile(access);
    await sessions(access);
    await ask('update-profile', { name: 'Al' }, { token: access });
    await ask('list-activity', null, { token: access });
    await ask('rename-session', { id: crypto.randomUUID(), name: 'Desk' }, { token: access });
    await ask('revoke-session', { token: 'unknown' });
    await ask('logout-others', null, { token: access });
    await endSession(access, crypto.randomUUID());
    await logout(access);
    await logoutAll(tokensOf(await login(person)).access);
    await callAccountOperations(name, collect);
  }
  await app.fetch('/healthz');
  await callAdminOperations(operator(app));
  await runCleanup(interceptBindings(env, collect));
  await changeFactors(interceptBindings(env, collect).DB);
  await changePasskeys(interceptBindings(env, collect).DB);
  expect(statements.size).toBeGreaterThanOrEqual(100);
  const scans: string[] = [];
  for (const sql of statements) {
    // Its plan has a scan of users, for the case that a foreign key were left dangling.
    if (sql.startsWith('insert into "roles"')) continue;
    if (BOUNDED.test(sql)) continue;
    for (const step of await planOf(sql)) if (SCAN.test(step)) scans.push(`${step}: ${sql}`);
  }
  expect(scans).toEqual([]);
});

/** Matches the scan of a table; a statement's own rows (`halves`, `recent`, `json_each`) and bounded subqueries may be scanned. */
const SCAN = /^SCAN (?!CONSTANT|halves|recent|json_each|\(subquery)/;

/** Counts at most as many rows as its limit. */
const BOUNDED = /^select (?:count|sum)\(.* from \(select .* limit \?\) "some"$/;

/** Calls the operations from a registration to the deletion of its account. */
async function callAccountOperations(name: string, collect: BindingInterceptor): Promise<void> {
  const { app, to } = mailbox({}, collect);
  const { ask, login, application, named } = client(app, name);
  const person = newUser();
  const { email, password } = person;
  await ask('register', application(person));
  await ask('send-code', named(person));
  await ask('verify-email', { ...named(person), password, code: codeIn(to(email)) });
  await ask('forgot-password', byAddress(email));
  const renewed = { ...person, password: 'something else entirely' };
  await ask('reset-password', { token: tokenIn(to(email)), password: renewed.password });
  const { access: token } = tokensOf(await login(renewed));
  const [currentPassword, newPassword] = [renewed.password, password];
  await ask('change-password', { currentPassword, newPassword }, { token });
  const moved = `moved-${email}`;
  await ask('change-email', { email: moved, password }, { token });
  await ask('confirm-email', { code: codeIn(to(moved)) }, { token });
  expect((await ask('delete-account', { password }, { token })).status).toBeLessThan(300);
}

async function changeFactors(database: D1Database): Promise<void> {
  const factors = createFactors(database, { maxFactors: 5 });
  const sessions = createSessions(database);
  const [account, how] = [rows.account(1), { ...rows.auditContext, recoveryCodes: newCodes }];
  await factors.enroll(account, { id: 'totp', secret: '', name: null }, rows.auditContext);
  await factors.confirm(rows.aliceHere, useOf('totp', 'totp', 1), how);
  await factors.replaceRecoveryCodes(account, how);
  await factors.remove(account, 'totp', rows.auditContext);
  await factors.reset(account, rows.auditContext);
  await sessions.provePassword({ id: 'alice-here', userId: 1 }, rows.NOW);
  for (const use of [useOf('totp', 'totp', 1), useOf('code', 'recovery-code', 1)]) {
    await factors.prove(rows.aliceHere, use, rows.auditContext);
    await sessions.open({ ...newSession, secondFactor: use });
  }
  await createAccountChanges(database).renewHash(account, '');
}

async function changePasskeys(database: D1Database): Promise<void> {
  const passkeys = createPasskeys(database, { maxPasskeys: 20 });
  const [account, context] = [rows.account(1), rows.auditContext];
  const { id, ...fields } = { ...passkeysOf('alice')[0]!, publicKey: '', signCount: 0 };
  await createUsers(database).findByPasskey('');
  await passkeys.handleOf(1, '');
  await passkeys.add(rows.aliceHere, { id, ...fields }, { ...context, challenge });
  await passkeys.rename(account, { id, name: '' }, context);
  await passkeys.prove(rows.aliceHere, passkeyUse, context);
  await createSessions(database).open({ ...newSession, passkey: passkeyUse });
  await createAccountChanges(database).removePassword(account, { ...context, keepSessionId: '' });
  await passkeys.remove(account, id, context);
}

async function callAdminOperations({ call, json }: ReturnType<typeof operator>): Promise<void> {
  for (const name of ['', 'username=a', 'email=a', 'username=a&email=a']) {
    for (const status of ['', '&status=active', '&status=inactive']) {
      await json(`GET /users?${name}${status}&limit=1`.replace('?&', '?') as 'GET /');
    }
  }
  const { id } = await addUser();
  await json(`GET /users/${id}`);
  await json(`GET /users/${id}/sessions`);
  await json('GET /overview');
  await call('GET /users/nobody');
  for (const change of ['deactivate', 'activate', 'unlock', 'end-sessions'] as const) {
    await json(`POST /users/${id}/${change}`);
  }
  await json(`POST /users/${id}/role`, { role: null });
  await json(`GET /audit?user=${id}`);
  await json('GET /audit?action=LOGIN&from=2026-01-01&to=2027-01-01');
  await call(`DELETE /users/${id}`);
}

it('finds users by the index of each filter', async () => {
  const statements: string[] = [];
  const { json } = operator(
    createTestApp({}, (call, proceed) => {
      if (call.to === 'database') statements.push(...call.what);
      return proceed();
    }),
  );
  await json('GET /users?username=a');
  await json('GET /users?email=a&status=active');
  await json('GET /users?status=inactive');
  const plans = await Promise.all(statements.map(planOf));
  expect(plans.map(([first]) => first)).toEqual([
    expect.stringContaining('USING INDEX users_username_key (username_key>? AND username_key<?)'),
    expect.stringContaining('USING INDEX users_email (email>? AND email<?)'),
    expect.stringContaining('USING INDEX users_inactive (status=? AND rowid>?)'),
  ]);
});

it('notices a scan', async () => {
  expect(await planOf('SELECT * FROM users WHERE phone = ?')).toEqual(['SCAN users']);
});
