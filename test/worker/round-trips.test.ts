/**
 * Counts the waits of each operation for the network, one after the other. Far from the database they
 * are most of a user's waiting time, and no machine here is slow enough to measure it.
 */
import { expect, it, describe } from 'vitest';
import type { CallTrace } from '../fixtures/call-trace.ts';
import type { BindingInterceptor } from '../fixtures/intercept-bindings.ts';
import { slowNetwork } from '../fixtures/slow-network.ts';
import { codeIn, mailbox, otherThan, tokenIn } from '../support/mailbox.ts';
import { claimsOf, client, tokensOf, WRONG, type ContractAnswer } from '../support/session.ts';
import { byAddress } from '../support/contract-cases.ts';
import {
  addUser,
  oneOfEachKind,
  createTestApp,
  freshAddress,
  newUser,
} from '../support/test-app.ts';

const recorder = slowNetwork();

/** Before the answer, one after the other; those of them beside the hash; all calls; those after. */
type Counts = [roundTrips: number, besideHash: number, calls: number, afterwards: number];
const countsOf = ({ roundTrips, besideHash, calls, afterwards }: CallTrace): Counts => [
  roundTrips,
  besideHash,
  calls,
  afterwards,
];

const EXPECTED: Record<string, Counts> = {
  'login, right': [2, 1, 5, 1],
  // The device is looked for, and told of, behind the answer.
  'login, new device': [2, 1, 9, 5],
  'login, known device': [2, 1, 6, 2],
  'login, wrong': [2, 1, 5, 1],
  'login, unknown': [2, 1, 5, 1],
  'login, locked': [1, 1, 3, 0],
  'login, locked and remembered': [1, 0, 2, 0],
  'address limited, first': [1, 0, 2, 0],
  'address limited, remembered': [0, 0, 0, 0],
  refresh: [1, 0, 1, 0],
  profile: [1, 0, 1, 0],
  sessions: [2, 0, 2, 0],
  'end a session': [2, 0, 2, 0],
  logout: [2, 0, 2, 0],
  'logout-all': [2, 0, 2, 0],
  register: [3, 1, 6, 2],
  'register, known address': [3, 1, 6, 2],
  'verify-email/send': [1, 0, 7, 4],
  'verify-email': [2, 1, 7, 2],
  'verify-email, wrong code': [2, 1, 6, 1],
  'forgot-password': [1, 0, 7, 4],
  'forgot-password, unknown': [1, 0, 4, 1],
  'reset-password': [3, 0, 6, 1],
  'change-password': [2, 1, 6, 1],
  'change-password, wrong': [2, 1, 5, 1],
  'change-email': [1, 1, 13, 9],
  'change-email/confirm': [4, 0, 7, 2],
  'delete-account': [2, 1, 8, 3],
};

/** A user with a username has one more lockout to clear. */
const WITH_USERNAME: typeof EXPECTED = {
  register: [3, 1, 7, 2],
  'register, known address': [3, 1, 7, 2],
  'verify-email': [2, 1, 8, 3],
  'reset-password': [3, 0, 7, 1],
  'delete-account': [2, 1, 9, 4],
};

