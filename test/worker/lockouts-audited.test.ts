/** A lock is one row of the audit log, not one for each refused attempt. */
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { TICKET_MS } from '../../src/policy/lockout.ts';
import { captureConsole } from '../support/captured-console.ts';
import { failing } from '../support/faults.ts';
import { eventsOf } from '../support/operator.ts';
import { client, moveClock, WRONG } from '../support/session.ts';
import { addUser, createTestApp, newUser } from '../support/test-app.ts';

const LOCKED = 429;
const app = createTestApp();
const byEmail = client(app, 'email-cookie');
const byUsername = client(app, 'username-pair');

async function locksOf(column: 'user_id' | 'subject', value: string | number) {
  const { results } = await env.DB.prepare(
    `SELECT reason, contract, user_id, subject FROM audit_events WHERE action = 'ACCOUNT_LOCKED' AND ${column} = ? ORDER BY id`,
  )
    .bind(value)
    .all<{ reason: string; contract: string; user_id: number | null; subject: string }>();
  return results;
}

it('is one row, however many attempts the lock refuses', async () => {
  const user = await addUser();
  const wrong = { ...user, password: WRONG };
  const answers = await Promise.all(Array.from({ length: 40 }, () => byEmail.login(wrong)));
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
  expect((await byUsername.login(user)).status).toBe(200);
  const row = { reason: 'locked', contract: 'email-cookie' };
  expect(await locksOf('user_id', user.id)).toMatchObject([row]);
});

it('is one row for each lock, and names the one that only a reset ends', async () => {
  const user = await addUser();
  const LOCKOUT = { threshold: 2, stopAfterFailures: 4 };
  const { login, fail } = client(createTestApp({ LOCKOUT }), 'username-coded');
  await fail(user, 2);
  expect((await login(user)).status).toBe(LOCKED);
  moveClock(900_000);
  await fail(user, 2);
  expect((await login(user)).status).toBe(LOCKED);
  const locks = await locksOf('user_id', user.id);
  expect(locks.map(({ reason }) => reason)).toEqual(['locked', 'stopped']);
});

it('is a row for a name that nobody has, under its pseudonym', async () => {
  const address = '192.0.2.201';
  const user = { ...newUser(), password: WRONG };
  for (let n = 0; n < 6; n += 1) await byEmail.login(user, { address });
  const subject = await env.DB.prepare('SELECT subject FROM audit_events WHERE address = ?')
    .bind(address)
    .first<string>('subject');
  expect(await locksOf('subject', subject ?? '')).toMatchObject([
    { reason: 'locked', user_id: null },
  ]);
});

it('has the account’s pseudonym, at either name', async () => {
  const user = await addUser();
  for (const at of [byEmail, byUsername]) await at.fail(user);
  const [first, second, ...more] = await locksOf('user_id', user.id);
  expect(more).toEqual([]);
  expect(second?.subject).toBe(first?.subject);
  expect(await eventsOf(user.id)).toHaveLength(12);
});

it('is written by the attempt that finds it, where expired tickets have locked', async () => {
  captureConsole();
  const user = await addUser();
  const dying = createTestApp(
    {},
    failing(({ method }) => method === 'settle'),
  );
  const { login } = client(dying, 'email-cookie');
  for (let n = 0; n < 5; n += 1) await login({ ...user, password: WRONG });
  expect(await locksOf('user_id', user.id)).toEqual([]);
  moveClock(TICKET_MS);
  for (let n = 0; n < 3; n += 1) expect((await byEmail.login(user)).status).toBe(LOCKED);
  expect(await locksOf('user_id', user.id)).toMatchObject([{ reason: 'locked' }]);
});
