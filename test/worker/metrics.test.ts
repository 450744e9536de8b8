/** What is counted: exactly, in words that Prometheus reads, and beside the way of a login. */
import { describe, expect, it } from 'vitest';
import { valueOf } from '../support/exposition.ts';
import { addUser, contractCase, contractCases, createTestApp } from '../support/test-app.ts';
import { mailbox } from '../support/mailbox.ts';
import { newUser } from '../support/new-user.ts';
import { added, scrape } from '../support/scrape.ts';
import { client, held } from '../support/session.ts';

describe('logins', () => {
  it.each(contractCases)(
    'of $name are counted, timed, and told by reason',
    async ({ name, path, body }) => {
      const here = createTestApp();
      const person = await addUser();
      const gone = await addUser({ status: 'inactive' });
      const more = await added(here, async () => {
        for (const attempt of [
          body(person),
          body(person),
          body({ ...person, password: 'a wrong one' }),
          body(newUser()),
          body(gone),
          '[]',
        ]) {
          await here.post(path, attempt);
        }
      });
      const contract = { contract: name };
      expect(more('auth_login_success_total', contract)).toBe(2);
      const failures = ['wrong-password', 'unknown-user', 'inactive', 'malformed', 'locked'].map(
        (reason) => more('auth_login_failure_total', { ...contract, reason }),
      );
      expect(failures).toEqual([1, 1, 1, 1, 0]);
      // What was malformed has no duration.
      expect(more('auth_login_duration_ms_count', contract)).toBe(5);
      expect(more('auth_login_duration_ms_bucket', { ...contract, le: '+Inf' })).toBe(5);
    },
  );

  it('in parallel, of several isolates, add up exactly', async () => {
    const { name, path, body } = contractCase('email-cookie');
    const people = await Promise.all(Array.from({ length: 4 }, () => addUser()));
    const houses = people.map(() => createTestApp());
    const [first = createTestApp()] = houses;
    const more = await added(first, () =>
      Promise.all(
        houses.flatMap(({ post }, n) =>
          Array.from({ length: 12 }, (_, m) =>
            post(path, m % 3 === 0 ? '[]' : body(people[n] ?? newUser())),
          ),
        ),
      ),
    );
    expect(more('auth_login_success_total', { contract: name })).toBe(32);
    expect(more('auth_login_failure_total', { contract: name, reason: 'malformed' })).toBe(16);
    expect(more('auth_login_duration_ms_count', { contract: name })).toBe(32);
  });

  it('refused by memory are counted, though not all of them are logged', async () => {
    const { name, path, body } = contractCase('email-cookie');
    const here = createTestApp({ ADDRESS_LIMITS: { [name]: 1 } });
    const person = await addUser();
    const more = await added(here, async () => {
      for (let n = 0; n < 12; n += 1) await here.post(path, body(person), { address: '192.0.2.8' });
    });
    expect(more('auth_login_failure_total', { contract: name, reason: 'limited' })).toBe(11);
  });

  it('write one data point each where Analytics Engine is bound, and go on where it fails', async () => {
    const { name, path, body } = contractCase('username-pair');
    const points: unknown[] = [];
    const ANALYTICS = { writeDataPoint: (point: unknown) => void points.push(point) };
    const here = createTestApp({ ANALYTICS });
    const person = await addUser();
    await here.post(path, body(person));
    await here.post(path, body({ ...person, password: 'a wrong one' }));
    await client(here, name).profile('nonsense');
    expect(points).toEqual(
      ['granted', 'wrong-password'].map((outcome) => ({
        indexes: [name],
        blobs: [name, outcome],
        doubles: [expect.any(Number)],
      })),
    );
    const broken = {
      writeDataPoint: () => {
        throw new TypeError('no more points');
      },
    };
    expect((await createTestApp({ ANALYTICS: broken }).post(path, body(person))).status).toBe(200);
  });
});

describe('what is counted besides', () => {
  it('refresh, register, forgotten passwords, codes, and the letters that they send', async () => {
    const { here } = mailbox();
    const contract = { contract: 'username-pair' };
    const { login, refresh, post } = client(here, contract.contract);
    const person = await addUser();
    const stranger = newUser();
    const more = await added(here, async () => {
      await refresh(held(await login(person)).refresh);
      await refresh('nonsense');
      await post('register', stranger);
      await post('forgot-password', { email: person.email });
      await post('verify-email', { ...stranger, code: '000000' });
    });
    expect(more('auth_refresh_success_total', contract)).toBe(1);
    const refused = { ...contract, reason: 'unauthenticated' };
    expect(more('auth_refresh_failure_total', refused)).toBe(1);
    expect(more('auth_register_success_total', contract)).toBe(1);
    expect(more('auth_forgot_password_success_total', contract)).toBe(1);
    expect(more('auth_verify_email_duration_ms_count', contract)).toBe(1);
    expect(more('auth_mail_success_total', { template: 'registration-code' })).toBe(1);
    expect(more('auth_mail_success_total', { template: 'password-reset' })).toBe(1);
    expect(more('auth_mail_duration_ms_count', { template: 'password-reset' })).toBe(1);
  });

  it('letters that were not sent, though that was found after the answer', async () => {
    const { here } = mailbox({}, (call, proceed) =>
      call.to === 'mail' ? Promise.reject(new Error('no mail today')) : proceed(),
    );
    const { post } = client(here, 'email-cookie');
    const more = await added(createTestApp(), () => post('register', newUser()));
    expect(more('auth_mail_failure_total', { template: 'registration-code' })).toBe(1);
    expect(more('auth_mail_success_total', { template: 'registration-code' })).toBe(0);
  });

  it('tickets, and how long those who queued for one waited', async () => {
    const { path, body } = contractCase('email-envelope');
    const here = createTestApp();
    const person = await addUser();
    const more = await added(here, async () => {
      await Promise.all(Array.from({ length: 12 }, () => here.post(path, body(person))));
      for (let n = 0; n < 6; n += 1)
        await here.post(path, body({ ...person, password: 'wrong!!!' }));
    });
    const tickets = (outcome: string) => more('auth_lockout_tickets_total', { outcome });
    expect(tickets('granted')).toBe(12 + 5);
    expect(tickets('queued')).toBeGreaterThan(0);
    expect(more('auth_lockout_wait_ms_count')).toBe(tickets('queued'));
    expect(tickets('locked')).toBe(1);
  });

  it.each([
    ['batch', 'auth_d1_errors_total', 'sessions.open'],
    ['reserve', 'auth_limits_errors_total', 'reserve'],
  ])('a failing %s as %s', async (method, name, call) => {
    const { path, body } = contractCase('email-cookie');
    const broken = createTestApp({}, (made, proceed) =>
      made.method === method ? Promise.reject(new Error('Network connection lost.')) : proceed(),
    );
    const person = await addUser();
    const more = await added(createTestApp(), () => broken.post(path, body(person)));
    expect(more(name, { call })).toBe(1);
    const refused = { contract: 'email-cookie', reason: 'internal' };
    expect(more('auth_login_failure_total', refused)).toBe(1);
  });

  it('begins at zero, so that a first failure is an increase', async () => {
    const { families } = await scrape(createTestApp());
    expect(valueOf(families, 'auth_d1_errors_total', { call: 'users.find' })).toBe(0);
    expect(valueOf(families, 'auth_limits_errors_total', { call: 'clear' })).toBe(0);
    expect(
      valueOf(families, 'auth_mail_failure_total', { template: 'password-changed' }),
    ).not.toBeNull();
  });
});
