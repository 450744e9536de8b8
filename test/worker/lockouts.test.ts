/**
 * Which failures count together: those at one name, as it was given, whether anybody has it or not;
 * so that a lock tells neither who has an account nor which names are one account's.
 */
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TICKET_MS } from '../../src/policy/lockout.ts';
import { addUser, doors, house, type Answer, type Person } from '../support/house.ts';
import { codeIn, mailbox, tokenIn } from '../support/mailbox.ts';
import { newcomer } from '../support/newcomer.ts';
import { eventsOf, operator } from '../support/operator.ts';
import { client, held } from '../support/session.ts';

const WRONG = 'a wrong one';
const here = house();
const byEmail = client(here, 'email-cookie');
const byUsername = client(here, 'username-pair');
const LOCKED = 429;

// One moment for what is compared: seconds left are part of the bytes.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  return () => vi.useRealTimers();
});
afterEach(() => vi.restoreAllMocks());

const moveClock = (byMs: number) => void vi.setSystemTime(Date.now() + byMs);

/** What a client sees. */
const seen = ({ status, headers, text }: Answer) => {
  const trace = headers.get('X-Request-Id') ?? '';
  return JSON.stringify([status, [...headers], text]).replaceAll(trace, '<trace>');
};

const failAt = async (login: typeof byEmail.login, person: Person, times = 5) => {
  for (let n = 0; n < times; n += 1) {
    expect((await login({ ...person, password: WRONG })).status).toBe(401);
  }
};

const ofName = (person: Person, isNamed: boolean) =>
  isNamed ? { username: person.username } : { email: person.email };

const otherThan = (code: string) => (code === '000000' ? '000001' : '000000');

const locksOf = async (column: 'user_id' | 'subject', value: string | number) => {
  const { results } = await env.DB.prepare(
    `SELECT reason, user_id, subject FROM audit_events WHERE action = 'ACCOUNT_LOCKED' AND ${column} = ? ORDER BY id`,
  )
    .bind(value)
    .all<{ reason: string; user_id: number | null; subject: string }>();
  return results;
};

/** The pseudonym of the newest event of a request from there. */
const subjectAt = async (address: string) =>
  (await env.DB.prepare('SELECT subject FROM audit_events WHERE address = ? ORDER BY id DESC')
    .bind(address)
    .first<string>('subject')) ?? '';

describe.each(doors)('$name', ({ name, contract }) => {
  const isNamed = contract.account.identifier === 'username';

  it('answers six wrong codes after a registration alike for a known and an unknown address', async () => {
    const { post } = client(mailbox().here, name);
    const known = await addUser();
    const unverified = await addUser({ email_verified: 0 });
    const told: string[][] = [];
    for (const { email } of [known, unverified, newcomer()]) {
      const own = { ...newcomer(), email };
      const { password } = own;
      const registration = { ...ofName(own, isNamed), email, password };
      const answers = [await post('register', registration)];
      for (let n = 0; n < 6; n += 1) {
        const proof = { ...ofName(own, isNamed), password, code: `00000${n}` };
        answers.push(await post('verify-email', proof));
      }
      told.push(answers.map(seen));
      const statuses = answers.map(({ status }) => status);
      expect(statuses.slice(0, 6)).toEqual([202, 400, 400, 400, 400, 400]);
      expect([403, 423, 429]).toContain(statuses[6]);
    }
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
  });

  it('makes the same calls for a wrong code, whoever has the name', async () => {
    const fresh = newcomer();
    const { email, password } = fresh;
    await client(here, name).post('register', { ...ofName(fresh, isNamed), email, password });
    const calls = [];
    for (const person of [fresh, await addUser(), newcomer()]) {
      const { here: mailed, before } = mailbox();
      const proof = { ...ofName(person, isNamed), password: person.password, code: '000000' };
      await client(mailed, name).post('verify-email', proof);
      calls.push(before[0]?.map(({ to, method }) => `${to} ${method}`));
    }
    expect(calls[0]).toContain('guard settle');
    expect(calls[1]).toEqual(calls[0]);
    expect(calls[2]).toEqual(calls[0]);
  });

  it('forgets failures at a name with the registration that makes it somebody’s', async () => {
    const { here: mailed, to } = mailbox();
    const { post, login } = client(mailed, name);
    const proven = newcomer();
    const { email, password } = proven;
    for (const at of [byEmail, byUsername]) await failAt(at.login, proven, 4);
    await post('register', { ...ofName(proven, isNamed), email, password });
    const proof = { ...ofName(proven, isNamed), password, code: codeIn(to(email)) };
    expect((await post('verify-email', proof)).status).toBe(contract.done().status);
    await failAt(login, proven, 4);
    expect((await login(proven)).status).toBe(200);
  });

  it('forgets failures at a name with the reset that makes it somebody’s', async () => {
    const { here: mailed, to } = mailbox();
    const { post, login } = client(mailed, name);
    const fresh = newcomer();
    const { email } = fresh;
    await post('register', { ...ofName(fresh, isNamed), email, password: fresh.password });
    for (const at of [byEmail, byUsername]) await failAt(at.login, fresh);
    await post('forgot-password', { email });
    const password = 'something else entirely';
    await post('reset-password', { token: tokenIn(to(email)), password });
    expect((await login({ ...fresh, password })).status).toBe(200);
  });
});

