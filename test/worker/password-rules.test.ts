/** Which passwords may be set, over HTTP: the refusal says which rule, and nothing has changed. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { addUser, contractCases } from '../support/test-app.ts';
import { mailbox, tokenIn } from '../support/mailbox.ts';
import { newUser } from '../support/new-user.ts';
import { fieldsOf } from '../support/published.ts';
import { client, held } from '../support/session.ts';

const unfit = [
  { why: 'too short', password: 'seven77', says: /at least 8/ },
  { why: 'too long', password: 'x'.repeat(257), says: /at most 256/ },
  { why: 'common', password: 'Password123', says: /common/ },
  { why: 'the service’s name', password: 'gatehouse2026', says: /name/ },
];

describe.each(contractCases)('$name', ({ name, contract }) => {
  const { status: refusal } = contract.errors.answers.malformed;

  it.each(unfit)('registers nobody with a password that is $why', async ({ password, says }) => {
    const { here, to } = mailbox();
    const { username, email } = newUser();
    const body = { username, email, password };
    const answer = await client(here, name).post('register', body);
    expect(answer.status).toBe(refusal);
    expect(answer.text).toMatch(says);
    expect(to(email)).toEqual([]);
  });

  it.each(unfit)('resets to none that is $why, and the link stays good', async (row) => {
    const { here, to } = mailbox();
    const { post, login } = client(here, name);
    const person = await addUser();
    await post('forgot-password', { email: person.email });
    const token = tokenIn(to(person.email));
    const answer = await post('reset-password', { token, password: row.password });
    expect([answer.status, row.says.test(answer.text)]).toEqual([refusal, true]);
    expect((await login(person)).status).toBe(200);
    const fit = { token, password: 'something else entirely' };
    expect((await post('reset-password', fit)).status).toBe(
      contract.responses.done.render().status,
    );
  });

  it('registers nobody with a password that is a name of their own', async () => {
    const { here, to } = mailbox();
    const { email } = newUser();
    const own = { username: 'quentin_longfellow', name: 'Rosalind Featherstone', email };
    const { identifier } = contract;
    const known = [email, identifier === 'username' ? own.username : own.name];
    for (const password of known) {
      const answer = await client(here, name).post('register', { ...own, password });
      expect([password, answer.status]).toEqual([password, refusal]);
      expect(answer.text).toMatch(/name or address/i);
    }
    expect(to(email)).toEqual([]);
  });

  it('changes to none that is the user’s own name or address', async () => {
    const { here } = mailbox();
    const { post, login } = client(here, name);
    const person = await addUser({
      name: 'Rosalind Featherstone',
      username: 'Quentin_Longfellow',
    });
    const { access: token } = held(await login(person));
    for (const newPassword of [
      person.email,
      `${person.email}1`,
      'quentinlongfellow',
      'rosalindfeatherstone',
      'Featherstone!1',
    ]) {
      const body = { currentPassword: person.password, newPassword };
      const answer = await post('change-password', body, { token });
      expect([newPassword, answer.status]).toEqual([newPassword, refusal]);
      expect(answer.text).toMatch(/name or address/i);
    }
    expect((await login(person)).status).toBe(200);
  });
  it('asks for 15 characters or more where the deployment says so', async () => {
    const { here, to } = mailbox({ PASSWORD_RULES: { least: 15 } });
    const { post, login } = client(here, name);
    const register = async (password: string) => {
      const { username, email } = newUser();
      const { status } = await post('register', { username, email, password });
      return [status, to(email).length];
    };
    expect(await register('fourteen chars')).toEqual([refusal, 0]);
    expect(await register('fifteen chars !')).toEqual([202, 1]);

    const person = await addUser();
    const { access: token } = held(await login(person));
    const change = async (newPassword: string) => {
      const body = { currentPassword: person.password, newPassword };
      return (await post('change-password', body, { token })).status;
    };
    expect(await change('fourteen chars')).toBe(refusal);
    expect(await change('fifteen chars !')).toBe(contract.responses.done.render().status);
  });
});

it('keeps no hint and no security question, in the database or in a document', async () => {
  const { results } = await env.DB.prepare(
    "SELECT sql FROM sqlite_master WHERE type = 'table' AND sql LIKE '%`%'",
  ).all<{ sql: string }>();
  const columns = results.flatMap(({ sql }) =>
    Array.from(sql.matchAll(/`(\w+)`/g), ([, name = '']) => name),
  );
  expect(columns).toContain('password_hash');
  const fields = [...contractCases.map(({ name }) => name), 'admin'].flatMap(fieldsOf);
  expect(fields).toContain('password');
  for (const field of [...columns, ...fields]) {
    expect(field).not.toMatch(/hint|question|answer|maiden|pet/i);
  }
});
