/** Counts are exact, in the formats of Prometheus, and taken after the answer. */
import { describe, expect, it } from 'vitest';
import { failing } from '../support/faults.ts';
import { mailbox } from '../support/mailbox.ts';
import { increasesOf, measured, scrape } from '../support/scrape.ts';
import { client, tokensOf, WRONG } from '../support/session.ts';
import { byAddress } from '../support/contract-cases.ts';
import {
  addUser,
  contractCase,
  contractCases,
  createTestApp,
  newUser,
} from '../support/test-app.ts';

const { name, path, body } = contractCase('email-cookie');

describe('logins', () => {
  it.each(contractCases)('at $name are counted and timed, by reason', async (contractCase) => {
    const { name } = contractCase;
    const app = createTestApp(measured);
    const { login, askWith } = client(app, name);
    const user = await addUser();
    const inactive = await addUser({ status: 'inactive' });
    const increase = await increasesOf(app, async () => {
      const wrong = { ...user, password: WRONG };
      for (const one of [user, user, wrong, newUser(), inactive]) await login(one);
      await askWith('login', {});
    });
    const contract = { contract: name };
    expect(increase('auth_login_success_total', contract)).toBe(2);
    const reasons = ['wrong-password', 'unknown-user', 'inactive', 'malformed', 'locked'];
    const failures = reasons.map((reason) =>
      increase('auth_login_failure_total', { ...contract, reason }),
    );
    expect(failures).toEqual([1, 1, 1, 1, 0]);
    // A malformed request has no duration.
    expect(increase('auth_login_duration_ms_count', contract)).toBe(5);
    expect(increase('auth_login_duration_ms_bucket', { ...contract, le: '+Inf' })).toBe(5);
  });

  it('in parallel, of several isolates, add up exactly', async () => {
    const users = await Promise.all(Array.from({ length: 4 }, () => addUser()));
    const attempts = users.flatMap((user) => {
      const { post } = createTestApp(measured);
      return Array.from(
        { length: 12 },
        (_, n) => () => post(path, n % 3 === 0 ? '[]' : body(user)),
      );
    });
    const increase = await increasesOf(createTestApp(measured), () =>
      Promise.all(attempts.map((attempt) => attempt())),
    );
    expect(increase('auth_login_success_total', { contract: name })).toBe(32);
    const malformed = { contract: name, reason: 'malformed' };
    expect(increase('auth_login_failure_total', malformed)).toBe(16);
    expect(increase('auth_login_duration_ms_count', { contract: name })).toBe(32);
  });

  it('that this isolate refuses from memory are counted, though not all are logged', async () => {
    const app = createTestApp({ ...measured, ADDRESS_LIMITS: { [name]: 1 } });
    const user = await addUser();
    const increase = await increasesOf(app, async () => {
      for (let n = 0; n < 12; n += 1) await app.post(path, body(user), { address: '192.0.2.8' });
    });
    const limited = { contract: name, reason: 'limited' };
    expect(increase('auth_login_failure_total', limited)).toBe(11);
  });

  it('write one data point each where Analytics Engine is bound, and go on where it fails', async () => {
    const points: unknown[] = [];
    const ANALYTICS = { writeDataPoint: (point: unknown) => void points.push(point) };
    const app = createTestApp({ ...measured, ANALYTICS });
    const user = await addUser();
    await app.post(path, body(user));
    await app.post(path, body({ ...user, password: WRONG }));
    await client(app, name).profile('nonsense');
    const point = (outcome: string) => ({
      indexes: [name],
      blobs: [name, outcome],
      doubles: [expect.any(Number)],
    });
    expect(points).toEqual([point('granted'), point('wrong-password')]);
    const broken = {
      writeDataPoint: () => {
        throw new TypeError('no more points');
      },
    };
    expect(
      (await createTestApp({ ...measured, ANALYTICS: broken }).post(path, body(user))).status,
    ).toBe(200);
  });
});

describe('the metrics besides logins', () => {
  it('count refreshes, registrations, forgotten passwords, codes and e-mails', async () => {
    const { app } = mailbox(measured);
    const contract = { contract: 'username-pair' };
    const { login, refresh, ask, application, named } = client(app, contract.contract);
    const user = await addUser();
    const other = newUser();
    const increase = await increasesOf(app, async () => {
      await refresh(tokensOf(await login(user)).refresh);
      await refresh('nonsense');
      await ask('register', application(other));
      await ask('forgot-password', byAddress(user.email));
      await ask('verify-email', { ...named(other), password: 'x', code: '000000' });
    });
    for (const [name, labels] of [
      ['auth_refresh_success_total', contract],
      ['auth_refresh_failure_total', { ...contract, reason: 'unauthenticated' }],
      ['auth_register_success_total', contract],
      ['auth_forgot_password_success_total', contract],
      ['auth_verify_email_duration_ms_count', contract],
      ['auth_mail_success_total', { template: 'registration-code' }],
      ['auth_mail_success_total', { template: 'password-reset' }],
      ['auth_mail_duration_ms_count', { template: 'password-reset' }],
    ] as const) {
      expect(increase(name, labels), name).toBe(1);
    }
  });

  it('count e-mails that were not sent, though that was found after the answer', async () => {
    const { app } = mailbox(
      measured,
      failing(({ to }) => to === 'mail'),
    );
    const { ask, application } = client(app, name);
    const increase = await increasesOf(createTestApp(measured), () =>
      ask('register', application(newUser())),
    );
    const template = { template: 'registration-code' };
    expect(increase('auth_mail_failure_total', template)).toBe(1);
    expect(increase('auth_mail_success_total', template)).toBe(0);
  });

  it('count tickets, and time how long the queued ones waited', async () => {
    const app = createTestApp(measured);
    const { login, fail } = client(app, 'email-envelope');
    const user = await addUser();
    const increase = await increasesOf(app, async () => {
      await Promise.all(Array.from({ length: 12 }, () => login(user)));
      await fail(user);
      await login(user);
    });
    const tickets = (outcome: string) => increase('auth_lockout_tickets_total', { outcome });
    expect(tickets('granted')).toBe(12 + 5);
    expect(tickets('queued')).toBeGreaterThan(0);
    expect(increase('auth_lockout_wait_ms_count')).toBe(tickets('queued'));
    expect(tickets('locked')).toBe(1);
  });

  it.each([
    ['batch', 'auth_d1_errors_total', 'sessions.open'],
    ['reserve', 'auth_limits_errors_total', 'reserve'],
  ])('count a failing %s as %s', async (method, metric, call) => {
    const broken = createTestApp(
      measured,
      failing((made) => made.method === method),
    );
    const user = await addUser();
    const increase = await increasesOf(createTestApp(measured), () =>
      broken.post(path, body(user)),
    );
    expect(increase(metric, { call })).toBe(1);
    const internal = { contract: name, reason: 'internal' };
    expect(increase('auth_login_failure_total', internal)).toBe(1);
  });

  it('begin at zero, so that a first failure is an increase', async () => {
    const { valueOf } = await scrape(createTestApp(measured));
    expect(valueOf('auth_d1_errors_total', { call: 'users.find' })).toBe(0);
    expect(valueOf('auth_limits_errors_total', { call: 'clear' })).toBe(0);
    expect(valueOf('auth_mail_failure_total', { template: 'password-changed' })).not.toBeNull();
  });
});
