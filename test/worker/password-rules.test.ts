/** Which passwords may be set, over HTTP: the refusal says which rule, and nothing has changed. */
import { describe, expect, it } from 'vitest';
import { addUser, doors } from '../support/house.ts';
import { mailbox, tokenIn } from '../support/mailbox.ts';
import { newcomer } from '../support/newcomer.ts';
import { client, held } from '../support/session.ts';

const unfit = [
  { why: 'too short', password: 'seven77', says: /at least 8/ },
  { why: 'too long', password: 'x'.repeat(257), says: /at most 256/ },
  { why: 'common', password: 'Password123', says: /common/ },
  { why: 'the service’s name', password: 'gatehouse2026', says: /name/ },
];

describe.each(doors)('$name', ({ name, contract }) => {
  const { malformed } = contract.refusals;
  const issue = { field: 'password', message: '', missing: false };
  const { status: refusal } = malformed(
    { reason: 'malformed', issues: [issue] },
    { nowMs: 0, traceId: '' },
  );

  it.each(unfit)('registers nobody with a password that is $why', async ({ password, says }) => {
    const { here, to } = mailbox();
    const { username, email } = newcomer();
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
    expect((await post('reset-password', fit)).status).toBe(contract.done().status);
  });

  it('registers nobody with a password that is a name of their own', async () => {
    const { here, to } = mailbox();
    const { email } = newcomer();
    const own = { username: 'quentin_longfellow', name: 'Rosalind Featherstone', email };
    const { identifier } = contract.account;
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
});
