/** Several registrations of one address: each has its own password and code, the first proven wins. */
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { handleOf, withHandle } from '../support/handles.ts';
import { addUser, contractCases, type TestUser } from '../support/test-app.ts';
import { codeIn, mailbox } from '../support/mailbox.ts';
import { newUser } from '../support/new-user.ts';
import { client } from '../support/session.ts';

afterEach(() => vi.useRealTimers());

const rowsOf = async (email: string) =>
  (
    await env.DB.prepare('SELECT * FROM registrations WHERE email = ? ORDER BY rowid')
      .bind(email)
      .all<Record<string, string>>()
  ).results;

const usersOf = (email: string) =>
  env.DB.prepare('SELECT count(*) AS n FROM users WHERE email = ?').bind(email).first<number>('n');

const secretsOf = async (email: string) =>
  (
    await env.DB.prepare(
      `SELECT c.secret_hash AS secret FROM challenges AS c
       JOIN registrations AS r ON r.id = c.registration_id WHERE r.email = ? ORDER BY r.rowid`,
    )
      .bind(email)
      .all<{ secret: string }>()
  ).results.map(({ secret }) => secret);

/** The same mailbox asked for by others, who want other names and passwords. */
const sharing = (email: string, amount: number): TestUser[] =>
  Array.from({ length: amount }, () => ({ ...newUser(), email }));

