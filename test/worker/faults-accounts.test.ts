/** Registrations, codes, links and changes of an account with each fault at each of their calls. */
import { describe, expect, it, vi } from 'vitest';
import type { InputOf, Operation } from '../../src/flows/operations.ts';
import { failOnUnhandled } from '../support/captured-console.ts';
import { dropPauses, flowsOf, type FaultRequest } from '../support/fault-requests.ts';
import { testFlows } from '../support/fault-scenario.ts';
import { faults, injectFault, mainFaults } from '../support/faults.ts';
import { codeIn, mailbox, otherThan, tokenIn } from '../support/mailbox.ts';
import { client, tokensOf, visible, WRONG } from '../support/session.ts';
import { byAddress } from '../support/contract-cases.ts';
import {
  addSession,
  addUser,
  contractCase,
  createTestApp,
  newUser,
  type TestApp,
  type TestUser,
} from '../support/test-app.ts';

const unhandled = failOnUnhandled();

dropPauses();

const NEW_PASSWORD = 'something else entirely';
describe.each(['email-cookie', 'username-coded'])('%s', (name) => {
  const { status, named, application, isByUsername } = contractCase(name);
  const { done } = status;

  const flow = flowsOf(name);

  const register = async (changes: object = {}): Promise<FaultRequest> => {
    const user = newUser();
    return { user, to: 'register', body: application({ ...user, ...changes }) };
  };
  /** A registration, or a user whose address is not verified; each with a code. */
  const withCode = async (owner: 'registration' | 'user') => {
    const { app, to } = mailbox();
    const { ask } = client(app, name);
    const user = owner === 'user' ? await addUser({ email_verified: 0 }) : newUser();
    if (owner === 'user') await ask('send-code', named(user));
    else await ask('register', application(user));
    return { user, code: codeIn(to(user.email)) };
  };
  const sendCode = async (owner: 'registration' | 'user'): Promise<FaultRequest> => {
    const { user } = await withCode(owner);
    return { user, to: 'send-code', body: named(user) };
  };
  const verify = async (
    owner: 'registration' | 'user',
    change: (code: string) => object = () => ({}),
  ): Promise<FaultRequest> => {
    const { user, code } = await withCode(owner);
    const body = { ...named(user), password: user.password, code, ...change(code) };
    return { user, to: 'verify-email', body };
  };
  const forgot = async (user: TestUser): Promise<FaultRequest> => ({
    user,
    to: 'forgot-password',
    body: named(user),
  });
  const reset = async (owner: 'registration' | 'user'): Promise<FaultRequest> => {
    const { app, to } = mailbox();
    const { ask } = client(app, name);
    const user = owner === 'user' ? await addUser() : newUser();
    if (owner === 'registration') await ask('register', application(user));
    await ask('forgot-password', byAddress(user.email));
    const token = tokenIn(to(user.email));
    return { user, to: 'reset-password', body: { token, password: NEW_PASSWORD } };
  };
  const signedIn = async <O extends Operation>(
    to: O,
    bodyOf: (user: TestUser) => InputOf<O>,
  ): Promise<FaultRequest> => {
    const user = await addUser();
    const token = tokensOf(await client(createTestApp(), name).login(user)).access;
    await addSession(user.id);
    return { user, to, token, body: bodyOf(user) } as FaultRequest;
  };
  const changePassword = (currentPassword?: string) =>
    signedIn('change-password', ({ password }) => ({
      currentPassword: currentPassword ?? password,
      newPassword: NEW_PASSWORD,
    }));
  const changeEmail = () =>
    signedIn('change-email', ({ email, password }) => ({ email: `moved-${email}`, password }));
  const confirmEmail = async (change: (code: string) => string): Promise<FaultRequest> => {
    const { app, to } = mailbox();
    const { ask, login } = client(app, name);
    const user = await addUser();
    const email = `moved-${user.email}`;
    const token = tokensOf(await login(user)).access;
    await ask('change-email', { email, password: user.password }, { token });
    return { user, to: 'confirm-email', token, body: { code: change(codeIn(to(email))) } };
  };
  const deleteAccount = () => signedIn('delete-account', ({ password }) => ({ password }));

  const settle = ['limits settle 1'];
  /** Of both names and of the sessions, as many as there are. */
  const clear = [1, 2, 3].map((n) => `limits clear ${n}`);
  const right = { guess: 'right', unawaited: settle } as const;
  const wrong = { guess: 'wrong', unawaited: ['database run 1'] } as const;

  /** The flows whose calls or refusals differ where an account has a username. */
  const flows = [
    flow('a registration', () => register(), { status: 202, repeated: isByUsername ? 409 : 202 }),
    flow('the code of a registration', () => verify('registration'), {
      ...right,
      status: done,
      repeated: 400,
      unawaited: [...settle, ...clear],
    }),
    flow('a reset of a registration', () => reset('registration'), {
      status: done,
      repeated: 400,
      unawaited: clear,
    }),
    flow('the end of an account', deleteAccount, {
      ...right,
      status: done,
      repeated: 401,
      storedButRefused: 'refused',
      unawaited: [...settle, ...clear],
    }),
  ];
  testFlows(unhandled, flows, isByUsername ? mainFaults : faults);
  if (isByUsername) return;

  testFlows(unhandled, [
    flow('the code of a user', () => verify('user'), { ...right, status: done, repeated: 400 }),
    flow('a wrong code', () => verify('user', (code) => ({ code: otherThan(code) })), {
      ...wrong,
      status: 400,
    }),
    flow('a forgotten password', async () => forgot(await addUser()), { status: 202 }),
    flow('a reset', () => reset('user'), { status: done, repeated: 400, unawaited: clear }),
    flow('a change of password', () => changePassword(), { ...right, status: done, repeated: 401 }),
    flow('a change of address', changeEmail, { ...right, status: 202 }),
    flow('the code for another address', () => confirmEmail((code) => code), {
      status: done,
      repeated: 400,
      unawaited: clear,
    }),
  ]);

  /** Their calls are those of the flows above, with another outcome. */
  const others = [
    flow('a known address', async () => register({ email: (await addUser()).email }), {
      status: 202,
    }),
    flow('another code for a registration', () => sendCode('registration'), { status: 202 }),
    flow('another code for a user', () => sendCode('user'), { status: 202 }),
    flow('a code with a wrong password', () => verify('user', () => ({ password: WRONG })), {
      ...wrong,
      status: 400,
    }),
    flow('an unknown address', () => forgot(newUser()), { status: 202 }),
    flow('a wrong current password', () => changePassword(WRONG), { ...wrong, status: 401 }),
    flow('a wrong code for another address', () => confirmEmail(otherThan), {
      status: 400,
      unawaited: wrong.unawaited,
    }),
  ];
  testFlows(unhandled, others, mainFaults);
});

describe.each(['register', 'send-code', 'forgot-password'] as const)('%s', (operation) => {
  const calls = [
    'limits consume 1',
    'database batch 1',
    // The e-mails to the address, which are counted before anything is stored.
    ...(operation === 'register' ? ['limits consume 2'] : []),
  ];

  it.each(faults)('answers known and unknown addresses alike where a call $name', async (fault) => {
    for (const call of calls.filter((name) => fault.bindings.some((to) => name.startsWith(to)))) {
      const answers = [];
      for (const { email } of [await addUser(), await addUser({ email_verified: 0 }), newUser()]) {
        const { inputs } = contractCase('email-cookie');
        const input = inputs({ username: '', email, password: NEW_PASSWORD })[operation];
        const send = (app: TestApp) => client(app, 'email-cookie').ask(operation, input as never);
        const { intercept, struck } = injectFault(fault, call, () => send(createTestApp()));
        const nowMs = Date.now();
        const answer = visible(await send(createTestApp({}, intercept)));
        answers.push([struck(), answer]);
        vi.setSystemTime(nowMs);
      }
      expect(answers[1], call).toEqual(answers[0]);
      expect(answers[2], call).toEqual(answers[0]);
    }
  });
});
