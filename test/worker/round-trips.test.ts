/**
 * How often each flow waits for the network, one wait after the other: far from the database that is
 * most of what a user waits for, and no machine here is slow enough to show it. Counted, not timed.
 */
import { describe, expect, it } from 'vitest';
import {
  addUser,
  contractCase,
  contractCases,
  freshAddress,
  createTestApp,
  type Answer,
} from '../support/test-app.ts';
import type { CallTrace } from '../fixtures/call-trace.ts';
import { codeIn, mailbox, tokenIn } from '../support/mailbox.ts';
import { newUser } from '../support/new-user.ts';
import { client, held } from '../support/session.ts';
import { slowNetwork } from '../fixtures/slow-network.ts';
import type { Call, BindingInterceptor } from '../fixtures/intercept-bindings.ts';

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
  'delete-account': [2, 1, 7, 2],
};

/** Who has a username as well has one more lockout to clear. */
const WITH_USERNAME: typeof EXPECTED = {
  register: [3, 1, 7, 2],
  'register, known address': [3, 1, 7, 2],
  'verify-email': [2, 1, 8, 3],
  'reset-password': [3, 0, 7, 1],
  'delete-account': [2, 1, 8, 3],
};

describe.each(contractCases)('$name', ({ name, contract }) => {
  it('waits for the network as often as it must, and no more', async () => {
    const { here, to } = mailbox({}, recorder.intercept, recorder.responded);
    const { login, post, ...session } = client(here, name);
    const named = (person: { username: string; email: string }) =>
      contract.identifier === 'username' ? { username: person.username } : { email: person.email };
    const found: Record<string, Counts> = {};
    const take = async (title: string, work: Promise<Answer>, status: number) => {
      const answer = await work;
      expect([title, answer.status]).toEqual([title, status]);
      found[title] = countsOf(recorder.take());
      return answer;
    };
    const refusal = (reason: 'invalid' | 'limited' | 'locked') =>
      contract.errors.answers[reason].status;
    const done = contract.responses.done.render().status;
    const gone = contract.responses.loggedOut.render().status;

    const person = await addUser();
    const other = 'some other words';
    recorder.take();
    const first = held(await take('login, right', login(person), 200));
    await take('login, wrong', login({ ...person, password: other }), refusal('invalid'));
    await take('login, unknown', login(newUser()), refusal('invalid'));
    const locked = await addUser();
    for (let n = 0; n < 5; n += 1) await login({ ...locked, password: other });
    recorder.take();
    await take('login, locked', login(locked), refusal('locked'));
    await take('login, locked and remembered', login(locked), refusal('locked'));
    const address = freshAddress();
    const limit = contract.attemptsPerMinute;
    await Promise.all(Array.from({ length: limit }, () => login(locked, { address })));
    recorder.take();
    await take('address limited, first', login(locked, { address }), refusal('limited'));
    await take('address limited, remembered', login(locked, { address }), refusal('limited'));

    if (contract.refresh !== null) {
      const { access } = held(await take('refresh', session.refresh(first.refresh), 200));
      first.access = access;
    }
    await take('profile', session.profile(first.access), 200);
    const second = held(await login(person));
    const third = held(await login(person));
    recorder.take();
    await take('sessions', session.sessions(first.access), 200);
    await take('end a session', session.endSession(first.access, idOf(second.access)), done);
    await take('logout', session.logout(third.access), gone);
    await take('logout-all', session.logoutAll(first.access), gone);

    const fresh = newUser();
    const asked = { ...named(fresh), email: fresh.email, password: fresh.password };
    await take('register', post('register', asked), 202);
    const nameless = { ...newUser(), email: person.email };
    const again = { ...named(nameless), email: person.email, password: nameless.password };
    await take('register, known address', post('register', again), 202);
    await take('verify-email/send', post('verify-email/send', named(fresh)), 202);
    const proof = { ...named(fresh), password: fresh.password, code: codeIn(to(fresh.email)) };
    const missed = { ...proof, code: proof.code === '000000' ? '000001' : '000000' };
    await take('verify-email, wrong code', post('verify-email', missed), 400);
    await take('verify-email', post('verify-email', proof), done);

    const { email } = fresh;
    await take('forgot-password', post('forgot-password', { email }), 202);
    const nobody = { email: newUser().email };
    await take('forgot-password, unknown', post('forgot-password', nobody), 202);
    const reset = { token: tokenIn(to(email)), password: other };
    await take('reset-password', post('reset-password', reset), done);
    const { access: token } = held(await login({ ...fresh, password: other }));
    const passwords = { currentPassword: other, newPassword: fresh.password };
    recorder.take();
    await take('change-password', post('change-password', passwords, { token }), done);
    const wrong = post('change-password', passwords, { token });
    await take('change-password, wrong', wrong, refusal('invalid'));
    const { email: newEmail } = newUser();
    const wish = { email: newEmail, password: fresh.password };
    await take('change-email', post('change-email', wish, { token }), 202);
    const code = codeIn(to(newEmail));
    await take('change-email/confirm', post('change-email/confirm', { code }, { token }), done);
    const { password } = fresh;
    await take('delete-account', post('delete-account', { password }, { token }), gone);

    const isNamed = contract.identifier === 'username';
    const { refresh, ...rest } = { ...EXPECTED, ...(isNamed ? WITH_USERNAME : {}) };
    expect(found).toEqual(contract.refresh === null ? rest : { refresh, ...rest });
  });
});

const idOf = (token: string): string =>
  (JSON.parse(atob(token.split('.')[1] ?? '')) as { sid: string }).sid;

const told = ({ to, method }: Call) => `${to} ${method}`;
const wayOf = ({ way }: CallTrace) =>
  way.map(({ besideHash, calls }) => [
    besideHash ? 'beside the hash' : 'waited for',
    ...calls.map(told).toSorted(),
  ]);

const { name } = contractCase('email-cookie');

it('signs in with two round trips, and lets the account’s guard travel while it hashes', async () => {
  const { login } = client(createTestApp({}, recorder.intercept, recorder.responded), name);
  const person = await addUser();
  recorder.take();
  await login(person);
  expect(wayOf(recorder.take())).toEqual([
    ['waited for', 'database all', 'limits consume'],
    ['beside the hash', 'limits reserve'],
    ['waited for', 'database batch'],
  ]);
});

it('asks the primary once more where a replica’s word is not enough', async () => {
  const fromReplica: BindingInterceptor = async (call, proceed) => {
    const result = await recorder.intercept(call, proceed);
    if (call.session !== 'first-unconstrained') return result;
    const { meta, ...rest } = result as D1Result;
    return { ...rest, meta: { ...meta, served_by_primary: false } } as typeof result;
  };
  const { login } = client(createTestApp({}, fromReplica, recorder.responded), name);
  const person = await addUser();
  recorder.take();
  await login(person);
  expect(countsOf(recorder.take())).toEqual([2, 1, 5, 1]);
  await login({ ...person, password: 'a wrong one' });
  expect(wayOf(recorder.take())).toEqual([
    ['waited for', 'database all', 'limits consume'],
    ['beside the hash', 'limits reserve'],
    ['waited for', 'database all'],
    ['waited for', 'limits settle'],
  ]);
});
