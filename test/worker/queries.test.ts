/** Every statement that the app makes finds its rows by an index. */
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { runCleanup } from '../../src/scheduled.ts';
import { addUser, contractCases, createTestApp } from '../support/test-app.ts';
import { codeIn, mailbox, tokenIn } from '../support/mailbox.ts';
import { newUser } from '../support/new-user.ts';
import { operator } from '../support/operator.ts';
import { client, held } from '../support/session.ts';
import { interceptBindings, type BindingInterceptor } from '../fixtures/intercept-bindings.ts';

async function planOf(sql: string): Promise<string[]> {
  const values = Array.from(sql.matchAll(/\?/g), () => null);
  const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...values)
    .all<{ detail: string }>();
  return results.map(({ detail }) => detail);
}

it('scans no table, whatever is asked', async () => {
  const statements = new Set<string>();
  const noted: BindingInterceptor = (call, proceed) => {
    if (call.to === 'database') for (const sql of call.what) statements.add(sql);
    return proceed();
  };
  const here = createTestApp({}, noted);
  for (const { name } of contractCases) {
    const { login, refresh, profile, sessions, endSession, logout, logoutAll } = client(here, name);
    const person = await addUser();
    await login({ ...person, password: 'a wrong one' });
    const { access, refresh: token } = held(await login(person));
    if (token !== '') await refresh(token);
    await profile(access);
    await sessions(access);
    await endSession(access, crypto.randomUUID());
    await logout(access);
    await logoutAll(held(await login(person)).access);
    await everyQuestionOfTheMailbox(name, noted);
  }
  await here.fetch('/healthz');
  await everyOperatorsQuestion(operator(here));
  await runCleanup(interceptBindings(env, noted));
  expect(statements.size).toBeGreaterThanOrEqual(75);
  const scans: string[] = [];
  for (const sql of statements) {
    // Its plan names the users that SQLite would look through if a reference were left dangling.
    if (sql.startsWith('insert into "roles"')) continue;
    for (const step of await planOf(sql)) if (SCAN.test(step)) scans.push(`${step}: ${sql}`);
  }
  expect(scans).toEqual([]);
});

/** Of a table: what a statement makes itself (`halves`), or has cut short, may be walked through. */
const SCAN = /^SCAN (?!CONSTANT|halves|\(subquery)/;

/** From a registration to the end of its account. */
async function everyQuestionOfTheMailbox(name: string, noted: BindingInterceptor): Promise<void> {
  const { here, to } = mailbox({}, noted);
  const { post, login, contract } = client(here, name);
  const person = newUser();
  const { username, email, password } = person;
  const named = contract.identifier === 'username' ? { username } : { email };
  await post('register', { ...named, email, password });
  await post('verify-email/send', named);
  await post('verify-email', { ...named, password, code: codeIn(to(email)) });
  await post('forgot-password', { email });
  const renewed = { ...person, password: 'something else entirely' };
  await post('reset-password', { token: tokenIn(to(email)), password: renewed.password });
  const { access: token } = held(await login(renewed));
  const [currentPassword, newPassword] = [renewed.password, password];
  await post('change-password', { currentPassword, newPassword }, { token });
  const moved = `moved-${email}`;
  await post('change-email', { email: moved, password }, { token });
  await post('change-email/confirm', { code: codeIn(to(moved)) }, { token });
  expect((await post('delete-account', { password }, { token })).status).toBeLessThan(300);
}

async function everyOperatorsQuestion({ call, json }: ReturnType<typeof operator>): Promise<void> {
  for (const name of ['', 'username=a', 'email=a', 'username=a&email=a']) {
    for (const status of ['', '&status=active', '&status=inactive']) {
      await json(`GET /users?${name}${status}&limit=1`.replace('?&', '?') as 'GET /');
    }
  }
  const { id } = await addUser();
  await json(`GET /users/${id}`);
  await call('GET /users/nobody');
  for (const change of ['deactivate', 'activate', 'unlock', 'end-sessions'] as const) {
    await json(`POST /users/${id}/${change}`);
  }
  await json(`POST /users/${id}/role`, { role: null });
  await json(`GET /audit?user=${id}`);
  await json('GET /audit?action=LOGIN&from=2026-01-01&to=2027-01-01');
  await call(`DELETE /users/${id}`);
}

it('finds users by the index of what is asked for', async () => {
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

it('would notice a scan', async () => {
  expect(await planOf('SELECT * FROM users WHERE phone = ?')).toEqual(['SCAN users']);
});