describe.each(contractCases)('$name', ({ name, contract }) => {
  const named = ({ username, email }: TestUser) =>
    contract.identifier === 'username' ? { username } : { email };
  const asking = (person: TestUser) => ({
    ...named(person),
    email: person.email,
    password: person.password,
  });
  const done = contract.responses.done.render().status;

  it('opens the account with a registration’s own code and password, and with no other pair', async () => {
    const { here, to } = mailbox();
    const { post, login } = client(here, name);
    const bystander = newUser();
    await post('register', asking(bystander));
    const { email } = newUser();
    const [first, second] = sharing(email, 2) as [TestUser, TestUser];
    const codes = [];
    for (const person of [first, second]) {
      expect((await post('register', asking(person))).status).toBe(202);
      codes.push(codeIn(to(email)));
    }
    expect(to(email).map(({ subject }) => subject)).toEqual([
      'Confirm your address for Gatehouse',
      'Confirm your address for Gatehouse',
    ]);
    const prove = async (person: TestUser, password: string, code = '') =>
      (await post('verify-email', { ...named(person), password, code })).status;
    expect(await prove(first, second.password, codes[0])).toBe(400);
    expect(await prove(second, first.password, codes[1])).toBe(400);
    expect(await prove(first, first.password, codes[0])).toBe(done);
    expect(await prove(second, second.password, codes[1])).toBe(400);
    expect((await login(first)).status).toBe(200);
    expect((await login(second)).status).toBe(401);
    expect(await usersOf(email)).toBe(1);
    expect(await prove(bystander, bystander.password, codeIn(to(bystander.email)))).toBe(done);
  });

  it('makes one user of five registrations that are proven at once', async () => {
    const { here, to } = mailbox();
    const { post, login } = client(here, name);
    const { email } = newUser();
    const people = sharing(email, 5);
    const proofs = [];
    for (const person of people) {
      await post('register', asking(person));
      const { password } = person;
      proofs.push({ ...named(person), password, code: codeIn(to(email)) });
    }
    const answers = await Promise.all(proofs.map((proof) => post('verify-email', proof)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([done, 400, 400, 400, 400].toSorted());
    expect(await usersOf(email)).toBe(1);
    const winner = people[statuses.indexOf(done)] as TestUser;
    expect((await login(winner)).status).toBe(200);
  });

  it('stores and sends nothing beyond five an hour, for a known address like for an unknown one', async () => {
    const { here, to, calls } = mailbox();
    const { post } = client(here, name);
    const known = await addUser();
    const seen = [];
    for (const { email } of [known, newUser()]) {
      const people = sharing(email, 6);
      for (const person of people) await post('register', asking(person));
      calls.length = 0;
      const last = await post('register', asking({ ...newUser(), email }));
      const written = calls.filter(({ method }) => method === 'batch');
      seen.push([last.status, written, (await rowsOf(email)).length, to(email).length]);
    }
    expect(seen).toEqual([
      [202, [], 5, 5],
      [202, [], 5, 5],
    ]);
  });
});

const byName = contractCases.find(({ contract }) => contract.identifier === 'username');
const { here, to } = mailbox();
const { post } = client(here, byName?.name ?? '');
const wish = ({ username, email, password }: TestUser) => ({ username, email, password });
const prove = async ({ username, password }: TestUser, code: string) =>
  (await post('verify-email', { username, password, code })).status;

describe('a username', () => {
  it('stays held when another registration of the address was proven, until it expires', async () => {
    const { email } = newUser();
    const [first, second] = sharing(email, 2) as [TestUser, TestUser];
    await post('register', wish(first));
    const code = codeIn(to(email));
    await post('register', wish(second));
    expect(await prove(first, code)).toBe(200);
    const other = { ...newUser(), username: second.username };
    expect((await post('register', wish(other))).status).toBe(409);
    expect((await rowsOf(email)).map(({ username }) => username)).toEqual([second.username]);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_401_000 });
    expect((await post('register', wish(other))).status).toBe(202);
  });

  it('is registered again by its holder with the handle, and by nobody else', async () => {
    const person = newUser();
    const handle = handleOf(await post('register', wish(person)));
    const stranger = newUser();
    const foreign = handleOf(await post('register', wish(stranger)));
    const again = async (body: object, sending = {}) =>
      (await post('register', { ...wish(person), ...body }, sending)).status;
    expect(await again({})).toBe(409);
    expect(await again({}, withHandle(foreign))).toBe(409);
    expect(await again({ email: newUser().email }, withHandle(handle))).toBe(409);
    expect(await again({ email: stranger.email }, withHandle(foreign))).toBe(409);
    expect(await rowsOf(person.email)).toHaveLength(1);
    const renewed = { ...person, password: 'a better idea of mine' };
    expect(await again(renewed, withHandle(handle))).toBe(202);
    expect(await again({ registration: handle })).toBe(202);
    expect(new Set((await rowsOf(person.email)).map((row) => row['handle_id'])).size).toBe(1);
  });

  it('costs no letter where it is taken', async () => {
    const taken = newUser();
    await post('register', wish(taken));
    const person = newUser();
    for (let n = 0; n < 6; n += 1) {
      const body = { ...wish(person), username: taken.username };
      expect((await post('register', body)).status).toBe(409);
    }
    expect((await post('register', wish(person))).status).toBe(202);
    expect(to(person.email)).toHaveLength(1);
  });

  it('goes to one of many who ask for it at once', async () => {
    const people = Array.from({ length: 10 }, () => ({ ...newUser(), username: 'wanted-by-ten' }));
    const answers = await Promise.all(people.map((person) => post('register', wish(person))));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    const held = await env.DB.prepare(
      "SELECT count(*) AS n FROM registrations WHERE username_key = 'wanted-by-ten'",
    ).first<number>('n');
    expect(held).toBe(1);
  });
});

describe('a registration of a known address', () => {
  it('has a code that nothing matches, since none was sent', async () => {
    const known = await addUser();
    const fresh = newUser();
    await post('register', wish({ ...newUser(), email: known.email }));
    await post('register', wish(fresh));
    expect(await secretsOf(known.email)).toEqual(['']);
    expect(await secretsOf(fresh.email)).toEqual([expect.stringMatching(/^[\w-]{43}$/)]);
    expect(to(known.email).map(({ subject }) => subject)).toEqual([
      'You already have an account at Gatehouse',
    ]);
  });

  it('can be proven once the address is nobody’s, with a code sent since', async () => {
    const known = await addUser();
    const person = { ...newUser(), email: known.email };
    await post('register', wish(person));
    await post('verify-email/send', { username: person.username });
    expect(codeIn(to(known.email))).toBe('no code');
    await env.DB.prepare('UPDATE users SET email = ? WHERE id = ?')
      .bind(`moved-${known.email}`, known.id)
      .run();
    expect(await secretsOf(known.email)).toEqual(['']);
    await post('verify-email/send', { username: person.username });
    expect(await prove({ ...person, password: known.password }, codeIn(to(known.email)))).toBe(400);
    expect(await prove(person, codeIn(to(known.email)))).toBe(200);
  });
});