describe('an account’s two names', () => {
  it('do not know of each other’s failures: as an unrelated pair', async () => {
    const [one, other, third] = [await addUser(), await addUser(), await addUser()];
    await failAt(byUsername.login, one);
    await failAt(byUsername.login, other);
    expect((await byUsername.login(one)).status).toBe(LOCKED);
    const own = await byEmail.login({ ...one, password: WRONG });
    const unrelated = await byEmail.login({ ...third, password: WRONG });
    expect(own.status).toBe(401);
    expect(seen(own)).toBe(seen(unrelated));
    expect((await byEmail.login(one)).status).toBe(200);
  });

  it('stay locked where the other one’s login was right', async () => {
    const person = await addUser();
    await failAt(byUsername.login, person);
    expect((await byEmail.login(person)).status).toBe(200);
    expect((await byUsername.login(person)).status).toBe(LOCKED);
  });

  it('are counted as one, whatever the case and the normal form they are given in', async () => {
    const person = await addUser();
    const loud = { ...person, username: person.username.toUpperCase() };
    await failAt(byUsername.login, person, 3);
    await failAt(byUsername.login, loud, 2);
    expect((await byUsername.login(person)).status).toBe(LOCKED);
  });
});

describe('the password checks of sessions', () => {
  it('are counted together, apart from both names, and lock neither', async () => {
    const person = await addUser();
    const { access: token } = held(await byEmail.login(person));
    const { access: another } = held(await byUsername.login(person));
    const change = { currentPassword: WRONG, newPassword: 'something else entirely' };
    const asked = [
      await byEmail.post('change-password', change, { token }),
      await byUsername.post('change-password', change, { token: another }),
      await byEmail.post('change-email', { email: 'a@b.cd', password: WRONG }, { token }),
      await byUsername.post('delete-account', { password: WRONG }, { token: another }),
      await byEmail.post('delete-account', { password: WRONG }, { token }),
      await byEmail.post('change-password', change, { token }),
    ];
    expect(asked.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, LOCKED]);
    expect((await byEmail.login(person)).status).toBe(200);
    expect((await byUsername.login(person)).status).toBe(200);
    expect((await byEmail.post('change-password', change, { token })).status).toBe(LOCKED);
    expect(await locksOf('user_id', person.id)).toHaveLength(1);
  });

  it('go on while both names are locked', async () => {
    const person = await addUser();
    const { access: token } = held(await byEmail.login(person));
    await failAt(byEmail.login, person);
    await failAt(byUsername.login, person);
    const change = { currentPassword: person.password, newPassword: 'something else entirely' };
    expect((await byEmail.post('change-password', change, { token })).status).toBe(204);
  });
});

