/**
 * Which failures count together: those at one name, as it was given, whether anybody has it or not;
 * so that a lock tells neither who has an account nor which names are one account's.
 */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { handleOf, withHandle, withoutHandles } from '../support/handles.ts';
import { addUser, contractCases, type Answer } from '../support/test-app.ts';
import {
  byEmail,
  byUsername,
  failAt,
  here,
  LOCKED,
  locksOf,
  ofName,
  WRONG,
} from '../support/lockouts.ts';
import { codeIn, mailbox } from '../support/mailbox.ts';
import { newUser } from '../support/new-user.ts';
import { client, held } from '../support/session.ts';

// One moment for what is compared: seconds left are part of the bytes.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  return () => vi.useRealTimers();
});

const moveClock = (byMs: number) => void vi.setSystemTime(Date.now() + byMs);

/** What a client sees, without what is random in it: the trace id, and the handle of a registration. */
const seen = ({ status, headers, text }: Answer) => {
  const trace = headers.get('X-Request-Id') ?? '';
  return withoutHandles(JSON.stringify([status, [...headers], text]).replaceAll(trace, '<trace>'));
};

const otherThan = (code: string) => (code === '000000' ? '000001' : '000000');
describe.each(contractCases)('$name', ({ name, contract }) => {
  const isNamed = contract.identifier === 'username';

  it.each(['with', 'without'])(
    'answers six wrong codes after a registration alike for a known and an unknown address, %s its handle',
    async (mode) => {
      const { post } = client(mailbox().here, name);
      const known = await addUser();
      const unverified = await addUser({ email_verified: 0 });
      const told: string[][] = [];
      for (const { email } of [known, unverified, newUser()]) {
        const own = { ...newUser(), email };
        const { password } = own;
        const registered = await post('register', { ...ofName(own, isNamed), email, password });
        const sending = mode === 'with' ? withHandle(handleOf(registered)) : {};
        const answers = [registered];
        for (let n = 0; n < 6; n += 1) {
          const proof = { ...ofName(own, isNamed), password, code: `00000${n}` };
          answers.push(await post('verify-email', proof, sending));
        }
        told.push(answers.map(seen));
        const statuses = answers.map(({ status }) => status);
        expect(statuses.slice(0, 6)).toEqual([202, 400, 400, 400, 400, 400]);
        expect([403, 423, 429]).toContain(statuses[6]);
      }
      expect(told[1]).toEqual(told[0]);
      expect(told[2]).toEqual(told[0]);
    },
  );

  it('makes the same calls for a wrong code, whoever has the name', async () => {
    const fresh = newUser();
    const { email, password } = fresh;
    await client(here, name).post('register', { ...ofName(fresh, isNamed), email, password });
    const calls = [];
    for (const person of [fresh, await addUser(), newUser()]) {
      const { here: mailed, before } = mailbox();
      const proof = { ...ofName(person, isNamed), password: person.password, code: '000000' };
      await client(mailed, name).post('verify-email', proof);
      calls.push(before[0]?.map(({ to, method }) => `${to} ${method}`));
    }
    expect(calls[0]).toContain('limits settle');
    expect(calls[1]).toEqual(calls[0]);
    expect(calls[2]).toEqual(calls[0]);
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
