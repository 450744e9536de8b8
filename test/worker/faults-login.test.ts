/** A login with any fault at any of its calls, in every contract. */
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { faults, mainFaults, moveClock, LATE_MS, injectFault } from '../support/faults.ts';
import {
  addUser,
  count,
  contractCase,
  contractCases,
  hashOf,
  createTestApp,
  type TestUser,
} from '../support/test-app.ts';
import { newUser } from '../support/new-user.ts';
import { holdFlows } from '../support/fault-scenarios.ts';
import type { BindingInterceptor } from '../fixtures/intercept-bindings.ts';
import type { Flow } from '../support/fault-scenario.ts';
import { heard, failOnUnhandled } from '../support/fail-on-unhandled.ts';

failOnUnhandled();

describe.each(contractCases)('$name', ({ name, contract, path, body }) => {
  const login = (
    about: string,
    someone: () => Promise<TestUser>,
    rest: Pick<Flow, 'again'> & Partial<Flow>,
  ): Flow => ({
    name: about,
    contract,
    stage: async () => {
      const person = await someone();
      return { person, ask: (here) => here.post(path, body(person)) };
    },
    ...rest,
  });
  const refund = ['limits settle 1'];
  const audited = ['database run 1'];
  const unanswered = [
    `audit_events + LOGIN granted ${name}`,
    `audit_events + LOGIN_UNANSWERED ended ${name}`,
  ];
  const right = { guess: 'right', isTwofold: true, behind: refund, mayRemain: unanswered } as const;
  const { inactive } = contract.errors.answers;

  it.each([
    ['the database', ['database']],
    ['the guard', ['limits']],
    ['everything', ['database', 'limits', 'metrics', 'mail']],
  ] as const)('keeps the door shut while %s is away', async (_, away) => {
    const person = await addUser();
    const gone: BindingInterceptor = (call, proceed) =>
      away.some((part) => part === call.to)
        ? Promise.reject(new Error('Network connection lost.'))
        : proceed();
    const { status, headers, text } = await createTestApp({}, gone).post(path, body(person));
    const { internal } = contract.errors.answers;
    expect([status, headers.get('Retry-After')]).toEqual([internal.status, '5']);
    expect(headers.has('Set-Cookie')).toBe(false);
    expect(text).not.toMatch(/Network|eyJ/);
    expect(await count('sessions', person.id)).toBe(0);
  });

  it('gives no verdict on a wrong password that could not be counted', async () => {
    const uncounted: BindingInterceptor = (call, proceed) =>
      call.method === 'settle' ? Promise.reject(new Error('Network connection lost.')) : proceed();
    const person = { ...(await addUser()), password: 'a wrong one' };
    expect((await createTestApp({}, uncounted).post(path, body(person))).status).toBe(500);
  });

  holdFlows(
    [
      login('a right password', () => addUser(), { again: 200, ...right }),
      login('a wrong password', async () => ({ ...(await addUser()), password: 'a wrong one' }), {
        again: 401,
        guess: 'wrong',
        behind: audited,
      }),
    ],
    name === 'email-cookie' ? faults : mainFaults,
  );
  if (name !== 'email-cookie') return;
  holdFlows([
    login(
      'a right password whose hash is renewed',
      async () => {
        const weak = await hashOf('the password', { iterations: 50, rounds: 6 });
        return { ...(await addUser({ password_hash: weak })), password: 'the password' };
      },
      { again: 200, ...right, mayRemain: [...unanswered, 'users ~ password_hash'] },
    ),
    login('an unknown user', async () => newUser(), {
      again: 401,
      guess: 'wrong',
      behind: audited,
    }),
    login('an inactive user', () => addUser({ status: 'inactive' }), {
      again: inactive.status,
      guess: 'right',
      behind: [...refund, ...audited],
    }),
  ]);
});

const { path, body } = contractCase('email-cookie');

describe('outages', () => {
  const calls = [
    'limits consume 1',
    'database all 1',
    'limits reserve 1',
    'database batch 1',
    'limits settle 1',
  ];
  const single = faults.filter(({ lasting, name }) => !lasting && !/ late$|overload/.test(name));

  it.each(single)('do not add up to a lock where a call $name', async (fault) => {
    for (const at of calls) {
      const person = await addUser();
      for (let n = 0; n < 6; n += 1) {
        const { intercept } = injectFault(fault, at, () =>
          createTestApp().post(path, body(person)),
        );
        await createTestApp({}, intercept).post(path, body(person));
      }
      moveClock(LATE_MS);
      expect([at, (await createTestApp().post(path, body(person))).status]).toEqual([at, 200]);
      vi.useRealTimers();
    }
  });

  it('of a call that waits for its turn leave no place in the queue', async () => {
    const lockout = { threshold: 1, lockSeconds: 900, growth: 1, stopAfterFailures: 100 };
    const person = await addUser();
    let guard = '';
    const login = (intercept: BindingInterceptor) =>
      createTestApp({ LOCKOUT: lockout }, intercept).post(path, body(person));
    await login((call, proceed) => {
      if (call.method === 'reserve') [guard = ''] = call.what;
      return proceed();
    });
    const account = env.ACCOUNT_LOCKOUT.getByName(guard);
    await account.reserve('another', lockout);
    const { status } = await login((call, proceed) => {
      if (call.method !== 'wait') return proceed();
      void proceed();
      return Promise.reject(new Error('Network connection lost.'));
    });
    expect(status).toBe(500);
    await account.settle({ ticket: 'another', verdict: 'void' }, lockout);
    expect(await account.view(lockout)).toMatchObject({ failures: 0, ticketsOut: 0 });
  });
});

it('hears of a rejection that nobody catches', async () => {
  const ear = heard();
  void Promise.reject(new Error('planted'));
  expect(await ear([])).toEqual(['leaves a rejection to nobody: Error: planted']);
});