describe('all lockouts of a user are cleared', () => {
  /** Both names and the sessions' checks, each locked. */
  async function lockedUser() {
    const person = await addUser();
    const { access: token } = held(await byEmail.login(person));
    await failAt(byEmail.login, person);
    await failAt(byUsername.login, person);
    const wrong = { password: WRONG };
    for (let n = 0; n < 5; n += 1) await byEmail.post('delete-account', wrong, { token });
    expect((await byEmail.post('delete-account', wrong, { token })).status).toBe(LOCKED);
    return { person, token };
  }

  it('by an operator’s unlock, who saw them together', async () => {
    const { person, token } = await lockedUser();
    const { json } = operator(here);
    const path = `/users/${person.id}` as const;
    expect((await json(`GET ${path}`)).guard).toEqual({
      failures: 15,
      failuresInARow: 15,
      locksInARow: 3,
      lockedUntil: new Date(Date.now() + 900_000).toISOString(),
      stopped: false,
      ticketsOut: 0,
    });
    expect(await json(`POST ${path}/unlock`)).toMatchObject({ changed: true });
    expect((await json(`GET ${path}`)).guard).toMatchObject({ failures: 0, lockedUntil: null });
    expect((await byEmail.login(person)).status).toBe(200);
    expect((await byUsername.login(person)).status).toBe(200);
    expect((await byEmail.post('delete-account', { password: WRONG }, { token })).status).toBe(401);
    expect(await json(`POST ${path}/unlock`)).toMatchObject({ changed: true });
    expect(await json(`POST ${path}/unlock`)).toMatchObject({ changed: false });
  });

  it('by a reset', async () => {
    const { person } = await lockedUser();
    const { here: mailed, to } = mailbox();
    const { post } = client(mailed, 'email-cookie');
    await post('forgot-password', { email: person.email });
    const password = 'something else entirely';
    await post('reset-password', { token: tokenIn(to(person.email)), password });
    const renewed = { ...person, password };
    // What this isolate was told of the locks is not believed any more where they were lifted.
    const { access: token } = held(await client(mailed, 'email-cookie').login(renewed));
    expect((await client(mailed, 'username-pair').login(renewed)).status).toBe(200);
    const answer = await post('delete-account', { password: WRONG }, { token });
    expect(answer.status).toBe(401);
  });

  it('where the user is deleted: none is kept for ever', async () => {
    const strict = house({ LOCKOUT: { threshold: 2, stopAfterFailures: 2 } });
    for (const at of ['the owner', 'an operator'] as const) {
      const person = await addUser();
      const { login, post } = client(strict, 'username-pair');
      const { access: token } = held(await login(person));
      await failAt(login, person, 2);
      if (at === 'the owner')
        await post('delete-account', { password: person.password }, { token });
      else await operator(strict).call(`DELETE /users/${person.id}`);
      expect((await login({ ...person, password: WRONG })).status).toBe(401);
    }
  });
});

it('forgets failures at an address that an account moves to, made while it was not its own', async () => {
  const { here: mailed, to } = mailbox();
  const { post, login } = client(mailed, 'email-cookie');
  const person = await addUser();
  const { access: token } = held(await login(person));
  const moved = { ...person, email: `new-${person.email}` };
  await failAt(login, moved);
  await post('change-email', { email: moved.email, password: person.password }, { token });
  await post('change-email/confirm', { code: codeIn(to(moved.email)) }, { token });
  expect((await login(moved)).status).toBe(200);
});

