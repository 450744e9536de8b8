/** What registrations and challenges keep, and for how long. */
import { env } from 'cloudflare:workers';
import { afterEach, expect, it, vi } from 'vitest';
import { addUser } from '../support/test-app.ts';
import { codeIn, mailbox, tokenIn } from '../support/mailbox.ts';
import { newUser } from '../support/new-user.ts';
import { client, held } from '../support/session.ts';

afterEach(() => vi.useRealTimers());

it('takes a name alike whether the address was known or not', async () => {
  const { here } = mailbox();
  const { post } = client(here, 'username-coded');
  const known = await addUser();
  const [first, second] = [newUser(), newUser()];
  const answers = [];
  for (const { username, email } of [
    { username: first.username, email: known.email },
    { username: second.username, email: second.email },
    { username: first.username.toUpperCase(), email: newUser().email },
    { username: second.username.toUpperCase(), email: newUser().email },
    { username: known.username, email: newUser().email },
  ]) {
    answers.push((await post('register', { username, email, password: 'a long way off' })).status);
  }
  expect(answers).toEqual([202, 202, 409, 409, 409]);
});

it('frees a name and an address that nobody proved within a day', async () => {
  const { here, to } = mailbox();
  const { post } = client(here, 'username-coded');
  const person = newUser();
  const body = { username: person.username, email: person.email, password: person.password };
  await post('register', body);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_401_000 });
  expect((await post('register', body)).status).toBe(202);
  expect(to(person.email).filter(({ text }) => /\b\d{6}\b/.test(text))).toHaveLength(2);
});

it('stores neither codes nor tokens, nor anything that opens them', async () => {
  const { here, to, calls } = mailbox();
  const { post } = client(here, 'email-cookie');
  const person = await addUser({ email_verified: 0 });
  await post('verify-email/send', { email: person.email });
  await post('forgot-password', { email: person.email });
  const dump = JSON.stringify((await env.DB.prepare('SELECT * FROM challenges').all()).results);
  expect(dump).not.toContain(codeIn(to(person.email)));
  expect(dump).not.toContain(tokenIn(to(person.email)));
  expect(calls.filter((call) => call.to === 'mail')).toHaveLength(2);
});

it('counts every attempt against its address', async () => {
  const { here } = mailbox({ ADDRESS_LIMITS: { 'email-cookie': 2 } });
  const { post } = client(here, 'email-cookie');
  const from = { address: '203.0.113.77' };
  const email = 'nobody@example.com';
  expect((await post('forgot-password', { email }, from)).status).toBe(202);
  expect((await post('verify-email/send', { email }, from)).status).toBe(202);
  expect((await post('forgot-password', { email }, from)).status).toBe(429);
  expect((await post('register', { email, password: 'a long way off' }, from)).status).toBe(429);
});

it('takes the newest code of a registration, and no older one', async () => {
  const { here, to } = mailbox();
  const { post, login } = client(here, 'email-envelope');
  const person = newUser();
  const { email, password } = person;
  await post('register', { email, password });
  const first = codeIn(to(email));
  await post('verify-email/send', { email });
  const second = codeIn(to(email));
  if (first !== second) {
    expect((await post('verify-email', { email, password, code: first })).status).toBe(400);
  }
  expect((await post('verify-email', { email, password, code: second })).status).toBe(200);
  expect((await login(person)).status).toBe(200);
});

it('answers alike when the mail cannot be sent, after trying twice', async () => {
  const { here, calls } = mailbox({}, (call, proceed) =>
    call.to === 'mail' ? Promise.reject(new Error('lost')) : proceed(),
  );
  const { email, password } = newUser();
  const answer = await client(here, 'email-cookie').post('register', { email, password });
  expect(answer.status).toBe(202);
  expect(calls.filter(({ to }) => to === 'mail')).toHaveLength(2);
});

it('forgets with an account what others asked for in its name', async () => {
  const { here } = mailbox();
  const { post, login } = client(here, 'username-coded');
  const person = await addUser();
  const { username } = newUser();
  await post('register', { username, email: person.email, password: 'a long way off' });
  const { access: token } = held(await login(person));
  await post('delete-account', { password: person.password }, { token });
  for (const table of ['users', 'registrations']) {
    const { n } = (await env.DB.prepare(`SELECT count(*) AS n FROM ${table} WHERE email = ?`)
      .bind(person.email)
      .first<{ n: number }>()) ?? { n: -1 };
    expect([table, n]).toEqual([table, 0]);
  }
});

it('does not hold an outage against who brought the right password and code', async () => {
  const lockout = { LOCKOUT: { threshold: 1, stopAfterFailures: 100 } };
  const { here, to } = mailbox(lockout);
  const person = await addUser({ email_verified: 0 });
  const { email, password } = person;
  await client(here, 'email-cookie').post('verify-email/send', { email });
  const proof = { email, password, code: codeIn(to(email)) };
  const failing = mailbox(lockout, (call, proceed) =>
    call.what.some((sql) => sql.startsWith('update'))
      ? Promise.reject(new Error('lost'))
      : proceed(),
  );
  expect((await client(failing.here, 'email-cookie').post('verify-email', proof)).status).toBe(500);
  // With one failure allowed, a ticket that is still out would keep this one waiting.
  expect((await client(here, 'email-cookie').post('verify-email', proof)).status).toBe(204);
});
