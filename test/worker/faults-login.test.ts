/** A login with each fault at each of its binding calls. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { failOnUnhandled } from '../support/captured-console.ts';
import type { Flow } from '../support/fault-invariants.ts';
import { testFlows } from '../support/fault-scenario.ts';
import { failing, faults, injectFault, LATE_MS, mainFaults } from '../support/faults.ts';
import { client, moveClock, WRONG } from '../support/session.ts';
import {
  addUser,
  contractCases,
  count,
  createTestApp,
  hashOf,
  newUser,
  oneOfEachKind,
  type TestUser,
} from '../support/test-app.ts';

const unhandled = failOnUnhandled();

describe.each(contractCases)('$name', ({ name }) => {
  it.each([
    ['the database', ['database']],
    ['the limits', ['limits']],
    ['everything', ['database', 'limits', 'metrics', 'mail']],
  ])('refuses the right password with 500 while %s is away', async (_, away) => {
    const user = await addUser();
    const app = createTestApp(
      {},
      failing(({ to }) => away.includes(to)),
    );
    const { status, headers, text } = await client(app, name).login(user);
    expect([status, headers.get('Retry-After'), headers.get('Set-Cookie')]).toEqual([
      500,
      '5',
      null,
    ]);
    expect(text).not.toMatch(/Network|eyJ/);
    expect(await count('sessions', user.id)).toBe(0);
  });

  it('gives no verdict on a wrong password that cannot be counted', async () => {
    const app = createTestApp(
      {},
      failing(({ method }) => method === 'settle'),
    );
    const user = { ...(await addUser()), password: WRONG };
    expect((await client(app, name).login(user)).status).toBe(500);
  });
});

// The core decides which calls a login makes; contracts differ in the names and tokens they have.
describe.each(oneOfEachKind)('$name', ({ name, statusAt }) => {
  const login = (
    about: string,
    userOf: () => Promise<TestUser>,
    rest: Omit<Flow, 'name' | 'contract' | 'prepare' | 'repeated'>,
  ): Flow => ({
    name: about,
    contract: name,
    prepare: async () => {
      const user = await userOf();
      return { user, send: (app) => client(app, name).login(user) };
    },
    repeated: rest.status,
    ...rest,
  });
  const refund = ['limits settle 1'];
  const audit = ['database run 1'];
  const unanswered = ['LOGIN granted', 'LOGIN_UNANSWERED ended'].map(
    (event) => `audit_events + ${event} ${name}`,
  );
  const right = {
    status: 200,
    guess: 'right',
    storedButRefused: 'never',
    unawaited: refund,
    // The repetition of a first sign-in that was not answered is no first one.
    mayRemain: [
      ...unanswered,
      `audit_events + NEW_DEVICE_NOTIFIED done ${name}`,
      'challenges + revoke-session',
    ],
  } as const;
  const wrong = { status: statusAt('login').invalid, guess: 'wrong', unawaited: audit } as const;

  testFlows(
    unhandled,
    [
      login('a right password', () => addUser(), right),
      login('a wrong password', async () => ({ ...(await addUser()), password: WRONG }), wrong),
    ],
    name === 'email-cookie' ? faults : mainFaults,
  );
  if (name !== 'email-cookie') return;
  testFlows(unhandled, [
    login(
      'a right password whose hash is renewed',
      async () => {
        const weak = await hashOf('the password', { iterations: 50, rounds: 6 });
        return { ...(await addUser({ password_hash: weak })), password: 'the password' };
      },
      { ...right, mayRemain: [...right.mayRemain, 'users ~ password_hash'] },
    ),
    login('a right password on a new device', () => addUser({ last_login_at_ms: 1 }), {
      ...right,
      unawaited: [...refund, 'database all 2'],
      mayRemain: unanswered,
      // The session is stored, and its e-mail is among what fails.
      except: ['is done, its answer lost, and all that follows'],
    }),
    login('an unknown user', async () => newUser(), wrong),
    login('an inactive user', () => addUser({ status: 'inactive' }), {
      status: 403,
      guess: 'right',
      unawaited: [...refund, ...audit],
    }),
  ]);
});

const NAME = 'email-cookie';
const loginAt = (user: TestUser, ...app: Parameters<typeof createTestApp>) =>
  client(createTestApp(...app), NAME).login(user);

describe('outages', () => {
  const calls = [
    'limits consume 1',
    'database all 1',
    'limits reserve 1',
    'database batch 1',
    'limits settle 1',
  ];
  const single = faults.filter(
    ({ lasting, demands, name }) => !lasting && demands !== 'refusal' && !name.endsWith(' late'),
  );

  it.each(single)('do not lock the account after six where a call $name', async (fault) => {
    for (const call of calls) {
      const user = await addUser();
      for (let n = 0; n < 6; n += 1) {
        await loginAt(user, {}, injectFault(fault, call, () => loginAt(user)).intercept);
      }
      moveClock(LATE_MS);
      expect((await loginAt(user)).status, call).toBe(200);
    }
  });

  it('of a call that waits for a ticket leave no place in the queue', async () => {
    const LOCKOUT = { threshold: 1, lockSeconds: 900, growth: 1, stopAfterFailures: 100 };
    const user = await addUser();
    let lockout = '';
    await loginAt(user, { LOCKOUT }, (call, proceed) => {
      if (call.method === 'reserve') [lockout = ''] = call.what;
      return proceed();
    });
    const account = env.ACCOUNT_LOCKOUT.getByName(lockout);
    await account.reserve('another', LOCKOUT);
    const { status } = await loginAt(user, { LOCKOUT }, (call, proceed) => {
      if (call.method !== 'wait') return proceed();
      void proceed();
      return Promise.reject(new Error('Network connection lost.'));
    });
    expect(status).toBe(500);
    await account.settle({ ticket: 'another', verdict: 'void' }, LOCKOUT);
    expect(await account.view(LOCKOUT)).toMatchObject({ failures: 0, ticketsOut: 0 });
  });
});

it('reports a rejection that nothing handles', async () => {
  unhandled.begin();
  void Promise.reject(new Error('planted'));
  expect(await unhandled.leaks([])).toEqual(['does not handle a rejection: Error: planted']);
});
