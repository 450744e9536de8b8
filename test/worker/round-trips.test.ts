/**
 * How often each operation waits for the network, one wait after the other: far from the database
 * that is most of what a user waits for, and no machine here is slow enough to show it. Counted, not
 * timed.
 */
import { expect, it, describe } from 'vitest';
import type { CallTrace } from '../fixtures/call-trace.ts';
import type { BindingInterceptor } from '../fixtures/intercept-bindings.ts';
import { slowNetwork } from '../fixtures/slow-network.ts';
import { codeIn, mailbox, otherThan, tokenIn } from '../support/mailbox.ts';
import { claimsOf, client, tokensOf, WRONG } from '../support/session.ts';
import {
  addUser,
  contractCases,
  createTestApp,
  freshAddress,
  newUser,
  type Answer,
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
  'logout-others': [2, 0, 2, 0],
  'update-profile': [2, 0, 3, 0],
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

/** A user with a username has one more lockout to clear. */
const WITH_USERNAME: typeof EXPECTED = {
  register: [3, 1, 7, 2],
  'register, known address': [3, 1, 7, 2],
  'verify-email': [2, 1, 8, 3],
  'reset-password': [3, 0, 7, 1],
  'delete-account': [2, 1, 8, 3],
};

describe.each(contractCases)('$name', ({ name, contract, status, ...contractCase }) => {
  const { named, application, isByUsername, attemptsPerMinute } = contractCase;
  const { done, locked } = status;

  it('waits for the network as often as it must, and no more', async () => {
    const { app, to } = mailbox({}, recorder.intercept, recorder.responded);
    const { login, post, fail, ...session } = client(app, name);
    const found: Record<string, Counts> = {};
    const take = async (title: string, work: Promise<Answer>, status: number) => {
      const answer = await work;
      expect(answer.status, title).toBe(status);
      found[title] = countsOf(recorder.take());
      return answer;
    };

    const user = await addUser();
    recorder.take();
    const first = tokensOf(await take('login, right', login(user), 200));
    await take('login, wrong', login({ ...user, password: WRONG }), 401);
    await take('login, unknown', login(newUser()), 401);
    const other = await addUser();
    await fail(other);
    recorder.take();
    await take('login, locked', login(other), locked);
    await take('login, locked and remembered', login(other), locked);
    const from = { address: freshAddress() };
    await Promise.all(Array.from({ length: attemptsPerMinute }, () => login(other, from)));
    recorder.take();
    await take('address limited, first', login(other, from), 429);
    await take('address limited, remembered', login(other, from), 429);

    if (contract.refresh !== null) {
      first.access = tokensOf(await take('refresh', session.refresh(first.refresh), 200)).access;
    }
    await take('profile', session.profile(first.access), 200);
    const second = tokensOf(await login(user)).access;
    const third = tokensOf(await login(user)).access;
    recorder.take();
    await take('sessions', session.sessions(first.access), 200);
    await take('end a session', session.endSession(first.access, claimsOf(second).sid), done);
    await take('logout', session.logout(third), done);
    const bearer = { token: first.access };
    await take('logout-others', post('logout-others', {}, bearer), done);
    await take('update-profile', post('update-profile', { name: 'Al' }, bearer), 200);
    await take('logout-all', session.logoutAll(first.access), done);

    const fresh = newUser();
    const { email } = fresh;
    await take('register', post('register', application(fresh)), 202);
    const known = application({ ...newUser(), email: user.email });
    await take('register, known address', post('register', known), 202);
    await take('verify-email/send', post('verify-email/send', named(fresh)), 202);
    const proof = { ...named(fresh), password: fresh.password, code: codeIn(to(email)) };
    const missed = { ...proof, code: otherThan(proof.code) };
    await take('verify-email, wrong code', post('verify-email', missed), 400);
    await take('verify-email', post('verify-email', proof), done);

    await take('forgot-password', post('forgot-password', { email }), 202);
    const unknown = { email: newUser().email };
    await take('forgot-password, unknown', post('forgot-password', unknown), 202);
    const password = 'some other words';
    const reset = { token: tokenIn(to(email)), password };
    await take('reset-password', post('reset-password', reset), done);
    const { access: token } = tokensOf(await login({ ...fresh, password }));
    const passwords = { currentPassword: password, newPassword: fresh.password };
    recorder.take();
    await take('change-password', post('change-password', passwords, { token }), done);
    await take('change-password, wrong', post('change-password', passwords, { token }), 401);
    const { email: newEmail } = newUser();
    const move = { email: newEmail, password: fresh.password };
    await take('change-email', post('change-email', move, { token }), 202);
    const code = { code: codeIn(to(newEmail)) };
    await take('change-email/confirm', post('change-email/confirm', code, { token }), done);
    const deletion = { password: fresh.password };
    await take('delete-account', post('delete-account', deletion, { token }), done);

    const { refresh, ...rest } = { ...EXPECTED, ...(isByUsername ? WITH_USERNAME : {}) };
    expect(found).toEqual(contract.refresh === null ? rest : { refresh, ...rest });
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
