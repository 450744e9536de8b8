/** Registrations, several of one address included: their codes, names, roles and storage. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { InputOf, Operation } from '../../src/flows/operations.ts';
import { handleOf, withHandle } from '../support/handles.ts';
import { codeIn, mailbox, tokenIn } from '../support/mailbox.ts';
import { client, moveClock, tokensOf } from '../support/session.ts';
import { byAddress } from '../support/contract-cases.ts';
import {
  addUser,
  oneOfEachKind,
  freshAddress,
  newUser,
  type TestUser,
} from '../support/test-app.ts';
import { failing } from '../support/faults.ts';

const DAY_MS = 86_400_000;
const open = (name: string, ...how: Parameters<typeof mailbox>) => {
  const { app, to, calls } = mailbox(...how);
  return { ...client(app, name), to, calls };
};

const rowsOf = async (table: 'registrations' | 'users', email: string) =>
  (
    await env.DB.prepare(`SELECT * FROM ${table} WHERE email = ?`)
      .bind(email)
      .all<Record<string, string>>()
  ).results;

/** Registrations of one mailbox, with other names and passwords. */
const sharing = (email: string, amount: number): TestUser[] =>
  Array.from({ length: amount }, () => ({ ...newUser(), email }));

// Registrations are stored by the core; contracts differ in the names that they take.
describe.each(oneOfEachKind)('$name', ({ name, status, named, application }) => {
  const { done } = status;

  it('opens the account with a registration’s own code and password, and with no other pair', async () => {
    const { ask, login, to } = open(name);
    const bystander = newUser();
    await ask('register', application(bystander));
    const { email } = newUser();
    const [first, second] = sharing(email, 2) as [TestUser, TestUser];
    const codes: string[] = [];
    for (const user of [first, second]) {
      expect((await ask('register', application(user))).status).toBe(status.registered);
      codes.push(codeIn(to(email)));
    }
    expect(to(email).map(({ subject }) => subject)).toEqual([
      'Confirm your address for Gatehouse',
      'Confirm your address for Gatehouse',
    ]);
    const verify = async (user: TestUser, password: string, code = '') =>
      (await ask('verify-email', { ...named(user), password, code })).status;
    expect(await verify(first, second.password, codes[0])).toBe(status['invalid-code']);
    expect(await verify(second, first.password, codes[1])).toBe(status['invalid-code']);
    expect(await verify(first, first.password, codes[0])).toBe(done);
    expect(await verify(second, second.password, codes[1])).toBe(status['invalid-code']);
    expect((await login(first)).status).toBe(status.granted);
    expect((await login(second)).status).toBe(status.invalid);
    expect(await rowsOf('users', email)).toHaveLength(1);
    expect(await verify(bystander, bystander.password, codeIn(to(bystander.email)))).toBe(done);
  });

  it('makes one user of five registrations that are proven at once', async () => {
    const { ask, login, to } = open(name);
    const { email } = newUser();
    const users = sharing(email, 5);
    const proofs: InputOf<'verify-email'>[] = [];
    for (const user of users) {
      await ask('register', application(user));
      proofs.push({ ...named(user), password: user.password, code: codeIn(to(email)) });
    }
    const answers = await Promise.all(proofs.map((proof) => ask('verify-email', proof)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.toSorted()).toEqual(
      [done, ...Array<number>(4).fill(status['invalid-code'])].toSorted(),
    );
    expect(await rowsOf('users', email)).toHaveLength(1);
    expect((await login(users[statuses.indexOf(done)] as TestUser)).status).toBe(status.granted);
  });

  it('stores and sends nothing beyond five an hour, for a known and an unknown address', async () => {
    const { ask, to, calls } = open(name);
    for (const { email } of [await addUser(), newUser()]) {
      for (const user of sharing(email, 6)) await ask('register', application(user));
      calls.length = 0;
      const answer = await ask('register', application({ ...newUser(), email }));
      expect(answer.status).toBe(status.registered);
      expect(calls.filter(({ method }) => method === 'batch')).toEqual([]);
      expect(await rowsOf('registrations', email)).toHaveLength(5);
      expect(to(email)).toHaveLength(5);
    }
  });
});

describe('a username', () => {
  const { ask, to, login, application, named } = open('username-pair');
  const verify = async (user: TestUser, code: string) =>
    (await ask('verify-email', { ...named(user), password: user.password, code })).status;

  it('is refused where a user or a registration has it, for a known and an unknown address', async () => {
    const known = await addUser();
    const [first, second] = [newUser(), newUser()];
    const statuses = [];
    for (const { username, email } of [
      { username: first.username, email: known.email },
      { username: second.username, email: second.email },
      { username: first.username.toUpperCase(), email: newUser().email },
      { username: second.username.toUpperCase(), email: newUser().email },
      { username: known.username, email: newUser().email },
    ]) {
      const user = { username, email, password: first.password };
      statuses.push((await ask('register', application(user))).status);
    }
    expect(statuses).toEqual([202, 202, 409, 409, 409]);
  });

  it('stays held when another registration of the address was proven, until it expires', async () => {
    const { email } = newUser();
    const [first, second] = sharing(email, 2) as [TestUser, TestUser];
    await ask('register', application(first));
    const code = codeIn(to(email));
    await ask('register', application(second));
    expect(await verify(first, code)).toBe(200);
    const other = { ...newUser(), username: second.username };
    expect((await ask('register', application(other))).status).toBe(409);
    const [row] = await rowsOf('registrations', email);
    expect(row?.['username']).toBe(second.username);
    moveClock(DAY_MS + 1000);
    expect((await ask('register', application(other))).status).toBe(202);
    expect(codeIn(to(other.email))).toMatch(/^\d{6}$/);
  });

  it('is registered again by its holder with the handle alone', async () => {
    const user = newUser();
    const handle = handleOf(await ask('register', application(user)));
    const stranger = newUser();
    const foreign = handleOf(await ask('register', application(stranger)));
    const again = async (body: object, sending = {}) =>
      (await ask('register', { ...application(user), ...body }, sending)).status;
    expect(await again({})).toBe(409);
    expect(await again({}, withHandle(foreign))).toBe(409);
    expect(await again({ email: newUser().email }, withHandle(handle))).toBe(409);
    expect(await again({ email: stranger.email }, withHandle(foreign))).toBe(409);
    expect(await rowsOf('registrations', user.email)).toHaveLength(1);
    expect(await again({ password: 'a better idea of mine' }, withHandle(handle))).toBe(202);
    expect(await again({ handle })).toBe(202);
    const ids = (await rowsOf('registrations', user.email)).map((row) => row['handle_id']);
    expect(new Set(ids).size).toBe(1);
  });

  it('costs no e-mail where it is taken', async () => {
    const taken = newUser();
    await ask('register', application(taken));
    const user = newUser();
    for (let n = 0; n < 6; n += 1) {
      const { status } = await ask('register', application({ ...user, username: taken.username }));
      expect(status).toBe(409);
    }
    expect((await ask('register', application(user))).status).toBe(202);
    expect(to(user.email)).toHaveLength(1);
  });

  it('is free again when the user who asked for it in vain is deleted', async () => {
    const user = await addUser();
    await ask('register', application({ ...newUser(), email: user.email }));
    const { access: token } = tokensOf(await login(user));
    await ask('delete-account', { password: user.password }, { token });
    expect(await rowsOf('users', user.email)).toEqual([]);
    expect(await rowsOf('registrations', user.email)).toEqual([]);
  });

  it('of a known address can be proven once the address is free, with a code sent since', async () => {
    const known = await addUser();
    const user = { ...newUser(), email: known.email };
    await ask('register', application(user));
    expect(to(known.email).map(({ subject }) => subject)).toEqual([
      'You already have an account at Gatehouse',
    ]);
    await ask('send-code', named(user));
    expect(codeIn(to(known.email))).toBe('no code');
    await env.DB.prepare('UPDATE users SET email = ? WHERE id = ?')
      .bind(`moved-${known.email}`, known.id)
      .run();
    await ask('send-code', named(user));
    const code = codeIn(to(known.email));
    expect(await verify({ ...user, password: known.password }, code)).toBe(400);
    expect(await verify(user, code)).toBe(200);
  });
});

describe('a registration', () => {
  it('and its links are stored without codes and tokens', async () => {
    const { ask, to, calls } = open('email-cookie');
    const { email } = await addUser({ email_verified: 0 });
    await ask('send-code', byAddress(email));
    await ask('forgot-password', byAddress(email));
    const dump = JSON.stringify((await env.DB.prepare('SELECT * FROM challenges').all()).results);
    expect(dump).not.toContain(codeIn(to(email)));
    expect(dump).not.toContain(tokenIn(to(email)));
    expect(calls.filter(({ to }) => to === 'mail')).toHaveLength(2);
  });

  it('takes the newest code, and no older one', async () => {
    const { ask, login, to, application } = open('email-envelope');
    const user = newUser();
    const { email, password } = user;
    await ask('register', application(user));
    const first = codeIn(to(email));
    await ask('send-code', byAddress(email));
    const second = codeIn(to(email));
    const verify = async (code: string) =>
      (await ask('verify-email', { ...byAddress(email), password, code })).status;
    if (first !== second) expect(await verify(first)).toBe(400);
    expect(await verify(second)).toBe(200);
    expect((await login(user)).status).toBe(200);
  });

  it('is answered alike when the e-mail cannot be sent, after two attempts', async () => {
    const { ask, calls, application } = open(
      'email-cookie',
      {},
      failing(({ to }) => to === 'mail'),
    );
    expect((await ask('register', application(newUser()))).status).toBe(202);
    expect(calls.filter(({ to }) => to === 'mail')).toHaveLength(2);
  });

  it.each(oneOfEachKind)('counts every attempt against its address at $name', async (own) => {
    const { name, status, statusAt, inputs } = own;
    const { ask } = open(name, { ADDRESS_LIMITS: { [name]: 2 } });
    const from = { address: freshAddress() };
    const input = inputs(newUser());
    const asked = async (operation: Operation) =>
      (await ask(operation, input[operation] as never, from)).status;
    expect([
      await asked('forgot-password'),
      await asked('send-code'),
      await asked('forgot-password'),
      await asked('register'),
    ]).toEqual([
      statusAt('forgot-password').accepted,
      status.accepted,
      status.limited,
      status.limited,
    ]);
  });

  it('gives the account the role and the team of the settings, and null without any', async () => {
    const registered = async (settings: object) => {
      const { ask, login, to, application } = open('email-remember', settings);
      const user = newUser();
      const { email, password } = user;
      await ask('register', { ...application(user), name: 'First' });
      await ask('verify-email', { ...byAddress(email), password, code: codeIn(to(email)) });
      return JSON.parse((await login(user)).text) as { user: object };
    };
    const role = { id: 'role-member', name: 'Member' };
    const team = { id: 'team-new', name: 'New accounts' };
    const nothing = { role: null, team: null, name: 'First', avatar: null };
    expect(await registered({})).toMatchObject({ user: nothing });
    for (const given of [{ role, team }, { role, team }, { team }]) {
      const expected = { user: { ...nothing, ...given } };
      expect(await registered({ NEW_ACCOUNTS: given })).toMatchObject(expected);
    }
    const renamed = { NEW_ACCOUNTS: { role: { ...role, name: 'Another' } } };
    expect(await registered(renamed)).toMatchObject({ user: { role } });
  });
});