// Calls are the core's, and differ with the names and tokens that a kind of contract has.
describe.each(oneOfEachKind)('$name', ({ name, contract, status, statusAt, ...contractCase }) => {
  const { named, application, registersUsername, attemptsPerMinute } = contractCase;
  const { done, locked } = status;

  it('waits for the network as often as it must, and no more', async () => {
    const { app, to } = mailbox({}, recorder.intercept, recorder.responded);
    const { login, ask, fail, refresh, profile, sessions, endSession, logout, logoutAll } = client(
      app,
      name,
    );
    const found: Record<string, Counts> = {};
    const take = async (title: string, work: Promise<ContractAnswer>, status: number) => {
      const answer = await work;
      expect(answer.status, title).toBe(status);
      found[title] = countsOf(recorder.take());
      return answer;
    };

    const user = await addUser();
    recorder.take();
    const first = tokensOf(await take('login, right', login(user), status.granted));
    const device = { address: freshAddress() };
    await take('login, new device', login(user, device), status.granted);
    await take('login, known device', login(user, device), status.granted);
    await take('login, wrong', login({ ...user, password: WRONG }), status.invalid);
    await take('login, unknown', login(newUser()), status.invalid);
    const other = await addUser();
    await fail(other);
    recorder.take();
    await take('login, locked', login(other), locked);
    await take('login, locked and remembered', login(other), locked);
    const from = { address: freshAddress() };
    await Promise.all(Array.from({ length: attemptsPerMinute }, () => login(other, from)));
    recorder.take();
    await take('address limited, first', login(other, from), status.limited);
    await take('address limited, remembered', login(other, from), status.limited);

    if (contract.refresh !== null) {
      const refreshed = await take('refresh', refresh(first.refresh), status.granted);
      first.access = tokensOf(refreshed).access;
    }
    await take('profile', profile(first.access), status.granted);
    const second = tokensOf(await login(user)).access;
    const third = tokensOf(await login(user));
    recorder.take();
    await take('sessions', sessions(first.access), status.granted);
    await take('end a session', endSession(first.access, claimsOf(second).sid), done);
    await take('logout', logout(third), statusAt('logout').done);
    await take('logout-all', logoutAll(first.access), done);

    const fresh = newUser();
    const { email } = fresh;
    await take('register', ask('register', application(fresh)), status.registered);
    const known = application({ ...newUser(), email: user.email });
    await take('register, known address', ask('register', known), status.registered);
    await take('verify-email/send', ask('send-code', named(fresh)), status.accepted);
    const proof = { ...named(fresh), password: fresh.password, code: codeIn(to(email)) };
    const missed = { ...proof, code: otherThan(proof.code) };
    await take('verify-email, wrong code', ask('verify-email', missed), status['invalid-code']);
    await take('verify-email', ask('verify-email', proof), done);

    await take(
      'forgot-password',
      ask('forgot-password', byAddress(email)),
      statusAt('forgot-password').accepted,
    );
    const unknown = byAddress(newUser().email);
    await take(
      'forgot-password, unknown',
      ask('forgot-password', unknown),
      statusAt('forgot-password').accepted,
    );
    const password = 'some other words';
    const reset = { token: tokenIn(to(email)), password };
    await take('reset-password', ask('reset-password', reset), statusAt('reset-password').done);
    const { access: token } = tokensOf(await login({ ...fresh, password }));
    const passwords = { currentPassword: password, newPassword: fresh.password };
    recorder.take();
    await take(
      'change-password',
      ask('change-password', passwords, { token }),
      statusAt('change-password').done,
    );
    await take(
      'change-password, wrong',
      ask('change-password', passwords, { token }),
      status.invalid,
    );
    const { email: newEmail } = newUser();
    const move = { email: newEmail, password: fresh.password };
    await take('change-email', ask('change-email', move, { token }), status.accepted);
    const code = { code: codeIn(to(newEmail)) };
    await take('change-email/confirm', ask('confirm-email', code, { token }), done);
    const deletion = { password: fresh.password };
    await take('delete-account', ask('delete-account', deletion, { token }), done);

    const { refresh: ofRefresh, ...rest } = {
      ...EXPECTED,
      ...(registersUsername ? WITH_USERNAME : {}),
    };
    expect(found).toEqual(contract.refresh === null ? rest : { refresh: ofRefresh, ...rest });
  });
});

const levelsOf = ({ way }: CallTrace) =>
  way.map(({ besideHash, calls }) => [
    besideHash ? 'beside the hash' : 'waited for',
    ...calls.map(({ to, method }) => `${to} ${method}`).toSorted(),
  ]);

it('signs in with two round trips, and reserves a ticket while it hashes', async () => {
  const app = createTestApp({}, recorder.intercept, recorder.responded);
  const user = await addUser();
  recorder.take();
  await client(app, 'email-cookie').login(user);
  expect(levelsOf(recorder.take())).toEqual([
    ['waited for', 'database all', 'limits consume'],
    ['beside the hash', 'limits reserve'],
    ['waited for', 'database batch'],
  ]);
});

it('asks the primary once more where a replica’s answer is not enough', async () => {
  const fromReplica: BindingInterceptor = async (call, proceed) => {
    const result = await recorder.intercept(call, proceed);
    if (call.session !== 'first-unconstrained') return result;
    const { meta, ...rest } = result as D1Result;
    return { ...rest, meta: { ...meta, served_by_primary: false } } as typeof result;
  };
  const { login } = client(createTestApp({}, fromReplica, recorder.responded), 'email-cookie');
  const user = await addUser();
  recorder.take();
  await login(user);
  expect(countsOf(recorder.take())).toEqual([2, 1, 5, 1]);
  await login({ ...user, password: WRONG });
  expect(levelsOf(recorder.take())).toEqual([
    ['waited for', 'database all', 'limits consume'],
    ['beside the hash', 'limits reserve'],
    ['waited for', 'database all'],
    ['waited for', 'limits settle'],
  ]);
});