it('gives a device cookie of an account failures of its own at codes, too', async () => {
  const { here: mailed, to } = mailbox();
  const { post, login } = client(mailed, 'email-cookie');
  const person = await addUser({ email_verified: 0 });
  const { email, password } = person;
  const [cookie = ''] = /__Host-gh-device=[^;]*/.exec(
    (await login(person)).headers.getSetCookie().join(),
  ) ?? [''];
  await post('verify-email/send', { email });
  const code = codeIn(to(email));
  for (let n = 0; n < 5; n += 1) {
    await post('verify-email', { email, password, code: otherThan(code) });
  }
  expect((await post('verify-email', { email, password, code })).status).toBe(LOCKED);
  const known = { headers: { Cookie: cookie } };
  expect((await post('verify-email', { email, password, code }, known)).status).toBe(204);
});

it('takes five tries at a code even where a right login gives the failures back', async () => {
  const { here: mailed, to } = mailbox();
  const { post, login } = client(mailed, 'email-cookie');
  const person = await addUser({ email_verified: 0 });
  const { email, password } = person;
  await post('verify-email/send', { email });
  const code = codeIn(to(email));
  for (let n = 0; n < 5; n += 1) {
    await post('verify-email', { email, password, code: otherThan(code) });
    if (n === 2) expect((await login(person)).status).toBe(200);
  }
  expect((await post('verify-email', { email, password, code })).status).toBe(400);
  moveClock(600_000);
  await post('verify-email/send', { email });
  const fresh = { email, password, code: codeIn(to(email)) };
  expect((await post('verify-email', fresh)).status).toBe(204);
});

describe('a lock in the audit', () => {
  it('is one row, however many attempts it refuses', async () => {
    const person = await addUser();
    const guess = { ...person, password: WRONG };
    const answers = await Promise.all(Array.from({ length: 40 }, () => byEmail.login(guess)));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect((await byUsername.login(person)).status).toBe(200);
    const locks = (await eventsOf(person.id)).filter(({ action }) => action === 'ACCOUNT_LOCKED');
    expect(locks).toMatchObject([{ reason: 'locked', contract: 'email-cookie' }]);
  });

  it('is one for each lock, and names the final stop', async () => {
    const person = await addUser();
    const { login } = client(
      house({ LOCKOUT: { threshold: 2, stopAfterFailures: 4 } }),
      'username-coded',
    );
    await failAt(login, person, 2);
    expect((await login(person)).status).toBe(LOCKED);
    moveClock(900_000);
    await failAt(login, person, 2);
    expect((await login(person)).status).toBe(LOCKED);
    const locks = await locksOf('user_id', person.id);
    expect(locks.map(({ reason }) => reason)).toEqual(['locked', 'stopped']);
  });

  it('is a row for a name that nobody has, under its pseudonym', async () => {
    const nobody = newcomer();
    const address = '192.0.2.201';
    for (let n = 0; n < 6; n += 1) {
      await byEmail.login({ ...nobody, password: WRONG }, { address });
    }
    const subject = await subjectAt(address);
    expect(await locksOf('subject', subject)).toEqual([
      { reason: 'locked', user_id: null, subject },
    ]);
  });

  it('carries the account’s pseudonym, at either name', async () => {
    const person = await addUser();
    await failAt(byEmail.login, person);
    await failAt(byUsername.login, person);
    const subjects = (await locksOf('user_id', person.id)).map(({ subject }) => subject);
    expect(subjects).toHaveLength(2);
    expect(subjects[1]).toBe(subjects[0]);
    expect((await eventsOf(person.id)).length).toBe(12);
  });

  it('is written by the attempt that finds it, where expired tickets have locked', async () => {
    const person = await addUser();
    const dying = house({}, (call, proceed) =>
      call.method === 'settle' ? Promise.reject(new Error('lost')) : proceed(),
    );
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { login } = client(dying, 'email-cookie');
    for (let n = 0; n < 5; n += 1) await login({ ...person, password: WRONG });
    expect(await locksOf('user_id', person.id)).toEqual([]);
    moveClock(TICKET_MS);
    for (let n = 0; n < 3; n += 1) expect((await byEmail.login(person)).status).toBe(LOCKED);
    expect(await locksOf('user_id', person.id)).toMatchObject([{ reason: 'locked' }]);
  });
});
