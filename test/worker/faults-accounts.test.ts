/** What is done about an account, with any fault at any of its calls. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  addUser,
  contractCase,
  createTestApp,
  type Answer,
  type TestApp,
  type TestUser,
} from '../support/test-app.ts';
import { faults, mainFaults, injectFault } from '../support/faults.ts';
import { withoutHandles } from '../support/handles.ts';
import { codeIn, mailbox, tokenIn } from '../support/mailbox.ts';
import { newUser } from '../support/new-user.ts';
import { client, held } from '../support/session.ts';
import type { Flow } from '../support/fault-scenario.ts';
import { holdFlows } from '../support/fault-scenarios.ts';
import { failOnUnhandled } from '../support/fail-on-unhandled.ts';

failOnUnhandled();

/** The pause between two tries at a mail is no part of what is tried here. */
beforeEach(() => {
  const { wait } = scheduler;
  vi.spyOn(scheduler, 'wait').mockImplementation((_ms, options) =>
    wait.call(scheduler, 0, options),
  );
});

const NEW_PASSWORD = 'something else entirely';
const wrongOne = (code: string) => (code === '000000' ? '000001' : '000000');

describe.each(['email-cookie', 'username-coded'])('%s', (name) => {
  const { contract } = contractCase(name);
  const isNamed = contract.identifier === 'username';
  const named = ({ username, email }: TestUser) => (isNamed ? { username } : { email });
  const application = (person: TestUser) => ({
    ...named(person),
    email: person.email,
    password: person.password,
  });

  type Rest = Pick<Flow, 'again'> & Partial<Flow>;
  const posting = (
    about: string,
    stage: () => Promise<{ person: TestUser; at: string; body: object; token?: string }>,
    rest: Rest,
  ): Flow => ({
    name: about,
    contract,
    stage: async () => {
      const { person, at, body, token = '' } = await stage();
      return {
        person,
        ask: (here: TestApp): Promise<Answer> => client(here, name).post(at, body, { token }),
      };
    },
    ...rest,
  });

  /** Somebody who has a code to prove their address with. */
  const withCode = async (who: 'registration' | 'user') => {
    const { here, to } = mailbox();
    const { post } = client(here, name);
    const person = who === 'user' ? await addUser({ email_verified: 0 }) : newUser();
    if (who === 'user') await post('verify-email/send', named(person));
    else await post('register', application(person));
    return { person, code: codeIn(to(person.email)) };
  };
  const proving = async (
    who: 'registration' | 'user',
    of: (code: string) => object = () => ({}),
  ) => {
    const { person, code } = await withCode(who);
    const body = { ...named(person), password: person.password, code, ...of(code) };
    return { person, at: 'verify-email', body };
  };

  const resetting = async (who: 'registration' | 'user') => {
    const { here, to } = mailbox();
    const { post } = client(here, name);
    const person = who === 'user' ? await addUser() : newUser();
    if (who === 'registration') await post('register', application(person));
    await post('forgot-password', { email: person.email });
    const token = tokenIn(to(person.email));
    return { person, at: 'reset-password', body: { token, password: NEW_PASSWORD } };
  };

  const signedIn = async (at: string, bodyOf: (person: TestUser) => object) => {
    const person = await addUser();
    const token = held(await client(createTestApp(), name).login(person)).access;
    await client(createTestApp(), name).login(person);
    return { person, at, token, body: bodyOf(person) };
  };

  const moving = async (of: (code: string) => string) => {
    const { here, to } = mailbox();
    const { post, login } = client(here, name);
    const person = await addUser();
    const email = `moved-${person.email}`;
    const token = held(await login(person)).access;
    await post('change-email', { email, password: person.password }, { token });
    return { person, at: 'change-email/confirm', token, body: { code: of(codeIn(to(email))) } };
  };

  /** Lockouts of both names and of the sessions, as many as are cleared. */
  const cleared = [1, 2, 3].map((n) => `limits clear ${n}`);
  const flows = [
    posting(
      'a registration',
      async () => {
        const person = newUser();
        return { person, at: 'register', body: application(person) };
      },
      { again: isNamed ? 409 : 202 },
    ),
    posting('the proof of a registration', () => proving('registration'), {
      again: 400,
      guess: 'right',
      behind: ['limits settle 1', ...cleared],
    }),
    posting('the proof of a user’s address', () => proving('user'), {
      again: 400,
      guess: 'right',
      behind: ['limits settle 1'],
    }),
    posting('a wrong code', () => proving('user', (code) => ({ code: wrongOne(code) })), {
      again: 400,
      guess: 'wrong',
      behind: ['database run 1'],
    }),
    posting(
      'a forgotten password',
      async () => {
        const person = await addUser();
        return { person, at: 'forgot-password', body: { email: person.email } };
      },
      { again: 202 },
    ),
    posting('a reset', () => resetting('user'), { again: 400, behind: cleared }),
    posting('a reset of a registration', () => resetting('registration'), {
      again: 400,
      behind: cleared,
    }),
    posting(
      'a change of password',
      () =>
        signedIn('change-password', ({ password }) => ({
          currentPassword: password,
          newPassword: NEW_PASSWORD,
        })),
      { again: 401, guess: 'right', behind: ['limits settle 1'] },
    ),
    posting(
      'a change of address',
      () =>
        signedIn('change-email', ({ email, password }) => ({ email: `moved-${email}`, password })),
      { again: 202, guess: 'right', behind: ['limits settle 1'] },
    ),
    posting('the proof of another address', () => moving((code) => code), {
      again: 400,
      behind: cleared,
    }),
    posting(
      'the end of an account',
      () => signedIn('delete-account', ({ password }) => ({ password })),
      {
        again: 401,
        isGone: true,
        guess: 'right',
        behind: ['limits settle 1', ...cleared],
      },
    ),
  ];
  /** Their calls are those of others, in this contract and in the next. */
  const likeOthers = [
    posting(
      'a registration of a known address',
      async () => {
        const person = await addUser();
        return {
          person,
          at: 'register',
          body: application({ ...newUser(), email: person.email }),
        };
      },
      { again: isNamed ? 409 : 202 },
    ),
    posting(
      'another code for a registration',
      async () => {
        const { person } = await withCode('registration');
        return { person, at: 'verify-email/send', body: named(person) };
      },
      { again: 202 },
    ),
    posting(
      'a code for a user',
      async () => {
        const person = await addUser({ email_verified: 0 });
        return { person, at: 'verify-email/send', body: named(person) };
      },
      { again: 202 },
    ),
    posting(
      'a code with a wrong password',
      () => proving('user', () => ({ password: 'a wrong one' })),
      {
        again: 400,
        guess: 'wrong',
        behind: ['database run 1'],
      },
    ),
    posting(
      'a forgotten password of nobody',
      async () => {
        const person = newUser();
        return { person, at: 'forgot-password', body: { email: person.email } };
      },
      { again: 202 },
    ),
    posting(
      'a change of password with a wrong one',
      () =>
        signedIn('change-password', () => ({
          currentPassword: 'a wrong one',
          newPassword: NEW_PASSWORD,
        })),
      { again: 401, guess: 'wrong', behind: ['database run 1'] },
    ),
    posting('a wrong code for another address', () => moving(wrongOne), {
      again: 400,
      behind: ['database run 1'],
    }),
  ];
  holdFlows(flows, isNamed ? mainFaults : faults);
  if (!isNamed) holdFlows(likeOthers, mainFaults);
});

describe.each(['register', 'verify-email/send', 'forgot-password'])('by %s', (at) => {
  const { name } = contractCase('email-cookie');
  const calls = [
    'limits consume 1',
    'database batch 1',
    // The letters to the address, which are counted before anything is stored.
    ...(at === 'register' ? ['limits consume 2'] : []),
  ];

  it.each(faults)('nobody learns of an address where a call $name', async (fault) => {
    for (const call of calls.filter((name) => fault.hits.some((part) => name.startsWith(part)))) {
      const told = [];
      for (const { email } of [await addUser(), await addUser({ email_verified: 0 }), newUser()]) {
        const body = at === 'register' ? { email, password: NEW_PASSWORD } : { email };
        const ask = (here: TestApp) => client(here, name).post(at, body);
        const { intercept, struck } = injectFault(fault, call, () => ask(createTestApp()));
        const { status, text } = await ask(createTestApp({}, intercept));
        told.push([call, struck(), status, withoutHandles(text)]);
        vi.useRealTimers();
      }
      expect(told[1]).toEqual(told[0]);
      expect(told[2]).toEqual(told[0]);
    }
  });
});
