/** Password rules over HTTP: the refusal names the rule, and nothing has changed. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { contracts } from '../../src/contracts/index.ts';
import { mailbox, tokenIn } from '../support/mailbox.ts';
import { fieldsOf } from '../support/published.ts';
import { client, tokensOf } from '../support/session.ts';
import { byAddress } from '../support/contract-cases.ts';
import { addUser, contractCases, newUser } from '../support/test-app.ts';

const unfit = [
  { why: 'too short', password: 'seven77', says: /at least 8/ },
  { why: 'too long', password: 'x'.repeat(257), says: /at most 256/ },
  { why: 'common', password: 'Password123', says: /common/ },
  { why: 'the service’s name', password: 'gatehouse2026', says: /name/ },
];

describe.each(contractCases)('$name', (own) => {
  const { name, status, statusAt, registersUsername, application } = own;
  const { 'weak-password': weak } = status;
  const { done } = statusAt('reset-password');
  const open = (settings: object = {}) => {
    const { app, to } = mailbox(settings);
    return { ...client(app, name), to };
  };

  it.each(unfit)('registers nobody with a password that is $why', async ({ password, says }) => {
    const { ask, to } = open();
    const user = newUser();
    const answer = await ask('register', application({ ...user, password }));
    expect(answer.status).toBe(weak);
    expect(answer.text).toMatch(says);
    expect(to(user.email)).toEqual([]);
  });

  it.each(unfit)('resets to none that is $why, and the link stays good', async (row) => {
    const { ask, login, to } = open();
    const user = await addUser();
    await ask('forgot-password', byAddress(user.email));
    const token = tokenIn(to(user.email));
    const answer = await ask('reset-password', { token, password: row.password });
    expect(answer.status).toBe(weak);
    expect(answer.text).toMatch(row.says);
    expect((await login(user)).status).toBe(status.granted);
    const fit = { token, password: 'something else entirely' };
    expect((await ask('reset-password', fit)).status).toBe(done);
  });

  it('registers nobody with a password that is a name of their own', async () => {
    const { ask, to } = open();
    const { email } = newUser();
    const own = registersUsername
      ? { username: 'quentin_longfellow', name: null }
      : { username: null, name: 'Rosalind Featherstone' };
    for (const password of [email, own.username ?? own.name]) {
      const answer = await ask('register', { ...own, email, password, handle: null });
      expect(answer.status, password).toBe(weak);
      expect(answer.text).toMatch(/name or address/i);
    }
    expect(to(email)).toEqual([]);
  });

  it('changes to none that is the user’s own name or address', async () => {
    const { ask, login } = open();
    const columns = { name: 'Rosalind Featherstone', username: 'Quentin_Longfellow' };
    const user = await addUser(columns);
    const { access: token } = tokensOf(await login(user));
    for (const newPassword of [
      user.email,
      `${user.email}1`,
      'quentinlongfellow',
      'rosalindfeatherstone',
      'Featherstone!1',
    ]) {
      const body = { currentPassword: user.password, newPassword };
      const answer = await ask('change-password', body, { token });
      expect(answer.status, newPassword).toBe(weak);
      expect(answer.text).toMatch(/name or address/i);
    }
    expect((await login(user)).status).toBe(status.granted);
  });

  it('asks for 15 characters or more where the deployment says so', async () => {
    const { ask, login, to } = open({ PASSWORD_RULES: { least: 15 } });
    const user = await addUser();
    const { access: token } = tokensOf(await login(user));
    const set = async (password: string) => {
      const other = newUser();
      const change = { currentPassword: user.password, newPassword: password };
      return [
        (await ask('register', application({ ...other, password }))).status,
        to(other.email).length,
        (await ask('change-password', change, { token })).status,
      ];
    };
    expect(await set('fourteen chars')).toEqual([weak, 0, weak]);
    expect(await set('fifteen chars !')).toEqual([
      status.registered,
      1,
      statusAt('change-password').done,
    ]);
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
  const fields = [...contracts.map(({ name }) => name), 'admin'].flatMap(fieldsOf);
  expect(fields).toContain('password');
  for (const field of [...columns, ...fields]) {
    expect(field).not.toMatch(/hint|question|answer|maiden|pet/i);
  }
});
